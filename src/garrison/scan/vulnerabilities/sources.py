"""Files as sources: what lies in a folder that was brought here, or was downloaded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from garrison.scan.vulnerabilities.advisory import Record, Refused
from garrison.scan.vulnerabilities.building import Source
from garrison.scan.vulnerabilities.importers.recognise import records
from garrison.scan.vulnerabilities.reading import documents

READING_VERSION = "1"
"""Raised when importers read more than before: then sources are read again, though their bytes are the same."""


def file_source(path: Path, *, name: str = "", address: str = "") -> Source:
    """A file as a source."""
    called = name or path.name
    return Source(called, _digest(path), path.stat().st_size, lambda: _records(path, called), address)


def folder_sources(folder: Path) -> Iterator[Source]:
    """Every file of a folder and those below it, by its path there."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield file_source(path, name=str(path.relative_to(folder)))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"{READING_VERSION}:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _records(path: Path, name: str) -> Iterator[Record]:
    for document in documents(path, name):
        if isinstance(document, Refused):
            yield document
        else:
            yield from records(document)
