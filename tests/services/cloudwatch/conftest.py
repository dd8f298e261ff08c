"""An account whose alarms reach a web server and a mail server of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from garrison.testing.plugin import _account
from tests.services.sns.receiving import Mailbox, Webhook, endpoints, press, text_of


class Heard:
    """The account and whoever hears its alarms."""

    def __init__(self, account: Any, webhook: Webhook, mailbox: Mailbox) -> None:
        self.account, self.webhook, self.mailbox = account, webhook, mailbox
        self.cloudwatch = account.client("cloudwatch")
        self.sns = account.client("sns")

    def topic(self, name: str) -> str:
        return str(self.sns.create_topic(Name=name)["TopicArn"])

    def subscribe(self, topic: str, path: str) -> None:
        self.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=self.webhook.url(path))
        token = self.webhook.confirmation(path)["Token"]
        self.sns.confirm_subscription(TopicArn=topic, Token=token)

    def subscribe_by_mail(self, topic: str, address: str) -> None:
        self.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)
        self.confirm_by_mail(address)

    def confirm_by_mail(self, address: str) -> None:
        mail = self.mailbox.to(address)[0]
        link = next(line for line in text_of(mail).splitlines() if "ConfirmSubscription" in line)
        assert press(link)[0] == 200


@pytest.fixture(scope="package")
def heard(pytestconfig: pytest.Config) -> Iterator[Heard]:
    with endpoints() as (webhook, mailbox):
        settings = {
            "outgoing_hosts": [webhook.place],
            "smtp_host": "127.0.0.1",
            "smtp_port": mailbox.port,
            "smtp_tls": "none",
            "smtp_from": "alerts@example.com",
        }
        with _account(pytestconfig, **settings) as account:
            yield Heard(account, webhook, mailbox)
