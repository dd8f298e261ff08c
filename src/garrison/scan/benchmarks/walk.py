"""The one walk through the file system that all watching checks share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Watch
from garrison.scan.inventory.places import ELSEWHERE, tops
from garrison.scan.roots.root import Entry

_Nature = tuple[object, int, int, int]
"""Kind, mode, owner and group: a host's million entries have some hundred between them."""


def walk(host: Host, watches: Sequence[Watch]) -> dict[str, str]:
    """Show every entry to the watches that asked for it, each once. Answers what could not be seen: path and reason."""
    unread = host.root.unread
    before = len(unread)
    pairs = [(f"{below.rstrip('/')}/", number) for number, watch in enumerate(watches) for below in watch.below]
    told_of: dict[tuple[int, ...], dict[_Nature, list[Callable[[Entry], None]]]] = {}
    for top in _tops(host, watches):
        folder, concerned, natures = None, tuple[int, ...](), dict[_Nature, list[Callable[[Entry], None]]]()
        for entry in host.root.walk(top, skip=ELSEWHERE):
            path = entry.path
            parent = path[: path.rindex("/")]
            if parent != folder:
                folder = parent
                concerned = tuple(number for below, number in pairs if f"{parent}/".startswith(below))
                natures = told_of.setdefault(concerned, {})
            nature = (entry.kind, entry.mode, entry.uid, entry.gid)
            told = natures.get(nature)
            if told is None:
                told = natures[nature] = [watches[number].see for number in concerned if _wants(watches[number], entry)]
            for see in told:
                see(entry)
    return {one.path: one.reason for one in unread[before:]}


def _wants(watch: Watch, entry: Entry) -> bool:
    return watch.by_nature is None or watch.by_nature(entry)


def _tops(host: Host, watches: Sequence[Watch]) -> list[str]:
    """The folders to begin at, none below another, and the disks that are mounted below them."""
    begun: list[str] = []
    for folder in sorted({folder.rstrip("/") or "/" for watch in watches for folder in watch.below}):
        if not any(_lies_below(folder, top) for top in begun):
            begun.append(folder)
    disks = [place for place in tops(host.root) if place not in begun and any(_lies_below(place, top) for top in begun)]
    return begun + disks


def _lies_below(path: str, top: str) -> bool:
    return path.startswith(top.rstrip("/") + "/")
