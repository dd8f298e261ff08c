"""Configuration files in memory, as readers of `garrison.scan.syntax` want them."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class InMemory:
    """Files by path; a link to /dev/null has no lines (None)."""

    held: Mapping[str, str | None]
    missed: list[tuple[str, str]] = field(default_factory=list)

    def lines(self, path: str) -> list[str] | None:
        said = self.held.get(path)
        return None if said is None else said.split("\n")

    def glob(self, pattern: str) -> list[str]:
        return sorted(path for path in self.held if fnmatch.fnmatchcase(path, pattern))

    def names(self, folder: str) -> list[str]:
        return sorted(path.removeprefix(f"{folder}/") for path in self.held if path.rpartition("/")[0] == folder)

    def is_there(self, path: str) -> bool:
        return path in self.held

    def is_file(self, path: str) -> bool:
        return self.held.get(path) is not None

    def left_out(self, path: str, reason: str) -> None:
        self.missed.append((path, reason))
