"""Two times compared: what appeared, changed (which property, from what to what), vanished, and which verdicts turned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.inventory import History, Judged
from garrison.inventory.comparing import compare
from garrison.inventory.differences import differences

from .test_history import ACCOUNT, at, bucket, resource, seen


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with closing(History(tmp_path / "inventory.db", sync=False)) as opened:
        yield opened


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(one.path, one.old, one.new) for one in differences(bucket("b", 0, **old), bucket("b", 1, **new))]


CASES: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, Any, Any]]]] = [
    ({}, {}, []),
    (
        {"configuration": {"state": {"value": "a"}, "gone": 1}},
        {"configuration": {"state": {"value": "b"}, "new": []}},
        [("configuration.gone", 1, None), ("configuration.new", None, []), ("configuration.state.value", "a", "b")],
    ),
    (
        {"supplementary": {"BucketPolicy": json.dumps({"policyText": json.dumps({"Statement": ["x"]})})}},
        {"supplementary": {"BucketPolicy": json.dumps({"policyText": json.dumps({"Statement": ["y"]})})}},
        [
            ("supplementary.BucketPolicy.policyText.Statement[]", "x", None),
            ("supplementary.BucketPolicy.policyText.Statement[]", None, "y"),
        ],
    ),
    (
        {"configuration": {"rules": [{"port": 22, "from": "10.0.0.0/8"}, {"port": 443}]}},
        {"configuration": {"rules": [{"port": 443}, {"port": 22, "from": "0.0.0.0/0"}]}},
        [("configuration.rules[].from", "10.0.0.0/8", "0.0.0.0/0")],
    ),
    ({"configuration": {"of": [1, 2]}}, {"configuration": {"of": [2, 1]}}, []),
    ({"tags": {"team": "red"}}, {"tags": {}}, [("tags.team", "red", None)]),
]


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_properties_that_differ_are_named_with_both_values(
    old: dict[str, Any], new: dict[str, Any], expected: list[tuple[str, Any, Any]]
) -> None:
    assert changes(old, new) == expected


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=2), each, max_size=3),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_nothing_differs_exactly_where_states_are_equal_but_for_the_order_of_lists(old: Any, new: Any) -> None:
    found = changes({"configuration": {"x": old}}, {"configuration": {"x": new}})
    assert not changes({"configuration": {"x": old}}, {"configuration": {"x": old}})
    backwards = changes({"configuration": {"x": new}}, {"configuration": {"x": old}})
    assert sorted(map(repr, found)) == sorted(repr((path, was, now)) for path, now, was in backwards)


def test_what_appeared_changed_and_vanished_between_two_times(history: History) -> None:
    history.record([bucket("kept", 0), bucket("changed", 0), bucket("gone", 0)], [seen()], at=at(0))
    history.record(
        [bucket("kept", 10), bucket("changed", 10, configuration={"name": "other"}), bucket("new", 10)],
        [seen()],
        at=at(10),
    )
    made = compare(history, ACCOUNT, at(5), at(15))
    assert [one.item.resource_id for one in made.appeared] == ["new"]
    assert [one.item.resource_id for one in made.vanished] == ["gone"]
    (changed,) = made.changed
    assert [(one.path, one.old, one.new) for one in changed.properties] == [("configuration.name", "changed", "other")]
    nothing = compare(history, ACCOUNT, at(15), at(20))
    assert not (nothing.appeared or nothing.changed or nothing.vanished or nothing.turned)


def test_what_nobody_had_looked_at_did_not_appear(history: History) -> None:
    history.record([bucket("old", 10)], [seen()], at=at(10))
    made = compare(history, ACCOUNT, at(5), at(15))
    assert not made.appeared and made.new_types == [("AWS::S3::Bucket", "eu-west-1")]


def test_verdicts_that_turned_and_failures_that_are_new(history: History) -> None:
    def judge(minutes: float, **said: str) -> None:
        judged = [Judged(resource=resource(name), compliance=word, annotation="off") for name, word in said.items()]
        history.verdicts.record("assess:versioning", judged, at=at(minutes))

    judge(0, turned="COMPLIANT", same="NON_COMPLIANT")
    judge(10, turned="NON_COMPLIANT", same="NON_COMPLIANT", new="NON_COMPLIANT", fine="COMPLIANT")
    made = compare(history, ACCOUNT, at(5), at(15))
    assert [(one.resource.resource_id, one.before, one.after, one.annotation) for one in made.turned] == [
        ("new", None, "NON_COMPLIANT", "off"),
        ("turned", "COMPLIANT", "NON_COMPLIANT", "off"),
    ]
