"""The report's pictures as inline SVG: a ring for a score, bars for many, a strip for severities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import pi

from garrison.assess.scores import Score
from garrison.findings import Severity

_RADIUS, _BAR, _LABEL, _ROW = 52, 420, 170, 26
"""Pixels: the ring's radius, a full bar, the room for a bar's name, a bar's row."""


def ring(score: Score) -> str:
    """A ring that is as full as the score."""
    share = score.share
    length = 2 * pi * _RADIUS
    told = "–" if share is None else f"{percent(share)} %"
    filled = 0.0 if share is None else share * length
    return (
        f'<svg class=ring viewBox="0 0 130 130" role="img" aria-label="Score: {told}">'
        f'<circle cx="65" cy="65" r="{_RADIUS}" class=track></circle>'
        f'<circle cx="65" cy="65" r="{_RADIUS}" class="{grade(share)}" stroke-dasharray="{filled:.1f} {length:.1f}" '
        'transform="rotate(-90 65 65)"></circle>'
        f'<text x="65" y="73" text-anchor="middle">{told}</text></svg>'
    )


def bars(scores: Mapping[str, Score], title: str) -> str:
    """A bar for each score, with what was decided in numbers."""
    rows = [(name, score) for name, score in scores.items() if score.share is not None]
    if not rows:
        return ""
    height, width = len(rows) * _ROW, _LABEL + _BAR + 150
    drawn = "".join(_bar(number * _ROW, name, score) for number, (name, score) in enumerate(rows))
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {width} {height}" style="max-width:{width}px" '
        f'role="img" aria-label="{escape(title)}">{drawn}</svg></figure>'
    )


def _bar(top: int, name: str, score: Score) -> str:
    share = score.share or 0.0
    label = name if len(name) <= 26 else f"{name[:25]}…"
    told = f"{percent(share)} %, {score.failed:,} of {score.failed + score.passed:,} failed"
    return (
        f'<g><title>{escape(name)}: {told}</title><text x="{_LABEL - 8}" y="{top + 16}" text-anchor="end">{escape(label)}</text>'
        f'<rect x="{_LABEL}" y="{top + 4}" width="{_BAR}" height="15" rx="3" class=track></rect>'
        f'<rect x="{_LABEL}" y="{top + 4}" width="{share * _BAR:.1f}" height="15" rx="3" class="{grade(share)}"></rect>'
        f'<text x="{_LABEL + _BAR + 8}" y="{top + 16}" class=soft>{told}</text></g>'
    )


def strip(failed: Mapping[Severity, int]) -> str:
    """One bar in which each severity has its share of the failures."""
    total = sum(failed.values())
    if not total:
        return ""
    x, drawn = 0.0, []
    for severity, count in failed.items():
        width = 600 * count / total
        told = f"{severity.value.lower()}: {count:,}"
        drawn.append(
            f'<rect x="{x:.1f}" y="0" width="{width:.1f}" height="22" class="{severity.value.lower()}"><title>{told}</title></rect>'
        )
        x += width
    return (
        '<svg class=strip viewBox="0 0 600 22" preserveAspectRatio="none" role="img" aria-label="Failures by severity">'
        f"{''.join(drawn)}</svg>"
    )


def grade(share: float | None) -> str:
    """The class of a colour for a score."""
    if share is None:
        return "none"
    limits: Sequence[tuple[float, str]] = ((0.9, "good"), (0.7, "fair"))
    return next((name for least, name in limits if share >= least), "bad")


def percent(share: float) -> str:
    """Whole percents; never 100 where anything failed."""
    return str(int(share * 100))
