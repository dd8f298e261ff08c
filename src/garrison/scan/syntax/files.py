"""What readers of configuration need of a file system, and how files of drop-in folders follow each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol


class Files(Protocol):
    """A root's configuration files. What is absent is None or nothing."""

    def lines(self, path: str) -> Sequence[str] | None:
        """A file's lines as they are; None where there is none."""

    def glob(self, pattern: str) -> Iterable[str]:
        """The paths that a shell's wildcard names, sorted."""

    def names(self, folder: str) -> Iterable[str]:
        """The names in a folder, sorted."""

    def is_there(self, path: str) -> bool:
        """Whether anything lies there."""

    def is_file(self, path: str) -> bool:
        """Whether a regular file lies there, or a link leads to one."""

    def left_out(self, path: str, reason: str) -> None:
        """Be told what is not read, since there is too much of it. May raise; else reading goes on without."""


def drop_ins(files: Files, folders: Sequence[str], ending: str) -> list[str]:
    """Files of drop-in folders in the order of their names; of one name that in the first folder counts. Source: systemd.unit(5).

    A link to /dev/null hides the name; names that begin with a dot are passed over.
    """
    found: dict[str, str] = {}
    for folder in folders:
        for name in files.names(folder):
            if name.endswith(ending) and not name.startswith("."):
                found.setdefault(name, f"{folder}/{name}")
    return [path for path in (found[name] for name in sorted(found)) if files.is_file(path)]
