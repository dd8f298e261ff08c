"""Which combinations of patterns one text can match at once, each with such a text.

A pattern is a row of positions in a non-deterministic automaton; all positions of all patterns are the bits of one number, so
that a character moves every pattern by two operations (Shift-And, Baeza-Yates and Gonnet 1992). Sets of bits that can be
reached are the states of the product automaton; they are made only as far as the search gets.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .effort import Effort


class Wildcard(enum.Enum):
    """What a position or a loop accepts, if it is not a set of characters."""

    ANY = "any character"
    NO_COLON = "any character but a colon"


Accepts = str | Wildcard
"""The characters of a text, any of them; or a wildcard."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern: positions to be matched in turn, and loops that stay where they are."""

    positions: tuple[Accepts, ...]
    loops: tuple[tuple[int, Wildcard], ...] = ()
    """Before which position (its number; the last is the end) any run of characters may stand."""

    @property
    def is_literal(self) -> bool:
        """Whether the shape is one text."""
        return not self.loops and all(isinstance(one, str) and len(one) == 1 for one in self.positions)

    @property
    def prefix(self) -> str:
        """The literal text that everything of the shape begins with."""
        end = min((number for number, _ in self.loops), default=len(self.positions))
        text: list[str] = []
        for one in self.positions[:end]:
            if not isinstance(one, str) or len(one) != 1:
                break
            text.append(one)
        return "".join(text)

    @property
    def is_everything(self) -> bool:
        """Whether every text is of the shape."""
        return not self.positions and self.loops == ((0, Wildcard.ANY),)


EVERYTHING = Shape((), ((0, Wildcard.ANY),))


def text_shape(text: str, *, ignoring_case: bool = False) -> Shape:
    """The shape of one text, or of all its spellings."""
    if not ignoring_case:
        return Shape(tuple(text))
    return Shape(tuple("".join(sorted({one, *_single(one.lower()), *_single(one.upper())})) for one in text))


def _single(text: str) -> str:
    return text if len(text) == 1 else ""


def sample(shape: Shape, filling: str = "") -> str:
    """A text of the shape, with `filling` where any run may stand."""
    loops = dict(shape.loops)
    text: list[str] = []
    for number in range(len(shape.positions) + 1):
        if number in loops:
            text.append(filling)
        if number < len(shape.positions):
            one = shape.positions[number]
            text.append(one[0] if isinstance(one, str) else "x")
    return "".join(text)


@dataclass(frozen=True, slots=True)
class Combination:
    """The patterns that one text matches."""

    matched: int
    """Bit n is set where the nth pattern matches."""
    text: str


class Product:
    """Patterns side by side."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self._literal: dict[str, int] = {}
        self._any = self._no_colon = self._loop_any = self._loop_no_colon = 0
        self._start = 0
        self._accepting: list[int] = []
        self._alive: list[int] = []
        offset = 0
        for shape in shapes:
            self._place(shape, offset)
            length = len(shape.positions)
            self._start |= 1 << offset
            self._accepting.append(1 << (offset + length))
            self._alive.append(((1 << (length + 1)) - 1) << offset)
            offset += length + 1
        self._characters = _alphabet(self._literal)
        self._cost = 1 + len(self._characters) * (1 + offset // 1024) // 8

    def _place(self, shape: Shape, offset: int) -> None:
        for number, accepts in enumerate(shape.positions):
            bit = 1 << (offset + number)
            if accepts is Wildcard.ANY:
                self._any |= bit
            elif accepts is Wildcard.NO_COLON:
                self._no_colon |= bit
            else:
                for character in accepts:
                    self._literal[character] = self._literal.get(character, 0) | bit
        for number, wildcard in shape.loops:
            if wildcard is Wildcard.ANY:
                self._loop_any |= 1 << (offset + number)
            else:
                self._loop_no_colon |= 1 << (offset + number)

    def matched(self, text: str) -> int:
        """Which patterns a text matches."""
        state = self._start
        for character in text:
            state = self._step(state, character)
        return self._accepted(state)

    def combinations(self, effort: Effort, required: int = 0) -> Iterator[Combination]:
        """Every combination in which pattern `required` is matched, once, the shortest texts first."""
        alive = self._alive[required]
        accepting = self._accepting[required]
        yielded: set[int] = set()
        parents: dict[int, tuple[int, str] | None] = {self._start: None}
        queue = deque((self._start,))
        while queue:
            state = queue.popleft()
            if state & accepting:
                matched = self._accepted(state)
                if matched not in yielded:
                    yielded.add(matched)
                    yield Combination(matched, _spelled(parents, state))
            effort.spend(self._cost)
            for character in self._characters:
                following = self._step(state, character)
                if following & alive and following not in parents:
                    parents[following] = (state, character)
                    queue.append(following)

    def _step(self, state: int, character: str) -> int:
        moving = self._literal.get(character, 0) | self._any
        staying = self._loop_any
        if character != ":":
            moving |= self._no_colon
            staying |= self._loop_no_colon
        return ((state & moving) << 1) | (state & staying)

    def _accepted(self, state: int) -> int:
        return sum(1 << number for number, bit in enumerate(self._accepting) if state & bit)


_PLAIN = "x0aeiou7bcdfghjklmnpqrstvwyz-_/.=@+ABCDEFGHIJKLMNOPQRSTUVWXYZ12345689~!,;"


def _alphabet(literal: Iterable[str]) -> tuple[str, ...]:
    """The characters that patterns tell apart, after one that none of them names."""
    named = set(literal) | {":"}
    other = next((one for one in _PLAIN if one not in named), None)
    if other is None:
        other = next(chr(code) for code in range(0xA1, 0x10000) if chr(code) not in named)
    return (other, *sorted(named))


def _spelled(parents: dict[int, tuple[int, str] | None], state: int) -> str:
    text: list[str] = []
    step = parents[state]
    while step is not None:
        state, character = step
        text.append(character)
        step = parents[state]
    return "".join(reversed(text))


def intersects(one: Shape, other: Shape, effort: Effort) -> bool:
    """Whether some text is of both shapes."""
    shorter = min(len(one.prefix), len(other.prefix))
    if one.prefix[:shorter] != other.prefix[:shorter]:
        return False
    return any(found.matched & 2 for found in Product((one, other)).combinations(effort))


def includes(larger: Shape, smaller: Shape, effort: Effort) -> bool:
    """Whether every text of the smaller shape is of the larger."""
    if larger.is_everything or larger == smaller:
        return True
    if not smaller.prefix.startswith(larger.prefix):
        return False
    return all(found.matched & 2 for found in Product((smaller, larger)).combinations(effort))
