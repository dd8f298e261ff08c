"""Every package of the system, whichever package managers it has, and which of them a file belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from garrison.scan.inventory.facts import Package, Platform
from garrison.scan.inventory.system import apk, dpkg, rpm
from garrison.scan.roots import Root

_MANAGERS = (dpkg, rpm, apk)
_MERGED = ("/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/")
"""Folders that are links into /usr today, under which packages may still list their files."""


def packages(root: Root, platform: Platform) -> list[Package]:
    """Those that the databases call installed, by name."""
    found = chain.from_iterable(manager.packages(root, platform) for manager in _MANAGERS)
    return sorted(found, key=lambda each: (each.name, each.version, each.architecture))


def owners(root: Root, paths: Iterable[str], installed: Sequence[Package]) -> dict[str, Package]:
    """Of these files the packages that brought them; files that nobody brought are left out."""
    asked = {spelling: path for path in paths for spelling in _spellings(path)}
    if not asked or not installed:
        return {}
    exactly = {(each.name, each.architecture): each for each in installed}
    by_name = {each.name: each for each in installed}
    wanted = frozenset(asked)
    return {
        asked[path]: package
        for manager in _MANAGERS
        for path, name, architecture in manager.owned(root, wanted)
        if (package := exactly.get((name, architecture)) or by_name.get(name)) is not None
    }


def _spellings(path: str) -> tuple[str, ...]:
    if path.startswith("/usr/") and path[4:].startswith(_MERGED):
        return path, path[4:]
    return (path, f"/usr{path}") if path.startswith(_MERGED) else (path,)
