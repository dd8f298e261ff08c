"""The hosts that can be assessed: collected instances, enrolled hosts and whatever has reported, each once, with its tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison.hosts import Hosts, Reported, open_hosts
from garrison.inventory import INVENTORY_FILE, History
from garrison.items import Item
from garrison.services.inspector.resources import AssessmentTarget, Pair, ResourceGroup
from garrison.services.rolesanywhere.hosts import Host as Enrolled

if TYPE_CHECKING:
    from garrison.services.call import Parts
    from garrison.store import Unit

RECENT = timedelta(hours=24)
"""How old the report of a host that is scanned without an agent may be when a run begins."""
_INSTANCE = "AWS::EC2::Instance"
_GROUP_TAG = "aws:autoscaling:groupName"
_BATCH = 500
_MOST_ADDRESSES = 50
_MOST_TEXT = 256


@dataclass(slots=True, kw_only=True)
class Assessable:
    """A host that can be assessed."""

    agent: str
    """The instance's id, or the host's name where it has none."""
    tags: dict[str, str] = field(default_factory=dict)
    item: Item | None = None
    """As the account's instance, where that was collected."""
    name: str = ""
    """What its reports are kept under; empty where it neither is enrolled nor has reported."""
    has_agent: bool = False
    """Whether it is enrolled."""
    reported: Reported | None = None

    def is_fresh(self, since: datetime) -> bool:
        """Whether its last report counts for a run that began then.

        An enrolled host's agent is asked for one of its own; a host that is scanned without an agent counts as it was seen lately.
        """
        if self.reported is None:
            return False
        return self.reported.received_at >= (since if self.has_agent else since - RECENT)


def hosts_file(parts: Parts) -> Hosts:
    """The hosts' last reports."""
    return open_hosts(parts.settings.home_path, sync=not parts.settings.ephemeral)


@lru_cache(maxsize=4)
def _history(home: Path, sync: bool) -> History:
    return History(home / INVENTORY_FILE, sync=sync)


def collected(parts: Parts, account: str, region: str, resource_type: str | None = None) -> Iterator[Item]:
    """The account's items of a region as they were last seen."""
    home = parts.settings.home_path
    if (home / INVENTORY_FILE).exists():
        history = _history(home, not parts.settings.ephemeral)
        yield from history.current(account, resource_type=resource_type, region=region)


def assessable(parts: Parts, unit: Unit) -> list[Assessable]:
    """Every host of the unit's account and region, in the order of their ids."""
    found: dict[str, Assessable] = {}
    for item in collected(parts, unit.account, unit.region, _INSTANCE):
        if (item.configuration.get("state") or {}).get("name") not in ("terminated", "shutting-down"):
            found[item.resource_id] = Assessable(agent=item.resource_id, tags=dict(item.tags), item=item)
    for enrolled in unit.page(Enrolled):
        if not enrolled.is_revoked and enrolled.enrolled_at is not None:
            host = found.setdefault(enrolled.host_id, Assessable(agent=enrolled.host_id))
            host.name, host.has_agent, host.tags = enrolled.name, True, enrolled.tags | host.tags
    for reported in _reported(parts, unit):
        agent = reported.instance or reported.host
        host = found.setdefault(agent, Assessable(agent=agent))
        if host.reported is None or (host.name or reported.host) == reported.host:
            host.reported, host.name = reported, host.name or reported.host
    return [found[agent] for agent in sorted(found)]


def _reported(parts: Parts, unit: Unit) -> Iterator[Reported]:
    after: str | None = None
    while batch := hosts_file(parts).listed(unit.account, unit.region, after, _BATCH):
        yield from batch
        after = batch[-1].host


def chosen(parts: Parts, unit: Unit, target: AssessmentTarget) -> list[Assessable]:
    """The hosts of a target."""
    found = assessable(parts, unit)
    if target.group is None:
        return found
    group = unit.get(ResourceGroup, target.group)
    return [host for host in found if group is not None and fits(group.chosen_by, host.tags)]


def fits(chosen_by: tuple[Pair, ...], tags: dict[str, str]) -> bool:
    """Whether tags have each key that a group names, with one of the values named for it; a key without a value fits any."""
    wanted: dict[str, set[str | None]] = {}
    for pair in chosen_by:
        wanted.setdefault(pair.key, set()).add(pair.value)
    return all(key in tags and (None in values or tags[key] in values) for key, values in wanted.items())


def scaling_group_of(host: Assessable) -> str:
    """The Auto Scaling group that the host belongs to; empty for none."""
    return host.tags.get(_GROUP_TAG, "")[:_MOST_TEXT]


def asset_of(host: Assessable, hostname: str) -> dict[str, Any]:
    """The API's `assetAttributes` of a host, but for the agent's id."""
    configuration = host.item.configuration if host.item is not None else {}
    tags = [{"key": key[:128]} | ({"value": value[:256]} if value else {}) for key, value in sorted(host.tags.items())]
    asset: dict[str, Any] = {"schemaVersion": 1, "ipv4Addresses": _addresses(configuration), "tags": tags}
    interfaces = [_interface(one) for one in configuration.get("networkInterfaces") or ()]
    for member, value in (
        ("hostname", hostname[:_MOST_TEXT]),
        ("amiId", configuration.get("imageId")),
        ("autoScalingGroup", scaling_group_of(host)),
        ("networkInterfaces", interfaces),
    ):
        if value:
            asset[member] = value
    return asset


def _addresses(configuration: dict[str, Any]) -> list[str]:
    own = [configuration.get("privateIpAddress")]
    of_interfaces = [one.get("privateIpAddress") for one in configuration.get("networkInterfaces") or ()]
    return [text for text in dict.fromkeys([*own, *of_interfaces]) if text][:_MOST_ADDRESSES]


def _interface(kept: dict[str, Any]) -> dict[str, Any]:
    association = kept.get("association") or {}
    shown = {
        "networkInterfaceId": kept.get("networkInterfaceId"),
        "subnetId": kept.get("subnetId"),
        "vpcId": kept.get("vpcId"),
        "privateDnsName": kept.get("privateDnsName"),
        "privateIpAddress": kept.get("privateIpAddress"),
        "privateIpAddresses": [
            {name: one[name] for name in ("privateDnsName", "privateIpAddress") if one.get(name)}
            for one in kept.get("privateIpAddresses") or ()
        ],
        "publicDnsName": association.get("publicDnsName"),
        "publicIp": association.get("publicIp"),
        "ipv6Addresses": [one["ipv6Address"] for one in kept.get("ipv6Addresses") or () if one.get("ipv6Address")],
        "securityGroups": [
            {name: one[name] for name in ("groupName", "groupId") if one.get(name)} for one in kept.get("groups") or ()
        ],
    }
    return {name: value for name, value in shown.items() if value}
