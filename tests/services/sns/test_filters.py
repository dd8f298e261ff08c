"""Filter policies: every operator, in both scopes, as the developer guide's pages say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from garrison.errors import ApiError
from garrison.services.sns.filter_policies import MESSAGE_ATTRIBUTES, MESSAGE_BODY, read_filter_policy

ATTRIBUTES = {
    "store": "example_corp",
    "event": "order_placed",
    "interests": ["rugby", "baseball"],
    "price": 210.75,
    "ip": "10.0.0.44",
    "flags": [True, None, 7],
}


def accepts(policy: dict[str, Any], values: dict[str, Any] = ATTRIBUTES, scope: str = MESSAGE_ATTRIBUTES) -> bool:
    return read_filter_policy(json.dumps(policy), scope)(values)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({}, True),
        ({"store": ["example_corp"]}, True),
        ({"store": ["another", "example_corp"]}, True),
        ({"store": ["Example_Corp"]}, False),
        ({"missing": ["x"]}, False),
        ({"store": ["example_corp"], "event": ["order_cancelled"]}, False),
        ({"interests": ["baseball"]}, True),
        ({"interests": ["cricket"]}, False),
        ({"price": [210.75]}, True),
        ({"price": ["210.75"]}, False),
        ({"flags": [True]}, True),
        ({"flags": [1]}, False),
        ({"flags": [None]}, True),
        ({"flags": [7]}, True),
        ({"store": [{"prefix": "example"}]}, True),
        ({"store": [{"prefix": "corp"}]}, False),
        ({"store": [{"suffix": "_corp"}]}, True),
        ({"store": [{"equals-ignore-case": "EXAMPLE_corp"}]}, True),
        ({"store": [{"anything-but": "example_corp"}]}, False),
        ({"store": [{"anything-but": ["a", "b"]}]}, True),
        ({"interests": [{"anything-but": ["rugby"]}]}, True),
        ({"interests": [{"anything-but": ["rugby", "baseball"]}]}, False),
        ({"missing": [{"anything-but": ["x"]}]}, False),
        ({"store": [{"anything-but": {"prefix": "example"}}]}, False),
        ({"event": [{"anything-but": {"prefix": "example"}}]}, True),
        ({"price": [{"numeric": ["=", 210.75]}]}, True),
        ({"price": [{"numeric": [">", 210.75]}]}, False),
        ({"price": [{"numeric": [">=", 0, "<", 300]}]}, True),
        ({"store": [{"numeric": [">", 0]}]}, False),
        ({"store": [{"exists": True}]}, True),
        ({"store": [{"exists": False}]}, False),
        ({"missing": [{"exists": False}]}, True),
        ({"ip": [{"cidr": "10.0.0.0/24"}]}, True),
        ({"ip": [{"cidr": "10.0.1.0/24"}]}, False),
        ({"store": [{"cidr": "10.0.0.0/24"}]}, False),
        ({"$or": [{"store": ["no"]}, {"event": ["order_placed"]}]}, True),
        ({"$or": [{"store": ["no"]}, {"event": ["no"]}]}, False),
        ({"store": ["no"], "$or": [{"event": ["order_placed"]}, {"price": [1]}]}, False),
    ],
)
def test_attributes(policy: dict[str, Any], expected: bool) -> None:
    assert accepts(policy) is expected


BODY = {"detail": {"state": "failed", "hosts": [{"name": "a", "cpu": 90}, {"name": "b", "cpu": 10}]}, "store": "x"}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"store": ["x"]}, True),
        ({"detail": {"state": ["failed"]}}, True),
        ({"detail": {"state": [{"anything-but": "failed"}]}}, False),
        ({"detail": {"hosts": {"name": ["b"], "cpu": [{"numeric": ["<", 20]}]}}}, True),
        ({"detail": {"hosts": {"name": ["a"], "cpu": [{"numeric": ["<", 20]}]}}}, False),
        ({"detail": {"missing": [{"exists": False}]}}, True),
        ({"detail": {"state": {"deeper": ["x"]}}}, False),
    ],
)
def test_bodies(policy: dict[str, Any], expected: bool) -> None:
    assert accepts(policy, BODY, MESSAGE_BODY) is expected


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"a": "text"}',
        '{"a": []}',
        '{"a": {"b": ["x"]}}',
        '{"a": [["x"]]}',
        '{"a": [{"prefix": 1}]}',
        '{"a": [{"prefix": "x", "suffix": "y"}]}',
        '{"a": [{"wildcard": "x*"}]}',
        '{"a": [{"numeric": ["~", 1]}]}',
        '{"a": [{"numeric": ["<", 1, ">", 2]}]}',
        '{"a": [{"numeric": [">", 5, "<", 2]}]}',
        '{"a": [{"numeric": ["=", 1e300]}]}',
        '{"a": [{"exists": "yes"}]}',
        '{"a": [{"cidr": "10.0.0.0/99"}]}',
        '{"a": [{"anything-but": []}]}',
        json.dumps({name: ["x"] for name in "abcdef"}),
        json.dumps({"a": list(range(20)), "b": list(range(20))}),
        '{"a":' * 5000,
        json.dumps({"a": ["x" * 300_000]}),
    ],
)
def test_what_is_no_filter_policy_is_refused(text: str) -> None:
    with pytest.raises(ApiError, match="FilterPolicy"):
        read_filter_policy(text, MESSAGE_ATTRIBUTES)
