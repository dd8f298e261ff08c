"""The eleven alarms over the events of trails, as data: what each counts, and from how many on it goes off."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

NAMESPACE = "CloudTrailMetrics"
PERIOD_SECONDS = 300


@dataclass(frozen=True, slots=True)
class TrailAlarm:
    """One alarm over the events of trails."""

    name: str
    """Also the name of its metric filter."""
    about: str
    metric: str
    pattern: str
    """The filter pattern of the events that it counts."""
    threshold: float


@cache
def trail_alarms() -> tuple[TrailAlarm, ...]:
    """The alarms, in the order of the documentation."""
    text = (files("garrison.services.cloudwatch") / "trail_alarms.toml").read_text()
    return tuple(
        TrailAlarm(name, facts["about"], facts["metric"], _pattern(facts), float(facts.get("threshold", 1)))
        for name, facts in tomllib.loads(text).items()
    )


def _pattern(facts: dict[str, Any]) -> str:
    if "pattern" in facts:
        return str(facts["pattern"])
    events = " || ".join(f"($.eventName = {name})" for name in facts["events"])
    return f"{{ ($.eventSource = {facts['source']}) && ({events}) }}" if "source" in facts else f"{{ {events} }}"
