"""Begin CIS scans when their time has come, and finish them with what hosts report.

A host's report that is younger than a day counts; else one is awaited for a day, or the host's own session (`sessions`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from garrison.batches import batched
from garrison.hosts import Reported
from garrison.identifiers import request_id
from garrison.scan_findings import Target, cis
from garrison.scan_findings.cis import CisScan, CisTarget
from garrison.services.garrison.host_reports import reports_of
from garrison.services.inspector2.cis import schedules, verdicts
from garrison.services.inspector2.cis.configurations import targets_shown
from garrison.services.inspector2.resources import CisScanConfiguration
from garrison.services.inspector2.scanning import instances
from garrison.services.inspector2.service import findings_of, places_of, service
from garrison.services.rolesanywhere.hosts import Host

if TYPE_CHECKING:
    from garrison.scan_findings import ScanFindings
    from garrison.services.background import Workplace

FRESH_FOR = timedelta(days=1)
"""How old a report may be that a scan is made from."""
AWAITED_FOR = timedelta(days=1)
"""How long a host is awaited; then its part of the scan is TIMED_OUT."""
KEPT_FOR = timedelta(days=90)
_BATCH = 200


@service.task("cis-scans", every=timedelta(seconds=0.5))
def run_scans(place: Workplace) -> None:
    """Begin what is due, and go on with what is in progress."""
    kept = findings_of(place.parts)
    if not kept.exists:
        return
    for account, region in places_of(place.parts):
        with place.parts.store.reading(account, region) as unit:
            configurations = unit.page(CisScanConfiguration)
        for configuration in configurations:
            _begin(place, kept, configuration)
    with kept.reading() as db:
        scans = cis.open_scans(db)
    for scan in scans:
        _go_on(place, kept, scan)


def _begin(place: Workplace, kept: ScanFindings, configuration: CisScanConfiguration) -> None:
    now = place.clock.now()
    with kept.reading() as db:
        last = cis.last_due(db, configuration.arn)
    if configuration.schedule.at is None and last is not None and last >= configuration.scheduled_from:
        return
    after = max(filter(None, (last, configuration.scheduled_from)))
    due = schedules.latest_due(configuration.schedule, after, now)
    if due is None:
        return
    owner = f"arn:aws:inspector2:{configuration.region}:{configuration.account}:owner/{configuration.account}/"
    scan = CisScan(
        arn=f"{owner}cis-scan/{request_id()}",
        account=configuration.account,
        region=configuration.region,
        configuration=configuration.arn,
        name=configuration.name,
        level=configuration.level,
        at=now,
        scheduled_by=configuration.account,
        targets=targets_shown(configuration),
    )
    targets = list(_targets(place, configuration, scan))
    with kept.writing() as db:
        has_begun = cis.begin(db, scan, due, targets)
    if has_begun:
        _go_on(place, kept, scan)
        _ask_agents(place, kept, scan)


def _ask_agents(place: Workplace, kept: ScanFindings, scan: CisScan) -> None:
    """Have the agents of enrolled hosts scan that are still awaited, so that nobody waits for their next turn."""
    from garrison.services.garrison.host_jobs import ask_to_scan

    with kept.reading() as db:
        names = [one.host for one in cis.awaited(db, scan.arn)]
    for batch in batched(names, _BATCH):
        with place.parts.store.writing(scan.account, scan.region, at=place.clock.now()) as unit:
            for host in filter(None, (unit.get(Host, name) for name in batch)):
                if host.enrolled_at is not None and not host.is_revoked:
                    ask_to_scan(unit, host.name)


def _targets(place: Workplace, configuration: CisScanConfiguration, scan: CisScan) -> Iterator[CisTarget]:
    """The hosts of the account that have one of the tags."""
    after: str | None = None
    while batch := reports_of(place.parts).listed(configuration.account, configuration.region, after, _BATCH):
        for reported in batch:
            tags = _tags_of(place, reported)
            if any(tags.get(key) in values for key, values in configuration.target_tags.items()):
                yield CisTarget(
                    scan=scan.arn,
                    account=reported.account,
                    resource=reported.instance,
                    host=reported.host,
                    job=request_id(),
                    tags={key: [value] for key, value in tags.items()},
                )
        after = batch[-1].host


def _tags_of(place: Workplace, reported: Reported) -> dict[str, str]:
    target = Target(reported.account, reported.region, instances.TYPE, reported.instance)
    with place.parts.store.reading(reported.account, reported.region) as unit:
        host = unit.get(Host, reported.host)
    return instances.tags_of(host, instances.item_of(place.parts, target))


def _go_on(place: Workplace, kept: ScanFindings, scan: CisScan) -> None:
    now, waiting = place.clock.now(), 0
    with kept.reading() as db:
        targets = cis.awaited(db, scan.arn)
    for target in targets:
        waiting += not _finish(place, kept, scan, target, now)
    if not waiting:
        with kept.writing() as db:
            cis.end_scan(db, scan.arn, cis.COMPLETED)


def _finish(place: Workplace, kept: ScanFindings, scan: CisScan, target: CisTarget, now: datetime) -> bool:
    """Whether a host is awaited no longer."""
    is_late = now - scan.at > AWAITED_FOR
    with place.parts.store.reading(scan.account, scan.region) as unit:
        host = unit.get(Host, target.host)
    if host is not None and host.is_revoked:
        with kept.writing() as db:
            cis.end_target(db, target, "CANCELLED", "SSM_UNMANAGED")
        return True
    if target.token is None and _is_fresh(place, scan, target):
        report = reports_of(place.parts).last(scan.account, scan.region, target.host)
        if report is not None and report.checks:
            platform = report.inventory.platform
            found = list(verdicts.results(scan, target, platform, report.checks))
            with kept.writing() as db:
                cis.put_results(db, found)
                cis.end_target(db, target, "COMPLETED", None, verdicts.platform_of(platform))
            return True
    if is_late:
        with kept.writing() as db:
            cis.end_target(db, target, "TIMED_OUT", None)
    return is_late


def _is_fresh(place: Workplace, scan: CisScan, target: CisTarget) -> bool:
    reported = reports_of(place.parts).about(scan.account, scan.region, target.host)
    return reported is not None and reported.received_at >= scan.at - FRESH_FOR


@service.task("old-cis-scans", every=timedelta(minutes=1))
def forget_old(place: Workplace) -> None:
    """Drop scans whose time is over."""
    kept = findings_of(place.parts)
    if kept.exists:
        with kept.writing() as db:
            cis.delete_before(db, place.clock.now() - KEPT_FOR)
