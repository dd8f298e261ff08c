"""What a check came to, before it is told with its rule; and how what a host says is shown to people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from garrison.scan.benchmarks.check import Verdict

MOST_EVIDENCE = 2_000
"""Characters of one check's evidence."""
MOST_NAMED = 10
"""Places named in one check's evidence; the rest is a number."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict and what it rests on."""

    verdict: Verdict
    evidence: str = ""


class Unreadable(Exception):
    """Something that a check needs is there and cannot be read: its verdict is unknown."""


class BadRule(Exception):
    """The rule lacks an argument or has one that means nothing: its verdict is unknown."""


def passes(evidence: str = "") -> Outcome:
    """The host is as the rule asks."""
    return Outcome(Verdict.PASS, evidence)


def fails(evidence: str) -> Outcome:
    """The host is not as the rule asks, at the place that the evidence names."""
    return Outcome(Verdict.FAIL, evidence)


def unknown(evidence: str) -> Outcome:
    """Nobody can tell."""
    return Outcome(Verdict.UNKNOWN, evidence)


def not_applicable(evidence: str) -> Outcome:
    """There is nothing on the host that the rule is about."""
    return Outcome(Verdict.NOT_APPLICABLE, evidence)


def decided(is_right: bool, evidence: str) -> Outcome:
    """Pass or fail, for the same reason."""
    return passes(evidence) if is_right else fails(evidence)


def named(places: Iterable[str]) -> str:
    """The first places and the number of the others."""
    listed = list(places)
    rest = len(listed) - MOST_NAMED
    return "; ".join(listed[:MOST_NAMED]) + (f"; and {rest} more" if rest > 0 else "")


def shown(text: str) -> str:
    """A host's words as one line that any terminal and any encoding bear: control characters and broken bytes are escaped."""
    plain = text if text.isprintable() else "".join(char if char.isprintable() else _escaped(char) for char in text)
    return plain if len(plain) <= MOST_EVIDENCE else plain[: MOST_EVIDENCE - 1] + "…"


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
