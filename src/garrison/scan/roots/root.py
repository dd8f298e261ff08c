"""What every root file system answers, and the rule for what it could not."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

_LONE = re.compile("[\ud800-\udfff]")
"""Halves of characters: what Python makes of bytes that are no UTF-8, and JSON of escapes that stand alone."""
MOST_FILE_BYTES = 64 * 1024 * 1024
"""Of one file that is read whole; a larger one is unread, with that as the reason."""
MOST_LEVELS = 256
"""Folders within folders that a walk goes down; each level keeps a handle open."""
MOST_LINKS = 40
"""Symbolic links on the way to one file (Linux: MAXSYMLINKS)."""


class Kind(enum.Enum):
    """What lies at a path."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"
    """A device, a socket or a pipe: never opened."""

    __hash__ = (
        object.__hash__
    )  # as there is one object for each: Enum's own, in Python, is asked a million times in a walk


@dataclass(slots=True)
class Entry:
    """One name in the file system, as `stat` tells of it. Not frozen: a walk makes a million, and freezing doubles what one costs."""

    path: str
    """Absolute, inside the root."""
    kind: Kind
    mode: int
    """Permission bits with set-user-id, set-group-id and sticky: 0o7777 at most."""
    uid: int
    gid: int
    size: int
    """Bytes."""
    modified_at: float
    """Seconds since the epoch."""
    device: int = 0
    """Of the file system it lies on; a walk stays on one where asked to."""
    inode: int = 0


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be looked at: what depends on it is unknown, never absent."""

    path: str
    reason: str


class Root(Protocol):
    """A root file system. What is absent answers None or nothing; what is there and cannot be read is noted in `unread` as well.

    No method raises for what a hostile file system holds.
    """

    unread: list[Unread]
    is_live: bool
    """Whether it is the root of the running system, so that /proc and /sys tell of it."""
    image: str
    """An image's digest, `sha256:…`; empty for a host."""

    def stat(self, path: str, *, follow: bool = True) -> Entry | None:
        """What lies there; through links inside the root where `follow`."""

    def read(self, path: str, *, most: int = MOST_FILE_BYTES) -> bytes | None:
        """The bytes of a regular file of at most `most` bytes; None where there is none or it cannot be read."""

    def open(self, path: str) -> BinaryIO | None:
        """A regular file to seek in, for what is too large to hold; the caller closes it."""

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted."""

    def target(self, path: str) -> str | None:
        """What a symbolic link says, unresolved."""

    def walk(
        self, path: str = "/", *, one_device: bool = True, skip: Collection[str] = (), without: tuple[str, ...] = ()
    ) -> Iterator[Entry]:
        """Everything below a folder, each folder before what it holds; links are told of and not followed.

        Nor is a folder entered whose path is in `skip`. Regular files whose names end like one of `without` are passed over, which
        is quicker by what asking after each of them costs.
        """


MOST_UNREAD = 10_000
"""Notes kept; a tree nobody may read would fill memory otherwise."""


def note(root: Root, path: str, reason: str) -> None:
    """Say that something could not be looked at."""
    if len(root.unread) < MOST_UNREAD:
        root.unread.append(Unread(shown(path), shown(reason)))


def shown(text: str) -> str:
    """Text that every encoding can hold, whatever bytes a name is made of."""
    return text if text.isascii() else _LONE.sub("\N{REPLACEMENT CHARACTER}", text)


def text(root: Root, path: str, *, most: int = MOST_FILE_BYTES) -> str | None:
    """A file's text, whatever its encoding: what is not UTF-8 becomes a replacement character."""
    found = root.read(path, most=most)
    return None if found is None else found.decode("utf-8", "replace")
