"""Patterns for plain text: terms that an event contains, `?` any of them, `-` without them; phrases and regular expressions.

Terms with a question mark count only among themselves: beside others they are passed over. Source: CloudWatch Logs User
Guide, "Using filter patterns to match terms in unstructured log events".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from garrison.detect.patterns.events import Event
from garrison.detect.patterns.failures import InvalidPattern
from garrison.detect.patterns.regex import compile_regex
from garrison.detect.patterns.scanner import Scanner

_WORD = re.compile(r"\S+")
_TERM = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Term:
    """A text or a regular expression that is looked for."""

    text: str
    search: Callable[[str], bool] | None = None

    def is_in(self, message: str) -> bool:
        """Whether a message contains it."""
        return self.text in message if self.search is None else self.search(message)


@dataclass(frozen=True, slots=True)
class Terms:
    """A parsed pattern."""

    required: tuple[Term, ...]
    optional: tuple[Term, ...]
    excluded: tuple[Term, ...]

    def matches(self, event: Event) -> bool:
        """Whether an event has what it must and not what it must not."""
        message = event.message
        for term in self.required:
            if not term.is_in(message):
                return False
        for term in self.excluded:
            if term.is_in(message):
                return False
        if self.required or self.excluded:
            return True
        return not self.optional or any(term.is_in(message) for term in self.optional)

    def needs(self) -> tuple[str, ...] | None:
        """Texts one of which a matching event contains; None where it may contain none."""
        texts = [term.text for term in self.required if term.search is None]
        if texts:
            return (max(texts, key=len),)
        if self.required or self.excluded or not self.optional or any(term.search for term in self.optional):
            return None
        return tuple(term.text for term in self.optional)


def parse_terms(text: str) -> Terms:
    """The terms of a pattern without brackets or braces; raises `InvalidPattern`."""
    scanner = Scanner(text)
    found: dict[str, list[Term]] = {"": [], "?": [], "-": []}
    scanner.skip_space()
    while not scanner.is_at_end:
        sign = scanner.accept("?", "-") or ""
        found[sign].append(_term(scanner))
        if not scanner.is_at_end and not scanner.text[scanner.position].isspace():
            raise scanner.wrong("a space is expected")
        scanner.skip_space()
    return Terms(tuple(found[""]), tuple(found["?"]), tuple(found["-"]))


def _term(scanner: Scanner) -> Term:
    if scanner.at('"'):
        text = scanner.quoted()
        if not text:
            raise scanner.wrong("a phrase is empty")
        return Term(text)
    if scanner.at("%"):
        text = scanner.regex()
        return Term(text, compile_regex(text))
    word = scanner.match(_WORD)
    if word is None or not _TERM.fullmatch(word):
        raise InvalidPattern(f"Invalid character(s) in term '{word or ''}'")
    return Term(word)
