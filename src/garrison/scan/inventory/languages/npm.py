"""Packages of npm: what lies in node_modules, and where nothing was installed, what the lock file pins.

Source: docs.npmjs.com, "package.json" and "package-lock.json".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from garrison.scan.inventory.facts import Package
from garrison.scan.inventory.purl import npm
from garrison.scan.roots import Root
from garrison.scan.roots.root import note

MOST_BYTES = 1024 * 1024
MOST_LOCK_BYTES = 32 * 1024 * 1024
_FOLDER = "node_modules"


def installed(root: Root, path: str) -> Iterator[Package]:
    """What a package.json tells of, where it lies in the folder that npm made for that package."""
    steps = path.split("/")
    scoped = steps[-3].startswith("@") if len(steps) > 3 else False
    if len(steps) < 4 or steps[-4 if scoped else -3] != _FOLDER:
        return
    said = _json(root, path, MOST_BYTES)
    name, version = said.get("name"), said.get("version")
    if isinstance(name, str) and isinstance(version, str) and name and version:
        yield _package(name, version, path, _licences(said))


def locked(root: Root, path: str) -> Iterator[Package]:
    """What the lock file pins, without what only developing needs; nothing where node_modules beside it tells more truly."""
    folder = path.rpartition("/")[0]
    if f"/{_FOLDER}/" in path or root.stat(f"{folder}/{_FOLDER}") is not None:
        return
    said = _json(root, path, MOST_LOCK_BYTES)
    pinned = said.get("packages")
    found = _of_paths(pinned) if isinstance(pinned, dict) else _of_tree(said.get("dependencies"))
    yield from (_package(name, version, path, ()) for name, version in dict.fromkeys(found))


def _of_paths(pinned: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Lock files of version 2 and 3: a flat table by place."""
    for place, entry in pinned.items():
        if not isinstance(entry, dict) or _FOLDER not in place or entry.get("link") or entry.get("dev"):
            continue
        name, version = entry.get("name") or place.rpartition(f"{_FOLDER}/")[2], entry.get("version")
        if isinstance(name, str) and isinstance(version, str) and name:
            yield name, version


def _of_tree(dependencies: Any) -> Iterator[tuple[str, str]]:
    """Lock files of version 1: tables within tables."""
    waiting = [dependencies]
    while waiting:
        table = waiting.pop()
        for name, entry in table.items() if isinstance(table, dict) else ():
            if isinstance(entry, dict) and not entry.get("dev"):
                if isinstance(entry.get("version"), str):
                    yield name, entry["version"]
                waiting.append(entry.get("dependencies"))


def _json(root: Root, path: str, most: int) -> dict[str, Any]:
    found = root.read(path, most=most)
    try:
        said = json.loads(found) if found else None
    except (ValueError, RecursionError):
        note(root, path, "not JSON")
        return {}
    return said if isinstance(said, dict) else {}


def _licences(said: dict[str, Any]) -> tuple[str, ...]:
    found = said.get("license") or said.get("licenses")
    several = found if isinstance(found, list) else [found]
    named = (each.get("type") if isinstance(each, dict) else each for each in several)
    return tuple(each for each in named if isinstance(each, str) and each)


def _package(name: str, version: str, path: str, licences: tuple[str, ...]) -> Package:
    return Package(purl=npm(name, version), ecosystem="npm", name=name, version=version, path=path, licences=licences)
