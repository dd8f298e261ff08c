"""Rules of ComplianceAsCode that have no template: which of our own checks judges them. A table of facts."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any


def native(rule: str) -> tuple[str, Mapping[str, Any]] | None:
    """The kind of check and its arguments; None where there is none of ours."""
    said = _table().get(rule)
    return None if said is None else (said["kind"], said.get("arguments", {}))


@functools.cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("garrison.scan.benchmarks").joinpath("data", "natives.toml").read_text())
