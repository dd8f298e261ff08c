"""docs/cli.md and `--help` tell the same: commands, options and exit codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from garrison.cli.application import EXIT_CODES, application

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
SHARED = {"--home", "--json", "--help"}


def commands(command: Any, name: str = "garrison") -> Iterator[tuple[str, Any]]:
    """Every command below one, with its full name."""
    below = getattr(command, "commands", {})
    if not below:
        yield name, command
    for each, found in below.items():
        yield from commands(found, f"{name} {each}")


COMMANDS = dict(commands(typer.main.get_command(application())))
SECTIONS = dict(re.findall(r"^## (garrison .+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_every_command_is_documented_and_none_that_is_not_there() -> None:
    assert SECTIONS.keys() == COMMANDS.keys()


def test_every_option_is_documented_and_none_that_is_not_there() -> None:
    for name, command in COMMANDS.items():
        options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        if "version" not in name:
            assert "--home" in options, name
        assert "--json" in options, name
        rows = set(re.findall(r"^\| `(--[a-z-]+)", SECTIONS[name], re.MULTILINE))
        assert rows == options - SHARED, name
        assert "`--json`: `" in SECTIONS[name], name


def test_every_exit_code_is_documented_and_told_by_help(garrison: Any) -> None:
    documented = dict(re.findall(r"^\| ([0-9]) \| (.+) \|$", PAGE, re.MULTILINE))
    assert documented.keys() == {str(int(code)) for code in EXIT_CODES}
    for code, meaning in EXIT_CODES.items():
        assert documented[str(int(code))].startswith(meaning)


def test_a_wrong_command_line_is_exit_code_2(garrison: Any) -> None:
    for arguments in (["nonsense"], ["up", "--port", "many"], ["backup"], ["keys", "nonsense"], ["status", "--what"]):
        done = garrison.run(*arguments)
        assert done.returncode == 2, arguments
        assert done.stderr
        assert "Traceback" not in done.stderr
    assert not garrison.home.exists()
