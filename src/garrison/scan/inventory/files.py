"""Reading configuration: lines without comments, the files that a wildcard names, drop-in folders by precedence."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence

from garrison.scan.roots import Kind, Root
from garrison.scan.roots.root import text

MOST_BYTES = 4 * 1024 * 1024
"""Of one configuration file."""
MOST_MATCHES = 4096
"""Files that one wildcard may name."""


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


def drop_ins(root: Root, folders: Sequence[str], ending: str) -> list[str]:
    """Files of drop-in folders in the order of their names; of one name that in the first folder counts. Source: systemd.unit(5).

    A link to /dev/null hides the name.
    """
    found: dict[str, str] = {}
    for folder in folders:
        for name in root.names(folder):
            if name.endswith(ending):
                found.setdefault(name, f"{folder}/{name}")
    paths = (found[name] for name in sorted(found))
    return [path for path in paths if (entry := root.stat(path)) is not None and entry.kind is Kind.FILE]
