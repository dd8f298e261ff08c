"""The one walk through the file system that all watching checks share."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Watch

SKIPPED = ("/proc", "/sys", "/dev", "/run")
"""What the kernel makes up while it runs; no check watches it."""


def walk(host: Host, watches: list[Watch]) -> dict[str, str]:
    """Show every entry to the watches that asked for it, each once. Answers what could not be seen: path and reason."""
    unread = host.root.unread
    before = len(unread)
    for top in _tops(watches):
        folder, concerned = "", _concerned(top, watches)
        for entry in host.root.walk(top):
            parent = entry.path.rpartition("/")[0]
            if parent != folder:
                folder, concerned = parent, _concerned(parent or "/", watches)
            for watch in concerned:
                watch.see(entry)
    return {one.path: one.reason for one in unread[before:]}


def _tops(watches: list[Watch]) -> list[str]:
    """The folders to begin at: none lies below another."""
    tops: list[str] = []
    for folder in sorted({folder.rstrip("/") or "/" for watch in watches for folder in watch.below}):
        if not any(folder.startswith(top.rstrip("/") + "/") for top in tops):
            tops.append(folder)
    return tops


def _concerned(folder: str, watches: list[Watch]) -> list[Watch]:
    if folder.startswith(SKIPPED) and any(folder == top or folder.startswith(f"{top}/") for top in SKIPPED):
        return []
    below = f"{folder.rstrip('/')}/"
    return [watch for watch in watches if any(below.startswith(top.rstrip("/") + "/") for top in watch.below)]
