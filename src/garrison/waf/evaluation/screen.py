"""One look at all that the patterns of a web ACL or rule group read, which tells for nearly every request that none of them matches.

Each view has patterns of its own; here all of them are held against everything that any view sees of what they read, in one scan. What is
not found so is nowhere. What is found may have been found in a view that its statement does not read: then the statement itself looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.waf.patterns import SEPARATOR, PatternSet

if TYPE_CHECKING:
    from garrison.waf.evaluation.evaluation import Evaluation
    from garrison.waf.evaluation.views import Reading, View


class Screen:
    """A pattern set with the fields that its patterns are looked for in. Filled while statements are compiled, then of any thread."""

    __slots__ = ("_readings", "patterns")

    def __init__(self, patterns: PatternSet) -> None:
        self.patterns = patterns
        self._readings: list[Reading] = []

    def look_at(self, view: View) -> None:
        """Take in what a statement reads that has a pattern of the set."""
        reading = view.reading.cover
        reading.sight.take_in(view)
        if reading not in self._readings:
            self._readings.append(reading)

    def possible(self, evaluation: Evaluation) -> frozenset[int]:
        """The numbers of the patterns that may match somewhere: all of them where a field is larger than what is inspected, or has a verdict."""
        place = self.patterns.place
        known = evaluation.possible[place]
        if known is None:
            known = evaluation.possible[place] = self._found(evaluation)
        return known

    def _found(self, evaluation: Evaluation) -> frozenset[int]:
        known = evaluation.seen
        lines: list[bytes] = []
        for reading in self._readings:
            seen = known[reading.index]
            if seen is None:
                seen = reading.seen(evaluation)
                if seen is None:
                    return self.patterns.numbers
            lines += seen
        return self.patterns.possible(SEPARATOR.join(lines), evaluation.scratches[self.patterns.place])
