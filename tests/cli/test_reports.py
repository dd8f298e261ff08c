"""`garrison report iam` on a home without a server: tables, JSON and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from garrison.gateway.founding import found_account
from garrison.runtime.home import Home

WIDE = os.environ | {"COLUMNS": "250"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded account."""
    place = tmp_path_factory.mktemp("report") / "home"
    found_account(Home(place), region="us-east-1")
    return place


def report(home: Path, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "garrison", "report", "iam", "--home", str(home), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=WIDE)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def test_a_new_account_has_items_that_need_attention(home: Path) -> None:
    status, shown = report(home, "--json")
    items: dict[str, Any] = {item["check"]: item for item in json.loads(shown)["items"]}
    assert status == 4
    assert items["roles-instead-of-keys"]["state"] == "attention"
    assert items["roles-instead-of-keys"]["evidence"][0].startswith("user administrator has the long-term key AKIA")
    assert items["root-access-key"] | {"state": "ok", "evidence": [], "fix": ""} == items["root-access-key"]


def test_the_view_of_pci_dss_goes_by_requirement(home: Path) -> None:
    status, shown = report(home, "--pci", "--json")
    found = json.loads(shown)
    numbers = [each["requirement"] for each in found["requirements"]]
    assert (status, found["standard"]) == (4, "PCI DSS v4.0.1")
    assert numbers[0] == "4.2.1"
    assert numbers[-1] == "10.2.1"
    assert all(each["items"] for each in found["requirements"])


@pytest.mark.parametrize("options", [(), ("--pci",)])
def test_people_see_a_table(home: Path, options: tuple[str, ...]) -> None:
    status, shown = report(home, *options)
    assert status == 4
    assert "attention" in shown
    assert "How to put it right" in shown
