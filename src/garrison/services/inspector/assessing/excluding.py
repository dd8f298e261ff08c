"""Exclusions: what a run cannot assess, said so that nothing found never reads as nothing there."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from garrison.services.inspector.resources import Pair
from garrison.services.inspector.storage.agents import Excluded

_MOST_ATTRIBUTES = 50


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("exclusions.toml").read_text(encoding="utf-8"))


def title_of(kind: str) -> str:
    """What exclusions of a kind are called."""
    return _texts()[kind]["title"]


def excluded(
    kind: str,
    *,
    instance: str | None = None,
    package: str | None = None,
    attributes: Sequence[Pair] = (),
    **facts: str,
) -> Excluded:
    """An exclusion of a kind about a host, a rules package or both; `facts` fill the gaps of its description."""
    text = _texts()[kind]
    scopes = [("INSTANCE_ID", instance), ("RULES_PACKAGE_ARN", package)]
    return Excluded(
        title=text["title"],
        description=text["description"].format_map(facts),
        recommendation=text["recommendation"],
        scopes=tuple((key, value) for key, value in scopes if value) or (("INSTANCE_ID", "*"),),
        attributes=tuple(attributes[:_MOST_ATTRIBUTES]),
    )
