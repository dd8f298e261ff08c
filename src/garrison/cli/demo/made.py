"""What the demo has made in an account, and how each of it is taken away: a file of the home, a line of JSON each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from garrison import codec

FILE = "demo.jsonl"

Undo = tuple[str, str, Mapping[str, Any]]
"""Service, operation and parameters of a call; service `demo` names one of `removal`'s own steps."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was made."""

    kind: str
    """As people say it: `user`, `bucket`."""
    name: str
    undo: tuple[tuple[str, str, dict[str, Any]], ...] = ()
    """What takes it away, in order."""


class Made:
    """The things, in the order in which they were made. A line is written before its thing is made wherever its name is known then,
    so that what an interrupted demo leaves behind is found.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def add(self, kind: str, name: str, *undo: Undo) -> None:
        """Note a thing."""
        thing = Thing(kind=kind, name=name, undo=tuple((service, call, dict(more)) for service, call, more in undo))
        with open(self._path, "ab", opener=_private) as file:
            file.write(codec.encode(thing) + b"\n")

    def __iter__(self) -> Iterator[Thing]:
        """The things, the first first."""
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            yield msgspec.json.decode(line, type=Thing)

    def keep(self, things: list[Thing]) -> None:
        """Remember only these, those that could not be taken away."""
        if not things:
            self._path.unlink(missing_ok=True)
            return
        new = self._path.with_suffix(".new")
        with open(new, "wb", opener=_private) as file:
            file.writelines(codec.encode(thing) + b"\n" for thing in things)
        new.replace(self._path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
