"""Which rules are applied: packs, patterns, types, parameters; and what is left out, with the reason."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from garrison.assess import NamedPack, choose, policy_for
from garrison.assess.permissions import action_of
from garrison.collect.allowed import reading_operations
from garrison.collect.catalog import types
from garrison.errors import OperatorError
from garrison.rules import managed_rules, needs
from garrison.rules.packs import read_pack
from garrison.rules.registry import PROCESS_CHECK


def pack(name: str, *rules: tuple[str, str, dict[str, object]]) -> NamedPack:
    resources = {
        title: {
            "Type": "AWS::Config::ConfigRule",
            "Properties": {
                "ConfigRuleName": title,
                "Source": {"Owner": "AWS", "SourceIdentifier": identifier},
                "InputParameters": parameters,
            },
        }
        for title, identifier, parameters in rules
    }
    return NamedPack(name, read_pack(json.dumps({"Resources": resources})))


def test_without_packs_all_rules_are_applied_but_those_that_need_a_parameter() -> None:
    chosen = choose(managed_rules())
    taken = {active.rule.identifier for active in chosen.rules} | {one.name for one in chosen.left_out}
    assert taken == set(managed_rules()) - {PROCESS_CHECK}
    (settings,) = [one for one in chosen.left_out if one.name == "CLOUDWATCH_ALARM_SETTINGS_CHECK"]
    assert "metricName" in settings.reason


def test_what_somebody_has_to_verify_is_left_to_people() -> None:
    chosen = choose(managed_rules(), packs=[pack("p", ("Read the logs", PROCESS_CHECK, {}))])
    assert [(one.name, one.reason) for one in chosen.left_out] == [("Read the logs", "somebody has to verify it")]
    assert not chosen.rules


def test_two_packs_share_a_rule_with_the_same_parameters_and_no_other() -> None:
    rule = "IAM_PASSWORD_POLICY"
    first = pack("first", ("password", rule, {"MinimumPasswordLength": 14}), ("nothing", "NO_SUCH_RULE", {}))
    second = pack(
        "second", ("same", rule, {"MinimumPasswordLength": "14"}), ("long", rule, {"MinimumPasswordLength": 20})
    )
    chosen = choose(managed_rules(), packs=[first, second])
    assert [active.name for active in chosen.rules] == [rule, f"{rule} (long)"]
    assert chosen.packs == {"first": (rule,), "second": (rule, f"{rule} (long)")}
    assert chosen.packs_of(rule) == ("first", "second")
    assert [(one.name, one.reason, one.pack) for one in chosen.left_out] == [
        ("NO_SUCH_RULE", "not implemented", "first")
    ]


def test_rules_are_meant_by_patterns_in_either_writing_and_by_the_types_that_they_judge() -> None:
    rules = managed_rules()
    named = choose(rules, patterns=["s3-bucket-*"])
    assert named.rules and all(active.name.startswith("S3_BUCKET_") for active in named.rules)
    assert {name for active in choose(rules, types=["AWS::IAM::Role"]).rules for name in active.resource_types} == {
        "AWS::IAM::Role"
    }
    with pytest.raises(OperatorError, match="NOTHING_LIKE_IT"):
        choose(rules, patterns=["NOTHING_LIKE_IT"])


def test_every_action_of_a_policy_is_one_that_aws_knows_and_that_reads(suites: Path) -> None:
    packed = (suites / "iam" / "service-authorization.json.gz").read_bytes()
    levels = {
        f"{prefix}:{name}".lower(): action["level"]
        for prefix, service in json.loads(gzip.decompress(packed))["services"].items()
        for name, action in service["actions"].items()
    }
    (statement,) = policy_for({name: frozenset({"tags"}) for name in types()}, every_region=True)["Statement"]
    assert {levels.get(action.lower()) for action in statement["Action"]} <= {"List", "Read"}
    for service, operations in reading_operations().items():
        assert all(action_of(service, name).lower() in levels for name in operations), service


def test_a_policy_allows_what_the_rules_read_and_nothing_else() -> None:
    chosen = choose(managed_rules(), patterns=["S3_BUCKET_VERSIONING_ENABLED", "ENCRYPTED_VOLUMES"])
    (statement,) = policy_for(needs(chosen.rules))["Statement"]
    assert statement["Action"] == [
        "ec2:DescribeVolumes",
        "s3:GetBucketLocation",
        "s3:GetBucketVersioning",
        "s3:ListAllMyBuckets",
    ]
