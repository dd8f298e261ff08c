"""Parses Java's regular expressions, as the service models write them, into small trees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Union

from garrison.wire import charsets
from garrison.wire.charsets import Ranges

_COUNT = re.compile(r"\{(\d{1,9})(,(\d{0,9}))?\}")
_PROPERTY = re.compile(r"\{(\^?)([A-Za-z_]+)\}|([A-Z])")
_GROUP = re.compile(r"\?(?:(:)|(=)|(!)|(<=)|(<!)|P?<[A-Za-z][A-Za-z0-9]*>|([is]+)(\)|:))")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "a": "\a", "e": "\x1b", "v": "\x0b"}
_CLASSES = {"d": charsets.DIGITS, "w": charsets.WORDS, "s": charsets.SPACES, "h": charsets.BLANKS}
_MAX_DEPTH = 60


class UnsupportedPattern(ValueError):
    """The pattern has what this parser does not know; the message says what."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One character of a set."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    branches: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part so many times; `most` is None without an upper bound."""

    part: Tree
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """The start or the end of the value."""

    at_end: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What must or must not come next, or have come before."""

    part: Tree
    ahead: bool
    negated: bool


Tree = Union[Characters, Sequence, Choice, Repeat, Anchor, Look]  # noqa: UP007 it refers to itself


