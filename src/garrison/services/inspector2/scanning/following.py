"""Follow what hosts report, what becomes known of vulnerabilities, and where scanning is turned on and off.

How far each was taken is kept beside the findings. What a crash cuts short is done again, and then changes nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from garrison.logs import get_logger
from garrison.scan_findings import Target, coverage, installed, progress, recording
from garrison.scan_findings.installed import HostKey
from garrison.services.garrison.host_reports import reports_of
from garrison.services.inspector2.enabling import enablement_of
from garrison.services.inspector2.scanning.assessing import assess, database_of
from garrison.services.inspector2.scanning.instances import TYPE
from garrison.services.inspector2.scanning.rematching import rematch
from garrison.services.inspector2.service import findings_of, service

if TYPE_CHECKING:
    from garrison.hosts import Reported
    from garrison.scan_findings import ScanFindings
    from garrison.services.background import Workplace

HOSTS, DATABASE = "hosts", "database"
"""What the places in the reports and in the database are kept under."""
BATCH = 50
_DISABLED_FOR = timedelta(hours=24)
"""How long findings are there yet after scanning was turned off (Inspector user guide, "Understanding findings")."""

_log = get_logger(__name__)


@service.task("scans", every=timedelta(seconds=0.5))
def scan(place: Workplace) -> None:
    """Judge what is new."""
    kept = findings_of(place.parts)
    if not kept.exists and not reports_of(place.parts).exists:
        return
    _follow_switches(place, kept)
    _follow_database(place, kept)
    while _follow_hosts(place, kept):
        pass


def _follow_hosts(place: Workplace, kept: ScanFindings) -> int:
    """Judge a batch of the hosts that have reported; gives how many there were."""
    with kept.reading() as db:
        mark = int(progress.cursor(db, HOSTS) or 0)
    batch = reports_of(place.parts).changed_since(mark, BATCH)
    for reported in batch:
        _judge(place, reported)
    if batch:
        with kept.writing() as db:
            progress.put_cursor(db, HOSTS, str(batch[-1].number))
    return len(batch)


def _judge(place: Workplace, reported: Reported) -> None:
    """Judge one host; one that cannot be judged holds up no other."""
    try:
        assess(place, reported)
    except (ValueError, ArithmeticError, LookupError, TypeError):
        _log.exception("host_not_judged", host=reported.host, account=reported.account)
        with findings_of(place.parts).writing() as db:
            for one in coverage.of_host(db, reported.account, reported.region, reported.host):
                coverage.set_status(db, one.target, one.scan, coverage.NOT_SCANNED, "INTERNAL_ERROR")


def _follow_database(place: Workplace, kept: ScanFindings) -> None:
    """Judge anew what another database tells otherwise."""
    mark = database_of(place.home).mark
    with kept.reading() as db:
        before = progress.cursor(db, DATABASE)
    if mark and mark != before:
        hosts = rematch(place, before)
        _log.info("hosts_rematched", hosts=hosts, mark=mark)
        with kept.writing() as db:
            progress.put_cursor(db, DATABASE, mark)


def _follow_switches(place: Workplace, kept: ScanFindings) -> None:
    """Judge all hosts of places where scanning was turned on, and close what was found where it was turned off."""
    with kept.reading() as db:
        places = {*progress.places(db), *reports_of(place.parts).places()}
    for account, region in sorted(places):
        name = f"settings/{account}/{region}"
        with place.parts.store.reading(account, region) as unit:
            enabled = enablement_of(unit)
        now = f"{'EC2' in enabled.since}/{enabled.deep_inspection}"
        with kept.reading() as db:
            before = progress.cursor(db, name)
        if before == now:
            continue
        if "EC2" in enabled.since:
            _judge_all(place, account, region)
        else:
            _stop(place, kept, account, region)
        with kept.writing() as db:
            progress.put_cursor(db, name, now)


def _judge_all(place: Workplace, account: str, region: str) -> None:
    after: str | None = None
    while batch := reports_of(place.parts).listed(account, region, after, BATCH):
        for reported in batch:
            _judge(place, reported)
        after = batch[-1].host


def _stop(place: Workplace, kept: ScanFindings, account: str, region: str) -> None:
    with kept.reading() as db:
        resources = coverage.resources(db, account, region, TYPE)
    for resource in resources:
        target = Target(account, region, TYPE, resource)
        with kept.writing() as db:
            recording.close_all(db, target, at=place.clock.now(), reason=recording.DISABLED, kept_for=_DISABLED_FOR)
            for one in coverage.of_target(db, target):
                installed.remove(db, HostKey(account, region, one.host))
            coverage.remove(db, target)
