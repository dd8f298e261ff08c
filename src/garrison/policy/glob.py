"""Wildcards in linear time: `*` is any run of characters, `?` is one, and nothing backtracks.

A pattern is a sequence of tokens rather than a string, because a policy variable's value and `${*}` are literal text even
where they hold an asterisk. Matching is greedy: the pieces between the asterisks are found from left to right, which is
enough because an asterisk may always take more. `*a*a*a*…` therefore costs one pass over the text, where a regular
expression would try every split of it; a piece with `?` in it is found bit-parallel, also in one pass.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable

Matcher = Callable[[str], bool]


class Wild(enum.Enum):
    """A token that is not literal text."""

    MANY = "*"
    ONE = "?"


Token = str | Wild


def tokenize(pattern: str) -> tuple[Token, ...]:
    """Split a pattern into literal text and wildcards; neighbouring asterisks are one."""
    tokens: list[Token] = []
    start = 0
    for position, character in enumerate(pattern):
        if character in "*?":
            if start < position:
                tokens.append(pattern[start:position])
            start = position + 1
            wild = Wild.MANY if character == "*" else Wild.ONE
            if wild is Wild.ONE or not tokens or tokens[-1] is not Wild.MANY:
                tokens.append(wild)
    if start < len(pattern):
        tokens.append(pattern[start:])
    return tuple(tokens)


def literal_of(tokens: Iterable[Token]) -> str:
    """The text of tokens where wildcards mean themselves."""
    return "".join(token if isinstance(token, str) else token.value for token in tokens)


def has_wildcards(tokens: Iterable[Token]) -> bool:
    """Whether any token is not literal text."""
    return any(isinstance(token, Wild) for token in tokens)


def compile_glob(tokens: Iterable[Token]) -> Matcher:
    """A matcher for a whole text; the frequent simple shapes become one string operation."""
    pieces = [_Piece(piece) for piece in _split_at_many(tokens)]
    if len(pieces) == 1:
        return pieces[0].equals
    head, *middle, tail = pieces
    if all(piece.literal is not None for piece in pieces):
        simple = _simple(head.literal or "", [piece.literal or "" for piece in middle], tail.literal or "")
        if simple is not None:
            return simple
    return _greedy(head, middle, tail)


def compile_pattern(pattern: str) -> Matcher:
    """`compile_glob` for a pattern without policy variables."""
    return compile_glob(tokenize(pattern))


def _split_at_many(tokens: Iterable[Token]) -> list[list[Token]]:
    pieces: list[list[Token]] = [[]]
    for token in tokens:
        if token is Wild.MANY:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def _simple(head: str, middle: list[str], tail: str) -> Matcher | None:
    """One string operation for `*`, `head*`, `*tail`, `head*tail` and `*part*`."""
    middle = [part for part in middle if part]
    if not middle:
        if not head and not tail:
            return lambda text: True
        if not tail:
            return lambda text: text.startswith(head)
        if not head:
            return lambda text: text.endswith(tail)
        shortest = len(head) + len(tail)
        return lambda text: len(text) >= shortest and text.startswith(head) and text.endswith(tail)
    if len(middle) == 1 and not head and not tail:
        part = middle[0]
        return lambda text: part in text
    return None


class _Piece:
    """What stands between two asterisks: literal text, with `?` at known offsets."""

    __slots__ = ("_accepting", "_open", "length", "literal", "parts")

    def __init__(self, tokens: list[Token]) -> None:
        self.parts: list[tuple[int, str]] = []
        offset = 0
        for token in tokens:
            if isinstance(token, str):
                self.parts.append((offset, token))
                offset += len(token)
            else:
                offset += 1
        self.length = offset
        self.literal = "".join(text for _, text in self.parts) if not has_wildcards(tokens) else None
        self._accepting, self._open = ({}, 0) if self.literal is not None else self._bits()

    def equals(self, text: str) -> bool:
        return len(text) == self.length and self.stands_at(text, 0)

    def stands_at(self, text: str, position: int) -> bool:
        return all(text.startswith(part, position + offset) for offset, part in self.parts)

    def find(self, text: str, start: int, end: int) -> int:
        """The leftmost position in text[start:end] where the piece stands, or -1."""
        if self.literal is not None:
            return text.find(self.literal, start, end)
        reached, last = 0, 1 << (self.length - 1)
        for position in range(start, end):
            reached = ((reached << 1) | 1) & self._accepting.get(text[position], self._open)
            if reached & last:
                return position - self.length + 1
        return -1

    def _bits(self) -> tuple[dict[str, int], int]:
        """For Shift-And (Baeza-Yates and Gonnet, 1992): bit n of a character's number is set where it may be the nth."""
        literal = {offset + n: character for offset, part in self.parts for n, character in enumerate(part)}
        anything = sum(1 << offset for offset in range(self.length) if offset not in literal)
        accepting: dict[str, int] = {}
        for offset, character in literal.items():
            accepting[character] = accepting.get(character, anything) | (1 << offset)
        return accepting, anything


def _greedy(head: _Piece, middle: list[_Piece], tail: _Piece) -> Matcher:
    shortest = head.length + sum(piece.length for piece in middle) + tail.length

    def matches(text: str) -> bool:
        end = len(text) - tail.length
        if len(text) < shortest or not head.stands_at(text, 0) or not tail.stands_at(text, end):
            return False
        position = head.length
        for piece in middle:
            found = piece.find(text, position, end)
            if found < 0:
                return False
            position = found + piece.length
        return True

    return matches
