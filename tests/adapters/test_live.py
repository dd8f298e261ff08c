"""A web ACL made by boto3 in front of a running application: live within seconds, and there when the server is not."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from garrison.testing import Account

from . import running
from .running import Application, Front, ask, until

VISIBLE = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "words"}


@pytest.fixture(scope="module")
def application() -> Iterator[Application]:
    server = Application()
    yield server
    server.shutdown()
    server.server_close()


def rules(*words: str) -> list[dict[str, Any]]:
    """Rules that block words in the body, and one that counts clients that ask too often."""
    return [
        {
            "Name": word,
            "Priority": number,
            "Action": {"Block": {}},
            "VisibilityConfig": VISIBLE | {"MetricName": word},
            "Statement": {
                "ByteMatchStatement": {
                    "SearchString": word.encode(),
                    "FieldToMatch": {"Body": {"OversizeHandling": "MATCH"}},
                    "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
                    "PositionalConstraint": "CONTAINS",
                }
            },
        }
        for number, word in enumerate(words)
    ]


def post(front: Front, body: bytes) -> int:
    return ask(front.port, "POST", "/form", body).status


def kill(account: Account) -> None:
    """Kill the account's server: the processes that have files of its home open."""
    ours = {os.getpid(), account._servers.pid}
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with suppress(OSError):
            if int(folder.parent.name) not in ours and any(
                os.readlink(each).startswith(f"{account.home}/") for each in folder.iterdir()
            ):
                os.kill(int(folder.parent.name), signal.SIGKILL)


def test_a_web_acl_is_live_within_seconds_told_of_and_outlives_its_server(
    garrison: Account, application: Application, tmp_path: Path
) -> None:
    waf = garrison.client("wafv2")
    base = {"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBLE}
    made = waf.create_web_acl(Name="shop", Rules=rules("first"), **base)["Summary"]
    may = {"Effect": "Allow", "Action": ["garrison:GetWebAclBundle", "garrison:PutWafRecords"], "Resource": made["ARN"]}
    adapter = garrison.user("adapter", [may])
    environment = garrison.environment() | adapter.credentials.environment()
    arguments = ("proxy", "--upstream", application.url, "--web-acl", "shop", "--workers", "2")
    with running.garrison(tmp_path, *arguments, environment=environment) as front:
        until(lambda: post(front, b"fine") == 200)
        assert (post(front, b"first"), post(front, b"second")) == (403, 200)

        lock = waf.get_web_acl(Name="shop", Scope="REGIONAL", Id=made["Id"])["LockToken"]
        began = time.monotonic()
        waf.update_web_acl(Name="shop", Id=made["Id"], LockToken=lock, Rules=rules("first", "second"), **base)
        until(lambda: [post(front, b"second") for _ in range(4)] == [403] * 4, 5.0)
        assert time.monotonic() - began < 5.0

        def sampled() -> Any:
            now = garrison.clock.now()
            window = {"StartTime": now - timedelta(minutes=5), "EndTime": now + timedelta(minutes=1)}
            asked = {"WebAclArn": made["ARN"], "RuleMetricName": "second", "Scope": "REGIONAL", "MaxItems": 5}
            return waf.get_sampled_requests(TimeWindow=window, **asked)["SampledRequests"]

        told = until(sampled)[0]
        assert (told["Request"]["URI"], told["Request"]["Method"], told["Action"]) == ("/form", "POST", "BLOCK")

        statuses: list[tuple[bytes, int]] = []
        is_ended = False

        def load() -> None:
            while not is_ended:
                for body in (b"fine", b"second"):
                    statuses.append((body, post(front, body)))

        threads = [Thread(target=load) for _ in range(2)]
        for each in threads:
            each.start()
        try:
            kill(garrison)
            count = len(statuses)
            until(lambda: len(statuses) > count + 200)
        finally:
            is_ended = True
            for each in threads:
                each.join()
        assert set(statuses) == {(b"fine", 200), (b"second", 403)}

    with running.garrison(tmp_path, *arguments, environment=environment) as front:
        until(lambda: post(front, b"fine") == 200)
        assert (post(front, b"first"), post(front, b"second")) == (403, 403)
