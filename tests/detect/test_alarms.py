"""The state of alarms: the tables of the guide, and what holds for every alarm."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.detect.alarm_reasons import LONGEST_DATA, LONGEST_REASON, reason, reason_data
from garrison.detect.alarms import (
    ALARM,
    COMPARISONS,
    INSUFFICIENT_DATA,
    OK,
    Rule,
    breaches_by_now,
    evaluate,
    has_too_few_samples,
    may_look_at_present,
    window_starts,
)
from garrison.detect.summary import of_values

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
KEPT = "kept"
THREE_OF_THREE = [
    ("0 - X - X", OK, OK, OK, OK),
    ("0 - - - -", OK, OK, OK, OK),
    ("- - - - -", INSUFFICIENT_DATA, KEPT, ALARM, OK),
    ("0 X X - X", ALARM, ALARM, ALARM, ALARM),
    ("- - X - -", ALARM, KEPT, ALARM, OK),
    ("- - - - X", OK, KEPT, ALARM, OK),
    ("- - - X -", OK, KEPT, ALARM, OK),
    ("X - - - -", ALARM, KEPT, ALARM, OK),
    ("- - - X 0", OK, OK, OK, OK),
    ("- - X - 0", OK, OK, OK, OK),
]
TWO_OF_THREE = [
    ("0 - X - X", ALARM, ALARM, ALARM, ALARM),
    ("0 0 X 0 X", ALARM, ALARM, ALARM, ALARM),
    ("0 - X - -", OK, OK, ALARM, OK),
    ("- - - - 0", OK, OK, ALARM, OK),
    ("- - - X -", ALARM, KEPT, ALARM, OK),
    ("X X 0 0 X", OK, OK, OK, OK),
]
ROWS = [(row, 3) for row in THREE_OF_THREE] + [(row, 2) for row in TWO_OF_THREE]


def rule(missing: str = "missing", of: int = 3, least: int = 3, comparison: str = "GreaterThanThreshold") -> Rule:
    return Rule(comparison, 5.0, of, least, missing)


def points(text: str) -> list[float | None]:
    return [{"0": 1.0, "X": 9.0, "-": None}[sign] for sign in text.split()]


@pytest.mark.parametrize(("row", "least"), ROWS)
@pytest.mark.parametrize("current", [OK, ALARM, INSUFFICIENT_DATA])
def test_missing_data_are_treated_as_the_guide_says(row: tuple[str, ...], least: int, current: str) -> None:
    for treatment, expected in zip(TREATMENTS, row[1:], strict=True):
        found = evaluate(points(row[0]), rule(treatment, least=least), current).state
        assert found == (current if expected == KEPT else expected), (row[0], treatment)


@pytest.mark.parametrize(
    ("comparison", "states"),
    [
        ("GreaterThanThreshold", (OK, OK, ALARM)),
        ("GreaterThanOrEqualToThreshold", (OK, ALARM, ALARM)),
        ("LessThanThreshold", (ALARM, OK, OK)),
        ("LessThanOrEqualToThreshold", (ALARM, ALARM, OK)),
    ],
)
def test_every_comparison(comparison: str, states: tuple[str, ...]) -> None:
    one = rule(of=1, least=1, comparison=comparison)
    assert tuple(evaluate([value], one, OK).state for value in (4.0, 5.0, 6.0)) == states


VALUES = st.lists(st.one_of(st.none(), st.floats(0, 10)), min_size=3, max_size=12)


@given(VALUES, st.sampled_from(TREATMENTS), st.integers(1, 10), st.integers(1, 10), st.sampled_from(list(COMPARISONS)))
def test_a_verdict_follows_from_what_it_used(
    values: list[float | None], treatment: str, of: int, least: int, comparison: str
) -> None:
    of = min(of, len(values))
    least = min(least, of)
    one = rule(treatment, of, least, comparison)
    verdict = evaluate(values, one, OK)
    assert len(verdict.used) + verdict.filled == of
    assert list(verdict.used) == sorted(verdict.used, reverse=True)
    assert all(values[place] is not None for place in verdict.used)
    if verdict.state == INSUFFICIENT_DATA:
        assert not verdict.used
    starts = [60 * place for place in range(len(values))]
    summaries = {60 * place: of_values([value]) for place, value in enumerate(values) if value is not None}
    assert 0 < len(reason(verdict, one, values, starts, OK)) <= LONGEST_REASON
    now = datetime(2026, 1, 1, tzinfo=UTC)
    text = reason_data(verdict, one, summaries, values, starts, now=now, period=60, statistic="Sum", unit=None)
    assert len(text) <= LONGEST_DATA


@given(VALUES, st.integers(1, 6), st.integers(1, 6))
def test_what_breaches_by_now_is_an_alarm_however_missing_data_are_treated(
    values: list[float | None], of: int, least: int
) -> None:
    of = min(of, len(values))
    least = min(least, of)
    last = values[-of:]
    for treatment in TREATMENTS:
        one = rule(treatment, of, least)
        if breaches_by_now(last, one):
            assert evaluate(last, one, OK).state == ALARM


def test_the_range_ends_with_the_last_whole_minute_or_the_present_one() -> None:
    now = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)
    noon = int(datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp())
    one = rule(of=1, least=1)
    assert window_starts(now, 300, one) == [noon - 900, noon - 600, noon - 300]
    assert window_starts(now, 300, one, with_present=True)[-1] == noon - 240
    assert window_starts(now, 10, one)[-1] == noon + 20


def test_only_what_can_but_rise_is_judged_before_its_end() -> None:
    assert may_look_at_present(rule(), "Sum")
    assert not may_look_at_present(rule(), "Average")
    assert not may_look_at_present(rule(comparison="LessThanThreshold"), "Sum")


@pytest.mark.parametrize(
    ("statistic", "samples", "too_few"),
    [
        ("p99", 999, True),
        ("p99", 1000, False),
        ("p10", 99, True),
        ("p10", 100, False),
        ("p50", 19, True),
        ("p50", 20, False),
        ("p100", 10**9, True),
        ("tm99", 1, False),
        ("Sum", 1, False),
    ],
)
def test_a_percentile_needs_samples(statistic: str, samples: float, too_few: bool) -> None:
    assert has_too_few_samples(statistic, samples) is too_few


def test_reasons_read_as_cloudwatchs() -> None:
    starts = [0, 60, 120]
    values = [None, 1.0, 9.0]
    alarm = evaluate(values, rule(of=1, least=1), OK)
    assert reason(alarm, rule(of=1, least=1), values, starts, OK) == (
        "Threshold Crossed: 1 out of the last 1 datapoints [9.0 (01/01/70 00:02:00)] was greater than the threshold (5.0) "
        "(minimum 1 datapoint for OK -> ALARM transition)."
    )
    nothing: list[float | None] = [None] * 3
    for treatment, words in (
        ("missing", "Insufficient Data: 1 datapoint was unknown."),
        (
            "notBreaching",
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
        ),
    ):
        one = rule(treatment, 1, 1)
        assert reason(evaluate(nothing, one, OK), one, nothing, starts, OK) == words
