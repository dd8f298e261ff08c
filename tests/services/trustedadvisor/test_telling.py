"""Who hears of advice: subscribers of topics, the journal, metrics, and once a week whoever reads the digest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from garrison.testing.plugin import _account
from tests.services.sns.receiving import Webhook, endpoints, eventually
from tests.services.trustedadvisor.advised import ADDRESSES, AdvisedAccount

Refused = Callable[..., tuple[str, str]]
ELSEWHERE = "999988887777"
NAME = "Unassociated Elastic IP Addresses"


class Told(AdvisedAccount):
    """An account that tells of advice, with who hears of it."""

    webhook: Webhook

    def topic(self, name: str) -> str:
        """A topic that Trusted Advisor may publish to, with a subscriber."""
        sns = self.account.client("sns")
        arn = str(sns.create_topic(Name=name)["TopicArn"])
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "trustedadvisor.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": self.account.account_id}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
        sns.subscribe(TopicArn=arn, Protocol="http", Endpoint=self.webhook.url(f"/{name}"))
        sns.confirm_subscription(TopicArn=arn, Token=self.webhook.confirmation(f"/{name}")["Token"])
        return arn

    def heard(self, name: str, count: int) -> list[dict[str, Any]]:
        """The messages that a topic's subscriber got, once there are so many."""
        found = eventually(lambda: len(got := self.webhook.of(f"/{name}", "Notification")) >= count and got, 30)
        return [one.document for one in found]


@pytest.fixture(scope="module")
def told(pytestconfig: pytest.Config) -> Iterator[Told]:
    with endpoints() as (webhook, _):
        settings = {"outgoing_hosts": [webhook.place], "collected_accounts": {ELSEWHERE: {}}}
        with _account(pytestconfig, **settings) as account:
            made = Told(account)
            made.webhook = webhook
            yield made


def test_changes_are_told_once_as_awss_event(told: Told) -> None:
    garrison = told.account.client("garrison")
    told.collect(told.address("silent"))
    told.refresh()
    (silent,) = told.resources().values()
    wanted = [{"arn": silent["arn"], "isExcluded": True}]
    told.advisor.batch_update_recommendation_resource_exclusion(recommendationResourceExclusions=wanted)
    garrison.put_advice_preferences(EventTopic=told.topic("changes"))
    since = told.account.position()
    told.collect(told.address("one"))  # what was excluded is gone, and nobody is told
    told.refresh()
    (message,) = told.heard("changes", 1)
    event = json.loads(message["Message"])
    assert event["detail-type"] == "Trusted Advisor Check Item Refresh Notification"
    assert event["source"] == "aws.trustedadvisor" and event["account"] == told.account.account_id
    assert event["detail"]["check-name"] == NAME and event["detail"]["status"] == "WARN"
    assert event["detail"]["check-item-detail"] == {"Region": "us-east-1", "IP Address": "192.0.2.3"}
    assert event["detail"]["resource_id"].endswith(":elastic-ip/one")
    told.collect(told.address("one", in_use=True))
    told.refresh()
    _, second = told.heard("changes", 2)
    assert json.loads(second["Message"])["detail"]["status"] == "OK"
    name = "TrustedAdvisorCheckItemRefreshNotification"
    records = eventually(lambda: len(got := told.account.events(name, since=since)) == 2 and got, 30)
    assert [one["eventType"] for one in records] == ["AwsServiceEvent"] * 2
    assert records[0]["serviceEventDetails"] == event["detail"]


def test_metrics_say_how_many_resources_are_yellow(told: Told) -> None:
    told.collect(told.address("first"), told.address("second"))
    told.refresh()
    now = told.account.clock.now()

    def yellow() -> list[float]:
        points = told.account.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/TrustedAdvisor",
            MetricName="YellowResources",
            Dimensions=[{"Name": "CheckName", "Value": NAME}],
            StartTime=now - timedelta(minutes=10),
            EndTime=now + timedelta(minutes=2),
            Period=3600,
            Statistics=["Maximum"],
        )["Datapoints"]
        return [point["Maximum"] for point in points]

    eventually(lambda: yellow() == [2.0], 20)


def test_the_digest_comes_once_a_week(told: Told, refused: Refused) -> None:
    garrison, clock = told.account.client("garrison"), told.account.clock
    elsewhere = "arn:aws:sns:us-east-1:999999999999:digest"
    assert refused(garrison.put_advice_preferences, DigestTopic=elsewhere)[0] == "ValidationException"
    clock.set(datetime(2027, 3, 3, 12, tzinfo=UTC))  # a Wednesday
    kept = garrison.put_advice_preferences(DigestTopic=told.topic("digest"), DigestDay="FRI", DigestHour=6)
    assert kept["EventTopic"].endswith(":changes") and garrison.get_advice_preferences()["DigestDay"] == "FRI"
    told.collect(told.address("digested"))
    told.refresh()
    assert not told.webhook.of("/digest", "Notification")
    clock.set(datetime(2027, 3, 5, 6, 1, tzinfo=UTC))
    (message,) = told.heard("digest", 1)
    assert told.account.account_id in message["Subject"]
    assert f"- {NAME}: digested" in message["Message"] and "Cost: 0 to act on, 1 to look into" in message["Message"]
    garrison.put_advice_preferences(Language="zh")
    clock.set(datetime(2027, 3, 12, 9, tzinfo=UTC))
    _, second = told.heard("digest", 2)
    assert "未关联的弹性 IP 地址" in second["Message"] and "digested" not in second["Message"]


def test_an_account_of_awss_that_is_collected_is_advised_as_well(told: Told, refused: Refused) -> None:
    garrison = told.account.client("garrison")
    heard = len(told.webhook.of("/changes", "Notification"))
    told.collect(told.address("there"), account_id=ELSEWHERE)
    assert garrison.refresh_advice(AccountId=ELSEWHERE, CheckIds=[ADDRESSES])["CheckIds"] == [ADDRESSES]
    assert garrison.refresh_advice(AccountId=ELSEWHERE, CheckIds=[ADDRESSES])["CheckIds"] == []
    (one,) = eventually(lambda: garrison.list_advice(AccountId=ELSEWHERE)["Advice"], 30)
    assert (one["CheckId"], one["Status"], one["Warnings"]) == (ADDRESSES, "warning", 1)
    message = told.heard("changes", heard + 1)[-1]
    assert json.loads(message["Message"])["account"] == ELSEWHERE
    code, _ = refused(garrison.refresh_advice, AccountId=ELSEWHERE, CheckIds=["garrison-own-lag"])
    assert code == "ValidationException"
    assert refused(garrison.refresh_advice, AccountId="111111111111")[0] == "ResourceNotFoundException"
    everything = garrison.refresh_advice()["CheckIds"]
    assert len(everything) > 12 and "garrison-own-lag" in everything
    statuses = told.support.describe_trusted_advisor_check_refresh_statuses
    eventually(lambda: {one["status"] for one in statuses(checkIds=everything)["statuses"]} == {"success"}, 60)
