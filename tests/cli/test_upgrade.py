"""`garrison upgrade` says that a home is current, and touches none that it knows no way from."""

from __future__ import annotations

from typing import Any

import pytest


def contents(garrison: Any) -> dict[str, bytes]:
    """Every file of a home."""
    return {
        str(path.relative_to(garrison.home)): path.read_bytes()
        for path in garrison.home.rglob("*")
        if path.is_file() and "run" not in path.parts
    }


def test_a_current_home_is_said_to_be_current(garrison: Any) -> None:
    garrison.up()
    assert "runs on" in garrison.told("upgrade", code=1)["error"]
    garrison.down()
    said = garrison.told("upgrade")
    assert (said["version"], said["steps"], said["backup"]) == ("1", [], None)
    assert "is current" in garrison.run("upgrade").stdout


@pytest.mark.parametrize("version", ["2", "nonsense\n" * 100])
def test_a_home_of_another_version_is_touched_by_no_command(garrison: Any, version: str) -> None:
    garrison.found()
    (garrison.home / "VERSION").write_text(version)
    before = contents(garrison)
    commands = (["upgrade"], ["status"], ["backup", "x.tar"], ["keys", "rotate"], ["root", "create-key"], ["up"])
    for arguments in commands:
        said = garrison.told(*arguments, code=1)
        assert "version" in said["error"]
        assert said["remedy"]
    assert garrison.told("doctor", code=4)["findings"][-1]["check"] == "home"
    assert contents(garrison) == before


def test_without_a_home_commands_say_how_to_make_one(garrison: Any) -> None:
    for arguments in (["upgrade"], ["status"], ["backup", "x.tar"], ["down"], ["keys", "rotate"]):
        assert "garrison up" in garrison.told(*arguments, code=1)["remedy"]
    assert not garrison.home.exists()
