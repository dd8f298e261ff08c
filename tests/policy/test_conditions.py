"""Every condition operator, as the IAM user guide's condition pages describe them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from garrison.policy import Decision
from garrison.policy.conditions import NULL, OPERATORS

Ask = Callable[..., Decision]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def holds(ask: Ask, operator: str, wanted: Any, actual: Any, key: str = "test:key") -> bool:
    """Whether an Allow under the condition applies; `actual` of None leaves the key out."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {key: wanted}}}
    return ask(identity=[statement], context={} if actual is None else {"TEST:Key": actual}).is_allowed


# "IAM JSON policy elements: Condition operators"
@pytest.mark.parametrize(
    ("operator", "wanted", "actual", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", 5, "5", True),
        ("StringEquals", 5, 5, True),
        ("StringNotEquals", "a", "a", False),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringEqualsIgnoreCase", "Ab", "aB", True),
        ("StringNotEqualsIgnoreCase", "Ab", "aB", False),
        ("StringLike", "a*c?", "abbbcd", True),
        ("StringLike", "a*", "A", False),
        ("StringLike", ["x", "a*"], "x", True),
        ("StringNotLike", "a*", "ab", False),
        ("StringNotLike", "a*", "b", True),
        ("NumericEquals", "10", 10, True),
        ("NumericEquals", "10", "10.0", True),
        ("NumericNotEquals", "10", 11, True),
        ("NumericLessThan", "10", 10, False),
        ("NumericLessThanEquals", "10", 10, True),
        ("NumericGreaterThan", "9007199254740992", "9007199254740993", True),
        ("NumericGreaterThanEquals", 10, 10.0, True),
        ("NumericLessThan", "10", "ten", False),
        ("NumericLessThan", "10", "NaN", False),
        ("NumericLessThan", "10", True, False),
        ("NumericEquals", "1000", "1_000", False),
        ("NumericEquals", "1000", "1e3", True),
        ("NumericNotEquals", "10", "ten", True),
        ("DateEquals", "2026-01-01T12:00:00Z", NOON, True),
        ("DateEquals", "2026-01-01T13:00:00+01:00", NOON, True),
        ("DateNotEquals", "2026-01-01T12:00:00Z", NOON, False),
        ("DateLessThan", "2026-01-01T12:00:01Z", NOON, True),
        ("DateLessThanEquals", "2026-01-01T12:00:00Z", NOON, True),
        ("DateGreaterThan", "2026", NOON, True),
        ("DateGreaterThan", "2026-02", NOON, False),
        ("DateGreaterThanEquals", "1767268800", NOON, True),
        ("DateGreaterThan", "1767268800", NOON, False),
        ("DateGreaterThan", "2026-01-01", "2026-01-01T00:00:01Z", True),
        ("DateGreaterThan", "2026-01-01", 1767268800, True),
        ("DateGreaterThan", "2026-01-01", "yesterday", False),
        ("DateLessThan", "292278993-12-31T23:59:59Z", NOON, True),
        ("DateGreaterThan", "-292275054", NOON, True),
        ("DateEquals", "2024-02-29t1:02:03.5-0130", "2024-02-29T02:32:03.500000Z", True),
        ("Bool", "true", True, True),
        ("Bool", True, "TRUE", True),
        ("Bool", "false", True, False),
        ("Bool", "maybe", "maybe", False),
        ("BinaryEquals", "QmluYXJ5", b"Binary", True),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", False),
        ("BinaryEquals", "not base64", "not base64", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.9", True),
        ("IpAddress", "203.0.113.9", "203.0.113.9", True),
        ("IpAddress", "203.0.113.0/24", "203.0.114.9", False),
        ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", True),
        ("IpAddress", "2001:DB8:1234:5678::/64", "203.0.113.9", False),
        ("IpAddress", ["203.0.113.0/24", "2001:db8::/32"], "2001:db8::9", True),
        ("IpAddress", "203.0.113.0/24", "::ffff:203.0.113.9", True),
        ("IpAddress", "0.0.0.0/0", "AWS Internal", False),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.9", False),
        ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", True),
        ("ArnEquals", "arn:aws:sns:us-east-1:1:t", "arn:aws:sns:us-east-1:1:t", True),
        ("ArnEquals", "arn:aws:sns:*:1:t*", "arn:aws:sns:us-east-1:1:topic", True),
        ("ArnLike", "arn:aws:sns:*:t", "arn:aws:sns:us-east-1:1:t", False),
        ("ArnLike", "arn:aws:logs:*:*:log-group:a:*", "arn:aws:logs:us-east-1:1:log-group:a:b:c", True),
        ("ArnLike", "arn:aws:iam::*", "arn:aws:iam::1:user/a", True),
        ("ArnLike", "*", "arn:aws:iam::1:user/a", True),
        ("ArnLike", "*", "no arn", False),
        ("ArnNotEquals", "arn:aws:sns:us-east-1:1:t", "arn:aws:sns:us-east-1:1:t", False),
        ("ArnNotLike", "arn:aws:sns:*:1:*", "arn:aws:sqs:us-east-1:1:t", True),
        ("Null", "true", None, True),
        ("Null", "false", None, False),
        ("Null", True, "x", False),
        ("Null", "false", "x", True),
        ("Null", "false", [], False),
    ],
)
def test_an_operator_compares(ask: Ask, operator: str, wanted: Any, actual: Any, expected: bool) -> None:
    assert holds(ask, operator, wanted, actual) is expected


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_an_absent_key_fails_positive_operators_and_satisfies_negated_ones(ask: Ask, operator: str) -> None:
    wanted = "2026" if operator.startswith("Date") else "::1"
    assert holds(ask, operator, wanted, None) is OPERATORS[operator].negated
    assert holds(ask, f"{operator}IfExists", wanted, None)
    assert holds(ask, f"ForAllValues:{operator}", wanted, None)
    assert holds(ask, f"ForAllValues:{operator}", wanted, [])
    assert not holds(ask, f"ForAnyValue:{operator}", wanted, None)
    assert holds(ask, f"ForAnyValue:{operator}IfExists", wanted, None)


def test_every_documented_operator_is_there() -> None:
    assert len({*OPERATORS, NULL}) == 27


# "Set operators for multivalued context keys"
@pytest.mark.parametrize(
    ("operator", "wanted", "actual", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", ["a", "b"], "a", True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["a", "c"], True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], False),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["a", "c"], False),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], False),
        ("ForAllValues:StringLike", ["a*"], ["ab", "ac"], True),
        ("ForAnyValue:StringLike", ["a*"], ["b", "ac"], True),
        ("StringEquals", "a", ["a", "b"], True),
        ("StringNotEquals", "a", ["a", "b"], False),
    ],
)
def test_a_set_operator_looks_at_all_values(ask: Ask, operator: str, wanted: Any, actual: Any, expected: bool) -> None:
    assert holds(ask, operator, wanted, actual) is expected


def test_keys_of_one_block_and_blocks_of_one_statement_must_all_hold(ask: Ask) -> None:
    condition = {"StringEquals": {"a:x": "1", "a:y": "2"}, "Bool": {"a:z": "true"}}
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    context = {"a:x": "1", "a:y": "2", "a:z": True}
    assert ask(identity=[statement], context=context).is_allowed
    for key in context:
        assert not ask(identity=[statement], context={**context, key: "3"}).is_allowed


def test_what_the_principal_is_cannot_be_said_by_the_request(ask: Ask) -> None:
    condition = {"StringEquals": {"aws:username": "bob"}}
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    assert not ask(identity=[statement], context={"aws:username": "bob"}).is_allowed


# "AWS global condition context keys"
@pytest.mark.parametrize(
    ("who", "key", "value"),
    [
        ("alice", "aws:PrincipalArn", "arn:aws:iam::111122223333:user/alice"),
        ("alice", "aws:PrincipalType", "User"),
        ("alice", "aws:userid", "AIDAALICEALICEALICE00"),
        ("session", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/examplerole"),
        ("session", "aws:PrincipalType", "AssumedRole"),
        ("session", "aws:userid", "AROAEXAMPLEEXAMPLE000:examplesession"),
        ("session", "aws:PrincipalAccount", "111122223333"),
        ("session", "aws:ResourceAccount", "111122223333"),
        ("session", "aws:PrincipalIsAWSService", "false"),
    ],
)
def test_a_principal_brings_its_keys(ask: Ask, who: str, key: str, value: str) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {key: value}}}
    assert ask(identity=[statement], who=who).is_allowed
    assert ask(identity=[statement], who=who, owner=None).is_allowed
    absent = {**statement, "Condition": {"Null": {"aws:username": "true"}}}
    assert ask(identity=[absent], who=who).is_allowed is (who != "alice")
