"""The options that commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from garrison.errors import OperatorError
from garrison.runtime.home import Home
from garrison.setting_sources import default_home, load_settings

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


def scheduler_of(option: Path | None) -> str:
    """The Dask scheduler that the home's settings name, or the variable where there is no home; empty for none."""
    home = home_of(option)
    return load_settings(home.path).dask_scheduler if home.exists else os.environ.get("GARRISON_DASK_SCHEDULER", "")


def words(text: str) -> list[str]:
    """The words of an option that takes several with commas between."""
    return [word.strip() for word in text.split(",") if word.strip()]
