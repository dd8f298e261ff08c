"""The resources of a record, from the ARNs that its call was decided on."""

from __future__ import annotations

from garrison.gateway.named_resources import resources_of


def decision(*arns: str) -> dict[str, list[dict[str, str]]]:
    return {"decisions": [{"action": "x:Y", "resource": arn} for arn in arns]}


def test_each_known_resource_is_named_once_with_its_type() -> None:
    alice, trail = "arn:aws:iam::123456789012:user/staff/alice", "arn:aws:cloudtrail:us-east-1:123456789012:trail/main"
    assert resources_of(decision(alice, trail, alice)) == [
        {"ARN": alice, "accountId": "123456789012", "type": "AWS::IAM::User"},
        {"ARN": trail, "accountId": "123456789012", "type": "AWS::CloudTrail::Trail"},
    ]


def test_listings_wildcards_and_unknown_kinds_are_left_out() -> None:
    arns = ("*", "arn:aws:iam::123456789012:user/", "arn:aws:iam::123456789012:role/*", "arn:aws:x:y:1:z/1", "text")
    assert resources_of(decision(*arns)) == []


def test_a_call_that_needed_no_decision_names_nothing() -> None:
    assert resources_of(None) == []
    assert resources_of(decision()) == []
