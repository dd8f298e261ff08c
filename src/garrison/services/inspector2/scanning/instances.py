"""The instance behind a host, as findings and coverage show it: what was collected of it, else what it tells of itself.

Source: Inspector API reference, "Resource", "AwsEc2InstanceDetails", "Ec2Metadata".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.inventory import Resource
from garrison.items import DELETED, Item
from garrison.scan.inventory.facts import Platform
from garrison.scan_findings import Target
from garrison.services.config.rules.recorded import history_of
from garrison.services.rolesanywhere.hosts import Host

if TYPE_CHECKING:
    from garrison.services.call import Parts

TYPE = "AWS_EC2_INSTANCE"
_ITEM_TYPE = "AWS::EC2::Instance"
_NOT_A_WORD = re.compile(r"[^A-Z0-9]+")


def item_of(parts: Parts, target: Target) -> Item | None:
    """The instance as it was last collected; None where it was not."""
    return history_of(parts).get(Resource(target.account, target.region, _ITEM_TYPE, target.resource))


def is_gone(item: Item | None) -> bool:
    """Whether the instance was terminated."""
    return item is not None and (item.status == DELETED or state_of(item) == "terminated")


def state_of(item: Item) -> str:
    """`running`, `stopped` …; empty where it was not seen."""
    state = item.configuration.get("state")
    return str(state.get("name", "")) if isinstance(state, Mapping) else ""


def tags_of(host: Host | None, item: Item | None) -> dict[str, str]:
    """The tags of an instance: those of its enrolment, and before them those collected."""
    return (host.tags if host is not None else {}) | (item.tags if item is not None else {})


def platform_name(platform: Platform) -> str:
    """`DEBIAN_12`, `UBUNTU_22_04`."""
    return _NOT_A_WORD.sub("_", f"{platform.id} {platform.version}".upper()).strip("_") or "UNKNOWN"


def resource(target: Target, platform: Platform, tags: Mapping[str, str], item: Item | None) -> dict[str, Any]:
    """A `Resource`."""
    return {
        "type": TYPE,
        "id": target.resource,
        "partition": "aws",
        "region": target.region,
        "tags": dict(tags),
        "provider": "AWS",
        "providerAccountId": target.account,
        "details": {"awsEc2Instance": _details(platform, item)},
    }


def metadata(platform: Platform, tags: Mapping[str, str], item: Item | None) -> dict[str, Any]:
    """A `ResourceScanMetadata`."""
    shown: dict[str, Any] = {"tags": dict(tags), "platform": "LINUX" if platform.id else "UNKNOWN"}
    image = item.configuration.get("imageId") if item is not None else None
    return {"ec2": shown | ({"amiId": image} if image else {})}


def _details(platform: Platform, item: Item | None) -> dict[str, Any]:
    told: dict[str, Any] = {"platform": platform_name(platform)}
    if item is None:
        return told
    facts, profile = item.configuration, item.configuration.get("iamInstanceProfile")
    interfaces = facts.get("networkInterfaces") or ()
    told |= {
        "type": facts.get("instanceType"),
        "imageId": facts.get("imageId"),
        "keyName": facts.get("keyName"),
        "iamInstanceProfileArn": profile.get("arn") if isinstance(profile, Mapping) else None,
        "vpcId": facts.get("vpcId"),
        "subnetId": facts.get("subnetId"),
        "launchedAt": _seconds(facts.get("launchTime")),
        "ipV4Addresses": _addresses(
            [facts.get("privateIpAddress"), facts.get("publicIpAddress")],
            interfaces,
            "privateIpAddresses",
            "privateIpAddress",
        ),
        "ipV6Addresses": _addresses([facts.get("ipv6Address")], interfaces, "ipv6Addresses", "ipv6Address"),
    }
    return {name: value for name, value in told.items() if value}


def _addresses(first: Iterable[Any], interfaces: Iterable[Any], member: str, name: str) -> list[str]:
    more = (one.get(name) for each in interfaces if isinstance(each, Mapping) for one in each.get(member) or ())
    return list(dict.fromkeys(str(one) for one in (*first, *more) if one))


def _seconds(text: Any) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp() if text else None
    except ValueError:
        return None
