"""Which metrics a check reads of which resources, and the numbers that were measured, gaps among them.

A check declares its metrics, so that those of all checks are asked for once, in batches. Source: Amazon CloudWatch API reference,
"GetMetricData".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from garrison.items import Item
from garrison.rules.reading import Unseen

DAY, HOUR, FIVE_MINUTES = timedelta(days=1), timedelta(hours=1), timedelta(minutes=5)


class MetricQuery(NamedTuple):
    """One metric of one resource, over a number of periods that end when it is asked."""

    region: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    """Names and values, sorted."""
    statistic: str
    """`Average`, `Sum`, `Maximum`, `Minimum`, `SampleCount` or a percentile (`p95`)."""
    period: timedelta
    periods: int


@dataclass(frozen=True, slots=True)
class Series:
    """What was measured in consecutive periods, oldest first."""

    values: tuple[float | None, ...]
    """None where nothing was measured: a gap. What is no number is none either."""

    def __post_init__(self) -> None:
        """Make gaps of what is no number."""
        if not math.isfinite(sum(one for one in self.values if one is not None)):
            told = tuple(one if one is not None and math.isfinite(one) else None for one in self.values)
            object.__setattr__(self, "values", told)

    @property
    def known(self) -> tuple[float, ...]:
        """What was measured, without the gaps."""
        return tuple(one for one in self.values if one is not None)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that a check reads of each resource of a type."""

    on: str
    """The type of the resources."""
    namespace: str
    name: str
    dimensions: Callable[[Item], Mapping[str, str] | None]
    """A resource's dimensions; None where the metric is not meant for it, and is not asked for."""
    statistic: str
    periods: int
    """How many periods back."""
    period: timedelta = DAY
    is_zero_where_absent: bool = False
    """Whether the service measures only while there is something to measure (requests, errors), so that a gap says that there was nothing."""
    most_gaps: float = 0.5
    """The share of gaps above which nothing can be said, unless gaps are zero."""

    def query(self, item: Item) -> MetricQuery | None:
        """What to ask for a resource."""
        dimensions = self.dimensions(item)
        if dimensions is None:
            return None
        return MetricQuery(
            item.region,
            self.namespace,
            self.name,
            tuple(sorted(dimensions.items())),
            self.statistic,
            self.period,
            self.periods,
        )

    def read(self, series: Series) -> Series:
        """A resource's series as the check may take it; raises `Unseen` where the gaps leave too little."""
        values = series.values
        gaps = values.count(None)
        if not gaps:
            return series
        if self.is_zero_where_absent:
            return Series(tuple(one or 0.0 for one in values))
        known = len(values) - gaps
        if not known or gaps > len(values) * self.most_gaps:
            raise Unseen(f"{self.namespace} {self.name}: measured in {known} of {len(values)} periods")
        return series


def of_id(dimension: str) -> Callable[[Item], Mapping[str, str]]:
    """The dimensions of resources that are measured by their id alone."""
    return lambda item: {dimension: item.resource_id}


Measured = Mapping[MetricQuery, Series | str]
"""What was measured, by what was asked for; a text says why something could not be."""
