"""nginx's configuration: directives with the blocks that they stand in. Source: nginx.org, "Beginner's Guide", "Configuration File's Structure"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from garrison.scan.benchmarks.host import Host

CONFIGURATION = "/etc/nginx/nginx.conf"
MOST_DIRECTIVES = 20_000
MOST_FILES = 256
MOST_DEPTH = 32
"""Blocks in blocks, and files in files."""
_TOKEN = re.compile(
    r"""\s+|#[^\n]*|([{};])|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|((?:\$\{[^}\s]*\}|\\.|[^\s;{}"'])+)|(.)"""
)


@dataclass(slots=True)
class Directive:
    """`name arguments;`, or with a block of further ones."""

    name: str
    arguments: list[str]
    place: str
    blocks: tuple[str, ...]
    """The names of the blocks around it, outermost first: `("http", "server")`."""


@dataclass(slots=True)
class _Reading:
    found: list[Directive] = field(default_factory=list)
    files: int = 0


def nginx(host: Host) -> list[Directive]:
    """All directives, includes followed; empty where nginx has no configuration."""
    reading = _Reading()
    _read(host, reading, CONFIGURATION, (), 0)
    return reading.found


def _read(host: Host, reading: _Reading, path: str, blocks: tuple[str, ...], depth: int) -> None:
    reading.files += 1
    lines = host.lines(path)
    if lines is None or reading.files > MOST_FILES or depth > MOST_DEPTH:
        return
    words: list[str] = []
    first = 1
    for said, number in _tokens("\n".join(lines)):
        if not words:
            first = number
        if said == "\0{":
            blocks = (*blocks, words[0] if words else "")
            reading.found.append(Directive(words[0] if words else "", words[1:], f"{path}:{first}", blocks[:-1]))
            words = []
        elif said == "\0}":
            blocks, words = blocks[:-1], []
        elif said == "\0;":
            if words[:1] == ["include"]:
                for pattern in words[1:]:
                    for included in host.glob(pattern if pattern.startswith("/") else f"/etc/nginx/{pattern}"):
                        _read(host, reading, included, blocks, depth + 1)
            elif words:
                reading.found.append(Directive(words[0], words[1:], f"{path}:{first}", blocks))
            words = []
        else:
            words.append(said)
        if len(reading.found) > MOST_DIRECTIVES or len(blocks) > MOST_DEPTH:
            return


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Words, and `{`, `}`, `;` with a NUL before them, each with its line."""
    number = 1
    for match in _TOKEN.finditer(text):
        said = match[0]
        if match[1]:
            yield f"\0{match[1]}", number
        else:
            word = next((group for group in match.groups()[1:] if group is not None), None)
            if word is not None:
                yield word, number
        number += said.count("\n")
