"""Which events change what, which errors are refusals, and how a record names what was changed; as classes.toml says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class ChangeClass:
    """Events that change one kind of thing."""

    name: str
    title: str
    sources: tuple[str, ...]
    events: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    """Where no events are named: how names begin that change nothing."""


@cache
def change_classes() -> tuple[ChangeClass, ...]:
    """The classes, in the order in which events are looked at."""
    return tuple(
        ChangeClass(
            one["name"], one["title"], tuple(one["sources"]), tuple(one.get("events", ())), tuple(one.get("reads", ()))
        )
        for one in _data()["change"]
    )


def refused_codes() -> tuple[str, ...]:
    """What `errorCode` is like where a call was refused; % stands for any text."""
    return tuple(_data()["refused"]["codes"])


def read_names() -> tuple[str, ...]:
    """How names of events begin that change nothing."""
    return tuple(_data()["reads"]["names"])


def changed_resource(record: Mapping[str, Any]) -> str:
    """What a record says was changed: its first resource, else what its parameters or its answer name; empty where nothing."""
    for one in record.get("resources") or ():
        if isinstance(one, Mapping) and (arn := one.get("ARN") or one.get("arn")):
            return str(arn)
    for member in ("requestParameters", "responseElements"):
        told = record.get(member)
        if isinstance(told, Mapping) and (found := _named(told)):
            return found
    return ""


def _named(told: Mapping[str, Any]) -> str:
    if len(told) == 1 and isinstance(inner := next(iter(told.values())), Mapping) and "items" not in inner:
        told = inner  # as EC2 records newer operations: {"DeleteNatGatewayRequest": {…}}
    members = {str(name).lower(): value for name, value in told.items()}
    for name in _data()["resources"]["names"]:
        value = members.get(name.lower())
        found = ", ".join(dict.fromkeys(_ids(value))) if value is not None else ""
        if found:
            return found
    return ""


def _ids(value: Any) -> Iterator[str]:
    """A name, or the ids in one of EC2's sets."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping) and isinstance(value.get("items"), list):
        for item in value["items"]:
            yield from _first_id(item)


def _first_id(item: Any) -> Iterable[str]:
    if not isinstance(item, Mapping):
        return ()
    return [str(value) for name, value in item.items() if str(name).lower().endswith("id") and isinstance(value, str)][
        :1
    ]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("garrison.lake.report").joinpath("classes.toml").read_text(encoding="utf-8"))
