"""`garrison mfa` and `garrison root mfa` on a home without a server: QR code, two codes in a row, lost phones."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest

from garrison.gateway.founding import found_account
from garrison.runtime.home import Home
from garrison.services.iam.mfa_codes import code_of, step_at


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded account."""
    place = tmp_path_factory.mktemp("mfa") / "home"
    found_account(Home(place), region="us-east-1")
    return place


class Command:
    """A `garrison` command under way, its standard error read as a person would."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "garrison", *arguments, "--home", str(home), "--json"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUTF8": "1"},
            text=True,
        )

    def read_until(self, ending: str) -> str:
        """What is shown up to these words."""
        stream: IO[str] | None = self.process.stderr
        assert stream is not None
        shown = ""
        while not shown.endswith(ending):
            letter = stream.read(1)
            assert letter, shown
            shown += letter
        return shown

    def type(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def end(self) -> tuple[int, dict[str, object]]:
        out, _ = self.process.communicate(timeout=60)
        return self.process.returncode, json.loads(out)


def codes(shown: str) -> tuple[str, str]:
    """The codes that a phone shows which scanned what the terminal showed."""
    import base64

    key = re.search(r"type the key ([A-Z2-7]{64})", shown)
    assert key is not None
    seed, step = base64.b32decode(key[1]), step_at(datetime.now(UTC))
    return code_of(seed, step - 1), code_of(seed, step)


def test_a_user_gets_a_device_by_a_qr_code_and_two_codes_in_a_row(home: Path) -> None:
    command = Command(home, "mfa", "enable", "administrator")
    shown = command.read_until("First code: ")
    assert "█" in shown
    for code in codes(shown):
        command.type(code)
    status, answer = command.end()
    assert (status, str(answer["serial_number"]).rpartition("/")[2]) == (0, "administrator")
    status, listed = Command(home, "mfa", "list").end()
    assert [device["holder"] for device in listed["devices"]] == ["administrator"]  # type: ignore[attr-defined]
    status, deleted = Command(home, "mfa", "disable", "administrator").end()
    assert (status, deleted) == (0, {"deleted": [answer["serial_number"]]})


def test_root_gets_a_device_that_is_its_own(home: Path) -> None:
    command = Command(home, "root", "mfa", "enable")
    for code in codes(command.read_until("First code: ")):
        command.type(code)
    assert command.end()[0] == 0
    _, listed = Command(home, "mfa", "list").end()
    assert [device["holder"] for device in listed["devices"]] == ["root"]  # type: ignore[attr-defined]
    assert Command(home, "root", "mfa", "disable").end()[0] == 0


def test_after_three_wrong_pairs_no_device_is_left(home: Path) -> None:
    command = Command(home, "mfa", "enable", "administrator")
    for _ in range(6):
        command.type("000000")
    status, answer = command.end()
    assert (status, answer["error"]) == (1, "The device was not enabled.")
    assert Command(home, "mfa", "list").end()[1] == {"devices": []}
