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

    __slots__ = ("_looks", "_ways", "patterns")

    def __init__(self, patterns: PatternSet) -> None:
        self.patterns = patterns
        self._looks: dict[Reading, _Looks] = {}
        self._ways: list[tuple[Step, ...]] = []
        """What is done to dull values on the way to a view, where it is done to letters alone: nothing, or what makes them small."""

    def look_at(self, view: View) -> None:
        """Take in what a statement reads that has a pattern of the set."""
        looks = self._looks.setdefault(view.reading, _Looks(view.reading))
        way = view.on_dull
        if view in looks.views:
            return
        looks.views.append(view)
        if not all(step.is_of_case for step in way):
            looks.others.append(view)
            return
        if way not in self._ways:
            self._ways.append(way)
        if self._ways.index(way) not in looks.ways:
            looks.ways.append(self._ways.index(way))

    def possible(self, evaluation: Evaluation) -> frozenset[int]:
        """The numbers of the patterns that may match somewhere: all of them where a field is larger than what is inspected, or has a verdict."""
        place = self.patterns.place
        known = evaluation.possible[place]
        if known is None:
            known = evaluation.possible[place] = self._found(evaluation)
        return known

    def _found(self, evaluation: Evaluation) -> frozenset[int]:
        known = evaluation.raw
        by_way: list[list[bytes]] = [[] for _ in self._ways]
        """What dull values are, by the way to what the views see, which is gone for all at once."""
        texts: dict[Values, bytes] = {}
        for looks in self._looks.values():
            reading = looks.reading
            raw = known[reading.index] or reading.whole(evaluation)
            if raw is None or raw.verdict is not None:
                return self.patterns.numbers
            if not raw.items:
                continue
            views = looks.views
            if not raw.awake:
                views = looks.others
                for way in looks.ways:
                    by_way[way].append(raw.lines)
            for view in views:
                values = view.values(evaluation)
                texts[values] = values.lines
        found = list(texts.values())
        for steps, lines in zip(self._ways, by_way, strict=True):
            if lines:
                text = SEPARATOR.join(lines)
                for step in steps:
                    text = step.apply(text)
                found.append(text)
        return self.patterns.possible(SEPARATOR.join(found), evaluation.scratches[self.patterns.place])


class _Looks:
    """What is looked at of a reading."""

    __slots__ = ("others", "reading", "views", "ways")

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.views: list[View] = []
        """All views on it."""
        self.ways: list[int] = []
        """The ways to views that see dull values as they are, or in other letters."""
        self.others: list[View] = []
        """The views for which more is done to dull values."""
