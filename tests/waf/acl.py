"""Web ACLs as `wafv2` writes them, in as few words as a test needs, and what becomes of a request."""

from __future__ import annotations

from typing import Any

import msgspec

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Decision
from garrison.waf.document import RuleGroup, WebACL
from garrison.waf.networks import Place
from garrison.waf.program import Program, compile_program
from garrison.waf.request import Request

NOW = 1_790_000_000.0
NAMESPACE = "awswaf:111122223333:webacl:acl:"
NONE = [{"Priority": 0, "Type": "NONE"}]


def visibility(metric: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": metric}


def rule(name: str, statement: dict[str, Any], action: str | dict[str, Any] = "Block", **more: Any) -> dict[str, Any]:
    """A rule; its priority is filled in by whoever lists it."""
    done = {action: {}} if isinstance(action, str) else action
    return {"Name": name, "Statement": statement, "Action": done, "VisibilityConfig": visibility(name), **more}


def reference(name: str, statement: dict[str, Any], override: str = "None", **more: Any) -> dict[str, Any]:
    """A rule that refers to a rule group."""
    return {
        "Name": name,
        "Statement": statement,
        "OverrideAction": {override: {}},
        "VisibilityConfig": visibility(name),
        **more,
    }


def in_order(rules: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    return [{"Priority": number, **each} for number, each in enumerate(rules)]


def web_acl(*rules: dict[str, Any], default: str | dict[str, Any] = "Allow", **more: Any) -> WebACL:
    document = {
        "Name": "acl",
        "ARN": "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/acl/1",
        "DefaultAction": {default: {}} if isinstance(default, str) else default,
        "VisibilityConfig": visibility("acl"),
        "LabelNamespace": NAMESPACE,
        "Rules": in_order(rules),
        **more,
    }
    return msgspec.convert(document, WebACL, strict=False)


def rule_group(*rules: dict[str, Any], name: str = "group", **more: Any) -> RuleGroup:
    document = {
        "Name": name,
        "LabelNamespace": f"awswaf:111122223333:rulegroup:{name}:",
        "Rules": in_order(rules),
        **more,
    }
    return msgspec.convert(document, RuleGroup, strict=False)


def program(acl: WebACL, networks: Any = None, counters: Any = None, cache: Any = None, **refers: Any) -> Program:
    """Compiled; `refers` fills the bundle: ip_sets, regex_sets, rule_groups, versions."""
    return compile_program(Bundle(web_acl=acl, **refers), networks=networks, counters=counters, cache=cache)


def decide(statement: dict[str, Any], request: Request, networks: Any = None, **refers: Any) -> Decision:
    """Of a web ACL that blocks what the statement matches."""
    return program(web_acl(rule("r", statement)), networks, **refers).decide(request, NOW)


def matches(statement: dict[str, Any], request: Request, networks: Any = None, **refers: Any) -> bool:
    return decide(statement, request, networks, **refers).rule == "r"


def get(target: str = "/", address: str = "192.0.2.44", body: bytes = b"", **headers: str) -> Request:
    """A request; underscores in the names of headers stand for hyphens."""
    pairs = tuple((name.replace("_", "-").lower().encode(), value.encode("latin-1")) for name, value in headers.items())
    return Request(b"POST" if body else b"GET", target.encode("latin-1"), pairs, body, address=address)


def byte_match(search: str, constraint: str, field: dict[str, Any], *types: str, **more: Any) -> dict[str, Any]:
    statement = {
        "SearchString": search.encode(),
        "PositionalConstraint": constraint,
        "FieldToMatch": field,
        "TextTransformations": transformations(*types),
        **more,
    }
    return {"ByteMatchStatement": statement}


def transformations(*types: str) -> list[dict[str, Any]]:
    return [{"Priority": number, "Type": name} for number, name in enumerate(types or ("NONE",))]


class Atlas:
    """Networks of a test, by address."""

    def __init__(self, places: dict[str, Place], systems: dict[str, int] | None = None) -> None:
        self._places = places
        self._systems = systems or {}

    def place(self, address: str) -> Place:
        return self._places.get(address, Place())

    def asn(self, address: str) -> int:
        return self._systems.get(address, 0)
