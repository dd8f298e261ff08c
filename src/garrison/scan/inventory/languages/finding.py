"""One walk for the packages of every language: which file is whose is told by its name, its place and its mode alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from garrison.scan.inventory.facts import Package
from garrison.scan.inventory.languages import gems, golang, java, npm, python
from garrison.scan.inventory.places import ELSEWHERE, tops
from garrison.scan.roots import Entry, Kind, Root

Reader = Callable[[Root, str], Iterable[Package]]
_READERS: dict[str, Reader] = {
    "/METADATA": python.distribution,
    "/PKG-INFO": python.distribution,
    ".egg-info": python.distribution,
    "/package.json": npm.installed,
    "/package-lock.json": npm.locked,
    ".gemspec": gems.specification,
    ".jar": java.archive,
    ".war": java.archive,
    ".ear": java.archive,
}
_ENDINGS = tuple(_READERS)
_RUNS = 0o111
_NEVER = (
    *(".a", ".bz2", ".c", ".cc", ".cfg", ".class", ".conf", ".cpp", ".css", ".csv", ".d", ".gif", ".go", ".gz", ".h"),
    *(
        ".hpp",
        ".htm",
        ".html",
        ".ico",
        ".inc",
        ".ini",
        ".java",
        ".jpg",
        ".js",
        ".less",
        ".list",
        ".map",
        ".md",
        ".md5sums",
    ),
    *(".mjs", ".mo", ".o", ".pack", ".pdf", ".php", ".pl", ".pm", ".png", ".po", ".pod", ".pxd", ".py", ".pyc", ".pyi"),
    *(".pyx", ".rb", ".rs", ".rst", ".scss", ".svg", ".tcl", ".tex", ".toml", ".ts", ".ttf", ".txt", ".vim", ".woff"),
    *(".woff2", ".xml", ".xz", ".yaml", ".yml", ".zst"),
)
"""Endings of names that neither installers' files nor compiled programs have: four fifths of a host's files."""


class Finder:
    """Sees the entries of a walk, and reads afterwards what tells of packages."""

    def __init__(self) -> None:
        self._seen: set[tuple[int, int]] = set()
        self._told: list[tuple[Reader, str]] = []

    def see(self, entry: Entry) -> None:
        """Keep in mind what is worth to be read."""
        path = entry.path
        if not path.endswith(_ENDINGS) and not (entry.mode & _RUNS and entry.size >= golang.LEAST_BYTES):
            return  # as nearly always
        reader = _reader(entry)
        if reader is None or (entry.inode and (entry.device, entry.inode) in self._seen):
            return
        if entry.inode:
            self._seen.add((entry.device, entry.inode))
        self._told.append((reader, path))

    def packages(self, root: Root) -> Iterator[Package]:
        """Everything that a language's own package manager installed, or that was built into a program."""
        for reader, path in self._told:
            yield from reader(root, path)


def packages(root: Root) -> Iterator[Package]:
    """All of them, by a walk of its own."""
    finder = Finder()
    for top in tops(root):
        for entry in root.walk(top, skip=ELSEWHERE, without=_NEVER):
            finder.see(entry)
    yield from finder.packages(root)


def _reader(entry: Entry) -> Reader | None:
    if entry.kind is not Kind.FILE:
        return None
    if entry.path.endswith(_ENDINGS):
        return next(reader for ending, reader in _READERS.items() if entry.path.endswith(ending))
    return golang.program if entry.mode & _RUNS and entry.size >= golang.LEAST_BYTES else None
