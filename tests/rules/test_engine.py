"""What holds of every rule: hostile shapes do not break it, and what is empty is not taken for what is good."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import cache
from types import ModuleType

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from garrison.items import Item
from garrison.rules import Compliance, Inventory, Rule, RuleSet, Severity, Trigger, activate, managed_rules, score
from garrison.rules.engine import judge
from garrison.rules.registry import Parameters
from garrison.rules.verdict import COMPLIANT, Verdict

REQUIRED = {
    "NETFW_POLICY_DEFAULT_ACTION_FRAGMENT_PACKETS": {"statelessFragmentDefaultActions": "aws:drop"},
    "NETFW_POLICY_DEFAULT_ACTION_FULL_PACKETS": {"statelessDefaultActions": "aws:drop"},
    "CLOUDWATCH_ALARM_RESOURCE_CHECK": {"resourceType": "AWS::EC2::Volume", "metricName": "VolumeReadOps"},
    "IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS": {"blockedActionsPatterns": "kms:Decrypt"},
    "IAM_INLINE_POLICY_BLOCKED_KMS_ACTIONS": {"blockedActionsPatterns": "kms:Decrypt"},
    "IAM_POLICY_IN_USE": {"policyARN": "arn:aws:iam::aws:policy/AWSSupportAccess"},
    "LAMBDA_FUNCTION_SETTINGS_CHECK": {"runtime": "python3.12"},
    "API_GW_ENDPOINT_TYPE_CHECK": {"endpointConfigurationTypes": "REGIONAL"},
    "EKS_CLUSTER_OLDEST_SUPPORTED_VERSION": {"oldestVersionSupported": "1.30"},
    "CLOUDWATCH_ALARM_SETTINGS_CHECK": {"metricName": "CPUUtilization"},
    "S3_BUCKET_BLACKLISTED_ACTIONS_PROHIBITED": {"blacklistedActionPattern": "s3:*"},
    "S3_BUCKET_POLICY_NOT_MORE_PERMISSIVE": {
        "controlPolicy": '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}'
    },
}
"""Parameters that have no default."""
GOOD_WHEN_EMPTY = {
    "S3_BUCKET_BLACKLISTED_ACTIONS_PROHIBITED",
    "S3_BUCKET_POLICY_NOT_MORE_PERMISSIVE",
    "S3_BUCKET_PUBLIC_READ_PROHIBITED",
    "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
}
"""Rules that ask for nothing but the absence of something."""
RULES = sorted(managed_rules().values(), key=lambda one: one.identifier)


def _module(rule: Rule) -> ModuleType:
    closure = inspect.getclosurevars(rule.judge).nonlocals.get("function", rule.judge)
    found = inspect.getmodule(closure)
    assert found is not None
    return found


@cache
def _objects(module: ModuleType) -> st.SearchStrategy[dict[str, object]]:
    """Objects of names that the module's code mentions: what its rules look up in configurations."""
    names = sorted(set(re.findall(r'"([A-Za-z]+)"', inspect.getsource(module))))
    leaves = st.none() | st.booleans() | st.integers(-5, 70000) | st.text(max_size=8) | st.sampled_from(names)
    values = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names), inner, max_size=4),
        max_leaves=12,
    )
    return st.dictionaries(st.sampled_from(names), values, max_size=6)