_WORD = Characters(charsets.WORDS)
_WORD_BOUNDARY = Choice(
    (
        Sequence((Look(_WORD, ahead=False, negated=False), Look(_WORD, ahead=True, negated=True))),
        Sequence((Look(_WORD, ahead=False, negated=True), Look(_WORD, ahead=True, negated=False))),
    )
)


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.position = 0
        self.depth = 0
        self.ignore_case = False
        self.dot_all = False

    def at(self, token: str) -> bool:
        return self.text.startswith(token, self.position)

    def accept(self, token: str) -> bool:
        if self.at(token):
            self.position += len(token)
            return True
        return False

    def take(self) -> str:
        if self.position >= len(self.text):
            raise UnsupportedPattern("unexpected end")
        self.position += 1
        return self.text[self.position - 1]

    def choice(self) -> Tree:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise UnsupportedPattern("nested too deeply")
        branches = [self.sequence()]
        while self.accept("|"):
            branches.append(self.sequence())
        self.depth -= 1
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def sequence(self) -> Tree:
        parts: list[Tree] = []
        while self.position < len(self.text) and not self.at("|") and not self.at(")"):
            part = self.atom()
            if part is not None:
                part = self.quantified(part)
                parts.extend(part.parts if isinstance(part, Sequence) else (part,))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def quantified(self, part: Tree) -> Tree:
        while True:
            if self.accept("*"):
                bounds: tuple[int, int | None] = (0, None)
            elif self.accept("+"):
                bounds = (1, None)
            elif self.accept("?"):
                bounds = (0, 1)
            else:
                match = _COUNT.match(self.text, self.position)
                if match is None:
                    return part
                self.position = match.end()
                least = int(match.group(1))
                most = least if match.group(2) is None else (int(match.group(3)) if match.group(3) else None)
                bounds = (least, most)
            if bounds[1] is not None and bounds[1] < bounds[0]:
                raise UnsupportedPattern("repeat bounds out of order")
            part = Repeat(part, *bounds)
            if not self.accept("?") and self.at("+"):
                raise UnsupportedPattern("possessive or doubled quantifier")

    def atom(self) -> Tree | None:
        character = self.take()
        if character == "(":
            return self.group()
        if character == "[":
            return Characters(self.character_class())
        if character in "^$":
            return Anchor(character == "$")
        if character == ".":
            every = charsets.EVERY if self.dot_all else charsets.complement(charsets.LINE_ENDS)
            return Characters(every)
        if character in "*+?":
            raise UnsupportedPattern("nothing to repeat")
        if character == "\\":
            return self.escaped_atom()
        return Characters(self.folded(charsets.of(character)))

    def escaped_atom(self) -> Tree:
        following = self.text[self.position : self.position + 1]
        if following in ("A", "z", "Z"):
            self.position += 1
            return Anchor(following != "A")
        if following == "b":
            self.position += 1
            return _WORD_BOUNDARY
        if following in {"B", "R", "Q"}:
            raise UnsupportedPattern(f"\\{following}")
        if following.isdigit() and following != "0":
            raise UnsupportedPattern("back reference")
        return Characters(self.escape())

    def group(self) -> Tree | None:
        match = _GROUP.match(self.text, self.position)
        if match is None and self.at("?"):
            raise UnsupportedPattern("unknown kind of group")
        if match is not None:
            self.position = match.end()
            if match.group(6):
                self.ignore_case |= "i" in match.group(6)
                self.dot_all |= "s" in match.group(6)
                if match.group(7) == ")":
                    return None
        part = self.choice()
        if not self.accept(")"):
            raise UnsupportedPattern("unbalanced parenthesis")
        if match is not None and any(match.group(2, 3, 4, 5)):
            return Look(
                part, ahead=bool(match.group(2) or match.group(3)), negated=bool(match.group(3) or match.group(5))
            )
        return part

    def folded(self, ranges: Ranges) -> Ranges:
        if not self.ignore_case:
            return ranges
        letters = charsets.intersection(ranges, charsets.of("a-zA-Z"))
        return charsets.union(ranges, *(((low ^ 32, high ^ 32),) for low, high in letters))

    def escape(self) -> Ranges:
        """The set of an escape, the backslash already taken."""
        character = self.take()
        if character in "pP":
            match = _PROPERTY.match(self.text, self.position)
            if match is None:
                raise UnsupportedPattern("malformed property")
            self.position = match.end()
            ranges = charsets.named(match.group(2) or match.group(3))
            negated = (character == "P") != bool(match.group(1))
            return charsets.complement(ranges) if negated else ranges
        if character.lower() in _CLASSES:
            ranges = _CLASSES[character.lower()]
            return charsets.complement(ranges) if character.isupper() else ranges
        point = self.code_point(character)
        return self.folded(((point, point),))

    def code_point(self, character: str) -> int:
        if character == "u":
            return self.hexadecimal(4)
        if character == "x":
            if self.accept("{"):
                end = self.text.find("}", self.position)
                if not 0 < end - self.position <= 6:
                    raise UnsupportedPattern("malformed escape")
                return self.hexadecimal(end - self.position, skip=1)
            return self.hexadecimal(2)
        if character == "0":
            return 0
        if character in _CONTROL:
            return ord(_CONTROL[character])
        if character.isalnum():
            raise UnsupportedPattern(f"\\{character}")
        return ord(character)

    def hexadecimal(self, digits: int, skip: int = 0) -> int:
        text = self.text[self.position : self.position + digits]
        if len(text) != digits or not all(digit in "0123456789abcdefABCDEF" for digit in text):
            raise UnsupportedPattern("malformed escape")
        self.position += digits + skip
        point = int(text, 16)
        if 0xD800 <= point <= 0xDBFF and self.at("\\u"):
            low = self.text[self.position + 2 : self.position + 6]
            if re.fullmatch(r"[dD][c-fC-F][0-9a-fA-F]{2}", low):
                self.position += 6
                point = 0x10000 + ((point - 0xD800) << 10) + (int(low, 16) - 0xDC00)
        if point > charsets.LAST:
            raise UnsupportedPattern("malformed escape")
        return point

    def character_class(self) -> Ranges:
        negated = self.accept("^")
        ranges: Ranges = ()
        first = True
        while first or not self.at("]"):
            if self.accept("&&"):
                ranges = charsets.intersection(ranges, self.class_rest())
                break
            ranges = charsets.union(ranges, self.class_item())
            first = False
        self.take()
        ranges = self.folded(ranges)
        return charsets.complement(ranges) if negated else ranges

    def class_rest(self) -> Ranges:
        ranges: Ranges = ()
        while not self.at("]"):
            if self.accept("&&"):
                return charsets.intersection(ranges, self.class_rest())
            ranges = charsets.union(ranges, self.class_item())
        return ranges

    def class_item(self) -> Ranges:
        low = self.class_member()
        ahead = self.text[self.position : self.position + 2]
        if len(low) != 1 or low[0][0] != low[0][1] or ahead[:1] != "-" or ahead in ("-]", "-"):
            return low
        mark = self.position
        self.position += 1
        if self.at("["):
            self.position = mark
            return low
        high = self.class_member()
        if len(high) != 1 or high[0][0] != high[0][1]:
            return charsets.union(low, charsets.of("-"), high)
        if high[0][0] < low[0][0]:
            raise UnsupportedPattern("character range out of order")
        return ((low[0][0], high[0][0]),)

    def class_member(self) -> Ranges:
        character = self.take()
        if character == "\\":
            return self.escape()
        if character == "[" and self.at(":"):
            raise UnsupportedPattern("POSIX bracket expression")
        if character == "[" and self._closes_inside():
            return self.character_class()
        return ((ord(character), ord(character)),)

    def _closes_inside(self) -> bool:
        """Whether an opening bracket in a class begins a class of its own: many models forget to escape a literal one."""
        inner = self.text.find("]", self.position)
        return self.at("^") and inner >= 0 and self.text.find("]", inner + 1) >= 0


def parse(pattern: str) -> Tree:
    """The tree of a pattern; raises UnsupportedPattern."""
    if len(pattern) > 4 and pattern.startswith("/^") and pattern.endswith("$/"):
        pattern = pattern[1:-1]
    parser = _Parser(pattern)
    try:
        tree = parser.choice()
    except UnsupportedPattern:
        raise
    except ValueError as fault:
        raise UnsupportedPattern(str(fault)) from None
    if parser.position != len(pattern):
        raise UnsupportedPattern("unbalanced parenthesis")
    return tree
