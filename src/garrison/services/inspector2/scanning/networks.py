"""Judge what the collected network lets reach, when it has changed; and say which instances nobody reports for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from garrison.batches import batched
from garrison.items import Item
from garrison.scan.inventory.facts import Platform
from garrison.scan.report import Report
from garrison.scan_findings import Found, Scan, Target, coverage, progress, recording
from garrison.scan_findings.coverage import NOT_SCANNED, Covered
from garrison.services.config.rules.recorded import history_of
from garrison.services.garrison.host_reports import reports_of
from garrison.services.inspector2.enabling import enablement_of
from garrison.services.inspector2.scanning import instances
from garrison.services.inspector2.scanning.assessing import assess
from garrison.services.inspector2.service import findings_of, places_of, service

if TYPE_CHECKING:
    import sqlite3

    from garrison.scan_findings import ScanFindings
    from garrison.services.background import Workplace

TYPES = (
    *(f"AWS::EC2::{name}" for name in (
        "Instance", "InternetGateway", "NetworkAcl", "NetworkInterface", "PrefixList", "RouteTable", "SecurityGroup", "Subnet",
        "TransitGateway", "VPC", "VPCEndpoint", "VPCPeeringConnection", "VPNGateway",
    )),
    "AWS::ElasticLoadBalancing::LoadBalancer",
    *(f"AWS::ElasticLoadBalancingV2::{name}" for name in ("Listener", "ListenerRule", "LoadBalancer", "TargetGroup")),
)  # fmt: skip
"""What of the collected network is looked at."""
AGAIN_AFTER = timedelta(minutes=5)
"""How long listeners that changed may wait; a change of the network does not."""
_AT_ONCE = 50
_UNMANAGED = "UNMANAGED_EC2_INSTANCE"


@service.task("reachability", every=timedelta(seconds=1))
def look_at_networks(place: Workplace) -> None:
    """Judge the networks that have changed."""
    kept = findings_of(place.parts)
    for account, region in places_of(place.parts):
        with place.parts.store.reading(account, region) as unit:
            is_on = "EC2" in enablement_of(unit).since
        if is_on:
            _look_at(place, kept, account, region)


def _look_at(place: Workplace, kept: ScanFindings, account: str, region: str) -> None:
    now, name = place.clock.now(), f"network/{account}/{region}"
    number, hosts = history_of(place.parts).last_number, reports_of(place.parts).last_number
    with kept.reading() as db:
        before = progress.cursor(db, name).split("/")
    if before[:1] == [str(number)]:
        is_early = timedelta(0) <= now - datetime.fromisoformat(before[2]) < AGAIN_AFTER
        if before[1] == str(hosts) or is_early:
            return
    items = list(_items(place, account, region))
    if items:
        _judge(place, kept, account, region, items, now)
    with kept.writing() as db:
        progress.put_cursor(db, name, f"{number}/{hosts}/{now.isoformat()}")


def _items(place: Workplace, account: str, region: str) -> Iterator[Item]:
    for kind in TYPES:
        yield from history_of(place.parts).current(account, resource_type=kind, region=region)


def _judge(
    place: Workplace, kept: ScanFindings, account: str, region: str, items: Sequence[Item], now: datetime
) -> None:
    from garrison.scan.reachability import instances_known, reach
    from garrison.services.inspector2.scanning.reachable import found

    running = [one for one in items if one.resource_type == "AWS::EC2::Instance" and not instances.is_gone(one)]
    reports = dict(_reports(place, account, region, {one.resource_id for one in running}))
    resources = {one.resource_id: _resource(one, reports.get(one.resource_id)) for one in running}
    by_instance: dict[str, dict[str, Found]] = {one: {} for one in resources}
    for instance, finding in found(reach(items), resources, reports):
        by_instance[instance][finding.subject] = finding
    named, known = {one.resource_id: one for one in running}, instances_known(items)
    for some in batched(by_instance.items(), _AT_ONCE):
        with kept.writing() as db:
            for instance, findings in some:
                target = Target(account, region, instances.TYPE, instance)
                recording.record(db, target, Scan.NETWORK, findings.values(), at=now)
                _cover(db, target, named[instance], reports.get(instance), now, is_known=instance in known)
    for instance in reports:  # what is reached has a say in the scores of packages
        for reported in reports_of(place.parts).of_instance(account, region, instance)[:1]:
            assess(place, reported)


def _reports(place: Workplace, account: str, region: str, wanted: set[str]) -> Iterator[tuple[str, Report]]:
    """The reports of instances, for who listens on them."""
    after: str | None = None
    while batch := reports_of(place.parts).listed(account, region, after):
        for reported in batch:
            if reported.instance in wanted:
                report = reports_of(place.parts).last(account, region, reported.host)
                if report is not None:
                    slim = replace(report.inventory, packages=(), users=(), services=(), settings={})
                    yield reported.instance, replace(report, inventory=slim, checks=())
        after = batch[-1].host


def _resource(item: Item, report: Report | None) -> Mapping[str, Any]:
    target = Target(item.account, item.region, instances.TYPE, item.resource_id)
    platform = report.inventory.platform if report is not None else Platform(id="", version="", name="")
    return instances.resource(target, platform, item.tags, item)


def _cover(
    db: sqlite3.Connection, target: Target, item: Item, report: Report | None, now: datetime, *, is_known: bool
) -> None:
    """Say that an instance is looked at; where its network was not collected whole, that nothing was judged by it."""
    platform = report.inventory.platform if report is not None else Platform(id="", version="", name="")
    metadata = instances.metadata(platform, item.tags, item)
    one = Covered(target=target, scan=Scan.NETWORK, metadata=metadata, scanned_at=now if is_known else None, since=now)
    coverage.put(db, one)
    if coverage.get(db, target, Scan.PACKAGE) is None:
        coverage.put(
            db,
            Covered(
                target=target, scan=Scan.PACKAGE, code=NOT_SCANNED, reason=_UNMANAGED, metadata=metadata, since=now
            ),
        )
