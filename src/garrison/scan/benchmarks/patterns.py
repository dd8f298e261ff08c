"""Regular expressions that come with rules, matched in time that grows with the text alone.

Python's `re` backtracks, so that a pattern of a hostile rule file could hold a scan for years, and the standard library has no other
engine. What `re` parses is run here as a set of states instead, one step for each character (Thompson's construction), and the steps
taken are kept. Look-arounds, back references and word boundaries are refused: no rule uses them.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from garrison.scan.benchmarks.outcome import BadRule

MOST_PATTERN = 1_024
"""Characters of a pattern."""
MOST_STATES = 4_096
"""Of one pattern: counted repetitions are written out."""
MOST_STEPS = 20_000
"""Steps kept of one pattern."""

_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}
_BEGINNINGS = (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING)
_ENDS = (sre.AT_END, sre.AT_END_STRING)
Test = Callable[[str], bool]


class Pattern:
    """A pattern; `BadRule` where it cannot be used."""

    def __init__(self, text: str) -> None:
        if len(text) > MOST_PATTERN:
            raise BadRule("a pattern is too long")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parsed = parser.parse(text)
        except (re.error, OverflowError, RecursionError) as error:
            raise BadRule(f"a pattern cannot be read: {error}") from error
        if parsed.state.flags & ~re.UNICODE:
            raise BadRule("a pattern has flags")
        self._states = _States()
        self._start = self._states.sequence(parsed, self._states.final)
        self._steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def is_whole(self, subject: str) -> bool:
        """Whether it is all of a text."""
        return self._run(subject, anywhere=False)

    def is_in(self, subject: str) -> bool:
        """Whether it is found anywhere in a text."""
        return self._run(subject, anywhere=True)

    def _run(self, subject: str, *, anywhere: bool) -> bool:
        states = self._states
        last = len(subject)
        first = states.closed([self._start], at_beginning=True, at_end=not last)
        later = states.closed([self._start], at_beginning=False, at_end=False)
        current = first
        for place, char in enumerate(subject):
            if anywhere and states.final in current:
                return True
            if not current:
                return False
            current = self._step(current, char)
            if place + 1 == last:
                final = states.closed(
                    current | ({self._start} if anywhere else frozenset()), at_beginning=False, at_end=True
                )
                return states.final in final
            if anywhere:
                current |= later
        return states.final in current

    def _step(self, current: frozenset[int], char: str) -> frozenset[int]:
        key = (current, char)
        found = self._steps.get(key)
        if found is None:
            states = self._states
            reached = [
                after
                for state in current
                if (test := states.tests[state]) is not None and test(char)
                for after in states.after[state]
            ]
            found = states.closed(reached, at_beginning=False, at_end=False)
            if len(self._steps) < MOST_STEPS:
                self._steps[key] = found
        return found


class _States:
    """Numbered states: each has a test for a character, or none and leads on freely, at the text's ends only where it says so."""

    def __init__(self) -> None:
        self.tests: list[Test | None] = []
        self.after: list[tuple[int, ...]] = []
        self._where: list[object] = []
        self.final = self._add(None, ())

    def _add(self, test: Test | None, after: tuple[int, ...], where: object = None) -> int:
        if len(self.tests) >= MOST_STATES:
            raise BadRule("a pattern repeats too much")
        self.tests.append(test)
        self.after.append(after)
        self._where.append(where)
        return len(self.tests) - 1

    def closed(self, states: Iterable[int], *, at_beginning: bool, at_end: bool) -> frozenset[int]:
        """These states and those that they lead to without a character. A state that waits for the text's end stays, for `closed` at the end."""
        found: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state in found:
                continue
            found.add(state)
            where = self._where[state]
            is_open = where is None or (at_beginning and where in _BEGINNINGS) or (at_end and where in _ENDS)
            if self.tests[state] is None and is_open:
                waiting.extend(self.after[state])
        return frozenset(found)

    def sequence(self, parsed: Any, after: int) -> int:
        """The first state of a sequence that ends in `after`."""
        for operator, argument in reversed(list(parsed)):
            after = self._item(operator, argument, after)
        return after

    def _item(self, operator: Any, argument: Any, after: int) -> int:
        if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            least, most, inner = argument
            return self._repeated(least, most, inner, after)
        if operator is sre.SUBPATTERN:
            _group, added, removed, inner = argument
            if added or removed:
                raise BadRule("a pattern has flags")
            return self.sequence(inner, after)
        if operator is sre.BRANCH:
            return self._add(None, tuple(self.sequence(inner, after) for inner in argument[1]))
        if operator is sre.AT and argument in (*_BEGINNINGS, *_ENDS):
            return self._add(None, (after,), argument)
        return self._add(_test(operator, argument), (after,))

    def _repeated(self, least: int, most: Any, inner: Any, after: int) -> int:
        if most is sre.MAXREPEAT:
            loop = self._add(None, ())
            self.after[loop] = (self.sequence(inner, loop), after)
            after = loop
        else:
            if int(most) > MOST_STATES:
                raise BadRule("a pattern repeats too much")
            end = after
            for _ in range(int(most) - least):
                after = self._add(None, (self.sequence(inner, after), end))
        if least > MOST_STATES:
            raise BadRule("a pattern repeats too much")
        for _ in range(least):
            after = self.sequence(inner, after)
        return after


def _test(operator: Any, argument: Any) -> Test:
    if operator is sre.LITERAL:
        return chr(argument).__eq__
    if operator is sre.NOT_LITERAL:
        return chr(argument).__ne__
    if operator is sre.ANY:
        return "\n".__ne__
    if operator is sre.IN:
        is_negated = argument[0][0] is sre.NEGATE
        tests = [_member(*one) for one in argument[is_negated:]]
        return lambda char: any(test(char) for test in tests) is not is_negated
    raise BadRule(f"a pattern has {str(operator).lower()}")


def _member(operator: Any, argument: Any) -> Test:
    if operator is sre.LITERAL:
        return chr(argument).__eq__
    if operator is sre.RANGE:
        low, high = argument
        return lambda char: low <= ord(char) <= high
    if operator is sre.CATEGORY and argument in _CATEGORIES:
        compiled = re.compile(_CATEGORIES[argument])
        return lambda char: compiled.match(char) is not None
    raise BadRule(f"a pattern has {str(operator).lower()}")
