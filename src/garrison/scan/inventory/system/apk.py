"""Alpine's package database, /lib/apk/db/installed: a paragraph for each package, a letter for each field.

Source: wiki.alpinelinux.org, "Apk spec", "Installed Database V2".
"""

from __future__ import annotations

from collections.abc import Iterator

from garrison.scan.inventory.facts import Package, Platform
from garrison.scan.inventory.purl import system
from garrison.scan.roots import Root
from garrison.scan.roots.root import text

_PLACES = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")


def packages(root: Root, platform: Platform) -> Iterator[Package]:
    """What is installed."""
    path, database = _database(root)
    for paragraph in database.split("\n\n"):
        found = {line[0]: line[2:] for line in paragraph.split("\n") if line[1:2] == ":" and line[0] in "PVAoL"}
        if not found.get("P") or not found.get("V"):
            continue
        name, version, architecture = found["P"], found["V"], found.get("A", "")
        yield Package(
            purl=system("apk", name, version, distribution=platform.id, release=platform.version, arch=architecture),
            ecosystem="apk",
            name=name,
            version=version,
            architecture=architecture,
            source=found.get("o", name),
            source_version=version,
            path=path,
            licences=(found["L"],) if found.get("L") else (),
        )


def owned(root: Root, paths: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Of these paths those that a package has: path, the package's name and architecture."""
    _, database = _database(root)
    name = architecture = folder = ""
    for line in database.split("\n"):
        key, value = line[:2], line[2:]
        if key == "P:":
            name = value
        elif key == "A:":
            architecture = value
        elif key == "F:":
            folder = value
        elif key == "R:" and (path := f"/{folder}/{value}" if folder else f"/{value}") in paths:
            yield path, name, architecture


def _database(root: Root) -> tuple[str, str]:
    return next(((path, said) for path in _PLACES if (said := text(root, path))), ("", ""))
