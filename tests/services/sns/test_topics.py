"""Topics and subscriptions by their API: attributes, policies, listings, batches, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from garrison.services.sns.delivery_policies import MAIL, RetryPolicy
from garrison.testing import allow

from ..refusals import refused
from .receiving import eventually, visit


def test_a_topic_is_made_once(notified: Any) -> None:
    made = notified.sns.create_topic(Name="once", Tags=[{"Key": "a", "Value": "b"}])["TopicArn"]
    assert notified.sns.create_topic(Name="once")["TopicArn"] == made
    assert refused(notified.sns.create_topic, Name="once", Attributes={"DisplayName": "other"})[0] == "InvalidParameter"
    assert refused(notified.sns.create_topic, Name="once", Tags=[{"Key": "a", "Value": "c"}])[0] == "InvalidParameter"
    shown = notified.sns.get_topic_attributes(TopicArn=made)["Attributes"]
    assert shown["Owner"] == notified.account.account_id
    [statement] = json.loads(shown["Policy"])["Statement"]
    assert statement["Condition"] == {"StringEquals": {"AWS:SourceOwner": notified.account.account_id}}
    assert notified.sns.list_tags_for_resource(ResourceArn=made)["Tags"] == [{"Key": "a", "Value": "b"}]
    notified.sns.delete_topic(TopicArn=made)
    notified.sns.delete_topic(TopicArn=made)
    assert refused(notified.sns.get_topic_attributes, TopicArn=made)[0] == "NotFound"


@pytest.mark.parametrize("name", ["", "a b", "x" * 257, "orders.fifo", "é"])
def test_names_that_are_none(notified: Any, name: str) -> None:
    assert refused(notified.sns.create_topic, Name=name)[0] == "InvalidParameter"


def test_a_topics_policy_lets_another_user_publish_and_nobody_else(notified: Any) -> None:
    topic = notified.topic()
    user, other = notified.account.user("publisher"), notified.account.user("stranger")
    code, message = refused(user.client("sns").publish, TopicArn=topic, Message="x")
    assert (code, "sns:Publish" in message) == ("AuthorizationError", True)
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": user.arn}, "Action": "sns:Publish", "Resource": topic}],
    }
    notified.sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    user.client("sns").publish(TopicArn=topic, Message="x")
    assert refused(other.client("sns").publish, TopicArn=topic, Message="x")[0] == "AuthorizationError"
    for wrong in ({"Action": "sns:*"}, {"Action": "s3:GetObject"}, {"Resource": "arn:aws:sns:us-east-1:1:other"}):
        broken = policy | {"Statement": [policy["Statement"][0] | wrong]}  # type: ignore[operator]
        asked = {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": json.dumps(broken)}
        assert refused(notified.sns.set_topic_attributes, **asked)[0] == "InvalidParameter"


def test_permissions_are_statements_by_label(notified: Any) -> None:
    topic = notified.topic()
    notified.sns.add_permission(TopicArn=topic, Label="partner", AWSAccountId=["111122223333"], ActionName=["Publish"])
    statements = json.loads(notified.sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])["Statement"]
    assert statements[1]["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
    notified.sns.remove_permission(TopicArn=topic, Label="partner")
    statements = json.loads(notified.sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])["Statement"]
    assert len(statements) == 1


def test_listings_have_pages_of_a_hundred(notified: Any) -> None:
    topic = notified.topic()
    for number in range(103):
        url = notified.webhook.url(f"/listed-{number}")
        notified.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
    first = notified.sns.list_subscriptions_by_topic(TopicArn=topic)
    assert len(first["Subscriptions"]) == 100
    assert {each["SubscriptionArn"] for each in first["Subscriptions"]} == {"PendingConfirmation"}
    rest = notified.sns.list_subscriptions_by_topic(TopicArn=topic, NextToken=first["NextToken"])
    assert len(rest["Subscriptions"]) == 3
    assert "NextToken" not in rest
    assert refused(notified.sns.list_subscriptions_by_topic, TopicArn=topic, NextToken="x")[0] == "InvalidParameter"
    found = notified.sns.get_paginator("list_topics").paginate().build_full_result()["Topics"]
    assert {"TopicArn": topic} in found


def test_a_subscription_receives_what_its_filter_wants(notified: Any) -> None:
    topic = notified.topic()
    by_attribute, arn = notified.subscribed(topic, FilterPolicy='{"kind": ["alarm"]}')
    by_body, _ = notified.subscribed(topic, FilterPolicy='{"level": {"n": [3]}}', FilterPolicyScope="MessageBody")
    everything, _ = notified.subscribed(topic)
    alarm = {"kind": {"DataType": "String", "StringValue": "alarm"}}
    notified.sns.publish(TopicArn=topic, Message='{"level": {"n": 3}}')
    notified.sns.publish(TopicArn=topic, Message="plain", MessageAttributes=alarm)
    eventually(lambda: len(notified.webhook.of(everything, "Notification")) == 2)
    assert [each.document["Message"] for each in notified.webhook.notifications(by_attribute)] == ["plain"]
    assert [each.document["Message"] for each in notified.webhook.notifications(by_body)] == ['{"level": {"n": 3}}']
    shown = notified.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert shown["FilterPolicy"] == '{"kind": ["alarm"]}'
    assert shown["PendingConfirmation"] == "false"
    notified.sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue="{}")
    notified.sns.publish(TopicArn=topic, Message="no filter any more")
    notified.webhook.notifications(by_attribute, 2)


def test_a_batch_takes_and_refuses_each_by_itself(notified: Any) -> None:
    topic = notified.topic()
    path, _ = notified.subscribed(topic)
    answer = notified.sns.publish_batch(
        TopicArn=topic,
        PublishBatchRequestEntries=[{"Id": "a", "Message": "1"}, {"Id": "b", "Message": "2", "Subject": "x" * 101}],
    )
    assert [each["Id"] for each in answer["Successful"]] == ["a"]
    assert answer["Failed"][0]["Id"] == "b"
    assert answer["Failed"][0]["Code"] == "InvalidParameter"
    assert notified.webhook.notifications(path)[0].document["MessageId"] == answer["Successful"][0]["MessageId"]
    batch = notified.sns.publish_batch
    entry = {"Id": "a", "Message": "1"}
    for entries, code in (
        ([entry, entry], "BatchEntryIdsNotDistinct"),
        ([entry | {"Id": str(number)} for number in range(11)], "TooManyEntriesInBatchRequest"),
        ([entry | {"Id": "a b"}], "InvalidBatchEntryId"),
        ([entry | {"Id": str(number), "Message": "x" * 30_000} for number in range(9)], "BatchRequestTooLong"),
    ):
        assert refused(batch, TopicArn=topic, PublishBatchRequestEntries=entries)[0].startswith(code)


@pytest.mark.parametrize(
    "given",
    [
        {"Message": ""},
        {"Message": "x" * (256 * 1024 + 1)},
        {"Message": "x", "Subject": "a\nb"},
        {"Message": "x", "Subject": ""},
        {"Message": "{}", "MessageStructure": "json"},
        {"Message": "no", "MessageStructure": "json"},
        {"Message": "x", "MessageStructure": "xml"},
        {"Message": "x", "MessageGroupId": "g"},
        {"Message": "x", "MessageAttributes": {"AWS.x": {"DataType": "String", "StringValue": "v"}}},
        {"Message": "x", "MessageAttributes": {"a..b": {"DataType": "String", "StringValue": "v"}}},
        {"Message": "x", "MessageAttributes": {"a": {"DataType": "Text", "StringValue": "v"}}},
        {"Message": "x", "MessageAttributes": {"a": {"DataType": "Number", "StringValue": "v"}}},
        {"Message": "x", "MessageAttributes": {"a": {"DataType": "String", "StringValue": ""}}},
    ],
)
def test_messages_that_may_not_be_published(notified: Any, given: dict[str, Any]) -> None:
    topic = notified.sns.create_topic(Name="refusing")["TopicArn"]
    assert refused(notified.sns.publish, TopicArn=topic, **given)[0] in ("InvalidParameter", "ParameterValueInvalid")


def test_phone_numbers_and_other_regions_are_refused(notified: Any) -> None:
    assert refused(notified.sns.publish, PhoneNumber="+15555550100", Message="x")[0] == "InvalidParameter"
    elsewhere = f"arn:aws:sns:eu-west-1:{notified.account.account_id}:x"
    assert refused(notified.sns.publish, TopicArn=elsewhere, Message="x")[0] == "InvalidParameter"


def test_who_confirms_with_authentication_must_sign_to_leave(notified: Any) -> None:
    topic, path = notified.topic(), notified.path()
    notified.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=notified.webhook.url(path))
    token = notified.webhook.confirmation(path)["Token"]
    assert visit(f"{notified.account.endpoint}/?Action=ConfirmSubscription&TopicArn={topic}&Token=wrong")[0] == 400
    arn = notified.sns.confirm_subscription(TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true")[
        "SubscriptionArn"
    ]
    link = f"{notified.account.endpoint}/?Action=Unsubscribe&SubscriptionArn={arn}"
    assert visit(link)[0] == 403
    notified.sns.unsubscribe(SubscriptionArn=arn)
    assert notified.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_what_an_endpoint_will_not_have_is_a_dead_letter(notified: Any) -> None:
    topic = notified.topic()
    path, arn = notified.subscribed(topic)
    notified.webhook.statuses[path] = 404
    sent = notified.sns.publish(TopicArn=topic, Message="unwanted")["MessageId"]

    def buried() -> list[dict[str, Any]]:
        command = [
            sys.executable,
            "-m",
            "garrison",
            "sns",
            "dead-letters",
            "--home",
            str(notified.account.home),
            "--json",
        ]
        done = subprocess.run(command, capture_output=True, check=True)
        return [each for each in json.loads(done.stdout)["dead_letters"] if each["message_id"] == sent]

    [letter] = eventually(buried, 30)
    assert letter["subscription"] == arn
    assert letter["attempts"] == 1
    assert "404" in letter["reason"]
    code, message = refused(
        notified.sns.set_subscription_attributes,
        SubscriptionArn=arn,
        AttributeName="RedrivePolicy",
        AttributeValue='{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:1:q"}',
    )
    assert (code, "dead-letters" in message) == ("InvalidParameter", True)


def test_messages_of_a_topic_with_a_key_wait_encrypted_and_arrive_clear(notified: Any) -> None:
    kms = notified.account.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    topic = notified.topic(KmsMasterKeyId=key)
    assert notified.sns.get_topic_attributes(TopicArn=topic)["Attributes"]["KmsMasterKeyId"] == key
    path, _ = notified.subscribed(topic)
    secret = "the purple elephant 4b1e"
    since = notified.account.position()
    notified.webhook.statuses[path] = 503
    notified.sns.publish(TopicArn=topic, Message=secret, Subject="arrives")
    eventually(lambda: notified.webhook.of(path, "Notification"), 30)
    homes = [file for file in notified.account.home.rglob("*") if file.is_file()]
    assert [file for file in homes if secret.encode() in file.read_bytes()] == []
    [event] = notified.account.events("GenerateDataKey", since=since)
    assert event["requestParameters"]["encryptionContext"] == {"aws:sns:topicArn": topic}
    assert event["userIdentity"]["invokedBy"] == "sns.amazonaws.com"
    kms.disable_key(KeyId=key)
    assert refused(notified.sns.publish, TopicArn=topic, Message="x")[0] == "KMSDisabled"
    notified.webhook.statuses.pop(path)
    kms.enable_key(KeyId=key)
    notified.account.clock.shift(timedelta(minutes=1))
    told = eventually(lambda: notified.webhook.of(path, "Notification")[1:], 30)[0].document
    assert (told["Subject"], told["Message"]) == ("arrives", secret)
    publisher = notified.account.user("no-keys", [allow("sns:Publish")])
    assert refused(publisher.client("sns").publish, TopicArn=topic, Message="x")[0] == "KMSAccessDenied"


def test_delays_follow_the_phases_of_a_delivery_policy(notified: Any) -> None:
    policy = RetryPolicy(1, 60, 50, 3, 2, 35, "exponential")
    delays = [policy.delay_before(retry) for retry in range(1, 52)]
    assert delays[:5] == [0, 0, 0, 1, 1]
    assert delays[5] == 1
    assert delays[14] == pytest.approx(60)
    assert delays[5:15] == sorted(delays[5:15])
    assert delays[15:50] == [60] * 35
    assert delays[50] is None
    assert 5.5 * 3600 < MAIL.total_seconds() < 7.5 * 3600
    topic = notified.topic()
    for wrong in ({"numRetries": 101}, {"minDelayTarget": 0}, {"numRetries": 1, "numNoDelayRetries": 2}, {"x": 1}):
        asked = {
            "AttributeName": "DeliveryPolicy",
            "AttributeValue": json.dumps({"http": {"defaultHealthyRetryPolicy": wrong}}),
        }
        assert refused(notified.sns.set_topic_attributes, TopicArn=topic, **asked)[0] == "InvalidParameter"
    good = {
        "http": {"defaultHealthyRetryPolicy": {"numRetries": 0}, "defaultThrottlePolicy": {"maxReceivesPerSecond": 5}}
    }
    notified.sns.set_topic_attributes(TopicArn=topic, AttributeName="DeliveryPolicy", AttributeValue=json.dumps(good))
    effective = json.loads(notified.sns.get_topic_attributes(TopicArn=topic)["Attributes"]["EffectiveDeliveryPolicy"])
    assert effective["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 0
