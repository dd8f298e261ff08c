"""Metric filters through boto3: kept, listed, refused and tried out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.logs.conftest import Log, refusal

METRIC = {"metricName": "Errors", "metricNamespace": "App", "metricValue": "1"}


def put(log: Log, name: str = "errors", pattern: str = "ERROR", **metric: Any) -> None:
    log.client.put_metric_filter(
        logGroupName=log.group, filterName=name, filterPattern=pattern, metricTransformations=[METRIC | metric]
    )


def names(log: Log, **parameters: Any) -> list[str]:
    found = log.client.describe_metric_filters(**({"logGroupName": log.group} | parameters))["metricFilters"]
    return [each["filterName"] for each in found]


def test_a_filter_is_kept_replaced_and_deleted(log: Log) -> None:
    put(log, defaultValue=0.0, unit="Count")
    (shown,) = log.client.describe_metric_filters(logGroupName=log.group)["metricFilters"]
    assert shown["metricTransformations"] == [METRIC | {"defaultValue": 0.0, "unit": "Count"}]
    assert (shown["filterPattern"], shown["logGroupName"]) == ("ERROR", log.group)
    put(log, pattern="{ $.level = 5 }", metricValue="$.latency", dimensions={"Who": "$.user"})
    (shown,) = log.client.describe_metric_filters(logGroupName=log.group)["metricFilters"]
    assert shown["metricTransformations"] == [METRIC | {"metricValue": "$.latency", "dimensions": {"Who": "$.user"}}]
    (group,) = log.client.describe_log_groups(logGroupNamePrefix=log.group)["logGroups"]
    assert group["metricFilterCount"] == 1
    log.client.delete_metric_filter(logGroupName=log.group, filterName="errors")
    assert names(log) == []
    with refusal("ResourceNotFoundException"):
        log.client.delete_metric_filter(logGroupName=log.group, filterName="errors")


def test_filters_are_found_by_prefix_and_by_metric(log: Log) -> None:
    put(log, "a1")
    put(log, "a2", metricName="Own")
    put(log, "b")
    assert names(log, filterNamePrefix="a") == ["a1", "a2"]
    assert names(log, limit=2) == ["a1", "a2"]
    everywhere = log.client.describe_metric_filters(metricName="Own", metricNamespace="App")["metricFilters"]
    assert [each["filterName"] for each in everywhere] == ["a2"]
    with refusal("InvalidParameterException"):
        names(log, metricName="Own")


@pytest.mark.parametrize(
    ("pattern", "metric"),
    [
        pytest.param("{ $.broken", {}, id="pattern"),
        pytest.param("ERROR", {"metricValue": "one"}, id="value no number"),
        pytest.param("ERROR", {"metricValue": "$.latency"}, id="field of a text pattern"),
        pytest.param("[a, b]", {"metricValue": "$c"}, id="field that the pattern lacks"),
        pytest.param("{ $.a = 1 }", {"dimensions": {"D": "$.a"}, "defaultValue": 0.0}, id="dimensions and default"),
        pytest.param("{ $.a = 1 }", {"dimensions": dict.fromkeys("abcd", "$.a")}, id="four dimensions"),
        pytest.param("ERROR", {"metricNamespace": "AWS/Mine"}, id="reserved namespace"),
    ],
)
def test_what_makes_no_metric_is_refused(log: Log, pattern: str, metric: dict[str, Any]) -> None:
    with refusal("InvalidParameterException"):
        put(log, pattern=pattern, **metric)


def test_a_group_has_five_filters_with_regular_expressions(log: Log) -> None:
    for number in range(5):
        put(log, f"{number}", pattern=f"%{number}%")
    put(log, "4", pattern="%again%")
    with refusal("LimitExceededException"):
        put(log, "5", pattern="{ $.a = %b% }")


def test_groups_of_infrequent_access_have_none(log: Log) -> None:
    log.client.create_log_group(logGroupName=f"{log.group}/rare", logGroupClass="INFREQUENT_ACCESS")
    with refusal("InvalidOperationException"):
        log.client.put_metric_filter(
            logGroupName=f"{log.group}/rare", filterName="f", filterPattern="", metricTransformations=[METRIC]
        )


def test_a_pattern_can_be_tried_out(log: Log) -> None:
    matches = log.client.test_metric_filter(
        filterPattern="[ip, ..., bytes > 100]", logEventMessages=["10.0.0.1 a 99", "10.0.0.2 b 101"]
    )["matches"]
    assert matches == [
        {
            "eventNumber": 2,
            "eventMessage": "10.0.0.2 b 101",
            "extractedValues": {"$ip": "10.0.0.2", "$2": "b", "$bytes": "101"},
        }
    ]
