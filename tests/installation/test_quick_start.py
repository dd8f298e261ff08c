"""The quick start, typed in as it stands: the demonstration that this project began with."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .documents import PROJECT, blocks, commands
from .machine import free_port, plain_environment, run

DOCUMENT = "docs/quick-start.md"


class Reader:
    """Types the document's commands into one shell, in which what is exported stays."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._shell = subprocess.Popen(
            ["bash"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.transcript: list[tuple[str, int, str]] = []

    def type(self, command: str) -> None:
        """Type one command and wait for its end."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{command}\nprintf '\\nended %s\\n' $?\n")
        self._shell.stdin.flush()
        said = ""
        for line in self._shell.stdout:
            if ended := re.fullmatch(r"ended (\d+)\n", line):
                self.transcript.append((command, int(ended[1]), said.strip()))
                return
            said += line
        raise AssertionError(f"the shell ended in {command}: {said}")

    def close(self) -> None:
        """Close the shell."""
        self._shell.kill()
        self._shell.communicate()

    def outcomes(self, part: str) -> list[tuple[int, str]]:
        """Exit code and output of each command that contains a text."""
        return [(code, said) for command, code, said in self.transcript if part in command]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader who has done the whole quick start, in a home that is theirs, below the checkout's own environment."""
    home = tmp_path_factory.mktemp("reader")
    binaries = str(Path(sys.executable).parent)
    environment = plain_environment(home, GARRISON_PORT=str(free_port()), VENV=sys.prefix)
    environment["PATH"] = f"{binaries}{os.pathsep}{environment['PATH']}"
    up = run(["garrison", "up", "--detach"], PROJECT, environment)
    assert up.returncode == 0, up.stdout + up.stderr
    reader = Reader(environment)
    try:
        for command in commands(DOCUMENT):
            in_home = command.replace("alice.key", shlex.quote(str(home / "alice.key")))
            reader.type(in_home)
        yield reader
    finally:
        reader.close()
        run(["garrison", "down"], PROJECT, environment)


def events(reader: Reader) -> list[dict[str, Any]]:
    """What `lookup-events` answered: one CloudTrail event after another, tabs between them."""
    (code, said), *_ = reader.outcomes("lookup-events")
    assert code == 0, said
    decoder, found, place = json.JSONDecoder(), [], 0
    while place < len(said):
        event, place = decoder.raw_decode(said, place)
        found.append(event)
        while place < len(said) and said[place].isspace():
            place += 1
    return found


def starts(reader: Reader) -> tuple[dict[str, Any], dict[str, Any]]:
    """Alice's refused call and her allowed one."""
    made = [event for event in events(reader) if event["eventName"] == "StartLogging"]
    assert len(made) == 2
    refused, allowed = sorted(made, key=lambda event: "errorCode" not in event)
    return refused, allowed


def account(reader: Reader) -> str:
    """The account's id, from the first command."""
    found: str = json.loads(reader.outcomes("get-caller-identity")[0][1])["Account"]
    return found


def test_every_command_but_the_refused_one_succeeds(reader: Reader) -> None:
    failed = [(command, said) for command, code, said in reader.transcript if code]
    assert [command.split()[-4:] for command, _ in failed] == [["cloudtrail", "start-logging", "--name", "main"]]


def test_the_administrator_is_who_the_document_says(reader: Reader) -> None:
    identity = json.loads(reader.outcomes("get-caller-identity")[0][1])
    promised = json.loads(blocks(DOCUMENT, "json")[0])
    assert identity.keys() == promised.keys()
    assert identity["Arn"] == promised["Arn"].replace("…", identity["Account"])


def test_the_refusal_names_action_resource_and_reason_as_promised(reader: Reader) -> None:
    promised = " ".join(blocks(DOCUMENT, "")[0].split())
    pattern = re.escape(promised).replace("…", account(reader))
    code, said = reader.outcomes("start-logging")[0]
    assert code in (254, 255), "the exit codes of version 2 and version 1 of the AWS CLI"
    assert re.fullmatch(pattern, " ".join(said.split())), said


def test_with_the_policy_the_trail_is_logging(reader: Reader) -> None:
    assert reader.outcomes("start-logging")[1] == (0, "")
    assert reader.outcomes("get-trail-status") == [(0, "true")]


def test_each_attempt_says_who_when_what_which_and_where_from(reader: Reader) -> None:
    number = account(reader)
    for event in starts(reader):
        who = event["userIdentity"]
        assert who["type"] == "IAMUser"
        assert who["principalId"].startswith("AIDA")
        assert who["arn"] == f"arn:aws:iam::{number}:user/Alice"
        assert who["accountId"] == number
        assert who["accessKeyId"].startswith("AKIA")
        assert who["userName"] == "Alice"
        assert who["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"
        at = datetime.fromisoformat(event["eventTime"])
        assert timedelta() <= datetime.now(UTC) - at < timedelta(hours=1)
        assert event["eventSource"] == "cloudtrail.amazonaws.com"
        assert event["sourceIPAddress"] == "127.0.0.1"
        assert event["userAgent"].startswith("aws-cli/")


def test_the_refused_call_is_on_record_with_its_error(reader: Reader) -> None:
    refused, allowed = starts(reader)
    assert refused["errorCode"] == "AccessDenied"
    assert "is not authorized to perform: cloudtrail:StartLogging" in refused["errorMessage"]
    assert refused["errorMessage"] in " ".join(reader.outcomes("start-logging")[0][1].split())
    assert refused["requestParameters"] is None
    assert "errorCode" not in allowed
    assert allowed["requestParameters"] == {"name": "main"}


def test_the_access_keys_file_is_private_while_it_is_there_and_gone_at_the_end(reader: Reader) -> None:
    assert any("umask 077" in command for command, _, _ in reader.transcript)
    assert reader.outcomes("rm ")[0][0] == 0
