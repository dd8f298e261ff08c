"""What metric data becomes: a statistic set, and how its values are distributed as far as that is known.

Source: CloudWatch User Guide, "CloudWatch statistics definitions", on which data percentiles can be had of.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST_VALUES = 1000
"""Distinct values that a summary keeps; beyond, near ones become one."""
BUCKET_RATIO = 1.01
"""How far apart, as a ratio, values lie that become one: percentiles are then right to one percent."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Samples of one metric, added up."""

    count: float
    total: float
    minimum: float
    maximum: float
    values: Mapping[float, float] | None
    """How often each value came; None where only a statistic set is known, or a value is negative."""

    @property
    def average(self) -> float:
        """The mean of all samples."""
        return self.total / self.count if self.count else 0.0


def of_values(values: Sequence[float], counts: Sequence[float] | None = None) -> Summary:
    """The summary of values, each with how often it came (once where nothing is said). There is at least one."""
    weights = counts if counts is not None else [1.0] * len(values)
    kept: dict[float, float] = {}
    for value, weight in zip(values, weights, strict=True):
        kept[value] = kept.get(value, 0.0) + weight
    total = math.fsum(value * weight for value, weight in kept.items())
    lowest = min(kept)
    return Summary(math.fsum(kept.values()), total, lowest, max(kept), _bounded(kept) if lowest >= 0 else None)


def of_statistic_set(count: float, total: float, minimum: float, maximum: float) -> Summary:
    """The summary of a statistic set; its distribution is known only where all values are the same."""
    is_one_value = minimum == maximum and math.isclose(total, minimum * count) and minimum >= 0
    return Summary(count, total, minimum, maximum, {minimum: count} if is_one_value else None)


def merged(summaries: Iterable[Summary]) -> Summary | None:
    """Several summaries as one; None where there is none."""
    found = list(summaries)
    if len(found) <= 1:
        return found[0] if found else None
    return Summary(
        math.fsum(each.count for each in found),
        math.fsum(each.total for each in found),
        min(each.minimum for each in found),
        max(each.maximum for each in found),
        _merged_values([each.values for each in found]),
    )


def _merged_values(distributions: Iterable[Mapping[float, float] | None]) -> Mapping[float, float] | None:
    values: dict[float, float] = {}
    for each in distributions:
        if each is None:
            return None
        for value, weight in each.items():
            values[value] = values.get(value, 0.0) + weight
    return _bounded(values)


def _bounded(values: dict[float, float]) -> Mapping[float, float]:
    """The same distribution, with near values as one at their weighted mean where there are too many."""
    if len(values) <= MOST_VALUES:
        return values
    ratio = BUCKET_RATIO
    while True:
        buckets: dict[int | None, tuple[float, float]] = {}
        for value, weight in values.items():
            place = math.floor(math.log(value) / math.log(ratio)) if value > 0 else None
            total, count = buckets.get(place, (0.0, 0.0))
            buckets[place] = (total + value * weight, count + weight)
        if len(buckets) <= MOST_VALUES:
            return {total / count if count else 0.0: count for total, count in buckets.values()}
        ratio *= ratio  # values that span hundreds of orders of magnitude
