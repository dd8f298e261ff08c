"""The real `garrison` command in processes of its own, on homes that go away with the test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from garrison.gateway.founding import found_account
from garrison.runtime.home import Home
from garrison.runtime.running import running_server

COMMAND = [sys.executable, "-m", "garrison"]


class Installation:
    """One home and the commands run on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GARRISON"))
        }

    def run(self, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command on the home."""
        return subprocess.run(
            [*COMMAND, *arguments, "--home", str(self.home)],
            env=self.environment | (environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
        """Begin a command on the home; the caller waits for it."""
        return subprocess.Popen(
            [*COMMAND, *arguments, "--home", str(self.home)],
            env=self.environment | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def told(self, *arguments: str, code: int = 0, environment: dict[str, str] | None = None) -> dict[str, Any]:
        """What a command with `--json` says, which must end with this exit code."""
        done = self.run(*arguments, "--json", environment=environment)
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)

    def up(self, *arguments: str, environment: dict[str, str] | None = None) -> dict[str, Any]:
        """Start the server on a free port."""
        return self.told("up", "--port", "0", "--detach", *arguments, environment=environment)

    def found(self) -> None:
        """Make the account without starting a server."""
        found_account(Home(self.home))

    def down(self) -> None:
        """Stop the server where one runs."""
        if self.home.exists():
            self.run("down")

    def end(self) -> None:
        """End the server where one runs, at once: the second signal does not wait for what is under way."""
        deadline = time.monotonic() + 60
        while (running := running_server(Home(self.home))) is not None:
            assert time.monotonic() < deadline, f"the server of {self.home} does not end"
            with suppress(ProcessLookupError):
                if running["supervisor"]:
                    os.kill(running["supervisor"], signal.SIGTERM)
            time.sleep(0.02)

    def credentials(self) -> tuple[str, str]:
        """The administrator's key."""
        file = ConfigParser(interpolation=None)
        file.read(self.home / "credentials")
        return file["garrison"]["aws_access_key_id"], file["garrison"]["aws_secret_access_key"]

    def client(self, service: str, *, key: tuple[str, str] | None = None, **options: Any) -> Any:
        """A boto3 client of the administrator or of another key."""
        config = ConfigParser(interpolation=None)
        config.read(self.home / "config")
        profile = config["profile garrison"]
        key_id, secret = key or self.credentials()
        return boto3.session.Session().client(
            service,
            region_name=profile["region"],
            endpoint_url=profile["endpoint_url"],
            verify=profile.get("ca_bundle", True),
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=4),
            **options,
        )


@pytest.fixture
def installations(tmp_path: Path) -> Iterator[Callable[[str], Installation]]:
    """Makes installations by name; their servers are ended with the test."""
    made: list[Installation] = []

    def make(name: str) -> Installation:
        made.append(Installation(tmp_path / name))
        return made[-1]

    yield make
    for installation in made:
        installation.end()


@pytest.fixture
def garrison(installations: Callable[[str], Installation]) -> Installation:
    """One installation without an account yet."""
    return installations("home")
