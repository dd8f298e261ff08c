"""Databases made of a few advisories written on the spot."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from garrison.scan.inventory.facts import Inventory, Package, Platform
from garrison.scan.vulnerabilities.building import Built, build
from garrison.scan.vulnerabilities.database import Database
from garrison.scan.vulnerabilities.sources import folder_sources

NOW = datetime(2026, 11, 26, tzinfo=UTC)


class Made:
    """A database, and the folder of files that it is built of."""

    def __init__(self, folder: Path) -> None:
        self.sources = folder / "sources"
        self.sources.mkdir()
        self.path = folder / "vulnerabilities.db"
        self.database = Database(self.path)

    def write(self, name: str, content: Any) -> None:
        """A source's file: bytes as they are, text, else JSON."""
        at = self.sources / name
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_bytes(content if isinstance(content, bytes) else _text(content))

    def build(self, **options: Any) -> Built:
        """Build it of what is in the folder now."""
        return build(self.path, folder_sources(self.sources), NOW, **options)


def _text(content: Any) -> bytes:
    return (content if isinstance(content, str) else json.dumps(content)).encode()


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


@pytest.fixture
def of(made: Made) -> Callable[..., Made]:
    """Build a database of OSV records."""

    def build_of(*records: dict[str, Any]) -> Made:
        made.write("records.jsonl", "".join(json.dumps(record) + "\n" for record in records))
        made.build()
        return made

    return build_of


def osv(own: str, ecosystem: str, name: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    """An OSV record of one range."""
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}]
    affected = {"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges, **more.pop("affected", {})}
    return {"id": own, "modified": "2026-11-01T00:00:00Z", "affected": [affected], **more}


def package(purl: str, **more: Any) -> Package:
    """A package as its URL tells."""
    kind, _, rest = purl.removeprefix("pkg:").partition("/")
    path, _, version = rest.partition("?")[0].rpartition("@")
    return Package(purl=purl, ecosystem=kind, name=path.rpartition("/")[2], version=version, **more)


def inventory(*packages: Package, system: str = "debian", release: str = "12", **more: Any) -> Inventory:
    """A host with these packages."""
    kernel = more.pop("kernel", "")
    platform = Platform(id=system, version=release, name=f"{system} {release}", kernel=kernel)
    return Inventory(host="web-1", platform=platform, packages=packages, **more)
