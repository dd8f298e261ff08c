"""Judge hosts anew for what has become known of some packages: only hosts that have them, and only what it touches.

What the packages of distributions are judged by is kept beside the findings, so that no report has to be read again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from garrison.batches import batched
from garrison.scan.inventory.facts import Inventory
from garrison.scan_findings import Found, Scan, Target, coverage, installed, recording
from garrison.scan_findings.installed import Having, HostKey
from garrison.scan_findings.kept import CLOSED
from garrison.services.garrison.host_reports import reports_of
from garrison.services.inspector2.scanning import packages
from garrison.services.inspector2.scanning.assessing import assess, database_of
from garrison.services.inspector2.scanning.instances import TYPE
from garrison.services.inspector2.scanning.subjects import SYSTEM, Basis, decode_basis, inventory_of
from garrison.services.inspector2.service import findings_of

if TYPE_CHECKING:
    from garrison.scan.vulnerabilities.vulnerability import Vulnerability
    from garrison.services.background import Workplace

_HOSTS_AT_ONCE = 100
"""Whose findings are written in one transaction."""


class _Judged(NamedTuple):
    key: HostKey
    target: Target
    findings: list[Found]
    subjects: set[str]


def rematch(place: Workplace, before: str) -> int:
    """Judge hosts by what the database tells otherwise since a mark; gives how many hosts that were."""
    kept, database = findings_of(place.parts), database_of(place.home)
    changed, mark = database.changed_since(before), database.mark
    with kept.reading() as db:
        hosts = installed.having(db, changed)
        pending = coverage.unscanned(db, TYPE)
    wanting = set(pending)
    for part in batched((one for one in hosts if one.key not in wanting), _HOSTS_AT_ONCE):
        wanting |= _rematch_some(place, part, mark)
    for key in wanting:
        reported = reports_of(place.parts).about(*key)
        if reported is not None:
            assess(place, reported)
    return len(wanting | {one.key for one in hosts})


def _rematch_some(place: Workplace, hosts: Sequence[Having], mark: str) -> set[HostKey]:
    """Judge some hosts by what is kept of them; gives those of which that is not enough."""
    kept, now, judged, wanting = findings_of(place.parts), place.clock.now(), list[_Judged](), set[HostKey]()
    with kept.reading() as db:
        for host in hosts:
            one = _judge(place, db, host)
            if one is None:
                wanting.add(host.key)
            else:
                judged.append(one)
    with kept.writing() as db:
        for one in judged:
            recording.record(db, one.target, Scan.PACKAGE, one.findings, at=now, only=one.subjects)
            coverage.judged(db, one.target, Scan.PACKAGE, mark, now)
    return wanting


def _judge(place: Workplace, db: sqlite3.Connection, host: Having) -> _Judged | None:
    """What a host has of changed packages; None where other packages have a say, or a language's, which the system's may own."""
    basis = decode_basis(host.basis)
    inventory = inventory_of(basis, host.facts)
    if any(one.ecosystem not in SYSTEM for one in inventory.packages):
        return None
    target = Target(host.key.account, host.key.region, TYPE, basis.instance)
    known = _known(db, target, inventory)
    if known is None:
        return None
    found = _matched(place, host, inventory, basis)
    return _Judged(host.key, target, _as_findings(found, basis), known | {one.id for one in found})


def _matched(place: Workplace, host: Having, inventory: Inventory, basis: Basis) -> list[Vulnerability]:
    only = {(fact.ecosystem, fact.name) for fact in host.facts}
    return database_of(place.home).match(inventory, only=only, reachable=basis.reachable)[0]


def _as_findings(found: Iterable[Vulnerability], basis: Basis) -> list[Found]:
    return [packages.found(one, basis.resource) for one in found]


def _known(db: sqlite3.Connection, target: Target, inventory: Inventory) -> set[str] | None:
    """The vulnerabilities that stand against these packages of a resource; None where one stands against others too."""
    names = sorted({one.name for one in inventory.packages})
    marks = ", ".join("?" * len(names))
    rows = db.execute(
        "SELECT DISTINCT finding.id, subject FROM finding INDEXED BY finding_of_resource"  # noqa: S608 - marks only
        f" CROSS JOIN package ON package.finding = finding.id AND package.name IN ({marks})"
        " WHERE account = ? AND region = ? AND resource_type = ? AND resource = ? AND scan = ? AND status <> ?",
        (*names, *target, Scan.PACKAGE, CLOSED),
    ).fetchall()
    for number, _ in rows:
        other = f"SELECT 1 FROM package WHERE finding = ? AND name NOT IN ({marks}) LIMIT 1"  # noqa: S608 - marks only
        if db.execute(other, (number, *names)).fetchone() is not None:
            return None
    return {subject for _, subject in rows}
