"""What both forms of a bill of material say alike: what it is about, a name that stays the same, and times."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime

from garrison.scan.inventory.facts import Inventory, Package

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Where nobody says when: the same inventory then always gives the same document."""
NAMESPACE = uuid.UUID("6f0cd0c9-41be-5a2c-a1d6-6f8a3a1f6a0e")
"""Of the identifiers of documents (RFC 9562, version 5)."""


def subject(inventory: Inventory) -> str:
    """What the document is about, for people."""
    return inventory.host or inventory.image or inventory.machine or "root"


def identity(inventory: Inventory, at: datetime) -> uuid.UUID:
    """The same for the same packages of the same host at the same time."""
    said = hashlib.sha256(f"{subject(inventory)}\n{inventory.image}\n{inventory.machine}\n{time(at)}\n".encode())
    for package in inventory.packages:
        said.update(f"{package.purl}\n{package.path}\n".encode("utf-8", "surrogateescape"))
    return uuid.uuid5(NAMESPACE, said.hexdigest())


def time(at: datetime) -> str:
    """RFC 3339 in whole seconds, UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def references(packages: Iterable[Package]) -> list[str]:
    """A reference for each that no other has: its package URL, with a number where it lies in several places."""
    seen: dict[str, int] = {}
    found = []
    for package in packages:
        seen[package.purl] = number = seen.get(package.purl, 0) + 1
        found.append(package.purl if number == 1 else f"{package.purl}#{number}")
    return found
