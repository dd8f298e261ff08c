"""What time brings: hosts that fall silent, instances that stop or are gone, closed findings and old history that are deleted.

Source: Inspector user guide, "Understanding Amazon Inspector findings"; Inspector API reference, "ScanStatus".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from garrison.scan_findings import Scan, coverage, installed, listing, progress, recording
from garrison.scan_findings.installed import HostKey
from garrison.services.garrison.host_reports import reports_of
from garrison.services.inspector2.scanning import instances
from garrison.services.inspector2.scanning.assessing import AGENTLESS
from garrison.services.inspector2.service import findings_of, service
from garrison.services.rolesanywhere.hosts import Host

if TYPE_CHECKING:
    from garrison.scan_findings import ScanFindings
    from garrison.scan_findings.coverage import Covered
    from garrison.services.background import Workplace

STALE_AFTER = timedelta(days=7)
"""A host that has not told of itself for so long is no longer scanned (STALE_INVENTORY)."""
USAGE_KEPT = timedelta(days=31)
_EVERY = timedelta(minutes=1)
"""How often all that is covered is looked at, by the server's clock."""
_BATCH = 500
_LOOKED, _ANALYZED = "ageing", "analyzed"


@service.task("ageing", every=timedelta(seconds=1))
def age(place: Workplace) -> None:
    """Look at what is covered, and delete what is due."""
    kept, now = findings_of(place.parts), place.clock.now()
    if not kept.exists:
        return
    with kept.reading() as db:
        looked = progress.cursor(db, _LOOKED)
    if looked and timedelta(0) <= now - datetime.fromisoformat(looked) < _EVERY:
        return
    _look_at_hosts(place, kept, now)
    _count(place, kept, now)
    _delete(place, kept, now)
    with kept.writing() as db:
        progress.put_cursor(db, _LOOKED, now.isoformat())


def _look_at_hosts(place: Workplace, kept: ScanFindings, now: datetime) -> None:
    after: tuple[str, ...] = ()
    while True:
        with kept.reading() as db:
            batch = coverage.all_after(db, instances.TYPE, Scan.PACKAGE, after, _BATCH)
        for one in batch:
            _look_at(place, kept, one, now)
        if len(batch) < _BATCH:
            return
        after = tuple(batch[-1].target)


def _look_at(place: Workplace, kept: ScanFindings, one: Covered, now: datetime) -> None:
    item = instances.item_of(place.parts, one.target)
    if (one.host and not _reports(place, one)) or instances.is_gone(item):
        _end(kept, one, now)
        return
    if _is_revoked(place, one):
        reason = "UNMANAGED_EC2_INSTANCE"
    elif item is not None and instances.state_of(item) == "stopped":
        reason = "EC2_INSTANCE_STOPPED"
    elif one.reported_at is not None and now - one.reported_at > STALE_AFTER:
        reason = "STALE_INVENTORY"
    else:
        reason = ""
    if reason and one.reason != reason:
        with kept.writing() as db:
            coverage.set_status(db, one.target, one.scan, coverage.NOT_SCANNED, reason)


def _reports(place: Workplace, one: Covered) -> bool:
    """Whether the host is there, and still the instance that it was."""
    reported = reports_of(place.parts).about(one.target.account, one.target.region, one.host)
    return reported is not None and reported.instance == one.target.resource


def _is_revoked(place: Workplace, one: Covered) -> bool:
    with place.parts.store.reading(one.target.account, one.target.region) as unit:
        host = unit.get(Host, one.host)
    return host is not None and host.is_revoked


def _end(kept: ScanFindings, one: Covered, now: datetime) -> None:
    """The instance is gone: its findings close, and are deleted soon."""
    with kept.writing() as db:
        recording.close_all(db, one.target, at=now)
        installed.remove(db, HostKey(one.target.account, one.target.region, one.host))
        coverage.remove(db, one.target)


def _count(place: Workplace, kept: ScanFindings, now: datetime) -> None:
    """Count the hours of scanned instances."""
    with kept.reading() as db:
        counts = coverage.by_mode(db, instances.TYPE)
    with kept.writing() as db:
        for account, region, mode, total in counts:
            kind = "EC2_AGENTLESS_INSTANCE_HOURS" if mode == AGENTLESS else "EC2_INSTANCE_HOURS"
            progress.count_hour(db, account, region, kind, now, total)
        progress.forget_hours(db, now - USAGE_KEPT)


def _delete(place: Workplace, kept: ScanFindings, now: datetime) -> None:
    history = timedelta(days=max(place.parts.settings.retention_days, recording.CLOSED_FOR.days))
    deleted = forgotten = _BATCH
    while _BATCH in (deleted, forgotten):
        with kept.writing() as db:
            deleted = recording.delete_due(db, now, _BATCH)
            forgotten = recording.forget_changes(db, now - history, _BATCH)
    with kept.writing() as db:
        installed.forget_unused(db)
        last = listing.last_change(db)
        if last > 2 * int(progress.cursor(db, _ANALYZED) or 0) + _BATCH:
            recording.analyze(db)
            progress.put_cursor(db, _ANALYZED, str(last))
    kept.shrink(_BATCH)
