"""Statistics: what each says of known values, and properties that hold for all."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.detect.statistics import SIMPLE, extended_statistic, percentile_share, statistic
from garrison.detect.summary import BUCKET_RATIO, MOST_VALUES, Summary, merged, of_statistic_set, of_values

TEN = of_values([float(value) for value in range(1, 11)])
CASES = [
    ("p0", 1), ("p10", 1), ("p50", 5), ("p90", 9), ("p99", 10), ("p100", 10), ("p99.9", 10),
    ("tm90", 5), ("TM(:90%)", 5), ("TM(10%:90%)", 5.5), ("TM(2:9)", 6), ("TM(:3)", 2), ("TM(8:)", 9.5), ("TM(80%:)", 9.5),
    ("tc90", 9), ("TC(2:9)", 7), ("TC(20%:80%)", 6), ("ts90", 45), ("TS(80%:)", 19), ("TS(2:4)", 7),
    ("IQM", 5.5), ("wm90", (45 + 9) / 10), ("WM(10%:90%)", (2 * 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 * 2) / 10),
    ("WM(2:9)", (3 * 3 + 4 + 5 + 6 + 7 + 8 + 9 * 2) / 10),
    ("PR(:3)", 30), ("PR(3:7)", 40), ("PR(7:)", 30), ("PR(0:0.5)", 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_a_statistic_of_one_to_ten(name: str, expected: float) -> None:
    found = statistic(name)
    assert found is not None
    assert found(TEN) == pytest.approx(expected)


@pytest.mark.parametrize(
    "name",
    [
        "p",
        "p101",
        "P99",
        "p-1",
        "tm101",
        "TM90",
        "tm(1:2)",
        "TM()",
        "TM(:)",
        "TM(1:2%)",
        "TM(%:5)",
        "TM(9:2)",
        "TM(:101%)",
        "PR(1%:2%)",
        "iqm",
        "IQM(1:2)",
        "pr90",
        "sum",
        "",
        "p" * 99,
        "p1e2",
        "p٣",
        "TM(1:2)x",
    ],
)
def test_what_is_no_statistic(name: str) -> None:
    assert statistic(name) is None


def test_the_five_are_not_extended() -> None:
    assert all(extended_statistic(name) is None for name in SIMPLE)


def test_a_percentile_knows_its_share() -> None:
    assert percentile_share("p99.9") == pytest.approx(0.999)
    assert percentile_share("tm99") is None


def test_a_statistic_set_has_no_percentiles_unless_all_its_values_are_the_same() -> None:
    median = extended_statistic("p50")
    assert median is not None
    assert median(of_statistic_set(3, 9, 1, 5)) is None
    assert median(of_statistic_set(3, 9, 3, 3)) == 3
    assert median(of_values([-1.0, 2.0])) is None
    mixed = merged([of_values([1.0]), of_statistic_set(2, 3, 1, 2)])
    assert mixed is not None
    assert median(mixed) is None


SAMPLES = st.lists(st.floats(0, 1e9).filter(lambda it: it == 0 or it > 1e-9), min_size=1, max_size=60)


@given(SAMPLES, SAMPLES)
def test_merging_is_as_good_as_one_summary(first: list[float], second: list[float]) -> None:
    both, one = merged([of_values(first), of_values(second)]), of_values(first + second)
    assert both is not None
    assert (both.count, both.minimum, both.maximum, both.values) == (one.count, one.minimum, one.maximum, one.values)
    assert both.total == pytest.approx(one.total)


@given(SAMPLES, st.floats(0, 100), st.floats(0, 100))
def test_bounded_statistics_stay_within_the_values(values: list[float], low: float, high: float) -> None:
    summary = of_values(values)
    low, high = round(min(low, high), 3), round(max(low, high), 3)
    names = [f"p{high}", f"tm{high}", f"wm{high}", f"TM({low}%:{high}%)", f"WM({low}%:{high}%)", "IQM"]
    for name in names:
        found = statistic(name)
        value = found(summary) if found is not None else None
        if value is not None:
            slack = 1e-6 * max(values)
            assert summary.minimum - slack <= value <= summary.maximum + slack, name


@pytest.mark.parametrize("seed", range(5))
def test_too_many_values_become_fewer_and_stay_near(seed: int) -> None:
    values = [10 ** Random(seed * 10_000 + number).uniform(-3, 3) for number in range(MOST_VALUES + 500)]
    summary = of_values(values)
    assert summary.values is not None
    assert len(summary.values) <= MOST_VALUES
    assert sum(summary.values.values()) == pytest.approx(len(values))
    found = statistic("p50")
    exact = sorted(values)[(len(values) - 1) // 2]
    assert found is not None
    assert found(summary) == pytest.approx(exact, rel=8 * (BUCKET_RATIO - 1))


def test_a_summary_without_samples_averages_nothing() -> None:
    assert Summary(0, 0, 0, 0, {}).average == 0
