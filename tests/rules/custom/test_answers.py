"""What a program is told, in Config's event, and how its answer is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from garrison import codec
from garrison.items import Item, Relationship
from garrison.rules import Compliance
from garrison.rules.custom import Occasion, RuleNames, UnusableAnswer, event_of, read_answer

AT = datetime(2026, 11, 25, 10, tzinfo=UTC)
RULE = RuleNames("mine", "config-rule-abc", "arn:x", "123456789012", "arn:role", {"days": "3"})


def item(**changes: object) -> Item:
    fields: dict[str, object] = {
        "account": "123456789012",
        "region": "us-east-1",
        "resource_type": "AWS::S3::Bucket",
        "resource_id": "b",
        "arn": "arn:aws:s3:::b",
        "configuration": {"name": "b"},
        "captured_at": AT,
        "relationships": (Relationship(name="Is x", resource_type="AWS::X::Y", resource_id="z"),),
    }
    return Item(**{**fields, **changes})  # type: ignore[arg-type]


def test_an_event_of_a_change_carries_the_item_as_text() -> None:
    event = codec.decode(event_of(RULE, Occasion(AT, "token", item())))
    invoking = codec.decode(event["invokingEvent"].encode())
    assert invoking["messageType"] == "ConfigurationItemChangeNotification"
    assert invoking["configurationItem"]["configuration"] == {"name": "b"}
    assert invoking["configurationItem"]["relationships"][0]["resourceId"] == "z"
    assert codec.decode(event["ruleParameters"].encode()) == {"days": "3"}
    assert (event["resultToken"], event["eventLeftScope"], event["accountId"]) == ("token", False, "123456789012")


def test_a_time_that_has_come_and_an_oversized_item_are_told_apart() -> None:
    scheduled = codec.decode(codec.decode(event_of(RULE, Occasion(AT, "t")))["invokingEvent"].encode())
    assert scheduled == {
        "awsAccountId": "123456789012",
        "notificationCreationTime": "2026-11-25T10:00:00.000Z",
        "messageType": "ScheduledNotification",
        "recordVersion": "1.0",
    }
    large = event_of(RULE, Occasion(AT, "t", item(configuration={"text": "x" * 200_000})))
    oversized = codec.decode(codec.decode(large)["invokingEvent"].encode())
    assert oversized["messageType"] == "OversizedConfigurationItemChangeNotification"
    assert oversized["configurationItemSummary"]["resourceId"] == "b"
    assert "configuration" not in oversized["configurationItemSummary"]


EVALUATION = {"ComplianceResourceType": "AWS::S3::Bucket", "ComplianceResourceId": "b", "ComplianceType": "COMPLIANT"}


@pytest.mark.parametrize(
    "answer",
    [
        [EVALUATION],
        {"Evaluations": [EVALUATION]},
        {"Evaluations": [EVALUATION], "ResultToken": "t", "TestMode": False},
        [{**EVALUATION, "OrderingTimestamp": "2026-11-25T10:00:00Z", "Annotation": "x"}],
        [{**EVALUATION, "OrderingTimestamp": 1795600800}],
    ],
)
def test_evaluations_are_read_in_the_form_of_put_evaluations(answer: object) -> None:
    [found] = read_answer(codec.encode(answer), "t")
    assert (found.compliance_resource_id, found.compliance_type) == ("b", Compliance.COMPLIANT)
    assert found.ordered_at(AT).tzinfo is not None


@pytest.mark.parametrize("output", [b"", b" \n", b"null", b"[]", b"{}", b'{"Evaluations": [], "TestMode": true}'])
def test_saying_nothing_is_an_answer(output: bytes) -> None:
    assert read_answer(output, "t") == []


@pytest.mark.parametrize(
    "output",
    [
        b"{",
        b"\xff",
        b"hello",
        b"[" * 5000,
        codec.encode([{**EVALUATION, "ComplianceType": "FINE"}]),
        codec.encode([{**EVALUATION, "Annotation": "x" * 257}]),
        codec.encode([{**EVALUATION, "Surprise": 1}]),
        codec.encode({"Evaluations": [EVALUATION], "ResultToken": "another"}),
    ],
)
def test_what_is_no_answer_is_refused(output: bytes) -> None:
    with pytest.raises(UnusableAnswer):
        read_answer(output, "t")


def test_a_time_beyond_all_times_is_refused() -> None:
    [found] = read_answer(codec.encode([{**EVALUATION, "OrderingTimestamp": 1e300}]), "t")
    with pytest.raises(UnusableAnswer):
        found.ordered_at(AT)
