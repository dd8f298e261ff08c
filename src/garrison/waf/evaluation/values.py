"""The values of a field at one point of their way through the transformations, with all that was found out about them.

Views whose transformations change nothing, as on most requests, see the very same values, and so share what was found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from garrison.waf.evaluation.steps import waking
from garrison.waf.found import Found
from garrison.waf.patterns import SEPARATOR, Matches

if TYPE_CHECKING:
    from garrison.waf.evaluation.evaluation import Evaluation
    from garrison.waf.evaluation.steps import Step
    from garrison.waf.patterns import PatternSet


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """A detector, which is known by itself."""

    detect: Callable[[bytes], Found | None]
    dismisses: Callable[[bytes], bool] = lambda _: False
    """Whether it can be seen at once that it finds nothing in several values, given with `SEPARATOR` between."""


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

    __slots__ = ("_after", "_awake", "_found", "_judged", "_signs", "items", "lines", "verdict")

    def __init__(
        self,
        items: tuple[bytes, ...],
        verdict: bool | None = None,
        awake: tuple[int, ...] | None = None,
        lines: bytes | None = None,
    ) -> None:
        self.items = items
        self.verdict = verdict
        """What oversize handling or a fallback decided about the field already."""
        self._found: dict[PatternSet, Matches] | None = None
        """What `matches` said before; none of these is made for the many values that nobody asks about."""
        self._after: dict[Step, Values] | None = None
        self._judged: dict[Judge, tuple[int, Found] | None] | None = None
        self._signs: dict[PatternSet, frozenset[int]] | None = None
        self.lines = SEPARATOR.join(items) if lines is None else lines
        """All of them with line ends between, as patterns look at several at once."""
        self._awake = awake

    @property
    def awake(self) -> tuple[int, ...]:
        """Which of them decoding may change. Of most fields none: then the values are called dull."""
        awake = self._awake
        if awake is None:
            awake = self._awake = waking(self.lines, self.items) if self.items else ()
        return awake

    def after(self, step: Step) -> Values:
        """What a transformation makes of them; themselves when it changes nothing."""
        known = self._after
        if known is None:
            known = self._after = {}
        made = known.get(step)
        if made is None:
            made = known[step] = self._changed(step)
        return made

    def _changed(self, step: Step) -> Values:
        if step.is_decoding:
            return self._decoded(step)
        awake = self.awake if step.is_of_case else None
        if awake == ():  # no line end is inside a value, so that all are changed as one
            lines = self.lines
            changed = step.apply(lines)
            return self if changed == lines else Values(tuple(changed.split(SEPARATOR)), None, (), changed)
        items = tuple(map(step.apply, self.items))
        return self if items == self.items else Values(items, None, awake)

    def _decoded(self, step: Step) -> Values:
        """Only what is awake may change; what is changed counts as awake still."""
        items, apply, changed = self.items, step.apply, False
        for at in self.awake:
            made = apply(items[at])
            if made is not items[at]:
                if not changed:
                    changed, items = True, list(items)  # type: ignore[assignment]
                items[at] = made  # type: ignore[index]
        return Values(tuple(items), None, self.awake) if changed else self

    def matches(self, patterns: PatternSet, evaluation: Evaluation) -> Matches:
        """Which patterns match any of them."""
        known = self._found
        if known is None:
            known = self._found = {}
        found = known.get(patterns)
        if found is None:
            if self.verdict is None:
                found = self._scanned(patterns, evaluation) or NOTHING
            else:
                found = EVERYTHING if self.verdict else NOTHING
            known[patterns] = found
        return found

    def _scanned(self, patterns: PatternSet, evaluation: Evaluation) -> Matches:
        lines = self.lines if len(self.items) > 1 else None
        return patterns.scan(self.items, evaluation.scratches[patterns.place], lines)

    def judged(self, judge: Judge, signs: PatternSet, evaluation: Evaluation) -> tuple[int, Found] | None:
        """The first part that a detector is convinced by, and where in it."""
        known = self._judged
        if known is None:
            known = self._judged = {}
        if judge not in known:
            known[judge] = self._first(judge, signs, evaluation)
        return known[judge]

    def _first(self, judge: Judge, signs: PatternSet, evaluation: Evaluation) -> tuple[int, Found] | None:
        """Asked only where one of its signs is there, and more than can be dismissed at once."""
        if judge.dismisses(self.lines):
            return None
        known = self._signs
        if known is None:
            known = self._signs = {}
        has_signs = known.get(signs)
        if has_signs is None:
            has_signs = known[signs] = signs.possible(self.lines, evaluation.scratches[signs.place])
        if not has_signs:
            return None
        for part, value in enumerate(self.items):
            found = judge.detect(value)
            if found is not None:
                return part, found
        return None
