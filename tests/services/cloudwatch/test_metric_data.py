"""Metric data through the front door: put, listed, read back, refused, in all three protocols and compressed."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from garrison.testing.account import Account
from tests.services.refusals import refused


@pytest.fixture(scope="module")
def account(garrison_module: Account) -> Account:
    return garrison_module


@pytest.fixture(scope="module")
def cloudwatch(account: Account) -> Any:
    return account.client("cloudwatch")


def minute(account: Account, ago: int = 0) -> datetime:
    return account.clock.now().replace(second=0, microsecond=0) - timedelta(minutes=ago)


def statistics(cloudwatch: Any, account: Account, name: str, **parameters: Any) -> list[dict[str, Any]]:
    asked = {
        "Namespace": "App",
        "MetricName": name,
        "StartTime": minute(account, 60),
        "EndTime": minute(account, -1),
        "Period": 60,
    } | parameters
    if "ExtendedStatistics" not in asked:
        asked.setdefault("Statistics", ["SampleCount", "Sum", "Average", "Minimum", "Maximum"])
    found: list[dict[str, Any]] = cloudwatch.get_metric_statistics(**asked)["Datapoints"]
    return found


def test_values_are_added_up_by_minute(cloudwatch: Any, account: Account) -> None:
    at = minute(account, 5)
    for value in (1.0, 2.0):
        cloudwatch.put_metric_data(
            Namespace="App", MetricData=[{"MetricName": "Sums", "Value": value, "Timestamp": at, "Unit": "Count"}]
        )
    cloudwatch.put_metric_data(
        Namespace="App",
        MetricData=[{"MetricName": "Sums", "Values": [5, 6], "Counts": [1, 2], "Timestamp": at, "Unit": "Count"}],
    )
    assert statistics(cloudwatch, account, "Sums") == [
        {"Timestamp": at, "Unit": "Count", "SampleCount": 5, "Sum": 20, "Average": 4, "Minimum": 1, "Maximum": 6}
    ]


def test_units_stay_apart_and_can_be_asked_for(cloudwatch: Any, account: Account) -> None:
    for unit in ("Bytes", "Seconds"):
        cloudwatch.put_metric_data(Namespace="App", MetricData=[{"MetricName": "Units", "Value": 3, "Unit": unit}])
    assert {point["Unit"] for point in statistics(cloudwatch, account, "Units")} == {"Bytes", "Seconds"}
    assert len(statistics(cloudwatch, account, "Units", Unit="Bytes")) == 1
    assert statistics(cloudwatch, account, "Units", Unit="Percent") == []


def test_periods_gather_minutes_from_the_start_on(cloudwatch: Any, account: Account) -> None:
    for ago in (1, 2, 6, 7):
        cloudwatch.put_metric_data(
            Namespace="App", MetricData=[{"MetricName": "Periods", "Value": 1, "Timestamp": minute(account, ago)}]
        )
    found = statistics(
        cloudwatch, account, "Periods", Period=300, StartTime=minute(account, 10), EndTime=minute(account)
    )
    assert [(point["Timestamp"], point["Sum"]) for point in found] == [
        (minute(account, 10), 2),
        (minute(account, 5), 2),
    ]


def test_percentiles_need_values(cloudwatch: Any, account: Account) -> None:
    cloudwatch.put_metric_data(
        Namespace="App", MetricData=[{"MetricName": "Latency", "Values": [float(n) for n in range(1, 101)]}]
    )
    names = ["p50", "p99.9", "tm90", "IQM", "PR(:30)", "TC(10:20)", "WM(10%:90%)", "ts99"]
    (point,) = statistics(cloudwatch, account, "Latency", ExtendedStatistics=names)
    assert point["ExtendedStatistics"] == pytest.approx(
        {"p50": 50, "p99.9": 100, "tm90": 45.5, "IQM": 50.5, "PR(:30)": 30, "TC(10:20)": 10}
        | {"WM(10%:90%)": 50.5, "ts99": 4950}
    )
    cloudwatch.put_metric_data(
        Namespace="App",
        MetricData=[
            {
                "MetricName": "Sets",
                "StatisticValues": {"SampleCount": 2, "Sum": 5, "Minimum": 1, "Maximum": 4},
            }
        ],
    )
    assert statistics(cloudwatch, account, "Sets", ExtendedStatistics=["p50"]) == []
    assert statistics(cloudwatch, account, "Sets", Statistics=["Average"])[0]["Average"] == 2.5


def test_high_resolution_is_read_by_seconds(cloudwatch: Any, account: Account) -> None:
    at = minute(account, 2)
    for second in (0, 3, 12):
        cloudwatch.put_metric_data(
            Namespace="App",
            MetricData=[
                {
                    "MetricName": "Fast",
                    "Value": 1,
                    "Timestamp": at + timedelta(seconds=second),
                    "StorageResolution": 1,
                }
            ],
        )
    found = statistics(cloudwatch, account, "Fast", Period=10, StartTime=at)
    assert [(point["Timestamp"], point["Sum"]) for point in found] == [(at, 2), (at + timedelta(seconds=10), 1)]
    assert [point["Sum"] for point in statistics(cloudwatch, account, "Fast")] == [3]


def test_metrics_are_listed_by_namespace_name_and_dimensions(cloudwatch: Any) -> None:
    for host in ("a", "b"):
        cloudwatch.put_metric_data(
            Namespace="Listed",
            MetricData=[
                {
                    "MetricName": name,
                    "Value": 1,
                    "Dimensions": [{"Name": "Stage", "Value": "test"}, {"Name": "Host", "Value": host}],
                }
                for name in ("Up", "Down")
            ],
        )
    listed = cloudwatch.list_metrics(Namespace="Listed")["Metrics"]
    assert len(listed) == 4
    assert listed[0]["Dimensions"] == [{"Name": "Host", "Value": "a"}, {"Name": "Stage", "Value": "test"}]

    def count(**filters: Any) -> int:
        return len(cloudwatch.list_metrics(Namespace="Listed", **filters)["Metrics"])

    assert count(MetricName="Up") == 2
    assert count(MetricName="Up", Dimensions=[{"Name": "Host", "Value": "b"}]) == 1
    assert count(Dimensions=[{"Name": "Host"}]) == 4
    assert count(Dimensions=[{"Name": "Other"}]) == 0
    assert count(RecentlyActive="PT3H") == 4


def test_a_long_list_comes_in_pages_and_nonsense_is_no_token(cloudwatch: Any) -> None:
    data = [{"MetricName": f"metric-{number}", "Value": 1} for number in range(750)]
    cloudwatch.put_metric_data(Namespace="Paged", MetricData=data)
    first = cloudwatch.list_metrics(Namespace="Paged")
    assert len(first["Metrics"]) == 500
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace="Paged")
    names = [metric["MetricName"] for page in pages for metric in page["Metrics"]]
    assert len(names) == len(set(names)) == 750
    assert refused(cloudwatch.list_metrics, NextToken="nonsense")[0] == "InvalidNextToken"


BAD_DATA: list[tuple[dict[str, Any], str, str]] = [
    ({}, "MissingParameter", "At least one of the parameters"),
    ({"Value": 1, "Values": [1]}, "InvalidParameterCombination", "mutually exclusive"),
    (
        {"Value": float("nan")},
        "InvalidParameterValue",
        "The value nan for parameter MetricData.member.1.Value is invalid.",
    ),
    ({"Value": float("inf")}, "InvalidParameterValue", "is invalid"),
    ({"Value": 2.0**361}, "InvalidParameterValue", "is invalid"),
    ({"Values": [1, 2], "Counts": [1]}, "InvalidParameterValue", "must be of the same size"),
    ({"Values": [1], "Counts": [0]}, "InvalidParameterValue", "Counts.member.1 is invalid"),
    ({"Values": [float(n) for n in range(151)]}, "InvalidParameterValue", "size greater than 150"),
    (
        {"StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 2, "Maximum": 1}},
        "InvalidParameterCombination",
        "must be greater",
    ),
    (
        {"StatisticValues": {"SampleCount": 0, "Sum": 1, "Minimum": 1, "Maximum": 1}},
        "InvalidParameterValue",
        "SampleCount is invalid",
    ),
    ({"Value": 1, "StorageResolution": 30}, "InvalidParameterValue", "must be 1 or 60"),
    ({"Value": 1, "Dimensions": [{"Name": ":x", "Value": "y"}]}, "InvalidParameterValue", "colon"),
    ({"Value": 1, "Dimensions": [{"Name": "x", "Value": "é"}]}, "InvalidParameterValue", "ASCII"),
    ({"Value": 1, "Dimensions": [{"Name": "x", "Value": "a\x01"}]}, "InvalidParameterValue", "ASCII"),
    ({"Value": 1, "Dimensions": [{"Name": "x", "Value": " "}]}, "InvalidParameterValue", "non-whitespace"),
    ({"Value": 1, "Dimensions": [{"Name": "x", "Value": "1"}] * 2}, "InvalidParameterValue", "more than once"),
]


@pytest.mark.parametrize(("members", "code", "words"), BAD_DATA, ids=[str(case[0])[:40] for case in BAD_DATA])
def test_bad_data_are_refused(cloudwatch: Any, members: dict[str, Any], code: str, words: str) -> None:
    data = [{"MetricName": "Bad", **members}]
    found = refused(cloudwatch.put_metric_data, Namespace="App", MetricData=data)
    assert found[0] == code
    assert words in found[1]
    assert cloudwatch.list_metrics(MetricName="Bad")["Metrics"] == []


def test_limits_of_the_whole_request(cloudwatch: Any, account: Account) -> None:
    put = cloudwatch.put_metric_data
    one = {"MetricName": "Limits", "Value": 1}
    assert refused(put, Namespace="App", MetricData=[])[0] == "MissingParameter"
    assert "greater than 1000" in refused(put, Namespace="App", MetricData=[one] * 1001)[1]
    assert refused(put, Namespace="AWS/EC2", MetricData=[one])[0] == "InvalidParameterValue"
    for shift, words in ((timedelta(days=-15), "past two weeks"), (timedelta(hours=3), "two hours in the future")):
        late = one | {"Timestamp": account.clock.now() + shift}
        assert words in refused(put, Namespace="App", MetricData=[late])[1]
    many = one | {"Dimensions": [{"Name": f"d{n}", "Value": "v"} for n in range(31)]}
    assert refused(put, Namespace="App", MetricData=[many])[0] in ("ValidationError", "InvalidParameterValue")
    put(Namespace="App", MetricData=[one | {"Dimensions": many["Dimensions"][:30]}])


def test_entity_data_count_too(cloudwatch: Any, account: Account) -> None:
    entity = {"KeyAttributes": {"Type": "Service", "Name": "shop"}}
    cloudwatch.put_metric_data(
        Namespace="App", EntityMetricData=[{"Entity": entity, "MetricData": [{"MetricName": "Entities", "Value": 7}]}]
    )
    assert [point["Sum"] for point in statistics(cloudwatch, account, "Entities")] == [7]


def test_questions_that_cannot_be_answered(cloudwatch: Any, account: Account) -> None:
    def ask(**parameters: Any) -> tuple[str, str]:
        asked = {
            "Namespace": "App",
            "MetricName": "Sums",
            "StartTime": minute(account, 60),
            "EndTime": minute(account),
            "Period": 60,
            "Statistics": ["Sum"],
        } | parameters
        return refused(cloudwatch.get_metric_statistics, **{key: it for key, it in asked.items() if it is not None})

    code, message = ask(StartTime=minute(account, 2880))
    assert code == "InvalidParameterCombination"
    assert "up to 2,880 datapoints, which exceeds the limit of 1,440" in message
    assert ask(EndTime=minute(account, 60))[0] == "InvalidParameterCombination"
    assert ask(Period=45)[0] == "InvalidParameterValue"
    assert ask(Statistics=None)[0] == "MissingParameter"
    assert ask(ExtendedStatistics=["p50"])[0] == "InvalidParameterCombination"
    assert ask(Statistics=None, ExtendedStatistics=["p50", "p500"])[1] == (
        "The value p500 for parameter ExtendedStatistics.member.2 is not supported."
    )


@pytest.mark.parametrize("protocol", ["query", "json", "smithy-rpc-v2-cbor"])
def test_every_protocol_of_the_service_is_spoken(account: Account, protocol: str) -> None:
    client = _speaking(account, protocol)
    name = f"spoken-{protocol}"
    datum = {"MetricName": name, "Values": [1, 2.5], "Counts": [2, 1], "Unit": "Seconds"}
    client.put_metric_data(Namespace="App", MetricData=[datum])
    (point,) = statistics(client, account, name)
    assert (point["Sum"], point["Unit"], point["Timestamp"].tzinfo is not None) == (4.5, "Seconds", True)
    (point,) = statistics(client, account, name, ExtendedStatistics=["p50", "PR(:1)"])
    assert point["ExtendedStatistics"] == {"p50": 1, "PR(:1)": pytest.approx(200 / 3)}
    assert client.list_metrics(MetricName=name)["Metrics"] == [
        {"Namespace": "App", "MetricName": name, "Dimensions": []}
    ]
    assert refused(client.put_metric_data, Namespace="App", MetricData=[{"MetricName": name}])[0] == "MissingParameter"
    # Long bodies go compressed by themselves (requestcompression trait).
    many = [{"MetricName": f"{name}-{number}-{'x' * 200}", "Value": number} for number in range(300)]
    client.put_metric_data(Namespace=f"many-{protocol}", MetricData=many)
    assert len(client.list_metrics(Namespace=f"many-{protocol}")["Metrics"]) == 300


def test_a_raw_query_form_also_compressed(account: Account) -> None:
    form = {
        "Action": "PutMetricData",
        "Version": "2010-08-01",
        "Namespace": "App",
        "MetricData.member.1.MetricName": "Raw",
        "MetricData.member.1.Value": "2",
        "MetricData.member.1.Dimensions.member.1.Name": "Host",
        "MetricData.member.1.Dimensions.member.1.Value": "a",
    }
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    status, body = _send(account, urlencode(form).encode(), head)
    assert (status, b"PutMetricDataResponse" in body) == (200, True)
    assert _send(account, gzip.compress(urlencode(form).encode()), head | {"Content-Encoding": "gzip"})[0] == 200
    found = statistics(account.client("cloudwatch"), account, "Raw", Dimensions=[{"Name": "Host", "Value": "a"}])
    assert sum(point["Sum"] for point in found) == 4
    assert _send(account, b"\x1f\x8bnonsense", head | {"Content-Encoding": "gzip"})[0] == 400


def test_a_raw_json_call_names_the_former_code_of_its_error(account: Account) -> None:
    head = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "GraniteServiceVersion20100801.PutMetricData",
        "X-Amzn-Query-Mode": "true",
    }
    status, body = _send(account, b'{"Namespace": "App", "MetricData": [{"MetricName": "x"}]}', head)
    assert status == 400
    assert json.loads(body)["__type"].endswith("MissingRequiredParameterException")


def test_a_policy_can_bind_a_caller_to_a_namespace(account: Account) -> None:
    only = {
        "Effect": "Allow",
        "Action": "cloudwatch:PutMetricData",
        "Resource": "*",
        "Condition": {"StringEquals": {"cloudwatch:namespace": "Mine"}},
    }
    client = account.user("metrics", [{"Version": "2012-10-17", "Statement": [only]}]).client("cloudwatch")
    client.put_metric_data(Namespace="Mine", MetricData=[{"MetricName": "x", "Value": 1}])
    assert (
        "AccessDenied"
        in refused(client.put_metric_data, Namespace="App", MetricData=[{"MetricName": "no", "Value": 1}])[0]
    )
    assert account.client("cloudwatch").list_metrics(MetricName="no")["Metrics"] == []
    (event, *_) = account.events("PutMetricData", since=0)
    assert (event["eventSource"], event["eventCategory"], event["managementEvent"]) == (
        "monitoring.amazonaws.com",
        "Data",
        False,
    )


@pytest.mark.garrison(workers=2)
def test_metrics_age_by_the_clock_and_workers_share_them(garrison: Account) -> None:
    cloudwatch = garrison.client("cloudwatch")
    for _ in range(12):
        cloudwatch.put_metric_data(Namespace="App", MetricData=[{"MetricName": "Old", "Value": 1}])
    assert statistics(cloudwatch, garrison, "Old", Period=3600)[0]["Sum"] == 12
    garrison.clock.shift(timedelta(hours=4))
    assert cloudwatch.list_metrics(RecentlyActive="PT3H")["Metrics"] == []
    assert len(cloudwatch.list_metrics()["Metrics"]) == 1
    garrison.clock.shift(timedelta(days=15))
    assert cloudwatch.list_metrics()["Metrics"] == []
    assert (
        statistics(cloudwatch, garrison, "Old", StartTime=minute(garrison, 60 * 24 * 20), Period=3600)[0]["Sum"] == 12
    )


def _speaking(account: Account, protocol: str) -> Any:
    """A client that speaks one of the service's protocols."""
    session = botocore.session.Session()
    loader = session.get_component("data_loader")
    original = loader.load_service_model

    def load(service: str, kind: str, api_version: str | None = None) -> Any:
        model = original(service, kind, api_version)
        if kind == "service-2":
            metadata = model["metadata"] | {"protocol": protocol, "protocols": [protocol]}
            return model | {"metadata": metadata}
        return model

    loader.load_service_model = load
    key = account.administrator.credentials
    return session.create_client(
        "cloudwatch",
        region_name=account.region,
        endpoint_url=account.endpoint,
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret_access_key,
    )


def _send(account: Account, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """A signed POST of these bytes."""
    request = AWSRequest("POST", f"{account.endpoint}/", data=body, headers=headers)
    key = account.administrator.credentials
    credentials = botocore.session.Session()
    credentials.set_credentials(key.access_key_id, key.secret_access_key)
    SigV4Auth(credentials.get_credentials(), "monitoring", account.region).add_auth(request)
    try:
        with urlopen(Request(request.url, body, dict(request.headers))) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()
