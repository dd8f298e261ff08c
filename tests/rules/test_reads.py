"""What rules say they read is held to what their code names, and to what can be collected."""

from __future__ import annotations

import inspect
from types import CodeType, FunctionType
from typing import Any

import pytest

from garrison.collect.catalog import services
from garrison.rules import Rule, activate, managed_rules, needs
from garrison.rules.registry import TAGS

PARTS = {
    kind.name: {
        part.title for service in services() for one in service.types if one.name == kind.name for part in one.parts
    }
    for service in services()
    for kind in service.types
}


def words_of(value: Any, seen: set[Any]) -> set[str]:
    """Every text that a function can come to: its own and those of the functions and constants of the rules that it names."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, tuple | frozenset | list):
        return {word for each in value for word in words_of(each, seen)}
    if isinstance(value, CodeType):
        return {word for each in value.co_consts for word in words_of(each, seen)}
    if (
        not isinstance(value, FunctionType)
        or value in seen
        or not value.__module__.startswith("garrison.rules.managed")
    ):
        return set()
    seen.add(value)
    words = words_of(value.__code__, seen)
    names = set(value.__code__.co_names) | {
        name for each in value.__code__.co_consts if isinstance(each, CodeType) for name in each.co_names
    }
    for name in names & value.__globals__.keys():
        words |= words_of(value.__globals__[name], seen)
    return words


def function_of(rule: Rule) -> Any:
    """The function as it was written; the registry wraps those that take less than everything."""
    return inspect.getclosurevars(rule.judge).nonlocals.get("function", rule.judge)


@pytest.mark.parametrize("rule", managed_rules().values(), ids=managed_rules().keys())
def test_a_rule_declares_what_it_reads(rule: Rule) -> None:
    words = words_of(function_of(rule), set())
    types = {word for word in words if word.startswith("AWS::") and word in PARTS} - set(rule.resource_types)
    assert types <= rule.reads.keys(), "put the other types that it looks up into also="
    for resource_type in rule.reads:
        named = words & PARTS.get(resource_type, set())
        assert named - {TAGS} <= rule.reads[resource_type], "put the parts that it reads into parts= (or also=)"
        if resource_type in PARTS:
            assert rule.reads[resource_type] <= PARTS[resource_type] | {TAGS}, "there is no such part"


def test_rules_need_the_parts_that_any_of_them_reads() -> None:
    rules = managed_rules()
    names = ("S3_BUCKET_VERSIONING_ENABLED", "S3_BUCKET_SSL_REQUESTS_ONLY", "VPC_FLOW_LOGS_ENABLED")
    assert needs(activate(rules[name]) for name in names) == {
        "AWS::S3::Bucket": {"BucketVersioningConfiguration", "BucketPolicy"},
        "AWS::EC2::VPC": frozenset(),
        "AWS::EC2::FlowLog": frozenset(),
    }


def test_a_rule_confined_to_some_types_needs_only_those() -> None:
    rule = managed_rules()["IAM_NO_INLINE_POLICY_CHECK"]
    assert needs([activate(rule, scope=["AWS::IAM::Role"])]).keys() == {"AWS::IAM::Role"}
