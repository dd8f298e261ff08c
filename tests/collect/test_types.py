"""What is collected of an account that has one of each: ids, names and tags as Config has them, and no secret."""

from __future__ import annotations

import json

import msgspec
import pytest

from garrison.collect import Seen
from garrison.items import Item

from .account import SECRET, fill
from .conftest import StandIn

HERE = "us-east-1:123456789012"
EXPECTED = {
    "AWS::CloudTrail::Trail": (f"arn:aws:cloudtrail:{HERE}:trail/main", "main", True),
    "AWS::KMS::Alias": ("alias/ours", None, False),
    "AWS::CloudWatch::Alarm": (f"arn:aws:cloudwatch:{HERE}:alarm:calls", "calls", True),
    "AWS::Logs::LogGroup": ("trail", "trail", True),
    "AWS::Logs::MetricFilter": ("trail|root", "root", False),
    "AWS::SNS::Topic": (f"arn:aws:sns:{HERE}:alarms", "alarms", True),
    "AWS::SQS::Queue": (None, "q", True),
    "AWS::RDS::DBInstance": (None, "db", True),
    "AWS::RDS::DBCluster": (None, "cl", True),
    "AWS::RDS::DBSnapshot": ("snap", "snap", False),
    "AWS::RDS::DBClusterSnapshot": ("csnap", "csnap", False),
    "AWS::RDS::DBSubnetGroup": ("sg", "sg", False),
    "AWS::RDS::EventSubscription": ("es", "es", False),
    "AWS::DynamoDB::Table": ("t", "t", True),
    "AWS::Lambda::Function": ("fn", "fn", True),
    "AWS::ElasticLoadBalancing::LoadBalancer": ("classic", "classic", True),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (None, "alb", True),
    "AWS::ElasticLoadBalancingV2::Listener": (None, None, False),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (None, "tg", False),
    "AWS::AutoScaling::AutoScalingGroup": (None, "asg", True),
    "AWS::AutoScaling::LaunchConfiguration": (None, "lc", False),
    "AWS::ACM::Certificate": (None, "example.com", True),
}
"""By type: id (where it can be known), name, and whether it has the tag."""


def named(items: list[Item], resource_type: str, name: str | None) -> Item:
    found = [one for one in items if one.resource_type == resource_type and (name is None or one.resource_name == name)]
    return found[0]


def test_an_account_that_has_one_of_each_is_seen_whole(stand_in: StandIn) -> None:
    fill(stand_in.client)
    items, outcomes, _ = stand_in.collected(*EXPECTED, "AWS::KMS::Key", "AWS::IAM::Role")
    assert [one for one in outcomes if one.seen is not Seen.ALL] == []
    assert [(one.resource_type, one.unknown) for one in items if one.unknown] == []
    for resource_type, (resource_id, name, is_tagged) in EXPECTED.items():
        if resource_type == "AWS::KMS::Alias":
            assert any(one.resource_id == resource_id for one in items if one.resource_type == resource_type)
            continue
        item = named(items, resource_type, name)
        assert resource_id in (None, item.resource_id), resource_type
        assert item.tags == ({"team": "red"} if is_tagged else {}), resource_type
        assert item.arn.startswith("arn:aws:"), resource_type
    assert SECRET not in msgspec.json.encode(items).decode()
    config_form(items)


def config_form(items: list[Item]) -> None:
    """What Config writes otherwise than the services do."""
    assert named(items, "AWS::RDS::DBCluster", "cl").configuration["endpoint"]["value"]
    assert named(items, "AWS::RDS::DBCluster", "cl").configuration["dbclusterIdentifier"] == "cl"
    assert named(items, "AWS::Lambda::Function", "fn").configuration["state"] == {"value": "Active"}
    assert named(items, "AWS::SQS::Queue", "q").configuration["VisibilityTimeout"] == 30
    assert len(named(items, "AWS::CloudWatch::Alarm", "calls").configuration["okactions"]) == 1
    assert "stateValue" not in named(items, "AWS::CloudWatch::Alarm", "calls").configuration
    key = next(one for one in items if one.resource_type == "AWS::KMS::Key" and one.tags)
    assert key.supplementary["KeyRotationStatus"] is False
    assert json.loads(key.supplementary["Policy"])["Statement"]
    ties = {(tie.name, tie.resource_id) for tie in key.relationships}
    assert ("Is associated with Alias", "alias/ours") in ties


@pytest.mark.parametrize("with_secrets", [False, True])
def test_environments_are_withheld_but_their_names_are_not(stand_in: StandIn, with_secrets: bool) -> None:
    fill(stand_in.client)
    (item,), _, _ = stand_in.collected("AWS::Lambda::Function", with_secrets=with_secrets)
    variables = item.configuration["environment"]["variables"]
    assert variables == {"PASSWORD": SECRET if with_secrets else "(redacted)"}
