"""Metrics are asked for in batches, page by page, once; gaps stay gaps, and what cannot be had says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from garrison.advising import MetricCache, measure
from garrison.rules.advice import MetricQuery, Series

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def query(number: int = 0, region: str = "eu-west-1", periods: int = 3, period: timedelta = DAY) -> MetricQuery:
    dimensions = (("InstanceId", f"i-{number}"),)
    return MetricQuery(region, "AWS/EC2", "CPUUtilization", dimensions, "Average", period, periods)


class Upstream:
    """What CloudWatch answers: for each query these values at these times, and as many pages."""

    def __init__(self, *results: dict[str, Any]) -> None:
        self.results = results
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, region: str, parameters: dict[str, Any]) -> Iterable[dict[str, Any]]:
        self.asked.append((region, parameters))
        for result in self.results:
            yield {
                "MetricDataResults": [
                    {"Id": one["Id"], **result}
                    for one in parameters["MetricDataQueries"]
                    if result.get("of", one["Id"]) == one["Id"]
                ]
            }


def days(*numbers: int) -> list[datetime]:
    return [MIDNIGHT - number * DAY for number in numbers]


def test_values_stand_where_they_were_measured_and_gaps_stay_gaps() -> None:
    upstream = Upstream(
        {"Timestamps": days(3), "Values": [1.0], "StatusCode": "PartialData"},
        {"Timestamps": days(1, 7, -1), "Values": [3.0, 9.0, 9.0], "StatusCode": "Complete"},
    )
    assert measure([query()], upstream, now=NOW) == {query(): Series((1.0, None, 3.0))}
    ((region, parameters),) = upstream.asked
    assert (region, parameters["StartTime"], parameters["EndTime"]) == ("eu-west-1", MIDNIGHT - 3 * DAY, MIDNIGHT)


def test_queries_of_one_region_and_window_share_calls_of_500() -> None:
    upstream = Upstream({"Timestamps": [], "Values": []})
    many = [query(number) for number in range(501)] + [query(region="us-east-1"), query(periods=7)]
    assert set(measure(many, upstream, now=NOW)) == set(many)
    assert sorted(len(parameters["MetricDataQueries"]) for _, parameters in upstream.asked) == [1, 1, 1, 500]


def test_what_is_over_is_asked_for_once_a_day() -> None:
    cache, upstream = MetricCache(), Upstream({"Timestamps": days(1), "Values": [3.0]})
    first = measure([query()], upstream, now=NOW, cache=cache)
    assert measure([query()], upstream, now=NOW + timedelta(hours=11), cache=cache) == first
    assert len(upstream.asked) == 1
    measure([query()], upstream, now=NOW + timedelta(hours=12), cache=cache)
    assert len(upstream.asked) == 2


def test_what_cannot_be_had_says_why_and_is_asked_for_again() -> None:
    cache = MetricCache()

    def throttled(region: str, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        raise ClientError({"Error": {"Code": "Throttling", "Message": "Rate exceeded"}}, "GetMetricData")
        yield {}

    assert measure([query()], throttled, now=NOW, cache=cache) == {query(): "Throttling"}
    forbidden = Upstream({"of": "m0", "StatusCode": "Forbidden"}, {"of": "m1", "Timestamps": days(1), "Values": [1.0]})
    found = measure([query(0), query(1)], forbidden, now=NOW, cache=cache)
    assert found == {query(0): "Forbidden", query(1): Series((None, None, 1.0))}


def test_an_upstream_without_end_is_left() -> None:
    def endless(region: str, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        while True:
            yield {"MetricDataResults": []}

    assert measure([query()], endless, now=NOW) == {query(): "ValueError"}


@given(st.lists(st.tuples(st.integers(-20, 20), st.floats(allow_nan=True)), max_size=30), st.integers(1, 14))
def test_no_answer_gives_more_values_than_were_asked_for(told: list[tuple[int, float]], periods: int) -> None:
    upstream = Upstream({"Timestamps": days(*(one for one, _ in told)), "Values": [value for _, value in told]})
    (series,) = measure([query(periods=periods)], upstream, now=NOW).values()
    assert isinstance(series, Series)
    assert len(series.values) == periods
