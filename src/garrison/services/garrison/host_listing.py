"""ListHosts and DescribeHost: those that have enrolled, and those that were scanned without an agent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.garrison.faults import not_found
from garrison.services.garrison.host_reports import named_host, reports_of, shown_report
from garrison.services.garrison.hosts import shown
from garrison.services.garrison.service import service
from garrison.services.rolesanywhere.hosts import Host, host_arn

if TYPE_CHECKING:
    from garrison.hosts import Reported
    from garrison.scan.report import Report
    from garrison.services.call import Call

Request = Mapping[str, Any]
Shown = dict[str, Any]

DEFAULT_RESULTS = 100
_MOST_UNREAD = 100


@service.operation("ListHosts", needs={"garrison:ListHosts": "*"})
def list_hosts(call: Call, request: Request) -> Shown:
    """Hosts by name."""
    limit = request.get("MaxResults") or DEFAULT_RESULTS
    after = request.get("NextToken")
    enrolled = {one.name: one for one in call.unit.page(Host, after=(after,) if after else None, limit=limit + 1)}
    hosts = reports_of(call.parts)
    scanned = {one.host: one for one in hosts.listed(call.account, call.region, after, limit + 1)}
    names = sorted(enrolled.keys() | scanned.keys())[: limit + 1]
    rest = {"NextToken": names[limit - 1]} if len(names) > limit else {}
    told = [_shown(enrolled.get(name), scanned.get(name)) for name in names[:limit]]
    return {"Hosts": told} | rest


@service.operation("DescribeHost", needs={"garrison:DescribeHost": named_host})
def describe_host(call: Call, request: Request) -> Shown:
    """One host, with its last report in short."""
    name, hosts = request["Host"], reports_of(call.parts)
    host, reported = call.unit.get(Host, name), hosts.about(call.account, call.region, name)
    if host is None and reported is None:
        raise not_found(f"There is no host {name}.")
    report = hosts.last(call.account, call.region, name)
    summary = {"Summary": _summary(report)} if report is not None else {}
    return {"Host": _shown(host, reported)} | summary


def _shown(host: Host | None, reported: Reported | None) -> Shown:
    """What is known of a host of which one of both is there."""
    told = shown(host) if host is not None else {}
    if reported is None:
        return told
    if host is None:
        arn = host_arn(reported.region, reported.account, reported.host)
        told = {"Name": reported.host, "Arn": arn, "HostId": reported.instance, "Status": "SCANNED"}
    return told | {"LastReport": shown_report(reported)}


def _summary(report: Report) -> Shown:
    inventory, platform = report.inventory, report.inventory.platform
    return {
        "HostName": inventory.host,
        "Platform": platform.name,
        "PlatformId": platform.id,
        "PlatformVersion": platform.version,
        "Kernel": platform.kernel,
        "Packages": len(inventory.packages),
        "Listeners": len(inventory.listeners),
        "Checks": dict(Counter(check.verdict.value for check in report.checks)),
        "Unread": [{"Path": one.path, "Reason": one.reason} for one in report.unread[:_MOST_UNREAD]],
        "UnreadCount": len(report.unread),
    }
