"""Logs and HAR files as commands are given them: plain or gzip, a file or a folder of them, by the format that each has."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from garrison.errors import OperatorError
from garrison.waf.recorded import Format, Recorded, Unreadable, format_of, from_har, read

_BEGINNING_BYTES = 64 * 1024
_MOST_LINE_BYTES = 16 * 1024 * 1024 + 1
_MOST_HAR_BYTES = 256 * 1024 * 1024
_GZIP = b"\x1f\x8b"


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and those in folders, by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.is_file())
        else:
            yield path


def requests_in(path: Path, kind: Format | None) -> Iterator[Recorded | None]:
    """The requests of a file, or of standard input for `-`; None for each that cannot be read. Raises OperatorError."""
    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as source:
            yield from _requests(cast("BinaryIO", source), kind)
    except (OSError, EOFError, zlib.error) as problem:
        raise OperatorError(f"{path} cannot be read: {problem}.", "Give a log or HAR file, plain or gzip.") from None
    except Unreadable as problem:
        raise OperatorError(f"{path}: {problem}.", "Say its format with --format.") from None


def _requests(source: BinaryIO, kind: Format | None) -> Iterator[Recorded | None]:
    buffered = io.BufferedReader(cast("io.RawIOBase", source), _BEGINNING_BYTES)
    if buffered.peek(2)[:2] == _GZIP:
        buffered = io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=buffered)), _BEGINNING_BYTES)
    kind = kind or format_of(buffered.peek(_BEGINNING_BYTES)[:_BEGINNING_BYTES])
    if kind is Format.HAR:
        yield from from_har(buffered.read(_MOST_HAR_BYTES + 1))
    else:
        yield from read(_lines(cast("BinaryIO", buffered)), kind)


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Lines, of which one that is too long is given cut: whoever reads it finds it too long."""
    while line := source.readline(_MOST_LINE_BYTES):
        yield line
        while len(line) == _MOST_LINE_BYTES and not line.endswith(b"\n"):
            line = source.readline(_MOST_LINE_BYTES)
