"""A moto server as the upstream, and an account that forwards EC2, SQS and Lambda to it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrison.testing.plugin import _account

ACCOUNT = "123456789012"
"""The account that moto answers for: Garrison has the same, so that ARNs are the same."""


class Upstream:
    """A moto server; it can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.credentials = folder / "upstream"
        self.credentials.write_text(
            "[default]\naws_access_key_id = AKIAUPSTREAM\naws_secret_access_key = of-the-upstream\n"
        )
        self.credentials.chmod(0o600)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/moto-api/", timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < end, "moto did not start"
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="package")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstream]:
    server = Upstream(tmp_path_factory.mktemp("upstream"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def forwarding(pytestconfig: pytest.Config, upstream: Upstream) -> Iterator[Any]:
    there = {"endpoint": upstream.url, "credentials_file": str(upstream.credentials)}
    table = dict.fromkeys(("ec2", "sqs", "lambda"), there)
    with _account(pytestconfig, upstreams=table, account_id=ACCOUNT) as account:
        yield account
