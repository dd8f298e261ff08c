"""A root made of a few files, judged by one rule or by a profile."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from garrison.scan.benchmarks import Check, Profile, Rule, built_in, evaluate
from garrison.scan.inventory import Inventory, Package, Platform
from garrison.scan.roots import Entry, Folder

DEBIAN = Platform(id="debian", version="12", name="Debian GNU/Linux 12", architecture="amd64")
ALMA = Platform(
    id="almalinux", version="9.4", name="AlmaLinux 9.4", like=("rhel", "centos", "fedora"), architecture="x86_64"
)


class OwnedByRoot(Folder):
    """A folder in which what belongs to whoever runs the tests belongs to root."""

    def stat(self, path: str, *, follow: bool = True) -> Entry | None:
        entry = super().stat(path, follow=follow)
        return None if entry is None else _owned(entry)

    def walk(self, path: str = "/", **how: Any) -> Iterator[Entry]:
        return map(_owned, super().walk(path, **how))


def _owned(entry: Entry) -> Entry:
    uid = 0 if entry.uid == os.getuid() else entry.uid
    gid = 0 if entry.gid == os.getgid() else entry.gid
    return dataclasses.replace(entry, uid=uid, gid=gid)


def write(root: Path, files: Mapping[str, str | bytes], modes: Mapping[str, int] | None = None) -> None:
    """Files by path; an ending slash makes a folder."""
    for name, content in files.items():
        path = root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    for name, mode in (modes or {}).items():
        (root / name.lstrip("/")).chmod(mode)


def installed(*packages: str, ecosystem: str = "deb") -> tuple[Package, ...]:
    """Packages as `name` or `name=version`."""
    parts = [package.partition("=") for package in packages]
    return tuple(
        Package(purl=f"pkg:{ecosystem}/{name}@{version or '1'}", ecosystem=ecosystem, name=name, version=version or "1")
        for name, _, version in parts
    )


def inventory(*packages: str, platform: Platform = DEBIAN, **facts: Any) -> Inventory:
    """An inventory of a host with these packages."""
    ecosystem = "deb" if platform is DEBIAN else "rpm"
    return Inventory(host="host", platform=platform, packages=installed(*packages, ecosystem=ecosystem), **facts)


def judge(
    root: Path,
    kind: str,
    arguments: Mapping[str, Any],
    *packages: str,
    values: Mapping[str, str] | None = None,
    platforms: tuple[str, ...] = (),
    seen: Inventory | None = None,
) -> Check:
    """One rule's check."""
    rule = Rule(id="rule", title="A rule", severity="medium", kind=kind, arguments=dict(arguments), platforms=platforms)
    profile = Profile(id="test", title="Test", rules=(rule,), values=dict(values or {}))
    with OwnedByRoot(str(root)) as folder:
        [check] = evaluate(folder, seen or inventory(*packages), profile)
    return check


def judged(root: Path, seen: Inventory | None = None) -> dict[str, Check]:
    """The checks of our own profile, by rule."""
    with OwnedByRoot(str(root)) as folder:
        return {check.rule: check for check in evaluate(folder, seen or inventory(), built_in())}
