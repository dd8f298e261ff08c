"""`garrison status`, `doctor` and `version`: how the account and its server stand."""

from __future__ import annotations

import platform
from typing import Any

import typer

from garrison import __version__
from garrison.cli.examination import examine
from garrison.cli.options import HomeOption, JsonOption, existing_home, home_of
from garrison.cli.output import Exit, emit, table
from garrison.runtime.measures import measure
from garrison.settings import load_settings


def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show the server, what the account keeps, and how long and how much of it."""
    from garrison.runtime.supervise import running_server

    place = existing_home(home)
    settings = load_settings(place.path)
    running = running_server(place)
    shown: dict[str, Any] = {
        "home": str(place.path),
        "account": settings.account_id,
        "region": settings.region,
        "running": running is not None,
        "endpoint": running["endpoint"] if running else None,
        "processes": running["processes"] if running else {},
        **measure(settings),
    }
    if as_json:
        emit(shown, True)
    else:
        table("Garrison", ["What", "Value"], [[name.replace("_", " "), _text(value)] for name, value in shown.items()])
    raise typer.Exit(Exit.OK if running else Exit.NOT_RUNNING)


def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Look for what keeps Garrison from working well; each finding names its remedy."""
    findings = examine(home_of(home))
    if as_json:
        emit(
            {"findings": [{"check": f.check, "state": f.state, "what": f.what, "remedy": f.remedy} for f in findings]},
            True,
        )
    else:
        table("Doctor", ["State", "What", "How to put it right"], [[f.state, f.what, f.remedy] for f in findings])
    raise typer.Exit(Exit.OK if all(f.state == "ok" for f in findings) else Exit.ATTENTION)


def version(as_json: JsonOption = False) -> None:
    """Show the version of Garrison and of its Python."""
    emit({"garrison": __version__, "python": platform.python_version()}, as_json, f"Garrison {__version__}")


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {item}" for name, item in value.items()) or "-"
    return "-" if value is None else str(value)
