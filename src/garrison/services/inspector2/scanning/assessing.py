"""Judge what a host has reported, where that or the database tells anything new."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.hosts import Reported
from garrison.scan.inventory.facts import Inventory
from garrison.scan_findings import Scan, coverage, installed, recording
from garrison.scan_findings.coverage import NOT_SCANNED, SCANNED, Covered
from garrison.services.inspector2.enabling import enablement_of
from garrison.services.inspector2.scanning import instances, packages
from garrison.services.inspector2.scanning.subjects import SYSTEM, Subject, basis_of, digest_of, facts_of, subject_of
from garrison.services.inspector2.service import findings_of

if TYPE_CHECKING:
    from garrison.scan.vulnerabilities.database import Database
    from garrison.scan.vulnerabilities.vulnerability import Gap
    from garrison.services.background import Workplace

SUCCESSFUL, PENDING = "SUCCESSFUL", "PENDING_INITIAL_SCAN"
BY_AGENT, AGENTLESS = "EC2_INSPECTOR_AGENT_BASED", "EC2_AGENTLESS"


@lru_cache(maxsize=4)
def database_of(home: Path) -> Database:
    """The vulnerability database of a home."""
    from garrison.scan.vulnerabilities.database import FILE_NAME, Database

    return Database(home / FILE_NAME)


def assess(place: Workplace, reported: Reported) -> None:
    """Judge a host by its last report."""
    with place.parts.store.reading(reported.account, reported.region) as unit:
        enabled = enablement_of(unit)
    if "EC2" not in enabled.since:
        return
    subject = subject_of(place, reported, enabled)
    if subject is None:
        return
    now, kept = place.clock.now(), findings_of(place.parts)
    digest = f"{database_of(place.home).mark}/{digest_of(subject)}"
    with kept.reading() as db:
        before = coverage.get(db, subject.target, Scan.PACKAGE)
    if before is None or before.digest != digest:
        _judge(place, subject, digest, now)
        return
    with kept.writing() as db:
        reason = PENDING if before.reason == PENDING else before.reason if before.scanned_at is None else SUCCESSFUL
        _cover(db, subject, digest, reason, now)
        if reason == SUCCESSFUL:
            recording.see_again(db, subject.target, Scan.PACKAGE, now)


def _judge(place: Workplace, subject: Subject, digest: str, now: datetime) -> None:
    database = database_of(place.home)
    found, gaps = database.match(subject.inventory, reachable=subject.reachable)
    reason = reason_of(subject.inventory, gaps, is_there=database.is_there)
    resource = subject.resource
    findings = [packages.found(one, resource) for one in found]
    # What could not be judged closes nothing: that nothing was found does not mean that nothing is there.
    only = None if reason == SUCCESSFUL else {one.subject for one in findings}
    basis, facts = basis_of(subject), facts_of(subject.inventory)
    with findings_of(place.parts).writing() as db:
        recording.record(db, subject.target, Scan.PACKAGE, findings, at=now, only=only)
        installed.put(db, subject.key, basis, facts)
        _cover(db, subject, digest, reason, now)


def reason_of(inventory: Inventory, gaps: Sequence[Gap], *, is_there: bool) -> str:
    """Inspector's ScanStatusReason: whether the packages of the host's distribution were judged."""
    if not inventory.packages:
        return "NO_INVENTORY"
    if not is_there:
        return PENDING
    system = sum(one.ecosystem in SYSTEM for one in inventory.packages)
    if system and any(one.packages >= system and one.reason.startswith("no data") for one in gaps):
        return "UNSUPPORTED_OS"
    return SUCCESSFUL


def _cover(db: sqlite3.Connection, subject: Subject, digest: str, reason: str, now: datetime) -> None:
    is_agent = subject.host is not None and subject.host.enrolled_at is not None
    coverage.put(
        db,
        Covered(
            target=subject.target,
            scan=Scan.PACKAGE,
            host=subject.reported.host,
            code=SCANNED if reason == SUCCESSFUL else NOT_SCANNED,
            reason=reason,
            mode=BY_AGENT if is_agent else AGENTLESS,
            metadata=instances.metadata(subject.inventory.platform, subject.tags, subject.item),
            scanned_at=now if reason == SUCCESSFUL else None,
            reported_at=subject.reported.received_at,
            since=now,
            digest=digest,
        ),
    )
