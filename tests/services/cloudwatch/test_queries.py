"""GetMetricData through the front door: several metrics, both orders, pages, labels, refusals."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from garrison.testing.account import Account
from tests.services.refusals import refused


@pytest.fixture(scope="module")
def cloudwatch(garrison_module: Account) -> Any:
    client = garrison_module.client("cloudwatch")
    now = minute(garrison_module)
    for name in ("One", "Two"):
        data = [
            {"MetricName": name, "Value": float(ago), "Timestamp": now - timedelta(minutes=ago), "Unit": "Count"}
            for ago in range(1, 11)
        ]
        client.put_metric_data(Namespace="App", MetricData=data)
    return client


def minute(account: Account) -> datetime:
    return account.clock.now().replace(second=0, microsecond=0)


def query(name: str, **members: Any) -> dict[str, Any]:
    stat = {"Metric": {"Namespace": "App", "MetricName": name}, "Period": 60, "Stat": "Sum"}
    return {"Id": name.lower(), "MetricStat": stat | members.pop("stat", {})} | members


def ask(cloudwatch: Any, account: Account, *queries: dict[str, Any], **members: Any) -> dict[str, Any]:
    now = minute(account)
    asked = {"StartTime": now - timedelta(minutes=30), "EndTime": now + timedelta(minutes=1)} | members
    return dict(cloudwatch.get_metric_data(MetricDataQueries=list(queries), **asked))


def test_several_metrics_newest_first_unless_asked_otherwise(cloudwatch: Any, garrison_module: Account) -> None:
    answer = ask(cloudwatch, garrison_module, query("One"), query("Two", stat={"Stat": "p50"}), query("Absent"))
    one, two, absent = answer["MetricDataResults"]
    assert one["Values"] == two["Values"] == [float(ago) for ago in range(1, 11)]
    assert one["Timestamps"] == sorted(one["Timestamps"], reverse=True)
    assert (one["Id"], one["Label"], one["StatusCode"]) == ("one", "One", "Complete")
    assert absent["Values"] == []
    oldest = ask(cloudwatch, garrison_module, query("One"), ScanBy="TimestampAscending")["MetricDataResults"][0]
    assert oldest["Values"] == one["Values"][::-1]


@pytest.mark.parametrize("order", ["TimestampAscending", "TimestampDescending"])
def test_pages_give_everything_once(cloudwatch: Any, garrison_module: Account, order: str) -> None:
    found: dict[str, list[float]] = {}
    token: dict[str, str] = {}
    pages = 0
    while pages < 20:
        answer = ask(cloudwatch, garrison_module, query("One"), query("Two"), MaxDatapoints=3, ScanBy=order, **token)
        pages += 1
        assert sum(len(each["Values"]) for each in answer["MetricDataResults"]) <= 3
        for each in answer["MetricDataResults"]:
            found.setdefault(each["Id"], []).extend(each["Values"])
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert sorted(found["one"]) == sorted(found["two"]) == [float(ago) for ago in range(1, 11)]
    assert pages == 7


def test_hidden_queries_units_and_labels(cloudwatch: Any, garrison_module: Account) -> None:
    answer = ask(
        cloudwatch,
        garrison_module,
        query("One", ReturnData=False),
        query("Two", Label="${PROP('MetricName')} ${MAX} of ${DATAPOINT_COUNT} ${UNKNOWN} ${LABEL}"),
        {**query("One", stat={"Unit": "Bytes"}), "Id": "bytes", "Label": "${AVG}"},
    )
    two, none = answer["MetricDataResults"]
    assert two["Label"] == "Two 10 of 10 ${UNKNOWN} Two"
    assert (none["Values"], none["Label"]) == ([], "--")


def test_what_cannot_be_asked(cloudwatch: Any, garrison_module: Account) -> None:
    now = minute(garrison_module)
    span = {"StartTime": now - timedelta(hours=1), "EndTime": now}

    def refusal(*queries: dict[str, Any], **members: Any) -> tuple[str, str]:
        return refused(cloudwatch.get_metric_data, **span | {"MetricDataQueries": list(queries)} | members)

    for found, words in (
        (refusal({"Id": "e", "Expression": "SUM(METRICS())"}), "not built"),
        (refusal({"Id": "e"}), "either a MetricStat or an Expression"),
        (refusal({**query("One"), "Id": "Upper"}), "pattern"),
        (refusal(query("One"), query("One")), "unique"),
        (refusal(query("One", stat={"Stat": "p101"})), "not a valid statistic"),
        (refusal(query("One"), EndTime=now - timedelta(hours=2)), "EndTime must be greater"),
        (refusal(query("One"), ScanBy="Sideways"), "scanBy"),
        (refusal(query("One"), MaxDatapoints=100_801), "MaxDatapoints"),
        (refusal(), "required"),
    ):
        assert found[0] == "ValidationError"
        assert words in found[1]
    assert refusal(query("One"), NextToken="abc")[0] in ("InvalidNextToken", "InvalidNextTokenException")
