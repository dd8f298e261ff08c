"""Where each statement stands in the text of a policy, as the policy simulator counts lines and columns.

Lines and columns begin at 1. As in AWS's answers a statement of a list begins where the part before it ends (behind the
opening bracket, or behind the statement before it) and ends behind its closing brace: the AWS CLI's example of
`simulate-principal-policy` gives line 3, column 19 for a list that opens with `    "Statement": [`.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import NamedTuple

_SPACE = re.compile(r"[ \t\n\r]*")
_decoder = json.JSONDecoder()


class Position(NamedTuple):
    """A place in a text."""

    line: int
    column: int


class Span(NamedTuple):
    """From the first character to behind the last one."""

    start: Position
    end: Position


def statement_spans(text: str) -> tuple[Span, ...]:
    """The span of each statement of a policy that was parsed before, in their order."""
    lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(offset: int) -> Position:
        line = bisect_right(lines, offset)
        return Position(line, offset - lines[line - 1] + 1)

    return tuple(Span(position(start), position(end)) for start, end in _offsets(text))


def _offsets(text: str) -> list[tuple[int, int]]:
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] != "}":
        name, at = _decoder.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if name == "Statement":
            return _elements(text, at)
        at = _skip(text, _decoder.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _skip(text, at + 1)
    return []


def _elements(text: str, at: int) -> list[tuple[int, int]]:
    if text[at] != "[":
        return [(at, _decoder.raw_decode(text, at)[1])]
    found: list[tuple[int, int]] = []
    start = at + 1
    at = _skip(text, start)
    while text[at] != "]":
        end = _decoder.raw_decode(text, at)[1]
        found.append((start, end))
        start, at = end, _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
