"""When versions go: the tables of S3's own documentation, without a server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from garrison.services.s3.expiry import after_days, applies, due, expiry
from garrison.services.s3.resources import ObjectVersion

DAY = timedelta(days=1)
MADE = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)


def version(name: str, at: datetime = MADE, **more: Any) -> ObjectVersion:
    filled = {"account": "1", "region": "r", "bucket": "b", "key": "logs/k", "rank": 1, "modified_at": at}
    return ObjectVersion(**filled | {"version_id": name} | more)


def rule(**more: Any) -> dict[str, Any]:
    return {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}} | more


@pytest.mark.parametrize(
    ("at", "days", "then"),
    [
        (datetime(2014, 1, 15, 10, 30, tzinfo=UTC), 3, datetime(2014, 1, 19, tzinfo=UTC)),
        (datetime(2014, 1, 15, tzinfo=UTC), 3, datetime(2014, 1, 18, tzinfo=UTC)),
        (datetime(2014, 1, 15, 23, 59, 59, tzinfo=UTC), 1, datetime(2014, 1, 17, tzinfo=UTC)),
    ],
)
def test_days_end_at_midnight(at: datetime, days: int, then: datetime) -> None:
    assert after_days(at, days) == then


@pytest.mark.parametrize(
    ("chosen", "takes"),
    [
        ({"Prefix": "logs/"}, True),
        ({"Prefix": "log/"}, False),
        ({"Tag": {"Key": "a", "Value": "1"}}, True),
        ({"Tag": {"Key": "a", "Value": "2"}}, False),
        ({"ObjectSizeGreaterThan": 99}, True),
        ({"ObjectSizeGreaterThan": 100}, False),
        ({"ObjectSizeLessThan": 101}, True),
        ({"ObjectSizeLessThan": 100}, False),
        ({"And": {"Prefix": "logs/", "Tags": [{"Key": "a", "Value": "1"}], "ObjectSizeGreaterThan": 1}}, True),
        ({"And": {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}]}}, False),
    ],
)
def test_filters(chosen: Mapping[str, Any], takes: bool) -> None:
    assert applies(rule(Filter=chosen), version("v", size_bytes=100, tags={"a": "1"})) is takes


def test_the_earliest_rule_tells_when() -> None:
    late, soon = rule(ID="late", Expiration={"Days": 9}), rule(ID="soon", Expiration={"Days": 2})
    found = expiry([late, soon], version("v"))
    assert found is not None and (found.rule["ID"], found.at) == ("soon", datetime(2026, 1, 18, tzinfo=UTC))


def going(
    rules: list[dict[str, Any]], stack: list[ObjectVersion], now: datetime, *, has_versions: bool = True
) -> list[tuple[str, bool]]:
    return [(one.version.version_id, one.hides) for one in due(rules, stack, has_versions=has_versions, now=now)]


def test_an_object_goes_without_versioning_and_is_hidden_with_it() -> None:
    expires = [rule(Expiration={"Days": 1})]
    assert going(expires, [version("v")], MADE + 1 * DAY) == []
    assert going(expires, [version("v")], MADE + 2 * DAY, has_versions=False) == [("v", False)]
    assert going(expires, [version("v")], MADE + 2 * DAY) == [("v", True)]


def test_noncurrent_versions_go_by_their_successors_age_and_some_stay() -> None:
    stack = [version(f"v{age}", MADE - age * DAY) for age in range(5)]
    expires = [rule(NoncurrentVersionExpiration={"NoncurrentDays": 2})]
    assert going(expires, stack, MADE + timedelta(hours=14)) == [("v3", False), ("v4", False)]
    keeps = [rule(NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 3})]
    assert going(keeps, stack, MADE + 30 * DAY) == [("v4", False)]


@pytest.mark.parametrize("expiration", [{"ExpiredObjectDeleteMarker": True}, {"Days": 1}])
def test_a_marker_that_hides_nothing_goes(expiration: dict[str, Any]) -> None:
    marker = version("m", is_marker=True)
    expires = [rule(Expiration=expiration)]
    assert going(expires, [marker], MADE + 2 * DAY) == [("m", False)]
    assert going(expires, [marker, version("v")], MADE + 2 * DAY) == []
