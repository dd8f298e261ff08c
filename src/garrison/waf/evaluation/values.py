"""The values of a field at one point of their way through the transformations, with all that was found out about them.

Views whose transformations change nothing, as on most requests, see the very same values, and so share what was found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from garrison.waf.evaluation.steps import STAYING, is_dull
from garrison.waf.found import Found
from garrison.waf.patterns import SEPARATOR, Matches

if TYPE_CHECKING:
    from garrison.waf.evaluation.evaluation import Evaluation
    from garrison.waf.evaluation.steps import Step
    from garrison.waf.patterns import PatternSet


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """A detector, with what tells cheaply that it finds nothing."""

    detect: Callable[[bytes], Found | None]
    may_find: Callable[[bytes], bool]
    """False only where it finds nothing in any of several values; asked with line ends between them."""


class _Everything(Matches):
    """What matches where the field's handling of what it cannot inspect says so."""

    def __contains__(self, number: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True


NOTHING: Matches = Matches()
"""What matches in nearly all values."""
EVERYTHING: Matches = _Everything()


class Values:
    """One value for each part of the field."""

    __slots__ = ("_after", "_dull", "_judged", "_lines", "_together", "found", "items", "verdict")

    def __init__(self, items: tuple[bytes, ...], verdict: bool | None = None, dull: bool | None = None) -> None:
        self.items = items
        self.verdict = verdict
        """What oversize handling or a fallback decided about the field already."""
        self.found: dict[PatternSet, Matches] = {}
        """What `matches` said before."""
        self._after: dict[str, Values] = {}
        self._judged: dict[Judge, tuple[int, Found] | None] = {}
        self._lines: bytes | None = None
        self._together: bytes | None = None
        self._dull = dull

    @property
    def is_dull(self) -> bool:
        """Whether no decoding changes anything."""
        dull = self._dull
        if dull is None:
            self._together = together = b"".join(self.items)
            dull = self._dull = is_dull(together)
        return dull

    @property
    def lines(self) -> bytes:
        """All of them with line ends between, as detectors and patterns look at several at once."""
        lines = self._lines
        if lines is None:
            lines = self._lines = SEPARATOR.join(self.items)
        return lines

    def after(self, step: Step) -> Values:
        """What a transformation makes of them; themselves when it changes nothing."""
        made = self._after.get(step.name)
        if made is None:
            made = self._after[step.name] = self._changed(step)
        return made

    def _changed(self, step: Step) -> Values:
        together = self._together
        if together is None:
            together = self._together = b"".join(self.items)
        if step.is_inert(together):
            return self
        dull = True if self._dull and step.name in STAYING else None
        return Values(tuple(map(step.apply, self.items)), None, dull)

    def matches(self, patterns: PatternSet, evaluation: Evaluation) -> Matches:
        """Which patterns match any of them."""
        found = self.found.get(patterns)
        if found is None:
            if self.verdict is None:
                found = self._scanned(patterns, evaluation) or NOTHING
            else:
                found = EVERYTHING if self.verdict else NOTHING
            self.found[patterns] = found
        return found

    def _scanned(self, patterns: PatternSet, evaluation: Evaluation) -> Matches:
        lines = self.lines if len(self.items) > 1 else None
        return patterns.scan(self.items, evaluation.scratches[patterns.place], lines)

    def judged(self, judge: Judge) -> tuple[int, Found] | None:
        """The first part that a detector is convinced by, and where in it."""
        if judge not in self._judged:
            self._judged[judge] = self._first(judge)
        return self._judged[judge]

    def _first(self, judge: Judge) -> tuple[int, Found] | None:
        items = self.items
        if len(items) > 1 and not judge.may_find(self.lines):
            return None
        for part, value in enumerate(items):
            found = judge.detect(value)
            if found is not None:
                return part, found
        return None
