"""`garrison policy check` and `validate` on files: answers in three forms, and exit codes for pipelines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
WRITE = {"Sid": "Write", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Policy files by name."""
    written = {"old": [READ], "new": [READ, WRITE], "wrong": [{**READ, "Action": "s3:Nothing"}]}
    paths: dict[str, str] = {}
    for name, statements in written.items():
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=1))
        paths[name] = str(path)
    return paths


def policy(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `garrison policy` with these arguments."""
    return subprocess.run(
        [sys.executable, "-m", "garrison", "policy", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_no_new_access_ends_with_success(files: dict[str, str]) -> None:
    done = policy("check", files["new"], files["old"])
    assert (done.returncode, "no new access" in done.stdout) == (0, True)


def test_new_access_fails_and_shows_a_request(files: dict[str, str]) -> None:
    done = policy("check", files["old"], files["new"])
    assert done.returncode == 1
    assert "new access in statement 1 (Write)" in done.stdout
    assert "s3:PutObject" in done.stdout


def test_pipelines_get_sarif(files: dict[str, str]) -> None:
    done = policy("check", files["old"], files["new"], "--format", "sarif")
    log: dict[str, Any] = json.loads(done.stdout)
    (result,) = log["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    text = Path(files["new"]).read_text().splitlines()
    assert (done.returncode, log["version"], result["ruleId"]) == (1, "2.1.0", "NEW_ACCESS")
    assert text[region["startLine"] - 1][region["startColumn"] - 1] == "{"
    assert '"Sid": "Write"' in text[region["startLine"]]


def test_programs_get_json(files: dict[str, str]) -> None:
    answer = json.loads(policy("check", files["old"], files["new"], "--format", "json").stdout)
    assert (answer["result"], answer["reasons"][0]["example"]["action"]) == ("FAIL", "s3:PutObject")


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_validation_fails_on_errors_only(files: dict[str, str], form: str) -> None:
    wrong = policy("validate", files["wrong"], "--format", form)
    assert (wrong.returncode, "INVALID_ACTION" in wrong.stdout) == (1, True)
    assert policy("validate", files["old"], "--format", form).returncode == 0


def test_what_is_no_policy_is_told_with_a_remedy(files: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    done = policy("check", files["old"], str(broken))
    assert done.returncode == 1
    assert "no valid policy" in done.stderr
    assert "garrison policy validate" in done.stderr


def test_the_example_of_new_access_is_the_plainest_resource(files: dict[str, str], tmp_path: Path) -> None:
    wide = tmp_path / "wide.json"
    everywhere = {**WRITE, "Resource": "*"}
    wide.write_text(json.dumps({"Version": "2012-10-17", "Statement": [READ, everywhere]}))
    shown = policy("check", files["old"], str(wide))
    assert shown.returncode == 1
    assert "may s3:PutObject on arn:aws:s3:::example/example" in shown.stdout
