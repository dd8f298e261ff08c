"""`garrison waf lists`: which lists of addresses there are for the managed rule groups, and how old they are."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit


def lists(
    folder: Annotated[Path, typer.Argument(help="The folder that adapters are given by --lists.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the lists in a folder: networks, age, and what is wrong with them. A rule whose list is missing matches nothing."""
    from garrison.adapters.lists import read_lists
    from garrison.adapters.maxmind import FILES, Database

    told = [_told(each.path, len(each.networks), each.modified_at, each.problem) for each in read_lists(folder)]
    for name in FILES:
        database = Database(folder / name)
        reader = database.reader()
        count = reader.metadata().node_count if reader is not None else 0
        built = float(reader.metadata().build_epoch) if reader is not None else None
        told.append(_told(database.path, count, built, database.problem))
    emit({"lists": told}, as_json, "\n".join(_line(each) for each in told))


def _told(path: Path, entries: int, at: float | None, problem: str) -> dict[str, Any]:
    return {
        "file": path.name,
        "entries": entries,
        "changed": datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") if at is not None else None,
        "age_days": round(max(0.0, time.time() - at) / 86400, 1) if at is not None else None,
        "problem": problem,
    }


def _line(told: dict[str, Any]) -> str:
    said = f"{told['entries']:,} entries, {told['age_days']} days old" if told["changed"] else ""
    return f"{told['file']}: {'; '.join(filter(None, (said, told['problem'])))}"
