"""Ask CloudWatch for what checks read: in batches, page by page, each metric once, and what cannot be had with the reason.

Days are those of UTC that are over. Source: Amazon CloudWatch API reference, "GetMetricData".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from garrison.batches import batched
from garrison.collect.failures import reason_of
from garrison.rules.advice import MetricQuery, Series

MOST_QUERIES = 500
"""That GetMetricData takes at a time."""
MOST_DATAPOINTS = 100_800
"""That it answers in a page."""
MOST_PAGES = 100
"""Of one batch; an upstream that says more is not believed."""
MOST_CACHED = 50_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Pages = Callable[[str, dict[str, Any]], Iterable[Mapping[str, Any]]]
"""The pages that CloudWatch of a region answers to GetMetricData with these parameters."""


@dataclass(slots=True)
class MetricCache:
    """What was measured of an account in a window that is over: it changes no more, so that it is asked for once a day."""

    kept: dict[tuple[MetricQuery, datetime], Series] = field(default_factory=dict)

    def get(self, query: MetricQuery, until: datetime) -> Series | None:
        """The series of a query whose window ends then."""
        return self.kept.get((query, until))

    def put(self, query: MetricQuery, until: datetime, series: Series) -> None:
        """Keep a series; what is older than a day goes, and all of it where it is too much."""
        if len(self.kept) >= MOST_CACHED:
            self.kept = {key: one for key, one in self.kept.items() if until - key[1] < timedelta(days=1)}
        if len(self.kept) < MOST_CACHED:
            self.kept[query, until] = series


def measure(
    queries: Iterable[MetricQuery], pages: Pages, *, now: datetime, cache: MetricCache | None = None
) -> dict[MetricQuery, Series | str]:
    """What was measured, by query; a text says why something could not be. Never raises for what an upstream answers."""
    found: dict[MetricQuery, Series | str] = {}
    wanted: list[MetricQuery] = []
    for query in queries:
        kept = cache.get(query, end_of(query, now)) if cache is not None else None
        if kept is not None:
            found[query] = kept
        else:
            wanted.append(query)
    wanted.sort(key=_place)
    for _, alike in groupby(wanted, key=_place):
        for batch in batched(alike, MOST_QUERIES):
            answers = _asked(batch, pages, now)
            found |= answers
            if cache is not None:
                for query, series in answers.items():
                    if isinstance(series, Series):
                        cache.put(query, end_of(query, now), series)
    return found


def end_of(query: MetricQuery, now: datetime) -> datetime:
    """The end of the last period that is over."""
    return _EPOCH + (now - _EPOCH) // query.period * query.period


def _place(query: MetricQuery) -> tuple[str, timedelta, int]:
    return query.region, query.period, query.periods


def _asked(batch: list[MetricQuery], pages: Pages, now: datetime) -> dict[MetricQuery, Series | str]:
    """One batch: queries of one region and one window."""
    first = batch[0]
    until = end_of(first, now)
    since = until - first.periods * first.period
    values: list[list[float | None]] = [[None] * first.periods for _ in batch]
    reasons: dict[int, str] = {}
    parameters = {
        "MetricDataQueries": [_query(number, query) for number, query in enumerate(batch)],
        "StartTime": since,
        "EndTime": until,
        "ScanBy": "TimestampAscending",
        "MaxDatapoints": MOST_DATAPOINTS,
    }
    try:
        for result in _results(pages(first.region, parameters)):
            number = int(str(result["Id"])[1:])
            if (status := result.get("StatusCode")) in ("InternalError", "Forbidden"):
                reasons[number] = str(status)
            for at, value in zip(result.get("Timestamps", ()), result.get("Values", ()), strict=False):
                index = (at - since) // first.period
                if 0 <= index < first.periods:  # what an upstream tells of other times is none of ours
                    values[number][index] = float(value)
    except Exception as failure:  # one region that cannot be asked does not keep the others away
        return dict.fromkeys(batch, reason_of(failure))
    return {query: reasons.get(number) or Series(tuple(values[number])) for number, query in enumerate(batch)}


def _results(pages: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for number, page in enumerate(pages):
        if number >= MOST_PAGES:
            raise ValueError("GetMetricData answers without end")
        yield from page.get("MetricDataResults", ())


def _query(number: int, query: MetricQuery) -> dict[str, Any]:
    metric = {
        "Namespace": query.namespace,
        "MetricName": query.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in query.dimensions],
    }
    seconds = int(query.period.total_seconds())
    return {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": seconds, "Stat": query.statistic}}
