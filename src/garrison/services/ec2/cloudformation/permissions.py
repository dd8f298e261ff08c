"""A security group's rules: flat in a template, in lists of ranges and pairs in the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_PAIR = {
    "SecurityGroupId": "GroupId",
    "SecurityGroupName": "GroupName",
    "SecurityGroupOwnerId": "UserId",
}
_RANGES = {"CidrIp": "IpRanges", "CidrIpv6": "Ipv6Ranges"}
_WAYS = ("Source", "Destination")


def permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as calls have it."""
    made = {name: rule[name] for name in ("IpProtocol", "FromPort", "ToPort") if rule.get(name) is not None}
    words = {"Description": rule["Description"]} if rule.get("Description") is not None else {}
    for name, member in _RANGES.items():
        if rule.get(name) is not None:
            made[member] = [{name: rule[name]} | words]
    for way in _WAYS:
        pair = {to: rule[way + name] for name, to in _PAIR.items() if rule.get(way + name) is not None}
        if pair:
            made["UserIdGroupPairs"] = [pair | words]
        if rule.get(f"{way}PrefixListId") is not None:
            made["PrefixListIds"] = [{"PrefixListId": rule[f"{way}PrefixListId"]} | words]
    return made


def key_of(rule: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells a rule from others: all but its description, as text."""
    protocol = str(rule.get("IpProtocol"))
    ports = ("", "") if protocol == "-1" else (_text(rule.get("FromPort")), _text(rule.get("ToPort")))
    other = [f"{way}{name}" for way in _WAYS for name in ("SecurityGroupId", "SecurityGroupName", "PrefixListId")]
    who = sorted(_text(rule.get(name)) for name in (*_RANGES, *other) if rule.get(name) is not None)
    return (protocol, *ports, *who)


def _text(value: Any) -> str:
    return "" if value is None else str(int(value)) if isinstance(value, float) else str(value)


def rules_of(permissions: Any, way: str) -> Iterator[dict[str, Any]]:
    """The rules of a group as a template has them; `way` is `Source` or `Destination`."""
    for one in permissions or ():
        ports = {name: one[name] for name in ("IpProtocol", "FromPort", "ToPort") if one.get(name) is not None}
        for name, member in _RANGES.items():
            for each in one.get(member) or ():
                yield ports | {name: each[name]} | _words(each)
        for pair in one.get("UserIdGroupPairs") or ():
            yield ports | {f"{way}SecurityGroupId": pair.get("GroupId")} | _words(pair)
        for each in one.get("PrefixListIds") or ():
            yield ports | {f"{way}PrefixListId": each.get("PrefixListId")} | _words(each)


def rule_shown(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A rule that is described by itself, as a template has it."""
    way = "Destination" if shown.get("IsEgress") else "Source"
    members = {
        "IpProtocol": shown.get("IpProtocol"),
        "FromPort": shown.get("FromPort"),
        "ToPort": shown.get("ToPort"),
        "CidrIp": shown.get("CidrIpv4"),
        "CidrIpv6": shown.get("CidrIpv6"),
        f"{way}SecurityGroupId": (shown.get("ReferencedGroupInfo") or {}).get("GroupId"),
        f"{way}PrefixListId": shown.get("PrefixListId"),
        "Description": shown.get("Description"),
    }
    has_ports = shown.get("IpProtocol") != "-1"
    return {
        name: value
        for name, value in members.items()
        if value is not None and (has_ports or name not in ("FromPort", "ToPort"))
    }


def _words(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {"Description": shown["Description"]} if shown.get("Description") else {}
