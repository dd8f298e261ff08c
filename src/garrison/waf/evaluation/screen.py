"""One look at all that the patterns of a web ACL or rule group read, which tells for nearly every request that none of them matches.

Each view has patterns of its own; here all of them are held against everything that any of them reads, in one scan. What is not found
so is nowhere. What is found may have been found in a view that its statement does not read: then the statement itself looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.waf.patterns import SEPARATOR, PatternSet

if TYPE_CHECKING:
    from garrison.waf.evaluation.evaluation import Evaluation
    from garrison.waf.evaluation.steps import Step
    from garrison.waf.evaluation.values import Values
    from garrison.waf.evaluation.views import Reading, View


class Screen:
    """A pattern set with the views that its patterns are looked for in. Filled while statements are compiled, then of any thread."""

    __slots__ = ("_on", "patterns")

    def __init__(self, patterns: PatternSet) -> None:
        self.patterns = patterns
        self._on: dict[Reading, _Looks] = {}

    def look_at(self, view: View) -> None:
        """Take in what a statement reads that has a pattern of the set."""
        looks = self._on.setdefault(view.reading, _Looks())
        looks.views[view] = None
        if all(step.is_of_case for step in view.on_dull):
            looks.ways[view.on_dull] = None
        else:
            looks.others[view] = None

    def possible(self, evaluation: Evaluation) -> frozenset[int]:
        """The numbers of the patterns that may match somewhere: all of them where a field is larger than what is inspected, or has a verdict."""
        place = self.patterns.place
        known = evaluation.possible[place]
        if known is None:
            known = evaluation.possible[place] = self._found(evaluation)
        return known

    def _found(self, evaluation: Evaluation) -> frozenset[int]:
        lines: dict[tuple[Step, ...], list[bytes]] = {}
        """What dull values are, by the way to what the views see, which is gone for all at once."""
        closely: dict[Values, None] = {}
        known = evaluation.raw
        for reading, looks in self._on.items():
            raw = known[reading.index] or reading.whole(evaluation)
            if raw is None or raw.verdict is not None:
                return self.patterns.numbers
            if not raw.items:
                continue
            if raw.awake:
                views = looks.views
            else:
                views = looks.others
                for way in looks.ways:
                    lines.setdefault(way, []).append(raw.lines)
            for view in views:
                closely[view.values(evaluation)] = None
        texts = [_after(way, SEPARATOR.join(several)) for way, several in lines.items()]
        texts += [values.lines for values in closely]
        return self.patterns.possible(SEPARATOR.join(texts), evaluation.scratches[self.patterns.place])


class _Looks:
    """What is looked at of a reading."""

    __slots__ = ("others", "views", "ways")

    def __init__(self) -> None:
        self.views: dict[View, None] = {}
        """All views on it."""
        self.ways: dict[tuple[Step, ...], None] = {}
        """What is done to dull values on the way to a view, where it is done to letters alone: nothing, or what makes them small."""
        self.others: dict[View, None] = {}
        """The views for which more is done to dull values."""


def _after(way: tuple[Step, ...], lines: bytes) -> bytes:
    for step in way:
        lines = step.apply(lines)
    return lines
