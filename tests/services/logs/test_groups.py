"""Log groups and streams through boto3: made, changed, listed, tagged and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from garrison.testing import Account
from tests.services.logs.conftest import Log, refusal


@pytest.fixture
def logs(garrison_module: Account) -> Any:
    return garrison_module.client("logs")


def test_a_group_shows_what_it_was_made_with(garrison_module: Account, logs: Any) -> None:
    logs.create_log_group(logGroupName="made/one", tags={"team": "blue"})
    (shown,) = logs.describe_log_groups(logGroupNamePrefix="made/one")["logGroups"]
    arn = f"arn:aws:logs:us-east-1:{garrison_module.account_id}:log-group:made/one"
    assert (
        shown.items()
        >= {
            "logGroupName": "made/one",
            "arn": f"{arn}:*",
            "logGroupArn": arn,
            "metricFilterCount": 0,
            "storedBytes": 0,
            "logGroupClass": "STANDARD",
        }.items()
    )
    assert "retentionInDays" not in shown
    assert logs.list_tags_log_group(logGroupName="made/one")["tags"] == {"team": "blue"}


def test_a_name_is_given_once(logs: Any, log: Log) -> None:
    with refusal("ResourceAlreadyExistsException"):
        logs.create_log_group(logGroupName=log.group)
    with refusal("ResourceAlreadyExistsException"):
        logs.create_log_stream(logGroupName=log.group, logStreamName=log.stream)


def test_a_deleted_group_is_gone_with_everything_in_it(logs: Any, log: Log) -> None:
    log.put("one")
    logs.delete_log_group(logGroupName=log.group)
    with refusal("ResourceNotFoundException"):
        log.get()
    logs.create_log_group(logGroupName=log.group)
    assert logs.describe_log_streams(logGroupName=log.group)["logStreams"] == []
    logs.create_log_stream(logGroupName=log.group, logStreamName=log.stream)
    assert log.messages() == []
    assert logs.describe_log_groups(logGroupNamePrefix=log.group)["logGroups"][0]["storedBytes"] == 0


def test_a_protected_group_stays(logs: Any) -> None:
    logs.create_log_group(logGroupName="protected", deletionProtectionEnabled=True)
    with refusal("ValidationException"):
        logs.delete_log_group(logGroupName="protected")
    logs.put_log_group_deletion_protection(logGroupIdentifier="protected", deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName="protected")


def test_groups_are_listed_by_prefix_pattern_and_identifier_in_pages(logs: Any) -> None:
    names = [f"listed/{number:03d}" for number in range(7)]
    for name in reversed(names):
        logs.create_log_group(logGroupName=name)
    pages = list(
        logs.get_paginator("describe_log_groups").paginate(
            logGroupNamePrefix="listed/", PaginationConfig={"PageSize": 3}
        )
    )
    assert [len(page["logGroups"]) for page in pages] == [3, 3, 1]
    assert [group["logGroupName"] for page in pages for group in page["logGroups"]] == names
    found = logs.describe_log_groups(logGroupNamePattern="ed/00")["logGroups"]
    assert [group["logGroupName"] for group in found] == names
    by_arn = logs.describe_log_groups(logGroupIdentifiers=[found[2]["logGroupArn"]])["logGroups"]
    assert [group["logGroupName"] for group in by_arn] == [names[2]]
    listed = logs.list_log_groups(logGroupNamePattern="^listed|never")["logGroups"]
    assert [group["logGroupName"] for group in listed] == names
    with refusal("InvalidParameterException"):
        logs.describe_log_groups(logGroupNamePrefix="a", logGroupNamePattern="b")
    with refusal("InvalidParameterException"):
        logs.describe_log_groups(nextToken="nonsense")


def test_retention_is_one_of_the_known_values(logs: Any, log: Log) -> None:
    logs.put_retention_policy(logGroupName=log.group, retentionInDays=7)
    assert logs.describe_log_groups(logGroupNamePrefix=log.group)["logGroups"][0]["retentionInDays"] == 7
    logs.delete_retention_policy(logGroupName=log.group)
    assert "retentionInDays" not in logs.describe_log_groups(logGroupNamePrefix=log.group)["logGroups"][0]
    with refusal("InvalidParameterException"):
        logs.put_retention_policy(logGroupName=log.group, retentionInDays=8)


def test_a_key_is_refused_while_there_is_no_kms(logs: Any, log: Log) -> None:
    with refusal("InvalidParameterException"):
        logs.create_log_group(logGroupName="sealed", kmsKeyId="arn:aws:kms:us-east-1:123456789012:key/one")
    with refusal("InvalidParameterException"):
        logs.associate_kms_key(logGroupName=log.group, kmsKeyId="arn:aws:kms:us-east-1:123456789012:key/one")


def test_tags_by_both_apis(logs: Any, log: Log) -> None:
    arn = logs.describe_log_groups(logGroupNamePrefix=log.group)["logGroups"][0]["logGroupArn"]
    logs.tag_log_group(logGroupName=log.group, tags={"a": "1", "b": "2"})
    logs.tag_resource(resourceArn=arn, tags={"b": "3"})
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "1", "b": "3"}
    logs.untag_resource(resourceArn=arn, tagKeys=["a"])
    logs.untag_log_group(logGroupName=log.group, tags=["never"])
    assert logs.list_tags_log_group(logGroupName=log.group)["tags"] == {"b": "3"}
    with refusal("TooManyTagsException"):
        logs.tag_resource(resourceArn=arn, tags={f"key{number}": "" for number in range(50)})


def test_streams_in_the_order_of_names_and_of_events(logs: Any, log: Log) -> None:
    for name in ("b", "a", "c"):
        logs.create_log_stream(logGroupName=log.group, logStreamName=name)
    log.put("first", stream="c", at=log.now - 1000)
    log.put("second", stream="a")

    def names(**parameters: Any) -> list[str]:
        found = logs.describe_log_streams(logGroupName=log.group, **parameters)["logStreams"]
        return [stream["logStreamName"] for stream in found]

    assert names() == ["a", "b", "c", "main"]
    assert names(descending=True, limit=2) == ["main", "c"]
    assert names(logStreamNamePrefix="a") == ["a"]
    assert names(orderBy="LastEventTime", descending=True)[:2] == ["a", "c"]
    with refusal("InvalidParameterException"):
        names(orderBy="LastEventTime", logStreamNamePrefix="a")
    (shown,) = logs.describe_log_streams(logGroupName=log.group, logStreamNamePrefix="c")["logStreams"]
    assert shown["firstEventTimestamp"] == shown["lastEventTimestamp"]
    logs.delete_log_stream(logGroupName=log.group, logStreamName="c")
    assert log.found("first") == []


def test_policies_decide_by_the_group_and_its_tags(garrison_module: Account, log: Log) -> None:
    allowed = {"Effect": "Allow", "Action": "logs:*", "Resource": f"arn:aws:logs:*:*:log-group:{log.group}:*"}
    user = garrison_module.user(
        f"reader{log.group.replace('/', '-')}", [{"Version": "2012-10-17", "Statement": [allowed]}]
    )
    mine = user.client("logs")
    mine.put_log_events(
        logGroupName=log.group, logStreamName="main", logEvents=[{"timestamp": log.now, "message": "m"}]
    )
    with refusal("AccessDeniedException"):
        mine.get_log_events(logGroupName="another", logStreamName="main")
