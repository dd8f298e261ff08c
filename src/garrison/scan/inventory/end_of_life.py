"""Until when a distribution's release gets security fixes for nothing: a table of facts, each group with the page it is from."""

from __future__ import annotations

import functools
import json
from importlib.resources import files


def end_of_life(distribution: str, version: str) -> str:
    """The last day, `2028-06-30`; empty where the table does not know. `3.19.1` is looked for as `3.19` and `3` too."""
    days = _table().get(distribution, {})
    parts = version.split(".")
    return next((days[found] for n in range(len(parts), 0, -1) if (found := ".".join(parts[:n])) in days), "")


@functools.cache
def _table() -> dict[str, dict[str, str]]:
    said = files("garrison.scan.inventory").joinpath("data/end_of_life.json").read_bytes()
    return {name: found["days"] for name, found in json.loads(said).items()}
