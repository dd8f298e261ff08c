"""`garrison status`, `doctor` and `version`: how the account and its server stand."""

from __future__ import annotations

import platform
from typing import Any

import typer

from garrison import __version__
from garrison.cli.options import HomeOption, JsonOption, existing_home, home_of
from garrison.cli.output import Exit, emit, findings_table, table
from garrison.runtime.home import LAYOUT_VERSION
from garrison.setting_sources import load_settings


def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show the server, what the account keeps, and how long and how much of it."""
    from garrison.runtime.measures import measure, measure_server
    from garrison.runtime.running import running_server

    place = existing_home(home)
    settings = load_settings(place.path)
    running = running_server(place)
    shown: dict[str, Any] = {
        "home": str(place.path),
        "garrison": __version__,
        "version": LAYOUT_VERSION,
        "account": settings.account_id,
        "region": settings.region,
        "ephemeral": settings.ephemeral,
        **measure_server(running),
        **measure(settings),
    }
    if as_json:
        emit(shown, True)
    else:
        rows = [[name.removesuffix("_bytes").replace("_", " "), _text(name, value)] for name, value in shown.items()]
        table("Garrison", ["What", "Value"], rows)
    raise typer.Exit(Exit.OK if running else Exit.NOT_RUNNING)


def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Look for what keeps Garrison from working well; each finding names its remedy."""
    from garrison.cli.examination import examine

    findings = examine(home_of(home))
    if as_json:
        emit(
            {"findings": [{"check": f.check, "state": f.state, "what": f.what, "remedy": f.remedy} for f in findings]},
            True,
        )
    else:
        findings_table("Doctor", [(f.state, f.what, f.remedy) for f in findings])
    raise typer.Exit(Exit.OK if all(f.state == "ok" for f in findings) else Exit.ATTENTION)


def version(as_json: JsonOption = False) -> None:
    """Show the version of Garrison and of its Python."""
    emit({"garrison": __version__, "python": platform.python_version()}, as_json, f"Garrison {__version__}")


def _text(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(name, item)}" for key, item in value.items()) or "-"
    if name.endswith("_bytes") and isinstance(value, int):
        return _size(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


def _size(size_bytes: float) -> str:
    """A size as people read it."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size_bytes < 1024:
            return f"{size_bytes:.0f} {unit}" if unit == "bytes" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f} TiB"
