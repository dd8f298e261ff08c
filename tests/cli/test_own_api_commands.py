"""`garrison explain`, `who-can`, `what-can`, `policy generate`, `audit` and `models install` as processes, on a real home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account, allow


def run(*arguments: str, home: Path, code: int = 0) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GARRISON_", "AWS_"))}
    done = subprocess.run(
        [sys.executable, "-m", "garrison", *arguments, "--home", str(home)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=120,
    )
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout or done.stderr


def read(*arguments: str, home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json", home=home))
    return found


def test_a_denied_call_is_explained_and_turned_by_its_smallest_change(garrison_module: Account) -> None:
    alice = garrison_module.user("alice", [allow("iam:ListUsers")])
    with pytest.raises(ClientError) as caught:
        alice.client("iam").list_roles()
    garrison_module.wait_until_recorded()
    request_id = caught.value.response["ResponseMetadata"]["RequestId"]
    told = run("explain", request_id, home=garrison_module.home)
    assert "iam:ListRoles is denied because no identity-based policy allows the iam:ListRoles action" in told
    assert "Smallest change (then allowed):" in told and "iam:ListRoles" in told
    answer = read(
        "explain",
        "user/alice",
        "iam:ListUsers",
        f"arn:aws:iam::{garrison_module.account_id}:user/",
        home=garrison_module.home,
    )
    assert answer["Explanations"][0]["Decision"] == "allowed"
    assert "No recorded call" in run("explain", "no-such-id", home=garrison_module.home, code=1)


def test_reach_generation_and_audit_are_commands(garrison_module: Account, tmp_path: Path) -> None:
    home = garrison_module.home
    garrison_module.user("reader", [allow("s3:GetObject")]).client("sts").get_caller_identity()
    answers = read("who-can", "s3:GetObject", "arn:aws:s3:::logs/a", home=home)["Answers"]
    assert f"arn:aws:iam::{garrison_module.account_id}:user/reader" in {one["Principal"] for one in answers}
    assert "s3:GetObject" in run("what-can", "user/reader", home=home)
    garrison_module.wait_until_recorded()
    generated = read("policy", "generate", "user/administrator", "--from", "2020-01-01", home=home)
    assert "iam:CreateUser" in generated["Policies"][0]
    assert read("audit", home=home)["Total"] == 0
    dump = tmp_path / "dump.json"
    dump.write_text(json.dumps({"UserDetailList": [], "RoleDetailList": [], "GroupDetailList": [], "Policies": []}))
    assert read("who-can", "s3:GetObject", "--account", str(dump), home=home)["Answers"]
    run("who-can", "s3:GetObject", "--context", "nonsense", home=home, code=1)


def test_installed_models_make_the_service_known_to_boto3(garrison_module: Account, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "garrison", "models", "install", "--folder", str(tmp_path), "--json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert any(path.endswith("garrison/2026-11-01/service-2.json") for path in json.loads(done.stdout)["installed"])
    program = (
        "import boto3, sys\n"
        "client = boto3.client('garrison')\n"
        "print(client.who_can(Action='iam:CreateUser')['Answers'][0]['Principal'])"
    )
    environment = os.environ | garrison_module.administrator.environment() | {"AWS_DATA_PATH": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert answer.stdout.startswith("arn:aws:iam::"), answer.stderr
    assert boto3.__version__
