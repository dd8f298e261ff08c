"""An upstream that does not answer holds up what it is asked, and nothing else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from garrison.gateway.app import MOST_FORWARDED
from garrison.testing.plugin import _account

from ..refusals import refused

HEARD_SECONDS = 60


class Hanging:
    """An upstream that takes every connection and says nothing until it is closed."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._taken: list[socket.socket] = []
        self._is_full = threading.Event()
        self._thread = threading.Thread(target=self._take)
        self._thread.start()

    def _take(self) -> None:
        while len(self._taken) < MOST_FORWARDED:
            try:
                self._taken.append(self._socket.accept()[0])
            except OSError:
                return
        self._is_full.set()

    def wait_until_full(self) -> None:
        """Until as many calls wait as may."""
        assert self._is_full.wait(HEARD_SECONDS)

    def close(self) -> None:
        if self._socket.fileno() < 0:
            return
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for each in (*self._taken, self._socket):
            each.close()


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    made = Hanging()
    yield made
    made.close()


def test_calls_of_others_and_sign_ins_do_not_wait_for_it(
    hanging: Hanging, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    secret = tmp_path / "upstream"
    secret.write_text("[default]\naws_access_key_id = AKIAOWN\naws_secret_access_key = of-the-upstream\n")
    secret.chmod(0o600)
    table = {"ec2": {"endpoint": hanging.url, "credentials_file": str(secret)}}
    with (
        _account(pytestconfig, upstreams=table) as account,
        ThreadPoolExecutor(MOST_FORWARDED) as callers,
    ):
        ec2: Any = account.client("ec2", config=Config(max_pool_connections=MOST_FORWARDED, read_timeout=120))
        waiting = [callers.submit(ec2.describe_vpcs) for _ in range(MOST_FORWARDED)]
        hanging.wait_until_full()
        since = account.position()
        code, message = refused(account.client("ec2").create_vpc, CidrBlock="10.0.0.0/16")
        assert code == "Unavailable"
        assert "not forwarded" in message
        [event] = account.events("CreateVpc", since=since)
        assert event["errorCode"] == "Server.Unavailable"
        account.wait_until_recorded()
        assert account.client("cloudtrail").lookup_events(MaxResults=1)["Events"]
        token = account.user("alice").client("sts").get_session_token()
        assert token["Credentials"]
        assert not any(call.done() for call in waiting), "nobody has answered them"
        hanging.close()
        for call in waiting:
            with pytest.raises(ClientError, match="UpstreamUnavailable"):
                call.result(HEARD_SECONDS)
        code, _ = refused(account.client("ec2").create_vpc, CidrBlock="10.0.0.0/16")
        assert code == "UpstreamUnavailable", "there is room again"
