"""A mail server that hangs, or will not have an address: it holds up nothing else, and the operator learns of it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from typing import Any

import pytest

from garrison.testing.plugin import _account

from .receiving import Mailbox, Webhook, eventually, visit


def test_a_mail_server_that_says_nothing_holds_up_no_webhook(pytestconfig: pytest.Config) -> None:
    webhook = Webhook()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings: dict[str, Any] = {
            "outgoing_hosts": [webhook.place],
            "smtp_host": "127.0.0.1",
            "smtp_port": silent.getsockname()[1],
            "smtp_tls": "none",
        }
        with _account(pytestconfig, **settings) as account:
            sns = account.client("sns")
            topic = sns.create_topic(Name="mixed")["TopicArn"]
            for number in range(6):
                sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=f"{number}@example.com")
            silent.accept()[0].settimeout(10)
            began = time.monotonic()
            sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=webhook.url("/through"))
            assert visit(webhook.confirmation("/through")["SubscribeURL"])[0] == 200
            sns.publish(TopicArn=topic, Message="through")
            webhook.notifications("/through")
            assert time.monotonic() - began < 10
    webhook.close()


def test_an_address_that_the_mail_server_refuses_is_a_dead_letter_at_once(notified: Any) -> None:
    mailbox: Mailbox = notified.mailbox
    mailbox.refused.add("gone@example.com")
    notified.sns.subscribe(TopicArn=notified.topic(), Protocol="email", Endpoint="gone@example.com")

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
        return [each for each in json.loads(done.stdout)["dead_letters"] if each["endpoint"] == "gone@example.com"]

    [letter] = eventually(buried, 30)
    assert "550" in letter["reason"]
    assert letter["type"] == "SubscriptionConfirmation"
