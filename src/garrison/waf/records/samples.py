"""Requests as samples of the rules that they matched: what GetSampledRequests answers.

Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_SampledHTTPRequest.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from garrison.waf.decision import Action, Decision, GroupResult, Hit
from garrison.waf.document import Rule, WebACL
from garrison.waf.records.protection import Protection
from garrison.waf.records.texts import shown, text
from garrison.waf.request import Request


class Sample(NamedTuple):
    """A request as GetSampledRequests tells of it."""

    metric: str
    """The metric's name of the web ACL's rule that it is a sample of; of the web ACL itself where no rule ended it."""
    request: dict[str, Any]
    """A SampledHTTPRequest without its Weight: Timestamp is an aware datetime."""


class _Matched(NamedTuple):
    """A rule of the web ACL, and the hit that it or a rule in its group had."""

    rule: str
    action: Action
    hit: Hit | None
    within: str | None = None


def samples_of(
    acl: WebACL, protection: Protection, request: Request, decision: Decision, at: float, country: str
) -> list[Sample]:
    """One sample for each rule of the web ACL that matched and whose visibility asks for samples, once a rule."""
    rules = {rule.name: rule for rule in acl.rules}
    shared: dict[str, Any] | None = None
    samples: dict[str, Sample] = {}
    for matched in _all_matched(decision):
        metric = _metric(acl, rules.get(matched.rule))
        if metric is None or metric in samples:
            continue
        shared = shared or {
            "Request": _request(protection, request, country),
            "Timestamp": datetime.fromtimestamp(at, UTC),
        }
        samples[metric] = Sample(metric, shared | _told(matched, decision))
    return list(samples.values())


def _metric(acl: WebACL, rule: Rule | None) -> str | None:
    visibility = rule.visibility_config if rule is not None else acl.visibility_config
    return visibility.metric_name if visibility.sampled_requests_enabled else None


def _all_matched(decision: Decision) -> Iterator[_Matched]:
    """The rule that ended it first, then those that were counted."""
    within = next((group for group in decision.groups if group.terminating and group.rule == decision.rule), None)
    if within is not None and within.terminating is not None:
        yield _Matched(decision.rule, decision.action, within.terminating, _within(within, within.terminating))
    else:
        yield _Matched(decision.rule, decision.action, decision.terminating)
    for hit in decision.counted:
        yield _Matched(hit.rule, Action.COUNT, hit)
    for group in decision.groups:
        for hit in group.counted:
            yield _Matched(group.rule, Action.COUNT, hit, _within(group, hit))


def _within(group: GroupResult, hit: Hit) -> str:
    """`AWS#AWSManagedRulesCommonRuleSet#NoUserAgent_HEADER`, or the own group's name and the rule's."""
    if group.group.startswith("arn:"):
        return f"{group.group.rsplit('/', 2)[-2]}#{hit.rule}"
    return "#".join([*group.group.split("#")[:2], hit.rule])


def _told(matched: _Matched, decision: Decision) -> dict[str, Any]:
    told: dict[str, Any] = {"Action": matched.action.value}
    if matched.within is not None:
        told["RuleNameWithinRuleGroup"] = matched.within
    if matched.hit is not None and matched.hit.overridden is not None:
        told["OverriddenAction"] = matched.hit.overridden.value
    if decision.inserted:
        told["RequestHeadersInserted"] = [{"Name": name, "Value": value} for name, value in decision.inserted]
    if matched.action is Action.BLOCK and decision.answer is not None:
        told["ResponseCodeSent"] = decision.answer.status
    if decision.labels:
        told["Labels"] = [{"Name": label} for label in decision.labels]
    return told


def _request(protection: Protection, request: Request, country: str) -> dict[str, Any]:
    parts = protection.parts(shown(request))
    return {
        "ClientIP": request.address,
        "Country": country,
        "URI": f"{parts.uri}?{parts.args}" if parts.args else parts.uri,
        "Method": text(request.method),
        "HTTPVersion": text(request.version),
        "Headers": [{"Name": name, "Value": value} for name, value in parts.headers],
    }
