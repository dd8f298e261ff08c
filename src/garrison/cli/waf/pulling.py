"""Web ACLs of an AWS account as bundles, through reading calls of `wafv2` only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from garrison.arn import parse_arn
from garrison.collect.failures import code_of, reason_of
from garrison.collect.upstream import HOME_REGION, Meter, Upstream, metering
from garrison.waf.bundle import Bundle
from garrison.waf.document import RuleGroup, WebACL
from garrison.waf.drafts import references_of, sealed

REGIONAL, CLOUDFRONT = "REGIONAL", "CLOUDFRONT"
_NO_LOGGING = "WAFNonexistentItemException"


@dataclass(frozen=True, slots=True)
class Pulled:
    """A web ACL of the account, or why it could not be had."""

    region: str
    scope: str
    name: str
    bundle: Bundle | None
    problems: tuple[str, ...] = ()
    """What of it is not in the bundle, and why."""


class Puller:
    """Asks one account. Reads, and nothing else: `Upstream` lets no other call leave."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        metering.set(Meter())

    def pull(self, regions: Iterable[str], scopes: Iterable[str]) -> Iterator[Pulled]:
        """The web ACLs of regions; those of CloudFront are asked for once, where AWS answers for them."""
        regions = list(regions) or [self._upstream.home_region]
        wanted = set(scopes)
        places = [(region, REGIONAL) for region in regions] if REGIONAL in wanted else []
        places += [(HOME_REGION, CLOUDFRONT)] if CLOUDFRONT in wanted else []
        for region, scope in places:
            try:
                listed = [one for page in self._pages("ListWebACLs", region, Scope=scope) for one in page["WebACLs"]]
            except Exception as problem:
                yield Pulled(region, scope, "", None, (reason_of(problem),))
                continue
            for one in listed:
                yield self._pulled(region, scope, one)

    def _pulled(self, region: str, scope: str, listed: dict[str, Any]) -> Pulled:
        try:
            answer = self._one("GetWebACL", region, Scope=scope, Name=listed["Name"], Id=listed["Id"])
            acl = msgspec.convert(answer["WebACL"], WebACL)
        except Exception as problem:  # a web ACL that cannot be read leaves the others
            return Pulled(region, scope, listed["Name"], None, (_told(problem),))
        found = _Found(self._one, region)
        bundle = found.bundle(acl)
        return Pulled(region, scope, acl.name, sealed(bundle), tuple(found.problems))

    def _pages(self, operation: str, region: str, **params: Any) -> Iterator[dict[str, Any]]:
        return self._upstream.pages("wafv2", operation, params, region)

    def _one(self, operation: str, region: str, **params: Any) -> dict[str, Any]:
        return next(iter(self._pages(operation, region, **params)))


class _Found:
    """What a web ACL refers to, as it is found."""

    def __init__(self, ask: Callable[..., dict[str, Any]], region: str) -> None:
        self._ask = ask
        self._region = region
        self._groups: dict[str, RuleGroup] = {}
        self._ip_sets: dict[str, tuple[str, ...]] = {}
        self._regex_sets: dict[str, tuple[str, ...]] = {}
        self.problems: list[str] = []

    def bundle(self, acl: WebACL) -> Bundle:
        self._follow(acl)
        return Bundle(acl, self._groups, self._ip_sets, self._regex_sets, logging=self._logging(acl.arn))

    def _follow(self, what: WebACL | RuleGroup) -> None:
        fetch = {
            "rule_group_reference_statement": self._group,
            "ip_set_reference_statement": self._ip_set,
            "regex_pattern_set_reference_statement": self._regex_set,
        }
        for kind, arn in references_of(what):
            try:
                fetch[kind](arn)
            except Exception as problem:  # what is missing is named, and the rest is had
                self.problems.append(f"{arn}: {_told(problem)}")

    def _group(self, arn: str) -> None:
        if arn not in self._groups:
            answer = self._ask("GetRuleGroup", self._region, ARN=arn)
            group = self._groups[arn] = msgspec.convert(answer["RuleGroup"], RuleGroup)
            self._follow(group)

    def _ip_set(self, arn: str) -> None:
        if arn not in self._ip_sets:
            self._ip_sets[arn] = tuple(self._ask("GetIPSet", self._region, **_named(arn))["IPSet"]["Addresses"])

    def _regex_set(self, arn: str) -> None:
        if arn not in self._regex_sets:
            answer = self._ask("GetRegexPatternSet", self._region, **_named(arn))["RegexPatternSet"]
            self._regex_sets[arn] = tuple(one["RegexString"] for one in answer["RegularExpressionList"])

    def _logging(self, arn: str) -> dict[str, Any] | None:
        try:
            told: dict[str, Any] = self._ask("GetLoggingConfiguration", self._region, ResourceArn=arn)[
                "LoggingConfiguration"
            ]
        except Exception as problem:
            if code_of(problem) != _NO_LOGGING:
                self.problems.append(f"logging: {_told(problem)}")
            return None
        return told


def _named(arn: str) -> dict[str, str]:
    """Scope, name and id, which an ARN says: `…:regional/ipset/NAME/ID`. Raises ValueError for another."""
    parts = parse_arn(arn)
    words = parts.resource.split("/") if parts is not None else []
    if len(words) != 4:
        raise ValueError("it is no ARN of AWS WAF")
    return {"Scope": CLOUDFRONT if words[0] == "global" else REGIONAL, "Name": words[2], "Id": words[3]}


def _told(problem: Exception) -> str:
    return code_of(problem) or f"{type(problem).__name__}: {problem}"