@pytest.mark.parametrize("module", sorted({_module(one).__name__ for one in RULES}))
def test_no_shape_of_a_configuration_breaks_a_rule(module: str, item: Callable[..., Item]) -> None:
    rules = [activate(one, REQUIRED.get(one.identifier)) for one in RULES if _module(one).__name__ == module]
    objects = _objects(_module(rules[0].rule))

    @settings(max_examples=40, deadline=None, database=None, phases=[Phase.generate, Phase.shrink])
    @given(objects, objects)
    def holds(configuration: dict[str, object], supplementary: dict[str, object]) -> None:
        for active in rules:
            for kind in active.rule.resource_types:
                one = item(kind, configuration, supplementary=supplementary)
                inventory = Inventory(one.account, [one], at=one.captured_at)
                verdict = judge(active, None if active.rule.is_of_account else one, inventory)
                assert not verdict.is_error, f"{active.name}: {verdict.annotation}"

    holds()


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.identifier)
def test_an_empty_configuration_is_not_taken_for_a_good_one(rule: Rule, item: Callable[..., Item]) -> None:
    active = activate(rule, REQUIRED.get(rule.identifier))
    for kind in rule.resource_types:
        one = item(kind)
        inventory = Inventory(one.account, [] if rule.is_of_account else [one], at=one.captured_at)
        verdict = judge(active, None if rule.is_of_account else one, inventory)
        is_good = verdict.compliance is Compliance.COMPLIANT
        assert is_good == (rule.identifier in GOOD_WHEN_EMPTY), verdict


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.identifier)
def test_every_rule_says_what_it_checks_where_that_is_written_and_how_to_mend_it(rule: Rule) -> None:
    assert 'Source: AWS Config Developer Guide, "' in rule.documentation
    assert rule.fix.endswith(".")


def _rule(judge: Callable[..., Verdict], trigger: Trigger = Trigger.CHANGE) -> Rule:
    return Rule("MINE", ("AWS::S3::Bucket",), trigger, Severity.LOW, Parameters, "", "", judge)


def test_a_rule_that_breaks_is_reported_and_does_not_count_as_obeyed(item: Callable[..., Item]) -> None:
    def broken(*_: object) -> Verdict:
        raise KeyError("x" * 1000)

    one = item("AWS::S3::Bucket")
    inventory = Inventory(one.account, [one], at=one.captured_at)
    rules = RuleSet([activate(_rule(broken), name="first"), activate(_rule(lambda *_: COMPLIANT), name="second")])
    found = {one.active.name: one.verdict for one in rules.judge_all(inventory)}
    assert found["first"].is_error and found["first"].compliance == "INSUFFICIENT_DATA"
    assert found["first"].annotation.startswith("The rule broke: KeyError") and len(found["first"].annotation) == 256
    assert found["second"].compliance == "COMPLIANT"


def test_rules_are_asked_by_type_scope_and_trigger(item: Callable[..., Item]) -> None:
    bucket = item("AWS::S3::Bucket")
    inventory = Inventory(bucket.account, [bucket], at=bucket.captured_at)
    periodic = activate(_rule(lambda *_: COMPLIANT, Trigger.PERIODIC))
    elsewhere = activate(_rule(lambda *_: COMPLIANT), name="elsewhere", scope=["AWS::SQS::Queue"])
    rules = RuleSet([periodic, elsewhere])
    assert [one.active for one in rules.judge_item(bucket, inventory)] == [periodic]
    assert not list(rules.judge_item(bucket, inventory, Trigger.CHANGE))


def test_a_score_counts_only_what_was_decided(item: Callable[..., Item]) -> None:
    instances = [
        item("AWS::EC2::Instance", {"metadataOptions": {"httpTokens": one}}) for one in ("required", "optional")
    ]
    unseen = item("AWS::EC2::Instance", unknown=("metadataOptions: Throttled",))
    rules = RuleSet([activate(managed_rules()["EC2_IMDSV2_CHECK"])])
    inventory = Inventory(unseen.account, [*instances, unseen], at=unseen.captured_at)
    assert score(rules.judge_all(inventory)) == 0.5
    assert score(rules.judge_item(unseen, inventory)) is None


def test_items_of_another_account_are_refused(item: Callable[..., Item]) -> None:
    bucket = item("AWS::S3::Bucket", account="444455556666")
    with pytest.raises(ValueError, match="444455556666"):
        Inventory("111122223333", [bucket], at=bucket.captured_at)
