"""The least-privilege policy for what chosen rules need to read: the actions behind the operations that will be called.

Most actions are called as their operations. Source: AWS Service Authorization Reference.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from garrison.collect import plan

STATEMENT = "GarrisonReads"


@cache
def _table() -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = tomllib.loads(
        files("garrison.assess").joinpath("data", "actions.toml").read_text(encoding="utf-8")
    )
    return read


def action_of(service: str, operation: str) -> str:
    """The action that an operation needs; services by botocore's names."""
    other = _table()["actions"].get(f"{service}:{operation}")
    return other or f"{_table()['prefixes'].get(service, service)}:{operation}"


def actions_for(wanted: Mapping[str, Iterable[str]], *, every_region: bool = False) -> list[str]:
    """The actions for types with the parts that are wanted of each."""
    calls = plan(list(wanted), parts=wanted)
    actions = {action_of(call.service, call.operation) for call in calls}
    return sorted(actions | ({"ec2:DescribeRegions"} if every_region else set()))


def policy_for(wanted: Mapping[str, Iterable[str]], *, every_region: bool = False) -> dict[str, Any]:
    """An identity policy that allows just that. None of the actions changes anything; GetCallerIdentity needs no permission."""
    actions = actions_for(wanted, every_region=every_region)
    statement = {"Sid": STATEMENT, "Effect": "Allow", "Action": actions, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
