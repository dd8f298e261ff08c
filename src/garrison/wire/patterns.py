"""Models' patterns are Java regular expressions: translated, compiled, and matched over the whole value as AWS does."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Callable
from functools import lru_cache

Matcher = Callable[[str], bool]

unchecked: dict[str, str] = {}
"""Patterns that are not enforced, by `service.Shape`, with the reason: coverage lists them."""

_JAVA_CLASSES = {
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Upper": "A-Z",
    "Lower": "a-z",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t\n\x0b\f\r",
    "ASCII": r"\x00-\x7f",
}
_SCANNED_PLANES = (range(0x323B0), range(0xE0000, 0xE01F0))
"""The code points that Unicode assigns outside the private planes."""


@lru_cache(maxsize=1)
def _categories() -> dict[str, list[tuple[int, int]]]:
    ranges: dict[str, list[tuple[int, int]]] = {}
    for plane in _SCANNED_PLANES:
        start, current = plane.start, unicodedata.category(chr(plane.start))
        for point in range(plane.start + 1, plane.stop):
            category = unicodedata.category(chr(point))
            if category != current:
                ranges.setdefault(current, []).append((start, point - 1))
                start, current = point, category
        ranges.setdefault(current, []).append((start, plane.stop - 1))
    return ranges


@lru_cache(maxsize=64)
def category_class(name: str) -> str:
    r"""The inside of a character class for `\p{name}`; raises ValueError for a property that is not known."""
    if name in _JAVA_CLASSES:
        return _JAVA_CLASSES[name]
    short = {"IsLetter": "L", "IsAlphabetic": "L", "IsDigit": "Nd"}.get(name, name.removeprefix("Is"))
    found = [pair for category, pairs in _categories().items() if category.startswith(short) for pair in pairs]
    if not found or len(short) > 2:
        raise ValueError(f"unknown character property {name}")
    found.sort()
    merged = [found[0]]
    for low, high in found[1:]:
        if low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return "".join(f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}" for low, high in merged)


_PROPERTY = re.compile(r"\\([pP])(?:\{\^?([A-Za-z_]+)\}|([A-Z]))")
_SURROGATES = re.compile(r"\\u[dD]800\\u[dD][cC]00-\\u[dD][bB][fF]{2}\\u[dD][fF]{3}")


def translate(pattern: str) -> str:
    """A Java pattern in Python's syntax; raises ValueError for what Python cannot say."""
    pattern = _SURROGATES.sub(lambda _: r"\U00010000-\U0010ffff", pattern)
    output: list[str] = []
    position, in_class, class_start = 0, False, 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            text, position = _escape(pattern, position, in_class)
            output.append(text)
            continue
        if in_class:
            if character == "[" or pattern.startswith("&&", position):
                if character != "[" or pattern.startswith("[:", position):
                    raise ValueError("character class intersection")
                text = "\\["
            else:
                text = character
                if character == "]" and position > class_start:
                    in_class = False
        else:
            text = character
            if character == "[":
                in_class = True
                class_start = position + (2 if pattern.startswith("[^", position) else 1)
                if pattern.startswith("^", position + 1):
                    text, position = "[^", position + 1
        output.append(text)
        position += 1
    return "".join(output)


def _escape(pattern: str, position: int, in_class: bool) -> tuple[str, int]:
    match = _PROPERTY.match(pattern, position)
    if match is not None:
        negated = (match.group(1) == "P") != ("^" in match.group())
        inside = category_class(match.group(2) or match.group(3))
        if in_class and negated:
            raise ValueError("negated property in a character class")
        if in_class:
            return inside, match.end()
        return f"[{'^' if negated else ''}{inside}]", match.end()
    following = pattern[position + 1 : position + 2]
    if following in {"z", "Z"}:
        return r"\Z", position + 2
    if following == "h":
        return (
            " \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000" if in_class else "[ \\t\\xa0]"
        ), position + 2
    if following in {"R", "Q", "E"}:
        raise ValueError(f"\\{following}")
    if not following.isalnum():
        return re.escape(following) if following else "\\\\", position + 2
    return f"\\{following}", position + 2


@lru_cache(maxsize=4096)
def _compile(pattern: str) -> tuple[Matcher | None, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = re.compile(translate(pattern), re.ASCII)
    except (re.error, ValueError, OverflowError, RecursionError, Warning) as fault:
        return None, str(fault)
    return (lambda value: compiled.fullmatch(value) is not None), ""


def compile_pattern(pattern: str, name: str) -> Matcher | None:
    """A matcher over the whole value, or None (and an entry in `unchecked`) where the pattern cannot be enforced."""
    matcher, reason = _compile(pattern)
    if matcher is None:
        unchecked[name] = reason
    return matcher
