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


def packages(root: Root) -> Iterator[Package]:
    """Everything that a language's own package manager installed, or that was built into a program."""
    seen: set[tuple[int, int]] = set()
    for top in tops(root):
        for entry in root.walk(top, skip=ELSEWHERE):
            reader = _reader(entry)
            if reader is None or (entry.inode and (entry.device, entry.inode) in seen):
                continue
            if entry.inode:
                seen.add((entry.device, entry.inode))
            yield from reader(root, entry.path)


def _reader(entry: Entry) -> Reader | None:
    if entry.kind is not Kind.FILE:
        return None
    if entry.path.endswith(_ENDINGS):
        return next(reader for ending, reader in _READERS.items() if entry.path.endswith(ending))
    return golang.program if entry.mode & _RUNS and entry.size >= golang.LEAST_BYTES else None
