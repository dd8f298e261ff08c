"""The one walk through the file system that all watching checks share."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Watch
from garrison.scan.inventory.places import ELSEWHERE, tops

SKIPPED = ELSEWHERE | {"/run"}
"""What the kernel makes up, what is there only while it runs, and the roots of containers: no check watches it."""


def walk(host: Host, watches: list[Watch]) -> dict[str, str]:
    """Show every entry to the watches that asked for it, each once. Answers what could not be seen: path and reason."""
    unread = host.root.unread
    before = len(unread)
    for top in _tops(host, watches):
        pairs = [(f"{below.rstrip('/')}/", watch) for watch in watches for below in watch.below]
        folder, concerned = None, []
        for entry in host.root.walk(top, skip=SKIPPED):
            parent = entry.path.rpartition("/")[0]
            if parent != folder:
                folder = parent
                concerned = [watch for below, watch in pairs if f"{parent}/".startswith(below)]
            for watch in concerned:
                watch.see(entry)
    return {one.path: one.reason for one in unread[before:]}


def _tops(host: Host, watches: list[Watch]) -> list[str]:
    """The folders to begin at, none below another, and the disks that are mounted below them."""
    begun: list[str] = []
    for folder in sorted({folder.rstrip("/") or "/" for watch in watches for folder in watch.below}):
        if not any(_lies_below(folder, top) for top in begun):
            begun.append(folder)
    disks = [place for place in tops(host.root) if place not in begun and any(_lies_below(place, top) for top in begun)]
    return begun + disks


def _lies_below(path: str, top: str) -> bool:
    return path.startswith(top.rstrip("/") + "/")
