"""A host as it is judged: its inventory, and what its findings tell of it; and what of that is kept to judge it again quickly."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from garrison.hosts import Reported
from garrison.scan.inventory.facts import Inventory, Listener, Package, Platform
from garrison.scan.reachability import Route
from garrison.scan_findings import Scan, Target, coverage, recording
from garrison.scan_findings.installed import Fact, HostKey
from garrison.services.garrison.host_reports import reports_of
from garrison.services.inspector2.resources import Enablement
from garrison.services.inspector2.scanning import instances
from garrison.services.inspector2.scanning.reachable import open_range
from garrison.services.inspector2.service import findings_of
from garrison.services.rolesanywhere.hosts import Host

if TYPE_CHECKING:
    from garrison.items import Item
    from garrison.services.background import Workplace

SYSTEM = frozenset({"deb", "rpm", "apk"})
"""Package types of distributions: the others are deep inspection's."""


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What a host is judged by besides its packages."""

    instance: str
    platform: Platform
    listeners: tuple[Listener, ...]
    """Those whose packages are known."""
    resource: dict[str, Any]
    """Inspector's `Resource`."""
    reachable: tuple[tuple[str, int], ...] | None = None
    """Protocols and ports of listeners that the internet reaches; None where nobody knows."""


class Subject(NamedTuple):
    """A host, with all that its findings tell of it."""

    reported: Reported
    target: Target
    inventory: Inventory
    host: Host | None
    item: Item | None
    reachable: tuple[tuple[str, int], ...] | None
    """Protocols and ports of listeners that the internet reaches; None where nobody knows."""

    @property
    def key(self) -> HostKey:
        """What the packages of the host are kept under."""
        return HostKey(self.reported.account, self.reported.region, self.reported.host)

    @property
    def tags(self) -> dict[str, str]:
        """Of the instance."""
        return instances.tags_of(self.host, self.item)

    @property
    def resource(self) -> dict[str, Any]:
        """Inspector's `Resource`."""
        return instances.resource(self.target, self.inventory.platform, self.tags, self.item)


def subject_of(place: Workplace, reported: Reported, enabled: Enablement) -> Subject | None:
    """A host as it last reported; None where it is gone from the file."""
    report = reports_of(place.parts).last(reported.account, reported.region, reported.host)
    if report is None:
        return None
    target = Target(reported.account, reported.region, instances.TYPE, reported.instance)
    with place.parts.store.reading(reported.account, reported.region) as unit:
        host = unit.get(Host, reported.host)
    inventory = report.inventory
    if not enabled.deep_inspection:
        inventory = replace(inventory, packages=tuple(one for one in inventory.packages if one.ecosystem in SYSTEM))
    return Subject(
        reported, target, inventory, host, instances.item_of(place.parts, target), _reachable(place, target, inventory)
    )


def _reachable(place: Workplace, target: Target, inventory: Inventory) -> tuple[tuple[str, int], ...] | None:
    """What the internet reaches of what listens, as the collected network was last judged."""
    with findings_of(place.parts).reading() as db:
        covered = coverage.get(db, target, Scan.NETWORK)
        if covered is None or covered.scanned_at is None:
            return None
        ranges = [open_range(subject) for subject in recording.open_subjects(db, target, Scan.NETWORK)]
    return tuple(
        sorted(
            {
                (one.protocol, one.port)
                for one in inventory.listeners
                if any(
                    route == Route.INTERNET and one.protocol == protocol and one.port in ports
                    for route, protocol, ports in ranges
                )
            }
        )
    )


def basis_of(subject: Subject) -> str:
    """What is kept of a host to judge it again, as JSON."""
    kept = Basis(
        instance=subject.target.resource,
        platform=subject.inventory.platform,
        listeners=tuple(one for one in subject.inventory.listeners if one.package),
        resource=subject.resource,
        reachable=subject.reachable,
    )
    return msgspec.json.encode(kept).decode()


def facts_of(inventory: Inventory) -> set[Fact]:
    """The packages of a host by what the database calls them."""
    from garrison.scan.vulnerabilities.ecosystems import target_of

    found: set[Fact] = set()
    for package in inventory.packages:
        target = target_of(package, inventory.platform)
        if target is not None:
            body = _encode(replace(package, files=(), licences=())).decode()
            found.update(Fact(target.ecosystem, name, body) for name in target.names)
    return found


def inventory_of(basis: Basis, facts: Iterable[Fact]) -> Inventory:
    """What is kept of a host as an inventory of just these packages."""
    found = {fact.body: _decode_package(fact.body) for fact in facts}
    return Inventory(
        host="",
        platform=basis.platform,
        packages=tuple(found.values()),
        listeners=basis.listeners,
        instance=basis.instance,
    )


def digest_of(subject: Subject) -> str:
    """Of everything that the findings of a host follow from, besides the database."""
    inventory = subject.inventory
    listeners = sorted({(one.protocol, one.address, one.port, one.process, one.package) for one in inventory.listeners})
    told = [inventory.platform, sorted(inventory.packages, key=lambda one: (one.purl, one.path)), listeners]
    return hashlib.blake2b(msgspec.json.encode([told, subject.resource, subject.reachable]), digest_size=16).hexdigest()


decode_basis = msgspec.json.Decoder(Basis).decode
_encode = msgspec.json.Encoder().encode
_decode_package = msgspec.json.Decoder(Package).decode
