"""Reading configuration: a root as readers of `syntax` see it, lines without comments, the files that a wildcard names."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from garrison.scan.roots import Kind, Root
from garrison.scan.roots.root import note, text

MOST_BYTES = 4 * 1024 * 1024
"""Of one configuration file."""
MOST_MATCHES = 4096
"""Files that one wildcard may name."""


@dataclass(frozen=True, slots=True)
class RootFiles:
    """A root's configuration files; what cannot be read is noted by the root and nothing."""

    root: Root

    def lines(self, path: str) -> list[str] | None:
        """A file's lines as they are; None where there is none."""
        whole = text(self.root, path, most=MOST_BYTES)
        return None if whole is None else whole.split("\n")

    def glob(self, pattern: str) -> list[str]:
        """The paths that a shell's wildcard names, sorted."""
        return glob(self.root, pattern)

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted."""
        return self.root.names(folder)

    def is_there(self, path: str) -> bool:
        """Whether anything lies there."""
        return self.root.stat(path) is not None

    def is_file(self, path: str) -> bool:
        """Whether a regular file lies there, or a link leads to one."""
        return (entry := self.root.stat(path)) is not None and entry.kind is Kind.FILE

    def left_out(self, path: str, reason: str) -> None:
        """Note what is not read, since there is too much of it."""
        note(self.root, path, reason)


def lines(root: Root, path: str, *, comments: str = "#") -> Iterator[str]:
    """The lines that say something, without blanks around them."""
    for line in (text(root, path, most=MOST_BYTES) or "").split("\n"):
        said = line.strip()
        if said and said[0] not in comments:
            yield said


def glob(root: Root, pattern: str) -> list[str]:
    """The paths that a shell's wildcard names, sorted; dot files only where the pattern says so."""
    found = [""]
    for step in (step for step in pattern.split("/") if step):
        found = [path for top in found for path in _step(root, top, step)][:MOST_MATCHES]
    return [path for path in found if path and root.stat(path) is not None]


def _step(root: Root, top: str, step: str) -> list[str]:
    if not any(mark in step for mark in "*?["):
        return [f"{top}/{step}"]
    named = (name for name in root.names(top or "/") if step.startswith(".") or not name.startswith("."))
    return [f"{top}/{name}" for name in named if fnmatch.fnmatchcase(name, step)]
