"""Until when AWS supports runtimes and versions, and has had checks, read of the data files beside, each with its date and source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> Mapping[str, Any]:
    """A data file."""
    return tomllib.loads(files("garrison.rules.advice").joinpath("data", name).read_text("utf-8"))


def lambda_runtimes() -> Mapping[str, date | None]:
    """When each of Lambda's runtimes is deprecated; None where there is no date yet."""
    known = table("lambda-runtimes.toml")
    unscheduled: dict[str, date | None] = dict.fromkeys(known["not_scheduled"])
    return {**unscheduled, **known["deprecated"]}


def engine_support(engine: str, version: str) -> date | None:
    """When standard support of an RDS engine's major version ends; None where that is not in the table."""
    ends: Mapping[str, date] = table("rds-engines.toml")["standard_support"].get(engine, {})
    parts = version.split(".")
    return ends.get(".".join(parts[:2])) or ends.get(parts[0])


def system_support(system: str, version: str) -> date | None:
    """When support of an operating system's version ends; None where that is not in the table."""
    found: date | None = table("operating-systems.toml")[system].get(version)
    return found


def retired_checks() -> Mapping[str, date]:
    """The checks that AWS has no more, by id, and since when."""
    found: Mapping[str, date] = table("retired-checks.toml")["retired"]
    return found
