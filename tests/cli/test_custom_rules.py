"""What doctor says of the programs that rules may name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from garrison.cli.custom_rules import examine_programs
from garrison.setting_tables import CustomRule
from garrison.settings import Settings


@pytest.fixture
def program() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        Path(folder).chmod(0o755)
        path = Path(folder) / "check"
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        yield path


def settings(*commands: str) -> Settings:
    rules = {f"rule-{number}": CustomRule(command=(command,)) for number, command in enumerate(commands)}
    return Settings(home="/nowhere", account_id="123456789012", custom_rules=rules)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives programs a user of their own")
def test_programs_that_can_be_run_and_those_that_cannot(program: Path) -> None:
    assert examine_programs(settings()).state == "ok"
    assert examine_programs(settings(str(program))).what.startswith("1 programs")
    for mode, words in ((0o777, "others than its owner"), (0o700, "cannot be run by other users")):
        program.chmod(mode)
        found = examine_programs(settings(str(program)))
        assert found.state == "attention" and words in found.what and str(program) in found.remedy
    program.unlink()
    assert "No such file" in examine_programs(settings(str(program))).what


def test_where_there_is_no_root_doctor_says_what_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    found = examine_programs(settings("/bin/true"))
    assert found.state == "attention" and "only root" in found.what and "custom_rules_may_lack" in found.remedy
