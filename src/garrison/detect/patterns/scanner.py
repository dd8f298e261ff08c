"""Reads a pattern from left to right, and says where it is wrong."""

from __future__ import annotations

import re

from garrison.detect.patterns.failures import InvalidPattern

_SPACE = re.compile(r"\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_REGEX = re.compile(r"%([^%]*)%")


class Scanner:
    """A place in a pattern."""

    __slots__ = ("position", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def skip_space(self) -> None:
        """Go to the next character that is no space."""
        found = _SPACE.match(self.text, self.position)
        assert found is not None
        self.position = found.end()

    @property
    def is_at_end(self) -> bool:
        """Whether nothing follows."""
        return self.position >= len(self.text)

    def at(self, token: str) -> bool:
        """Whether a token follows."""
        return self.text.startswith(token, self.position)

    def accept(self, *tokens: str) -> str | None:
        """Take the first of the tokens that follows, spaces before it aside."""
        self.skip_space()
        for token in tokens:
            if self.at(token):
                self.position += len(token)
                return token
        return None

    def expect(self, token: str) -> None:
        """Take a token that must follow; raises `InvalidPattern`."""
        if self.accept(token) is None:
            raise self.wrong(f"{token} is expected")

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Take what a pattern matches here."""
        found = pattern.match(self.text, self.position)
        if found is None:
            return None
        self.position = found.end()
        return found[0]

    def quoted(self) -> str:
        """Take a text in quotation marks, in which a backslash stands before a mark or a backslash."""
        found = _QUOTED.match(self.text, self.position)
        if found is None:
            raise self.wrong("a quotation mark has no second one")
        self.position = found.end()
        return _ESCAPED.sub(r"\1", found[1])

    def regex(self) -> str:
        """Take a regular expression between percent signs."""
        found = _REGEX.match(self.text, self.position)
        if found is None:
            raise self.wrong("a percent sign has no second one")
        self.position = found.end()
        return found[1]

    def wrong(self, why: str) -> InvalidPattern:
        """The error at this place."""
        return InvalidPattern(f"{why} at character {self.position + 1}")
