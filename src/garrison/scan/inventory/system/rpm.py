"""RPM's package database, wherever the distribution keeps it: SQLite, SUSE's own form, or Berkeley DB as it was before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from garrison.scan.inventory.facts import Package, Platform
from garrison.scan.inventory.purl import system
from garrison.scan.inventory.system import rpm_berkeley, rpm_ndb, rpm_sqlite
from garrison.scan.inventory.system.rpm_header import Broken, Header, header
from garrison.scan.roots import Root
from garrison.scan.roots.root import note

_FOLDERS = ("/usr/lib/sysimage/rpm", "/var/lib/rpm")
_READERS: dict[str, Callable[[BinaryIO], Iterator[bytes]]] = {
    "rpmdb.sqlite": rpm_sqlite.headers,
    "Packages.db": rpm_ndb.headers,
    "Packages": rpm_berkeley.headers,
}
"""By file, the newest form first: where several lie there, the older ones are what was left when it was converted."""
_KEY = "gpg-pubkey"
"""Not a package: a key that packages are signed with."""
_SOURCE = re.compile(r"(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm")


def packages(root: Root, platform: Platform) -> Iterator[Package]:
    """What is installed."""
    for path, found in _headers(root, with_files=False):
        if found.name != _KEY:
            yield _package(found, path, platform)


def owned(root: Root, paths: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Of these paths those that a package has: path, the package's name and architecture."""
    for _, found in _headers(root, with_files=True):
        for path in paths.intersection(found.files):
            yield path, found.name, found.architecture


def _headers(root: Root, *, with_files: bool) -> Iterator[tuple[str, Header]]:
    for path, reader in _databases(root):
        file = root.open(path)
        if file is None:
            continue
        log = root.stat(f"{path}-wal")
        if log is not None and log.size:
            note(root, f"{path}-wal", "changes that are not in the database yet are not seen")
        with file:
            try:
                for blob in reader(file):
                    found = _read(root, path, blob, with_files=with_files)
                    if found is not None:
                        yield path, found
            except (Broken, OSError) as error:
                note(root, path, f"{error}")


def _read(root: Root, path: str, blob: bytes, *, with_files: bool) -> Header | None:
    try:
        return header(blob, with_files=with_files)
    except Broken as error:
        note(root, path, f"{error}")
        return None


def _databases(root: Root) -> Iterator[tuple[str, Callable[[BinaryIO], Iterator[bytes]]]]:
    """Each once, though one folder may be a link to the other."""
    seen = set()
    for folder in _FOLDERS:
        names = set(root.names(folder))
        place = root.stat(folder)
        if place is None or (place.device, place.inode) in seen:
            continue
        seen.add((place.device, place.inode))
        known = next((name for name in _READERS if name in names), "")
        if known:
            yield f"{folder}/{known}", _READERS[known]


def _package(found: Header, path: str, platform: Platform) -> Package:
    release = f"{found.version}-{found.release}" if found.release else found.version
    epoch = "" if found.epoch is None else str(found.epoch)
    source = _SOURCE.fullmatch(found.source)
    return Package(
        purl=system(
            "rpm",
            found.name,
            release,
            distribution=platform.id,
            release=platform.version,
            arch=found.architecture,
            epoch=epoch,
            rpmmod=":".join(found.module.split(":")[:2]),
        ),
        ecosystem="rpm",
        name=found.name,
        version=f"{epoch}:{release}" if epoch else release,
        architecture=found.architecture,
        source=source[1] if source else found.name,
        source_version=source[2] if source else release,
        path=path,
        licences=(found.licence,) if found.licence else (),
    )
