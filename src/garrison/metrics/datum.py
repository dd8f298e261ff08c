"""What is put and what is read: data of metrics, and points of time with what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from garrison.detect.examples import Example
from garrison.detect.summary import Summary


class Metric(NamedTuple):
    """A metric: its namespace, its name, and the exact combination of dimensions."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    """Names and values, in the order of names."""


@dataclass(frozen=True, slots=True)
class Datum:
    """Samples of a metric at a time."""

    metric: Metric
    at: datetime
    summary: Summary
    unit: str = "None"
    is_high_resolution: bool = False
    """Whether each second is kept on its own, for three hours, besides its minute."""
    examples: tuple[Example, ...] = ()
    """Some of the log events that it counts, for whoever is to be told of them; the first few of a minute are kept."""


class Source(NamedTuple):
    """Where data come from that must be counted once, though the same ones may be put again after a crash."""

    name: str
    position: int
    """How far the source is with these data; data up to a position that was put before are passed over."""


class Point(NamedTuple):
    """What is known of a metric from a time on, for as many seconds as `resolution` says."""

    at: int
    """The beginning, in seconds since 1970."""
    resolution: int
    unit: str
    summary: Summary
