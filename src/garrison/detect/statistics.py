"""CloudWatch's statistics by name: the five of every statistic set, and those that need the values themselves.

Source: CloudWatch User Guide, "CloudWatch statistics definitions". A percentage bound cuts through the sorted samples at that
share of them; a bound that is a value leaves out what equals the lower one and takes what equals the upper one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from garrison.detect.summary import Summary

Statistic = Callable[[Summary], "float | None"]
"""Gives a summary's statistic; None where it cannot be had of it."""

SIMPLE: Mapping[str, Statistic] = {
    "SampleCount": lambda it: it.count,
    "Average": lambda it: it.average,
    "Sum": lambda it: it.total,
    "Minimum": lambda it: it.minimum,
    "Maximum": lambda it: it.maximum,
}
"""The statistics that every summary has."""

GROWING = frozenset({"SampleCount", "Sum", "Maximum"})
"""Statistics that more samples can only raise, as long as no value is negative."""

_NUMBER = r"\d{1,15}(?:\.\d{0,10})?"
_SINGLE = re.compile(rf"(p|tm|tc|ts|wm)({_NUMBER})", re.ASCII)
_RANGE = re.compile(rf"(TM|TC|TS|WM|PR)\(({_NUMBER})?(%)?:({_NUMBER})?(%)?\)", re.ASCII)


@lru_cache(maxsize=4096)
def statistic(name: str) -> Statistic | None:
    """The statistic of a name (`Sum`, `p99.9`, `TM(10%:90%)`, `PR(:300)` …); None where there is none."""
    return SIMPLE.get(name) or extended_statistic(name)


@lru_cache(maxsize=4096)
def extended_statistic(name: str) -> Statistic | None:
    """The same, of those that need the values themselves."""
    if name == "IQM":
        return partial(_with_values, _trimmed_mean, _by_share(0.25, 0.75))
    if single := _SINGLE.fullmatch(name):
        share = float(single[2]) / 100
        if share > 1:
            return None
        if single[1] == "p":
            return partial(_percentile, share)
        return partial(_with_values, _REDUCTIONS[single[1].upper()], _by_share(0.0, share))
    found = _RANGE.fullmatch(name)
    return _ranged(found) if found else None


def percentile_share(name: str) -> float | None:
    """Which share of the samples a percentile (`p99`) is above, from 0 to 1; None for every other statistic."""
    single = _SINGLE.fullmatch(name)
    return float(single[2]) / 100 if single and single[1] == "p" and float(single[2]) <= 100 else None


def _ranged(found: re.Match[str]) -> Statistic | None:
    kind, low, low_sign, high, high_sign = found.groups()
    if (low is None and high is None) or (low_sign and low is None) or (high_sign and high is None):
        return None
    signs = {bool(sign) for bound, sign in ((low, low_sign), (high, high_sign)) if bound is not None}
    if len(signs) > 1 or (kind == "PR" and True in signs):
        return None
    lower = float(low) if low is not None else None
    upper = float(high) if high is not None else None
    if lower is not None and upper is not None and lower >= upper:
        return None
    if True not in signs:
        return partial(_with_values, _REDUCTIONS[kind], _by_value(lower, upper))
    shares = ((lower or 0.0) / 100, (upper if upper is not None else 100.0) / 100)
    return partial(_with_values, _REDUCTIONS[kind], _by_share(*shares)) if max(shares) <= 1 else None


_Weighted = list[tuple[float, float]]
"""Values in order, each with its weight."""
_Cut = Callable[[_Weighted], "tuple[_Weighted, float, float]"]
"""What lies between two bounds, and the weight below and above them."""


def _by_share(low: float, high: float) -> _Cut:
    def cut(samples: _Weighted) -> tuple[_Weighted, float, float]:
        total = sum(weight for _, weight in samples)
        start, end = low * total, high * total
        kept, passed = [], 0.0
        for value, weight in samples:
            part = min(passed + weight, end) - max(passed, start)
            if part > 0:
                kept.append((value, part))
            passed += weight
        return kept, start, total - end

    return cut


def _by_value(low: float | None, high: float | None) -> _Cut:
    def cut(samples: _Weighted) -> tuple[_Weighted, float, float]:
        kept, below, above = [], 0.0, 0.0
        for value, weight in samples:
            if low is not None and value <= low:
                below += weight
            elif high is not None and value > high:
                above += weight
            else:
                kept.append((value, weight))
        return kept, below, above

    return cut


def _with_values(
    reduce: Callable[[_Weighted, float, float], float | None], cut: _Cut, summary: Summary
) -> float | None:
    if not summary.values:
        return None
    return reduce(*cut(sorted(summary.values.items())))


def _percentile(share: float, summary: Summary) -> float | None:
    """The lowest value that this share of the samples is not above."""
    if not summary.values:
        return None
    samples = sorted(summary.values.items())
    wanted = share * sum(weight for _, weight in samples)
    passed = 0.0
    for value, weight in samples:
        passed += weight
        if passed >= wanted * (1 - 1e-12):
            return value
    return samples[-1][0]


def _trimmed_count(kept: _Weighted, _below: float, _above: float) -> float | None:
    return sum(weight for _, weight in kept)


def _trimmed_sum(kept: _Weighted, _below: float, _above: float) -> float | None:
    return sum(value * weight for value, weight in kept)


def _trimmed_mean(kept: _Weighted, _below: float, _above: float) -> float | None:
    weight = sum(weight for _, weight in kept)
    return sum(value * part for value, part in kept) / weight if weight else None


def _winsorized_mean(kept: _Weighted, below: float, above: float) -> float | None:
    """The mean with what is outside moved to the nearest value inside."""
    if not kept:
        return None
    total = sum(weight for _, weight in kept) + below + above
    return (sum(value * part for value, part in kept) + kept[0][0] * below + kept[-1][0] * above) / total


def _percentile_rank(kept: _Weighted, below: float, above: float) -> float | None:
    inside = sum(weight for _, weight in kept)
    return 100 * inside / (inside + below + above)


_REDUCTIONS: Mapping[str, Callable[[_Weighted, float, float], float | None]] = {
    "TM": _trimmed_mean,
    "TC": _trimmed_count,
    "TS": _trimmed_sum,
    "WM": _winsorized_mean,
    "PR": _percentile_rank,
}
