"""Which resources a CloudTrail event says have changed, so that just these are collected again, and who brought a state about.

An event that read, or that failed, touched nothing. Where it names something that is no resource of the type (an id of another kind in
`CreateTags`), collecting it again finds nothing, and says so of nothing that is known.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from garrison.collect.catalog import services
from garrison.collect.declaration import Type
from garrison.collect.paths import values_at
from garrison.items import GLOBAL

_VERB = re.compile(r"^(Get|Put|Delete|Describe|Update|Modify|Set|Create|Enable|Disable|Start|Stop|Add|Remove)")
_VERSION = re.compile(r"\d{8}(v\d)?$")
"""Lambda's events are named after the version of its API: `UpdateFunctionConfiguration20150331v2`."""
_ID = re.compile(r"^([a-z]+(?:-[a-z]+)*)-[0-9a-f]{8,17}$")
_PREFIXES = {
    "AWS::EC2::Instance": "i",
    "AWS::EC2::Volume": "vol",
    "AWS::EC2::Snapshot": "snap",
    "AWS::EC2::Image": "ami",
    "AWS::EC2::SecurityGroup": "sg",
    "AWS::EC2::VPC": "vpc",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::RouteTable": "rtb",
    "AWS::EC2::NetworkAcl": "acl",
    "AWS::EC2::InternetGateway": "igw",
    "AWS::EC2::NatGateway": "nat",
    "AWS::EC2::EIP": "eipalloc",
    "AWS::EC2::NetworkInterface": "eni",
    "AWS::EC2::VPCEndpoint": "vpce",
    "AWS::EC2::TransitGateway": "tgw",
    "AWS::EC2::ClientVpnEndpoint": "cvpn-endpoint",
    "AWS::EC2::VPNConnection": "vpn",
}
"""How ids of EC2's begin: one call may name resources of many types (`CreateTags`)."""


class Touched(NamedTuple):
    """A resource that a call changed, made or deleted."""

    account: str
    region: str
    """`global` where the type belongs to none; of a bucket the region where it lies."""
    resource_type: str
    name: str
    """Its id, name or ARN."""
    part: str | None = None
    """The part of it that the call sets, where the call's name says so."""


def touched(event: Mapping[str, Any]) -> tuple[Touched, ...]:
    """The resources that a CloudTrail record says were changed; none for one that read or failed."""
    source, name = event.get("eventSource"), event.get("eventName")
    if event.get("readOnly") is True or event.get("errorCode") or not isinstance(name, str):
        return ()
    account = str(event.get("recipientAccountId") or _member(event, "userIdentity").get("accountId") or "")
    plain = _VERSION.sub("", name)
    found: dict[Touched, None] = {}
    for resource_type, paths in _table().get(str(source), {}).items():
        is_global = any(kind.region == GLOBAL for kind in _types()[resource_type])
        region = GLOBAL if is_global and source != "ec2.amazonaws.com" else str(event.get("awsRegion") or "")
        for named in _names(event, plain, paths, account):
            if _fits(resource_type, named):
                found[Touched(account, region, resource_type, named, _part(resource_type, plain))] = None
    return tuple(found)


def _names(event: Mapping[str, Any], name: str, paths: list[str], account: str) -> Iterator[str]:
    for path in paths:
        if path.startswith("="):
            if path[1:] == name:
                yield account
            continue
        for member in ("requestParameters", "responseElements"):
            for value in values_at(_member(event, member), path):
                if isinstance(value, str) and value:
                    yield value


def _fits(resource_type: str, name: str) -> bool:
    """Whether an id can be of a type; ids of other services say nothing of theirs."""
    prefix, found = _PREFIXES.get(resource_type), _ID.match(name)
    return prefix is None or found is None or found[1] == prefix


def _part(resource_type: str, event_name: str) -> str | None:
    """The part that is read by the operation that goes with the call: `PutBucketPolicy` and `GetBucketPolicy`."""
    noun = _noun(event_name)
    for kind in _types()[resource_type]:
        for part in kind.parts:
            read = _noun(part.call.operation)
            if noun in (read, f"Bucket{read}") or (noun and len(noun) > len("Bucket") and read.startswith(noun)):
                return part.title
    return None


def _noun(operation: str) -> str:
    return _VERB.sub("", operation, count=1)


def _member(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = event.get(name)
    return found if isinstance(found, dict) else {}


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    text = files("garrison.collect").joinpath("data", "touches.toml").read_text(encoding="utf-8")
    read: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return read


@cache
def _types() -> dict[str, list[Type]]:
    """Declarations by type; of the account there are several."""
    found: dict[str, list[Type]] = {}
    for service in services():
        for kind in service.types:
            found.setdefault(kind.name, []).append(kind)
    return found
