"""An account whose topics reach a web server and a mail server of this machine."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from garrison.testing.plugin import _account

from .receiving import Mailbox, Webhook, endpoints, press

_numbers = itertools.count()


class Notified:
    """The account, its SNS client, and the endpoints that its topics may reach."""

    def __init__(self, account: Any, webhook: Webhook, mailbox: Mailbox) -> None:
        self.account, self.webhook, self.mailbox = account, webhook, mailbox
        self.sns = account.client("sns")

    def topic(self, **attributes: str) -> str:
        """A new topic's ARN."""
        return str(self.sns.create_topic(Name=f"topic-{next(_numbers)}", Attributes=attributes)["TopicArn"])

    def path(self) -> str:
        """A new path of the web server."""
        return f"/hook-{next(_numbers)}"

    def subscribed(self, topic: str, path: str | None = None, **attributes: str) -> tuple[str, str]:
        """The path and ARN of a confirmed subscription."""
        path = path or self.path()
        self.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=self.webhook.url(path), Attributes=attributes)
        token = self.webhook.confirmation(path)["Token"]
        arn = self.sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"]
        return path, str(arn)

    def subscribed_by_mail(self, topic: str, address: str) -> None:
        self.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)
        [mail] = self.mailbox.to(address)
        link = next(line for line in str(mail.get_content()).splitlines() if "ConfirmSubscription" in line)
        status, _ = press(link)
        assert status == 200


@pytest.fixture(scope="package")
def notified(pytestconfig: pytest.Config) -> Iterator[Notified]:
    with endpoints() as (webhook, mailbox):
        settings = {
            "outgoing_hosts": [webhook.place],
            "smtp_host": "127.0.0.1",
            "smtp_port": mailbox.port,
            "smtp_tls": "none",
            "smtp_from": "alerts@example.com",
        }
        with _account(pytestconfig, **settings) as account:
            yield Notified(account, webhook, mailbox)
