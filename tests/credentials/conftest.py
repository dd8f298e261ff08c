"""One account with hosts, and `garrison credentials` in processes of its own, as a host runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from garrison.testing import Account, allow
from garrison.testing.policies import document

COMMAND = [sys.executable, "-m", "garrison", "credentials"]
ANYWHERE, EC2 = "rolesanywhere.amazonaws.com", "ec2.amazonaws.com"


def trusting(service: str, *actions: str, when: dict[str, Any] | None = None) -> dict[str, Any]:
    """A trust policy for a service principal."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": list(actions or ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")),
    }
    return json.loads(document(statement | ({"Condition": when} if when else {})))


def plain_environment() -> dict[str, str]:
    """The environment of a host's program: nothing of AWS or Garrison in it, and no files of the tester's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GARRISON"))}
    return kept | {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


class Machine:
    """A host: its own folder, and the commands that run on it."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.account = account
        self.folder = folder

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `garrison credentials` here."""
        return subprocess.run(
            [*COMMAND, *arguments, "--identity", str(self.folder)],
            env=plain_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def enroll(self, token: str) -> subprocess.CompletedProcess[str]:
        """Enroll with a token."""
        return self.run("enroll", "--endpoint", self.account.endpoint, "--token", token)

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[dict[str, str]]:
        """Serve the credentials; gives the variables by which SDKs find them."""
        command = [*COMMAND, "serve", "--port", "0", "--json", "--identity", str(self.folder), *arguments]
        process = subprocess.Popen(command, env=plain_environment(), stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["variables"]
        finally:
            process.terminate()
            process.wait(10)


class Hosts:
    """Makes machines and enrolls them."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.account = account
        self.garrison = account.client("garrison")
        self._folder = folder
        self._count = 0

    def machine(self) -> Machine:
        """A machine that nobody has invited yet."""
        self._count += 1
        return Machine(self.account, self._folder / f"host-{self._count}")

    def profile(self, *role_arns: str, **parameters: Any) -> str:
        """A profile of Roles Anywhere for roles."""
        anywhere = self.account.client("rolesanywhere")
        asked = {"name": "p", "roleArns": list(role_arns), "enabled": True} | parameters
        return str(anywhere.create_profile(**asked)["profile"]["profileArn"])

    def invite(self, name: str, profile_arn: str, role_arn: str | None = None, **parameters: Any) -> str:
        """A token for a host."""
        role = {"RoleArn": role_arn} if role_arn else {}
        made = self.garrison.create_host_invitation(Name=name, ProfileArn=profile_arn, **role, **parameters)
        return str(made["Token"])

    def enrolled(self, name: str, profile_arn: str, role_arn: str | None = None) -> Machine:
        """A machine that has enrolled."""
        machine = self.machine()
        done = machine.enroll(self.invite(name, profile_arn, role_arn))
        assert done.returncode == 0, done.stderr
        return machine


@pytest.fixture(scope="module")
def hosts(garrison_module: Account, tmp_path_factory: pytest.TempPathFactory) -> Hosts:
    return Hosts(garrison_module, tmp_path_factory.mktemp("hosts"))


@pytest.fixture(scope="module")
def app_role(garrison_module: Account) -> str:
    return garrison_module.role("app", [allow("iam:ListUsers")], trust=trusting(ANYWHERE)).arn


@pytest.fixture(scope="module")
def app(hosts: Hosts, app_role: str) -> Machine:
    """A host with the role `app`, through a profile of Roles Anywhere."""
    return hosts.enrolled("app-1", hosts.profile(app_role), app_role)


@pytest.fixture
def python(garrison_module: Account) -> Callable[..., Any]:
    """Runs a program of the host that knows boto3 and the variables that it is given."""

    def run(program: str, variables: dict[str, str]) -> Any:
        environment = plain_environment() | garrison_module.environment() | variables
        done = subprocess.run(
            [sys.executable, "-c", f"import boto3, json\n{program}"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
