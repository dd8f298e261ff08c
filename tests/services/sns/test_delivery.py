"""What is published reaches endpoints by HTTP and mail: confirmed, signed, again until it is taken, and never twice for nothing."""

from __future__ import annotations

import json
import time
import urllib.request
from datetime import timedelta
from typing import Any

import pytest

from ..refusals import refused
from .receiving import eventually, is_authentic, press, text_of, visit


def test_an_endpoint_is_asked_to_confirm_and_receives_nothing_before(notified: Any) -> None:
    topic, path = notified.topic(), notified.path()
    answer = notified.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=notified.webhook.url(path))
    assert answer["SubscriptionArn"] == "pending confirmation"
    document = notified.webhook.confirmation(path)
    assert document["Type"] == "SubscriptionConfirmation"
    assert document["TopicArn"] == topic
    assert is_authentic(document)
    notified.sns.publish(TopicArn=topic, Message="too early")
    status, _ = visit(document["SubscribeURL"])
    assert status == 200
    notified.sns.publish(TopicArn=topic, Message="in time")
    [received] = notified.webhook.notifications(path)
    assert received.document["Message"] == "in time"


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_notification_is_signed_as_the_validators_of_aws_check_it(notified: Any, version: str) -> None:
    topic = notified.topic(SignatureVersion=version)
    path, arn = notified.subscribed(topic)
    sent = notified.sns.publish(TopicArn=topic, Message="größer\nals", Subject="Ein Betreff")
    notified.sns.publish(
        TopicArn=topic, Message="2", MessageAttributes={"n": {"DataType": "Number", "StringValue": "3"}}
    )
    first, second = sorted(
        notified.webhook.notifications(path, 2), key=lambda each: each.document["Message"], reverse=True
    )
    document = first.document
    assert document["MessageId"] == sent["MessageId"] == first.headers["x-amz-sns-message-id"]
    assert first.headers["x-amz-sns-topic-arn"] == topic
    assert first.headers["x-amz-sns-subscription-arn"] == arn
    assert first.headers["content-type"] == "text/plain; charset=UTF-8"
    assert document["SignatureVersion"] == version
    assert is_authentic(document)
    assert is_authentic(second.document)
    assert second.document["MessageAttributes"] == {"n": {"Type": "Number", "Value": "3"}}
    assert not is_authentic(document | {"Message": "another"})


def test_mail_is_confirmed_by_a_link_and_tells_the_way_out(notified: Any) -> None:
    topic = notified.topic(DisplayName="Alarms")
    notified.subscribed_by_mail(topic, "ops@example.com")
    sent = notified.sns.publish(TopicArn=topic, Message="the disk is full", Subject="Disk")
    mail = notified.mailbox.to("ops@example.com", 2)[1]
    assert mail["Subject"] == "Disk"
    assert mail["From"] == "Alarms <alerts@example.com>"
    assert sent["MessageId"] in mail["Message-ID"]
    text = text_of(mail)
    assert text.startswith("the disk is full")
    link = next(line for line in text.splitlines() if "Unsubscribe" in line)
    assert press(link)[0] == 200
    notified.sns.publish(TopicArn=topic, Message="unheard")
    goodbye = notified.mailbox.to("ops@example.com", 3)[2]
    assert "Unsubscribe Confirmation" in goodbye["Subject"]
    assert notified.sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsDeleted"] == "1"
    back = next(line for line in text_of(goodbye).splitlines() if "ConfirmSubscription" in line)
    assert press(back)[0] == 200
    notified.sns.publish(TopicArn=topic, Message="heard again")
    assert text_of(notified.mailbox.to("ops@example.com", 4)[3]).startswith("heard again")


