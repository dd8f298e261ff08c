"""What adapters tell: taken once, and then found as samples, held back addresses, metrics, and logs in their destinations."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest

from garrison.testing import Account
from garrison.waf.records.batch import Batch, Blocked, Sampled, encode
from garrison.waf.records.counts import Count
from tests.services.refusals import refused
from tests.services.sns.receiving import eventually
from tests.services.wafv2.documents import byte_match, rule, rule_group, web_acl


class Told:
    """A web ACL that an adapter tells of."""

    def __init__(self, account: Account, name: str) -> None:
        self.account, self.name = account, name
        self.waf, self.own = account.client("wafv2"), account.client("garrison")
        rate = {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP"}}
        by_header = {"Header": {"Name": "x", "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}}
        keyed = {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [by_header]}}
        self.group = self.waf.create_rule_group(**rule_group(name, rule("rate", rate)))["Summary"]
        refers = {"RuleGroupReferenceStatement": {"ARN": self.group["ARN"]}}
        self.acl = self.waf.create_web_acl(
            **web_acl(
                name,
                rule("bad", byte_match()),
                rule("rate", rate, 1),
                rule("keyed", keyed, 2),
                rule("group", refers, 3, OverrideAction={"None": {}}),
            )
        )["Summary"]
        self.arn = self.acl["ARN"]

    @property
    def now(self) -> float:
        return self.account.clock.now().timestamp()

    def record(self, number: int = 0) -> dict[str, Any]:
        return {"timestamp": int(self.now * 1000), "webaclId": self.arn, "action": "BLOCK", "number": number}

    def put(self, batch: str, **parts: Any) -> bool:
        answer = self.own.put_waf_records(WebAclArn=self.arn, BatchId=batch, Records=encode(Batch(**parts)))
        return bool(answer["Kept"])


@pytest.fixture
def told(account: Account, name: str) -> Told:
    return Told(account, name)


def test_samples_are_found_by_rule_and_time(told: Told) -> None:
    now = told.now
    request = {"Request": {"ClientIP": "192.0.2.1", "URI": "/bad", "Method": "GET", "Headers": []}, "Action": "BLOCK"}
    samples = tuple(Sampled("bad", now - number, request) for number in range(20))
    assert told.put("one", samples=(*samples, Sampled("other", now, request)))
    at = told.account.clock.now()
    asked = {"WebAclArn": told.arn, "RuleMetricName": "bad", "Scope": "REGIONAL"}
    window = {"StartTime": at - timedelta(hours=9), "EndTime": at + timedelta(seconds=1)}
    answer = told.waf.get_sampled_requests(**asked, TimeWindow=window, MaxItems=100)
    assert answer["PopulationSize"] == len(answer["SampledRequests"]) == 20
    first = answer["SampledRequests"][0]
    assert first["Request"]["URI"] == "/bad"
    assert first["Weight"] == 1
    assert abs(first["Timestamp"].timestamp() - (now - 19)) < 1
    assert answer["TimeWindow"]["StartTime"] > window["StartTime"]
    few = told.waf.get_sampled_requests(**asked, TimeWindow=window, MaxItems=5)
    assert len(few["SampledRequests"]) == 5
    assert few["SampledRequests"][0]["Weight"] == 4
    later = {"StartTime": at - timedelta(seconds=4.5), "EndTime": at + timedelta(seconds=1)}
    assert told.waf.get_sampled_requests(**asked, TimeWindow=later, MaxItems=100)["PopulationSize"] == 5
    code, _ = refused(told.waf.get_sampled_requests, **asked, TimeWindow=window, MaxItems=501)
    assert code in ("WAFInvalidParameterException", "ValidationException")
    other = asked | {"WebAclArn": told.arn[:-12] + "000000000000"}
    code, _ = refused(told.waf.get_sampled_requests, **other, TimeWindow=window, MaxItems=5)
    assert code == "WAFNonexistentItemException"


def test_a_batch_is_taken_once(told: Told) -> None:
    sample = Sampled("bad", told.now, {"Request": {"URI": "/"}})
    assert told.put("same", samples=(sample,))
    assert not told.put("same", samples=(sample,))
    at = told.account.clock.now()
    answer = told.waf.get_sampled_requests(
        WebAclArn=told.arn,
        RuleMetricName="bad",
        Scope="REGIONAL",
        TimeWindow={"StartTime": at - timedelta(minutes=1), "EndTime": at + timedelta(minutes=1)},
        MaxItems=10,
    )
    assert answer["PopulationSize"] == 1


def test_addresses_that_are_held_back_are_told(told: Told) -> None:
    held = Blocked("rate", ("192.0.2.1", "2001:db8::1"))
    told.put("one", blocked=(held, Blocked("rate", ("198.51.100.7",), "group")))
    asked = {"Scope": "REGIONAL", "WebACLName": told.name, "WebACLId": told.acl["Id"], "RuleName": "rate"}
    answer = told.waf.get_rate_based_statement_managed_keys(**asked)
    assert answer["ManagedKeysIPV4"] == {"IPAddressVersion": "IPV4", "Addresses": ["192.0.2.1/32"]}
    assert answer["ManagedKeysIPV6"] == {"IPAddressVersion": "IPV6", "Addresses": ["2001:db8::1/128"]}
    in_group = told.waf.get_rate_based_statement_managed_keys(**asked, RuleGroupRuleName="group")
    assert in_group["ManagedKeysIPV4"]["Addresses"] == ["198.51.100.7/32"]
    told.put("two", blocked=(Blocked("rate", ("192.0.2.9",)),))
    answer = told.waf.get_rate_based_statement_managed_keys(**asked)
    assert answer["ManagedKeysIPV4"]["Addresses"] == ["192.0.2.9/32"]
    for wrong, code in (
        ({"RuleName": "keyed"}, "WAFUnsupportedAggregateKeyTypeException"),
        ({"RuleName": "bad"}, "WAFNonexistentItemException"),
        ({"RuleName": "none"}, "WAFNonexistentItemException"),
        ({"RuleGroupRuleName": "bad"}, "WAFNonexistentItemException"),
    ):
        assert refused(told.waf.get_rate_based_statement_managed_keys, **asked | wrong)[0] == code


def test_counts_become_metrics_with_the_dimensions_of_aws(told: Told) -> None:
    minute = int(told.now) // 60 * 60
    counts = (
        Count(minute, "BlockedRequests", (("Rule", "bad"),), 3),
        Count(minute, "BlockedRequests", (("Rule", "ALL"),), 3),
        Count(minute, "CountedRequests", (("Rule", "x"), ("RuleGroup", "group")), 2),
        Count(minute, "BlockedRequests", (("Label", "a"), ("LabelNamespace", "awswaf:1:webacl:x:")), 1),
    )
    for batch in ("one", "one", "two"):
        told.put(batch, counts=counts)
    cloudwatch = told.account.client("cloudwatch")
    shared = [{"Name": "WebACL", "Value": told.name}, {"Name": "Region", "Value": "us-east-1"}]

    def total(name: str, **dimensions: str) -> float:
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/WAFV2",
            MetricName=name,
            Dimensions=[*shared, *({"Name": key, "Value": value} for key, value in dimensions.items())],
            StartTime=told.account.clock.now() - timedelta(minutes=5),
            EndTime=told.account.clock.now() + timedelta(minutes=5),
            Period=300,
            Statistics=["Sum"],
        )["Datapoints"]
        return float(sum(point["Sum"] for point in points))

    eventually(lambda: total("BlockedRequests", Label="a", LabelNamespace="awswaf:1:webacl:x:") == 2)
    assert total("BlockedRequests", Rule="bad") == 6
    assert total("BlockedRequests", Rule="ALL") == 6
    assert total("CountedRequests", Rule="x", RuleGroup="group") == 4


def test_what_is_no_batch_is_refused(told: Told, account: Account) -> None:
    def put(records: bytes, **others: Any) -> tuple[str, str]:
        asked = {"WebAclArn": told.arn, "BatchId": "wrong", "Records": records} | others
        return refused(told.own.put_waf_records, **asked)

    minute = int(told.now) // 60 * 60
    wrong = [
        b"no gzip",
        gzip.compress(b"[]"),
        encode(Batch())[:-4],
        gzip.compress(b'{"samples": [' + b" " * (33 * 1024 * 1024) + b"]}"),
        encode(Batch(records=({"webaclId": told.arn},))),
        encode(Batch(records=(told.record() | {"webaclId": "another"},))),
        encode(Batch(records=(told.record() | {"timestamp": 1},))),
        encode(Batch(counts=(Count(minute, "Other", (("Rule", "x"),), 1),))),
        encode(Batch(counts=(Count(minute, "BlockedRequests", (("WebACL", "x"),), 1),))),
        encode(Batch(counts=(Count(minute, "BlockedRequests", (("Rule", "x"),), -1),))),
        encode(Batch(blocked=(Blocked("rate", ("x",)),))),
    ]
    for records in wrong:
        assert put(records)[0] == "ValidationException"
    absent = told.arn[:-12] + "000000000000"
    assert put(encode(Batch()), WebAclArn=absent)[0] == "ResourceNotFoundException"
    stranger = account.user(f"stranger-{told.name}").client("garrison")
    code, _ = refused(stranger.put_waf_records, WebAclArn=told.arn, BatchId="x", Records=encode(Batch()))
    assert code == "AccessDeniedException"


def logging(told: Told, destination: str, **others: Any) -> dict[str, Any]:
    return {"ResourceArn": told.arn, "LogDestinationConfigs": [destination]} | others


def test_a_log_reaches_its_log_group(told: Told, account: Account) -> None:
    logs = account.client("logs")
    group = f"aws-waf-logs-{told.name}"
    logs.create_log_group(logGroupName=group)
    destination = f"arn:aws:logs:us-east-1:{account.account_id}:log-group:{group}"
    told.put("before", records=(told.record(99),))
    redacted = [{"SingleHeader": {"Name": "x-secret"}}]
    block = {"Behavior": "KEEP", "Requirement": "MEETS_ANY", "Conditions": [{"ActionCondition": {"Action": "BLOCK"}}]}
    wanted = logging(
        told,
        destination,
        RedactedFields=redacted,
        LoggingFilter={"DefaultBehavior": "DROP", "Filters": [block]},
    )
    kept = told.waf.put_logging_configuration(LoggingConfiguration=wanted)["LoggingConfiguration"]
    assert wanted.items() <= kept.items()
    assert told.waf.get_logging_configuration(ResourceArn=told.arn)["LoggingConfiguration"] == kept
    assert kept in told.waf.list_logging_configurations(Scope="REGIONAL")["LoggingConfigurations"]
    bundle = json.loads(told.own.get_web_acl_bundle(WebAclArn=told.arn)["Bundle"])
    assert bundle["logging"]["RedactedFields"] == redacted

    told.put("one", records=tuple(told.record(number) for number in range(3)))
    told.put("one", records=tuple(told.record(number) for number in range(3)))

    def events() -> list[dict[str, Any]]:
        found = logs.filter_log_events(logGroupName=group)["events"]
        return found if len(found) >= 3 else []

    found = eventually(events)
    assert [json.loads(event["message"])["number"] for event in found] == [0, 1, 2]
    assert {event["logStreamName"] for event in found} == {f"us-east-1_{told.name}_0"}
    told.waf.delete_logging_configuration(ResourceArn=told.arn)
    assert refused(told.waf.get_logging_configuration, ResourceArn=told.arn)[0] == "WAFNonexistentItemException"


def test_a_log_reaches_its_bucket_by_five_minutes(told: Told, account: Account) -> None:
    s3 = account.client("s3")
    bucket = f"aws-waf-logs-{told.name}"
    s3.create_bucket(Bucket=bucket)
    waf = account.user(f"waf-{told.name}", ["AWSWAFFullAccess"]).client("wafv2")
    for _ in range(2):
        waf.put_logging_configuration(LoggingConfiguration=logging(told, f"arn:aws:s3:::{bucket}/some/prefix"))
    statements = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert [one["Principal"] for one in statements] == [{"Service": "delivery.logs.amazonaws.com"}]
    at = account.clock.now()
    told.put("one", records=tuple(told.record(number) for number in range(3)))
    account.clock.shift(timedelta(minutes=6))

    def keys() -> list[str]:
        found = s3.list_objects_v2(Bucket=bucket, Prefix="some/prefix/").get("Contents", ())
        return [one["Key"] for one in found if "WAFLogs" in one["Key"]]

    (key,) = eventually(keys)
    minute = at.minute - at.minute % 5
    folder = f"some/prefix/AWSLogs/{account.account_id}/WAFLogs/us-east-1/{told.name}/{at:%Y/%m/%d/%H}/{minute:02}/"
    assert key.startswith(f"{folder}{account.account_id}_waflogs_us-east-1_{told.name}_{at:%Y%m%dT%H}{minute:02}Z_")
    assert key.endswith(".log.gz")
    lines = gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [0, 1, 2]


@pytest.mark.parametrize(
    ("destination", "others", "field"),
    [
        ("arn:aws:firehose:us-east-1:111122223333:deliverystream/aws-waf-logs-x", {}, "LOG_DESTINATION"),
        ("arn:aws:s3:::other-bucket-name", {}, "LOG_DESTINATION"),
        ("arn:aws:logs:us-east-1:111122223333:log-group:aws-waf-logs-absent", {}, "LOG_DESTINATION"),
        ("arn:aws:s3:::aws-waf-logs-absent-bucket", {}, "LOG_DESTINATION"),
        ("arn:aws:s3:::aws-waf-logs-x", {"RedactedFields": [{"Body": {}}]}, "FIELD_TO_MATCH"),
        ("arn:aws:s3:::aws-waf-logs-x", {"RedactedFields": [{"Method": {}, "UriPath": {}}]}, "FIELD_TO_MATCH"),
    ],
)
def test_what_cannot_be_logged_to_is_refused(told: Told, destination: str, others: Any, field: str) -> None:
    wanted = logging(told, destination, **others)
    code, message = refused(told.waf.put_logging_configuration, LoggingConfiguration=wanted)
    assert code == "WAFInvalidParameterException"
    assert f"field: {field}" in message


def test_who_may_not_change_the_destination_cannot_log_there(told: Told, account: Account) -> None:
    bucket = f"aws-waf-logs-{told.name}-closed"
    account.client("s3").create_bucket(Bucket=bucket)
    policy = {"Effect": "Allow", "Action": "wafv2:*", "Resource": "*"}
    waf = account.user(f"user-{told.name}", [policy]).client("wafv2")
    wanted = logging(told, f"arn:aws:s3:::{bucket}")
    code, _ = refused(waf.put_logging_configuration, LoggingConfiguration=wanted)
    assert code == "WAFLogDestinationPermissionIssueException"
