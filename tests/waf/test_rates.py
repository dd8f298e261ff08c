"""Sliding windows count within 5 % of what really came, and stay bounded."""

from __future__ import annotations

import random
from bisect import bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.waf.rates import SUB_BUCKETS, WINDOWS, Count, MemoryCounters

START = 1_790_000_000.0


def exact(times: list[float], now: float, seconds: float) -> int:
    """How many of the sorted times lie in the seconds up to now."""
    return bisect_right(times, now) - bisect_right(times, now - seconds)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("kind", ["steady", "poisson", "waves"])
def test_a_count_is_within_five_per_cent_of_the_exact_one(window: int, kind: str) -> None:
    chance = random.Random(f"{window}{kind}")
    counters, times, now = MemoryCounters(), [], START
    worst = 0.0
    while now < START + 3 * window:
        rate = 20 * 60 / window if kind != "waves" else (2 + 38 * (int(now / window * 4) % 2)) * 60 / window
        now += 1 / rate if kind == "steady" else chance.expovariate(rate)
        times.append(now)
        counted, real = counters.hit("r", b"k", window, now), exact(times, now, window)
        if real > 200:
            worst = max(worst, abs(counted - real) / real)
    assert worst <= 0.05


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 30), min_size=1, max_size=200), st.sampled_from(WINDOWS))
def test_a_count_lies_between_those_of_windows_a_sixtieth_shorter_and_longer(gaps: list[float], window: int) -> None:
    counters, times, now = MemoryCounters(), [], START
    step = window / SUB_BUCKETS
    for gap in gaps:
        now += gap
        times.append(now)
        counted = counters.hit("r", b"k", window, now)
        assert exact(times, now, window - step - 1e-3) <= counted <= exact(times, now, window + step + 1e-3)


def test_a_flood_of_new_keys_does_not_hide_a_busy_one() -> None:
    counters = MemoryCounters(most_keys=100)
    counted = 0
    for number in range(5_000):
        now = START + number / 100
        counters.hit("r", b"new-%d" % number, 60, now)
        if number % 50 == 0:
            counted = counters.hit("r", b"busy", 60, now)
    assert counted == 100
    assert len(counters._rules["r"]) <= 100


def test_the_limited_keys_are_those_over_the_limit_the_busiest_first_until_the_window_has_passed() -> None:
    counters = MemoryCounters()
    for key, times in ((b"a", 12), (b"b", 30), (b"c", 10)):
        for _ in range(times):
            counters.hit("r", key, 60, START)
    assert counters.over("r", 10, 60, START + 30) == [Count(b"b", 30), Count(b"a", 12)]
    assert counters.over("r", 10, 60, START + 62) == []
    assert counters.over("other", 10, 60, START) == []


def test_a_clock_that_goes_back_loses_no_request() -> None:
    counters = MemoryCounters()
    assert [counters.hit("r", b"k", 60, now) for now in (START, START - 5, START)] == [1, 2, 3]
