"""A stand-in AWS account: moto's server as a process of its own, filled by real boto3."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from garrison.collect import Outcome, Target, Wanted, collect
from garrison.items import Item

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


class StandIn:
    """The account and what was collected of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.target = Target(endpoint_url=url, attempts=1)

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Real boto3."""
        return boto3.client(service, endpoint_url=self.url, region_name=region)

    def collected(self, *types: str, **wanted: Any) -> tuple[list[Item], list[Outcome], int]:
        """Items, outcomes and requests."""
        results = list(collect(Wanted(**{"targets": [self.target], "types": types} | wanted)))
        items = [item for result in results for item in result.items]
        outcomes = [outcome for result in results for outcome in result.outcomes]
        return items, outcomes, sum(result.requests for result in results)


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The URL of moto's server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-p", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=os.environ | {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}, **quiet) as process:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/moto-api/", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
        process.terminate()


@pytest.fixture
def stand_in(moto: str, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """An empty account."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{moto}/moto-api/reset", method="POST"), timeout=10).close()
    return StandIn(moto)
