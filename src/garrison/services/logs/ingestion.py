"""What the filters of a group make of the events that come in: metric values, and events that wait for a subscription."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.detect.examples import example_of
from garrison.detect.patterns import Event, PatternSet, compile_pattern
from garrison.detect.patterns.literals import number_of
from garrison.services.logs.resources import MetricFilter, SubscriptionFilter

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.logs.resources import LogGroup

MINUTE = 60_000
"""Milliseconds; metric values of one minute are one point."""
MOST_EXAMPLES = 10
"""How many matching events go along with a metric's minute, so that an alarm can say who did what."""

Dimensions = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Found:
    """What the filters made of a batch of events."""

    data: list[dict[str, Any]] = field(default_factory=list)
    """Metric values: namespace, name, dimensions, unit, time, values with their counts, and events that made them."""
    minutes: list[tuple[str, int, dict[str, Any] | None]] = field(default_factory=list)
    waiting: list[tuple[str, list[int]]] = field(default_factory=list)
    """Subscriptions by their keys, and which events wait for them."""


@lru_cache(maxsize=256)
def _set_of(patterns: tuple[str, ...]) -> PatternSet:
    return PatternSet([compile_pattern(pattern) for pattern in patterns])


def looked_at(call: Call, group: LogGroup, events: Sequence[tuple[int, str]], now: int) -> Found:
    """Look at events (time and message) with every filter of their group."""
    found = Found()
    filters = filters_of(call, group)
    subscriptions = subscriptions_of(call, group)
    if not filters and not subscriptions:
        return found
    texts = [each.pattern for each in filters] + [each.pattern for each in subscriptions]
    patterns = _set_of(tuple(texts))
    waiting: dict[int, list[int]] = {}
    points: dict[tuple[int, Dimensions, int], _Point] = {}
    matched: set[int] = set()
    for place, (at, message) in enumerate(events):
        event = Event(message)
        for number in patterns.matches(event):
            if number >= len(filters):
                waiting.setdefault(number - len(filters), []).append(place)
                continue
            matched.add(number)
            value = _value(filters[number], patterns, number, event)
            if value is None:
                continue
            dimensions = _dimensions(filters[number], patterns, number, event)
            if dimensions is not None:
                shown = message if group.kms_key is None else None  # what is encrypted is copied nowhere in clear
                points.setdefault((number, dimensions, at - at % MINUTE), _Point()).count(value, shown)
    found.waiting = [(key_of(subscriptions[number]), places) for number, places in waiting.items()]
    for (number, dimensions, minute), point in points.items():
        body = _body(filters[number], dimensions, minute)
        found.data.append(body | point.shown)
    for number, each in enumerate(filters):
        if each.default_value is not None:
            minute = now - now % MINUTE
            default = _body(each, (), minute) | {"values": [each.default_value], "counts": [1], "examples": []}
            found.minutes.append((f"{group.token}/{each.name}", minute, None if number in matched else default))
    return found


@dataclass(slots=True)
class _Point:
    """What a metric counts in one minute."""

    counts: dict[float, int] = field(default_factory=dict)
    """How often each value came."""
    examples: list[dict[str, str]] = field(default_factory=list)

    def count(self, value: float, message: str | None) -> None:
        """Count an event."""
        self.counts[value] = self.counts.get(value, 0) + 1
        if message is not None and len(self.examples) < MOST_EXAMPLES:
            self.examples.append(msgspec.to_builtins(example_of(message)))

    @property
    def shown(self) -> dict[str, Any]:
        """As it waits to be published."""
        return {"values": list(self.counts), "counts": list(self.counts.values()), "examples": self.examples}


def filters_of(call: Call, group: LogGroup) -> list[MetricFilter]:
    """The metric filters of a group."""
    return list(
        call.unit.page(MetricFilter, where={"log_group": group.name}, account=group.account, region=group.region)
    )


def subscriptions_of(call: Call, group: LogGroup) -> list[SubscriptionFilter]:
    """The subscription filters of a group."""
    return list(
        call.unit.page(SubscriptionFilter, where={"log_group": group.name}, account=group.account, region=group.region)
    )


def key_of(subscription: SubscriptionFilter) -> str:
    """What events wait under: where the filter is found, and its token."""
    place = (subscription.account, subscription.region, subscription.log_group, subscription.name, subscription.token)
    return codec.encode(place).decode()


def _value(metric: MetricFilter, patterns: PatternSet, number: int, event: Event) -> float | None:
    """What an event counts; None where the field it is to be read from is missing or no number."""
    text = metric.value
    if text.startswith("$"):
        text = patterns.patterns[number].value(event, text) or ""
    found = number_of(text.strip())
    return None if found is None else float(found)


def _dimensions(metric: MetricFilter, patterns: PatternSet, number: int, event: Event) -> Dimensions | None:
    """The values of the dimensions; None where an event lacks one, for it belongs to no metric then."""
    if not metric.dimensions:
        return ()
    values = [(name, patterns.patterns[number].value(event, of)) for name, of in sorted(metric.dimensions.items())]
    return tuple((name, value[:255]) for name, value in values if value) if all(v for _, v in values) else None


def _body(metric: MetricFilter, dimensions: Dimensions, minute: int) -> dict[str, Any]:
    return {
        "namespace": metric.namespace,
        "name": metric.metric_name,
        "dimensions": dict(dimensions),
        "unit": metric.unit or "None",
        "at": minute,
    }