def test_a_link_that_is_only_opened_changes_nothing(notified: Any) -> None:
    topic, address, since = notified.topic(), "scanned@example.com", notified.account.position()
    notified.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)
    link = next(line for line in text_of(notified.mailbox.to(address)[0]).splitlines() if "ConfirmSubscription" in line)

    def pending() -> str:
        return str(notified.sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsPending"])

    for _ in range(2):
        status, page = visit(link)
        assert status == 200
        assert "<button>Confirm subscription</button>" in page
        assert topic in page
    assert pending() == "1"
    assert notified.account.events("ConfirmSubscription", since=since) == []
    status, page = press(link)
    assert (status, pending()) == (200, "0")
    assert "The subscription is confirmed." in page
    [event] = notified.account.events("ConfirmSubscription", since=since)
    assert event["sourceIPAddress"] == "127.0.0.1"
    assert "Token" not in str(event["requestParameters"]) or link.rpartition("=")[2] not in str(event)


def test_links_that_are_not_whole_or_wrong_say_so_and_run_nothing_in_a_browser(notified: Any) -> None:
    place = f"{notified.account.endpoint}/_garrison/sns/subscription/"
    for rest in ("ConfirmSubscription", "ConfirmSubscription?TopicArn=a", "Unsubscribe?a=b", "Publish?TopicArn=a", ""):
        assert visit(place + rest)[0] == 404, rest
    hostile = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    with urllib.request.urlopen(f"{place}ConfirmSubscription?TopicArn={hostile}&Token={hostile}") as answer:
        page, policy = answer.read().decode(), answer.headers.get_all("content-security-policy")
    assert "<script>" not in page
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0]
    topic = notified.topic()
    status, page = press(f"{place}ConfirmSubscription?TopicArn={topic}&Token=wrong")
    assert (status, "no longer valid" in page) == (400, True)


def test_mail_as_json_carries_the_signed_document(notified: Any) -> None:
    topic, address = notified.topic(), "machine@example.com"
    notified.sns.subscribe(TopicArn=topic, Protocol="email-json", Endpoint=address)
    document = json.loads(text_of(notified.mailbox.to(address)[0]))
    assert is_authentic(document)
    notified.sns.confirm_subscription(TopicArn=topic, Token=document["Token"])
    notified.sns.publish(
        TopicArn=topic,
        MessageStructure="json",
        Message=json.dumps({"default": "for all", "email-json": "for machines", "http": "for the web"}),
    )
    document = json.loads(text_of(notified.mailbox.to(address, 2)[1]))
    assert document["Message"] == "for machines"
    assert is_authentic(document)


def test_raw_delivery_is_the_message_alone(notified: Any) -> None:
    topic = notified.topic()
    path, _ = notified.subscribed(topic, RawMessageDelivery="true")
    notified.sns.publish(TopicArn=topic, Message='{"a": 1}')
    [received] = notified.webhook.notifications(path)
    assert received.body == b'{"a": 1}'
    assert received.headers["x-amz-sns-rawdelivery"] == "true"


def test_a_failing_endpoint_is_tried_again_under_the_same_id_until_it_takes_the_message(notified: Any) -> None:
    topic = notified.topic()
    path, _ = notified.subscribed(topic)
    notified.webhook.statuses[path] = 503
    sent = notified.sns.publish(TopicArn=topic, Message="again")
    notified.webhook.notifications(path, 1)
    notified.webhook.statuses[path] = 200
    time.sleep(0.3)
    assert len(notified.webhook.of(path, "Notification")) == 1, "the first retry waits 20 seconds"
    notified.account.clock.shift(timedelta(seconds=21))
    second = notified.webhook.notifications(path, 2)[1]
    assert second.document["MessageId"] == sent["MessageId"]
    notified.account.clock.shift(timedelta(seconds=3600))
    time.sleep(0.4)
    assert len(notified.webhook.of(path, "Notification")) == 2


def test_an_endpoint_that_hangs_holds_up_no_other(notified: Any) -> None:
    topic = notified.topic()
    path, _ = notified.subscribed(topic)
    arn = notified.topic()
    stuck = f"/hang{notified.path()}"
    notified.sns.subscribe(TopicArn=arn, Protocol="http", Endpoint=notified.webhook.url(stuck))
    eventually(lambda: notified.webhook.of(stuck))
    began = time.monotonic()
    notified.sns.publish(TopicArn=topic, Message="through")
    notified.webhook.notifications(path)
    assert time.monotonic() - began < 5


def test_what_may_not_be_reached_is_refused_when_it_is_subscribed(notified: Any) -> None:
    topic = notified.topic()
    for endpoint in ("http://127.0.0.1:1/", "http://169.254.169.254/latest", "http://example.com/", "http://[::1]:80/"):
        code, message = refused(notified.sns.subscribe, TopicArn=topic, Protocol="http", Endpoint=endpoint)
        assert code == "InvalidParameter"
        assert "outgoing_hosts" in message
    for protocol in ("sqs", "sms", "lambda", "firehose", "application"):
        code, _ = refused(
            notified.sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint="arn:aws:sqs:us-east-1:1:q"
        )
        assert code == "InvalidParameter"
    for address in ("nobody", "a@b\r\nBcc: c@d", "@example.com"):
        assert (
            refused(notified.sns.subscribe, TopicArn=topic, Protocol="email", Endpoint=address)[0] == "InvalidParameter"
        )
