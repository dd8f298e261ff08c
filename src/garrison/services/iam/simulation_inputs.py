"""The parameters of a simulation, checked: policies, context entries, resources and their owner."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from garrison.arn import parse_arn
from garrison.policy import (
    CompiledResourcePolicy,
    ContextValue,
    MalformedPolicy,
    PolicyKind,
    Source,
    compile_resource_policy,
    parse_document,
)
from garrison.policy.conditions.binaries import bytes_of
from garrison.policy.conditions.dates import seconds_of
from garrison.policy.conditions.numbers import number_of
from garrison.services.iam.simulation_subject import invalid

Request = Mapping[str, Any]

MOST_PAIRS = 2_000
"""Actions times resources of one answer: what lies beyond comes with the next page."""


def _is_address(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")
_ACCOUNT = re.compile(r"(?:arn:aws[a-z-]*:iam::)?([0-9]{12})(?::root)?")
_READERS: dict[str, Callable[[str], bool]] = {
    "string": lambda text: True,
    "numeric": lambda text: number_of(text) is not None,
    "boolean": lambda text: text.lower() in ("true", "false"),
    "date": lambda text: seconds_of(text) is not None,
    "binary": lambda text: bytes_of(text) is not None,
    "ip": _is_address,
}

_NEEDED_BY_SCENARIO = {
    "EC2-Classic-InstanceStore": ("instance", "image", "security-group"),
    "EC2-Classic-EBS": ("instance", "image", "security-group", "volume"),
    "EC2-VPC-InstanceStore": ("instance", "image", "security-group", "network-interface"),
    "EC2-VPC-InstanceStore-Subnet": ("instance", "image", "security-group", "network-interface", "subnet"),
    "EC2-VPC-EBS": ("instance", "image", "security-group", "network-interface", "volume"),
    "EC2-VPC-EBS-Subnet": ("instance", "image", "security-group", "network-interface", "subnet", "volume"),
}
"""ResourceHandlingOption: the resources that each scenario must name (IAM API reference, SimulateCustomPolicy)."""


def input_sources(request: Request, member: str, kind: PolicyKind = PolicyKind.IDENTITY) -> list[Source]:
    """The policies given as texts, named as answers name them: `PolicyInputList.1` …"""
    return [
        Source(kind, f"{member}.{number}", _parsed(text, kind, f"{member}.{number}"))
        for number, text in enumerate(request.get(member) or (), 1)
    ]


def boundary_source(request: Request) -> Source | None:
    """The permissions boundary given as text; there can be one only."""
    given = input_sources(request, "PermissionsBoundaryPolicyInputList", PolicyKind.BOUNDARY)
    if len(given) > 1:
        raise invalid("PermissionsBoundaryPolicyInputList takes one permissions boundary.")
    return given[0] if given else None


def organization_levels(request: Request) -> list[list[Source]]:
    """The service control policies of each level, from the organization's root down to the account."""
    levels = request.get("OrderedOrganizationPolicyInputList") or ()
    return [
        [
            Source(PolicyKind.SCP, f"ServiceControlPolicyInputList.{number}", _parsed(text, PolicyKind.SCP, "SCP"))
            for number, text in enumerate(level.get("ServiceControlPolicyInputList") or (), 1)
        ]
        for level in levels
    ]


def resource_policy(request: Request, resources: Sequence[str]) -> CompiledResourcePolicy | None:
    """The policy that hangs on every simulated resource: a trust policy where those are roles."""
    text = request.get("ResourcePolicy")
    if text is None:
        return None
    parsed = [parse_arn(resource) for resource in resources]
    if not parsed or None in parsed:
        raise invalid("ResourcePolicy needs ResourceArns to hang on.")
    if len({arn.service for arn in parsed if arn is not None}) > 1:
        raise invalid("The resource policy is not applicable to all of the resources.")
    are_roles = all(is_role(resource) for resource in resources)
    kind = PolicyKind.TRUST if are_roles else PolicyKind.RESOURCE
    return compile_resource_policy(Source(kind, "ResourcePolicy", _parsed(text, kind, "ResourcePolicy")))


def is_role(resource: str) -> bool:
    """Whether an ARN is that of a role."""
    arn = parse_arn(resource)
    return arn is not None and arn.service == "iam" and arn.resource.startswith("role/")


def resource_owner(request: Request, default: str | None) -> str | None:
    """The account that owns resources whose ARNs name none."""
    written = request.get("ResourceOwner")
    if written is None:
        return default
    found = _ACCOUNT.fullmatch(written)
    if found is None:
        raise invalid(f"Invalid ResourceOwner: {written}: give arn:aws:iam::ACCOUNT:root or the account's id.")
    return found[1]


def actions(request: Request) -> list[str]:
    """The actions to simulate, which are whole names."""
    for name in request["ActionNames"]:
        if not _ACTION.fullmatch(name):
            raise invalid(f"Invalid action name: {name}: give the service and the action, without wildcards.")
    return list(request["ActionNames"])


def resources(request: Request) -> list[str]:
    """The resources to simulate; none where all resources are meant."""
    given = list(dict.fromkeys(request.get("ResourceArns") or ()))
    if len(given) > MOST_PAIRS:
        raise invalid(f"At most {MOST_PAIRS} resources can be simulated at once.")
    for resource in given:
        if resource != "*" and parse_arn(resource) is None:
            raise invalid(f"Invalid resource ARN: {resource}")
    _check_scenario(request.get("ResourceHandlingOption"), given)
    return [] if given == ["*"] else given


def context(request: Request) -> dict[str, ContextValue]:
    """The context entries as values of condition keys: lists where the entry's type is one."""
    values: dict[str, ContextValue] = {}
    for entry in request.get("ContextEntries") or ():
        key, written, kind = (
            entry.get("ContextKeyName"),
            entry.get("ContextKeyValues") or [],
            entry.get("ContextKeyType"),
        )
        if not key or not kind:
            raise invalid("A context entry needs ContextKeyName and ContextKeyType.")
        if key.lower() in map(str.lower, values):
            raise invalid(f"Context key {key} is given twice.")
        is_list = kind.endswith("List")
        reads = _READERS[kind.removesuffix("List")]
        faulty = next((value for value in written if not reads(value)), None)
        if faulty is not None:
            raise invalid(f"Invalid value for context key {key}: {faulty} is no {kind.removesuffix('List')}.")
        if not is_list and len(written) != 1:
            raise invalid(f"Context key {key} of type {kind} takes one value.")
        values[key] = list(written) if is_list else written[0]
    return values


def _check_scenario(scenario: str | None, given: Sequence[str]) -> None:
    if scenario is None:
        return
    needed = _NEEDED_BY_SCENARIO.get(scenario)
    if needed is None:
        raise invalid(f"Invalid ResourceHandlingOption: {scenario}")
    kinds = {
        arn.resource.partition("/")[0] for arn in map(parse_arn, given) if arn is not None and arn.service == "ec2"
    }
    missing = [kind for kind in needed if kind not in kinds]
    if missing:
        raise invalid(f"{scenario} needs resources of these types: {', '.join(missing)}.")


def _parsed(text: str, kind: PolicyKind, label: str) -> Any:
    try:
        return parse_document(text, kind)
    except MalformedPolicy as malformed:
        raise invalid(f"{label}: {malformed}") from malformed
