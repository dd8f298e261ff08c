"""Kill workers and the background process under published messages: each that was answered arrives, under one id."""

from __future__ import annotations

import threading
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from ..services.sns.receiving import Webhook, visit
from .conftest import free_port
from .server import BACKGROUND, GATEWAY, RunningServer, wait_for


def test_what_publish_has_answered_for_arrives(tmp_path: Path) -> None:
    webhook = Webhook()
    server = RunningServer(tmp_path / "home", free_port())
    server.start()
    server.stop()
    with (server.home / "garrison.toml").open("a") as file:
        file.write(f'outgoing_hosts = ["{webhook.place}"]\n')
    server.start()
    try:
        sns = server.client("sns")
        topic = sns.create_topic(Name="kept")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=webhook.url("/kept"))
        assert visit(webhook.confirmation("/kept")["SubscribeURL"])[0] == 200
        answered: dict[str, str] = {}
        stop = threading.Event()

        def publish() -> None:
            client, number = server.client("sns"), 0
            while not stop.wait(0.01):
                number += 1
                try:
                    sent = client.publish(TopicArn=topic, Message=f"message {number}")
                    answered[sent["MessageId"]] = f"message {number}"
                except (BotoCoreError, ClientError):
                    client = server.client("sns")

        publishing = threading.Thread(target=publish)
        publishing.start()
        for kind in (BACKGROUND, GATEWAY, BACKGROUND):
            known = len(answered)
            wait_for(lambda known=known: len(answered) > known + 20, "nothing is published")  # type: ignore[misc]
            server.kill(kind)
        stop.set()
        publishing.join()

        def arrived() -> dict[str, str]:
            found = [each.document for each in webhook.of("/kept", "Notification")]
            return {each["MessageId"]: each["Message"] for each in found}

        wait_for(lambda: answered.keys() <= arrived().keys(), "an answered message never came")
        found = arrived()
        assert {message_id: found[message_id] for message_id in answered} == answered
        assert len(set(found.values())) == len(found), "one message, one id"
    finally:
        server.stop()
        webhook.close()
