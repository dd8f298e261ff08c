"""What is counted of decisions for the metrics of AWS WAF."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action, Decision, GroupResult, Hit, RuleKind
from garrison.waf.document import RuleGroup, WebACL
from garrison.waf.records import Sample, Tally, sampled
from garrison.waf.records.batch import Batch, Unreadable, decode, encode

GROUP = "arn:aws:wafv2:us-east-1:111122223333:regional/rulegroup/own/id"


def visible(metric: str, *, seen: bool = True) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": seen, "MetricName": metric}


def rule(name: str, *, seen: bool = True) -> dict[str, Any]:
    statement = {"GeoMatchStatement": {"CountryCodes": ["US"]}}
    return {"Name": name, "Priority": 1, "Statement": statement, "VisibilityConfig": visible(f"m-{name}", seen=seen)}


def bundle(*, seen: bool = True) -> Bundle:
    acl = {
        "Name": "acl",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": visible("acl", seen=seen),
        "Rules": [rule("one"), rule("hidden", seen=False), rule("group")],
    }
    group = {"Name": "own", "VisibilityConfig": visible("own-metric"), "Rules": []}
    return Bundle(msgspec.convert(acl, WebACL), {GROUP: msgspec.convert(group, RuleGroup)})


def counted(decision: Decision, *, seen: bool = True) -> dict[tuple[str, ...], int]:
    tally = Tally(bundle(seen=seen))
    tally.add(decision, 130.0)
    counts = tally.take()
    assert {one.minute for one in counts} <= {120}
    assert tally.take() == ()
    return {(one.name, *(f"{name}={value}" for name, value in one.dimensions)): one.number for one in counts}


def decided(action: Action, by: str, **others: Any) -> Decision:
    return Decision(action, by, RuleKind.REGULAR, **others)


def test_a_rule_that_ends_it_counts_for_itself_and_for_all() -> None:
    assert counted(decided(Action.BLOCK, "one")) == {
        ("BlockedRequests", "Rule=ALL"): 1,
        ("BlockedRequests", "Rule=m-one"): 1,
    }


def test_the_default_action_counts_where_none_ended_it() -> None:
    assert counted(decided(Action.ALLOW, "Default_Action")) == {
        ("AllowedRequests", "Rule=ALL"): 1,
        ("AllowedRequests", "Rule=Default_Action"): 1,
    }


def test_what_asks_for_no_metrics_has_none() -> None:
    assert counted(decided(Action.BLOCK, "hidden")) == {("BlockedRequests", "Rule=ALL"): 1}
    assert counted(decided(Action.ALLOW, "Default_Action"), seen=False) == {}


def test_counted_rules_count() -> None:
    hits = (Hit("one", Action.COUNT, metric="m-one"), Hit("hidden", Action.COUNT))
    assert counted(decided(Action.ALLOW, "Default_Action", counted=hits)) == {
        ("AllowedRequests", "Rule=ALL"): 1,
        ("AllowedRequests", "Rule=Default_Action"): 1,
        ("CountedRequests", "Rule=ALL"): 1,
        ("CountedRequests", "Rule=m-one"): 1,
    }


def test_rules_in_groups_count_for_the_group() -> None:
    managed = "AWS#AWSManagedRulesCommonRuleSet#Version_1.0"
    groups = (
        GroupResult(GROUP, "group", terminating=Hit("inner", Action.BLOCK, metric="m-inner")),
        GroupResult(managed, "managed", counted=(Hit("x", Action.COUNT, metric="m-x"),)),
        GroupResult("AWS#Other#", "other"),
    )
    assert counted(decided(Action.BLOCK, "group", groups=groups)) == {
        ("BlockedRequests", "Rule=ALL"): 1,
        ("BlockedRequests", "Rule=m-group"): 1,
        ("CountedRequests", "Rule=ALL"): 1,
        ("BlockedRequests", "Rule=m-inner", "RuleGroup=own-metric"): 1,
        ("CountedRequests", "Rule=m-x", "RuleGroup=AWSManagedRulesCommonRuleSet"): 1,
        ("PassedRequests", "Rule=ALL", "RuleGroup=Other"): 1,
    }


def test_labels_count_by_namespace_and_name() -> None:
    labels = ("awswaf:managed:aws:core-rule-set:NoUserAgent_Header",)
    found = counted(decided(Action.BLOCK, "one", labels=labels))
    named = ("BlockedRequests", "Label=NoUserAgent_Header", "LabelNamespace=awswaf:managed:aws:core-rule-set:")
    assert found[named] == 1


def test_a_batch_comes_back_as_it_was_sent() -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    sample = Sample("m", {"Timestamp": at, "Action": "BLOCK"})
    batch = Batch(records=({"timestamp": 1},), samples=sampled([sample]))
    assert decode(encode(batch)) == batch
    assert batch.samples[0].at == at.timestamp()
    assert batch.samples[0].request == {"Action": "BLOCK"}


@pytest.mark.parametrize("data", [b"", b"x", gzip.compress(b"nothing"), encode(Batch())[:-1]])
def test_what_is_no_batch_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(data)
