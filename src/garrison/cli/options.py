"""The options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrison.errors import OperatorError
from garrison.runtime.home import Home
from garrison.settings import default_home

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The data directory; else $GARRISON_HOME, else ~/.garrison.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def home_of(option: Path | None) -> Home:
    """The home that the options and the environment name."""
    return Home((option or default_home()).absolute())


def existing_home(option: Path | None) -> Home:
    """The home, which must hold an account of this version; raises `OperatorError`."""
    home = home_of(option)
    if not home.exists:
        raise OperatorError(f"There is no account in {home.path}.", "Make one with `garrison up`.")
    home.check_version()
    return home


def words(text: str) -> list[str]:
    """The words of an option that takes several with commas between."""
    return [word.strip() for word in text.split(",") if word.strip()]
