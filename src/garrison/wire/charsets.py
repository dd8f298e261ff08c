"""Sets of characters as sorted ranges of code points: what Java's character classes mean, exactly."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache

Ranges = tuple[tuple[int, int], ...]
"""Inclusive ranges, sorted, neither touching nor overlapping."""

LAST = 0x10FFFF
EVERY: Ranges = ((0, LAST),)
_ASSIGNED_PLANES = (range(0x323B0), range(0xE0000, 0xE01F0))
"""The code points that Unicode assigns outside the private planes."""


def union(*sets: Ranges) -> Ranges:
    """The characters of any of the sets."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(pair for ranges in sets for pair in ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def complement(ranges: Ranges) -> Ranges:
    """Every other character."""
    gaps, start = [], 0
    for low, high in ranges:
        if low > start:
            gaps.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        gaps.append((start, LAST))
    return tuple(gaps)


def intersection(first: Ranges, second: Ranges) -> Ranges:
    """The characters of both sets."""
    return complement(union(complement(first), complement(second)))


def overlap(first: Ranges, second: Ranges) -> bool:
    """Whether the sets share a character."""
    left, right = 0, 0
    while left < len(first) and right < len(second):
        if first[left][1] < second[right][0]:
            left += 1
        elif second[right][1] < first[left][0]:
            right += 1
        else:
            return True
    return False


def contains(ranges: Ranges, point: int) -> bool:
    """Whether a code point is in the set."""
    place = bisect_right(ranges, (point, LAST))
    return place > 0 and ranges[place - 1][1] >= point


def of(text: str) -> Ranges:
    """The characters of a text; `a-z` is a range."""
    ranges, position = [], 0
    while position < len(text):
        low = high = ord(text[position])
        if text[position + 1 : position + 2] == "-" and position + 2 < len(text):
            high = ord(text[position + 2])
            position += 2
        ranges.append((low, high))
        position += 1
    return union(tuple(ranges))


DIGITS = of("0-9")
WORDS = of("a-zA-Z0-9_")
SPACES = of(" \t\n\x0b\f\r")
BLANKS = of(" \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000")
LINE_ENDS = of("\n\r\x85\u2028\u2029")

_POSIX: dict[str, Ranges] = {
    "Alpha": of("a-zA-Z"),
    "Digit": DIGITS,
    "Alnum": of("a-zA-Z0-9"),
    "Upper": of("A-Z"),
    "Lower": of("a-z"),
    "Punct": of("!-/:-@[-`{-~"),
    "Graph": of("!-~"),
    "Print": of(" -~"),
    "Blank": of(" \t"),
    "Cntrl": union(of("\x00-\x1f"), of("\x7f")),
    "XDigit": of("0-9a-fA-F"),
    "Space": SPACES,
    "ASCII": of("\x00-\x7f"),
    "IsWhitespace": SPACES,
    "IsAlphabetic": (),
    "all": EVERY,
    "LD": (),
}


@lru_cache(maxsize=1)
def _categories() -> dict[str, list[tuple[int, int]]]:
    ranges: dict[str, list[tuple[int, int]]] = {}
    for plane in _ASSIGNED_PLANES:
        start, current = plane.start, unicodedata.category(chr(plane.start))
        for point in range(plane.start + 1, plane.stop):
            category = unicodedata.category(chr(point))
            if category != current:
                ranges.setdefault(current, []).append((start, point - 1))
                start, current = point, category
        ranges.setdefault(current, []).append((start, plane.stop - 1))
    return ranges


@lru_cache(maxsize=64)
def named(name: str) -> Ranges:
    r"""The set of `\p{name}`; raises ValueError for a property that is not known."""
    if _POSIX.get(name):
        return _POSIX[name]
    if name == "LD":
        return union(named("L"), named("Nd"))
    short = {"IsAlphabetic": "L", "IsLetter": "L", "IsDigit": "Nd"}.get(name, name.removeprefix("Is"))
    found = [pair for category, pairs in _categories().items() if category.startswith(short) for pair in pairs]
    if not found or not 1 <= len(short) <= 2:
        raise ValueError(f"unknown character property {name}")
    return union(tuple(found))


def expression(ranges: Ranges) -> str:
    """The set as a character class of Python's `re`."""
    if ranges == EVERY:
        return r"[\x00-\U0010ffff]"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return f"\\U{ranges[0][0]:08x}"
    if not ranges:
        return r"[^\x00-\U0010ffff]"
    parts = (f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
    return f"[{''.join(parts)}]"
