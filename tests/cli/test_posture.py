"""The account's own security as `garrison up` shows it: what it lacks, and a command for each that can be copied."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from garrison.cli.posture import Finding, posture
from garrison.cli.welcome import welcome
from garrison.runtime.home import Home
from garrison.setting_sources import load_settings
from garrison.testing import Account


def found(account: Account) -> dict[str, Finding]:
    return {finding.check: finding for finding in posture(load_settings(account.home))}


def test_a_new_account_lacks_mfa_a_password_policy_a_trail_and_alarms(garrison_module: Account) -> None:
    lacking = [finding for finding in found(garrison_module).values() if finding.state == "attention"]
    assert [finding.check for finding in lacking] == ["mfa", "password-policy", "trail", "alarms"]
    assert lacking[0].what == "1 user has no MFA device: administrator."


def test_every_remedy_stands_on_a_line_of_its_own(garrison_module: Account, capfd: pytest.CaptureFixture[str]) -> None:
    welcome(
        Home(garrison_module.home),
        load_settings(garrison_module.home),
        garrison_module.endpoint,
        garrison_module.console,
    )
    lines = capfd.readouterr().out.splitlines()
    for number, finding in enumerate(posture(load_settings(garrison_module.home)), 1):
        assert (f"  {number}  {finding.remedy}" in lines) == bool(finding.remedy)


def test_what_is_put_right_is_shown_as_right(garrison_module: Account) -> None:
    garrison_module.client("iam").update_account_password_policy(MinimumPasswordLength=14)
    trail = garrison_module.client("cloudtrail")
    bucket = garrison_module.log_bucket("trail-of-posture")
    trail.create_trail(Name="main", S3BucketName=bucket, IsMultiRegionTrail=True)
    assert found(garrison_module)["trail"].what == "No trail is logging."
    trail.start_logging(Name="main")
    states = found(garrison_module)
    assert (states["password-policy"].state, states["trail"].state) == ("ok", "ok")


def test_an_old_key_is_replaced_by_whoever_knows_where_it_is_used(garrison_module: Account) -> None:
    garrison_module.clock.shift(timedelta(days=-100))
    garrison_module.user("Mallory")
    garrison_module.clock.shift(timedelta(days=100))
    old = found(garrison_module)["access-key-age"]
    assert old.what == "1 active access key is older than 90 days."
    assert "create-access-key --user-name Mallory" in old.remedy
    garrison_module.clock.shift(timedelta(days=91))
    assert found(garrison_module)["access-key-age"].what.startswith("2 active access keys are")


def test_where_the_shell_does_not_find_garrison_it_is_told_the_way(
    garrison_module: Account, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = Path(sys.executable).parent
    for path, is_told in (("/usr/bin:/bin", True), (f"{programs}:/usr/bin", False)):
        monkeypatch.setenv("PATH", path)
        welcome(
            Home(garrison_module.home),
            load_settings(garrison_module.home),
            garrison_module.endpoint,
            garrison_module.console,
        )
        assert (f"  export PATH={programs}:$PATH" in capfd.readouterr().out.splitlines()) == is_told
