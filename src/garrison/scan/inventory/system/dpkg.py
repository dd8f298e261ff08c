"""Debian's package database: /var/lib/dpkg/status, and status.d, where images without dpkg keep a file for each package.

Source: dpkg(1) "Package states", deb-control(5) for `Source`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from garrison.scan.inventory.control import paragraphs
from garrison.scan.inventory.facts import Package, Platform
from garrison.scan.inventory.purl import system
from garrison.scan.roots import Root
from garrison.scan.roots.root import text

STATUS = "/var/lib/dpkg/status"
PARTS = "/var/lib/dpkg/status.d"
LISTS = "/var/lib/dpkg/info"
_FIELDS = frozenset({"package", "status", "version", "architecture", "source"})
_PRESENT = {"installed", "unpacked", "half-configured", "half-installed", "triggers-awaited", "triggers-pending"}
"""States in which its files lie on the disk; `config-files` left nothing that runs."""
_SOURCE = re.compile(r"(\S+)(?:\s+\(([^()\s]+)\))?")


def packages(root: Root, platform: Platform) -> Iterator[Package]:
    """Those whose files are on the disk."""
    yield from _of(text(root, STATUS) or "", STATUS, platform)
    for name in root.names(PARTS):
        if not name.endswith(".md5sums"):
            path = f"{PARTS}/{name}"
            yield from _of(text(root, path) or "", path, platform)


def owned(root: Root, paths: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Of these paths those that a package has: path, the package's name and architecture (empty where the list's name has none)."""
    for name in root.names(LISTS):
        stem, _, kind = name.rpartition(".")
        if kind == "list" and (said := text(root, f"{LISTS}/{name}")):
            package, _, architecture = stem.partition(":")
            yield from ((path, package, architecture) for path in paths.intersection(said.split("\n")))
    for name in root.names(PARTS):
        if name.endswith(".md5sums") and (said := text(root, f"{PARTS}/{name}")):
            listed = ("/" + line.partition("  ")[2] for line in said.split("\n"))
            yield from ((path, name.removesuffix(".md5sums"), "") for path in paths.intersection(listed))


def _of(database: str, path: str, platform: Platform) -> Iterator[Package]:
    for found in paragraphs(database, _FIELDS):
        state = found.get("status", "install ok installed").split()
        if not state or state[-1] not in _PRESENT or not found.get("package") or not found.get("version"):
            continue
        yield _package(found, path, platform)


def _package(found: dict[str, str], path: str, platform: Platform) -> Package:
    name, version, architecture = found["package"], found["version"], found.get("architecture", "")
    source = _SOURCE.match(found.get("source", ""))
    return Package(
        purl=system("deb", name, version, distribution=platform.id, release=platform.version, arch=architecture),
        ecosystem="deb",
        name=name,
        version=version,
        architecture=architecture,
        source=source[1] if source else name,
        source_version=(source[2] if source and source[2] else version),
        path=path,
    )


def architecture(root: Root) -> str:
    """The machine's own, as dpkg calls it: the first line of its list, else that of dpkg itself."""
    listed = (text(root, "/var/lib/dpkg/arch") or "").split()
    if listed:
        return listed[0]
    for found in paragraphs(text(root, STATUS) or "", _FIELDS):
        if found.get("package") == "dpkg":
            return found.get("architecture", "")
    return ""
