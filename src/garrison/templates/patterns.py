"""AllowedPattern: a regular expression of Java's that takes time linear in the value, look-aheads at its beginning included.

Nobody may make a check expensive, so re2 matches, which knows no look-around. What templates use it for stands at the beginning
(`^(?!aws)(?=.*[A-Z])[a-zA-Z]+$`): those are asked one by one of the value's beginning, which says the same. Others are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from garrison.templates.faults import TemplateInvalid

_AHEAD = ("(?=", "(?!")
_MEMORY_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class AllowedPattern:
    """A pattern that a whole value must match."""

    ahead: tuple[tuple[Any, bool], ...]
    """What the value must begin with, or with False must not."""
    rest: Any

    def allows(self, value: str) -> bool:
        """Whether all of a value matches."""
        if any(bool(one.match(value)) is not wanted for one, wanted in self.ahead):
            return False
        return self.rest.fullmatch(value) is not None


@lru_cache(maxsize=512)
def allowed_pattern(pattern: str) -> AllowedPattern:
    """A pattern made ready; raises TemplateInvalid for what is no expression or would need backtracking."""
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY_BYTES
    ahead, rest = _taken_apart(pattern)
    try:
        made = tuple((re2.compile(f"(?:{inner})", options), wanted) for inner, wanted in ahead)
        return AllowedPattern(made, re2.compile(rest, options))
    except re2.error:
        raise TemplateInvalid(
            f"Template format error: AllowedPattern {pattern} is not a supported regular expression."
        ) from None


def _taken_apart(pattern: str) -> tuple[list[tuple[str, bool]], str]:
    """The look-aheads at the beginning, and what is left."""
    rest = pattern.removeprefix("^")
    ahead: list[tuple[str, bool]] = []
    while rest.startswith(_AHEAD):
        end = _closing(rest)
        if end is None:
            return [], pattern
        ahead.append((rest[3:end], rest[2] == "="))
        rest = rest[end + 1 :]
    if not ahead or _has_choice(rest):
        return [], pattern
    return ahead, rest


def _closing(text: str) -> int | None:
    """Where the group that opens a text ends."""
    return next((at for at, depth, character in _walked(text) if character == ")" and depth == 0), None)


def _has_choice(text: str) -> bool:
    """Whether a text is a choice as a whole: what stands before it would belong to its first part only."""
    return any(character == "|" and depth == 0 for _, depth, character in _walked(text))


def _walked(text: str) -> list[tuple[int, int, str]]:
    """Each character that is no part of an escape or a class, with its place and how many groups are open behind it."""
    found: list[tuple[int, int, str]] = []
    depth, at, in_class = 0, 0, False
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 2
            continue
        if in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
            at += text[at + 1 : at + 2] == "^"
            at += text[at + 1 : at + 2] == "]"
        else:
            depth += (character == "(") - (character == ")")
            found.append((at, depth, character))
        at += 1
    return found
