"""JSON that is not quite JSON, read as AWS WAF reads it: without validating.

Missing commas, missing colons and colons too many are no errors; invalid characters, duplicate keys, truncation and a root that is neither
object nor array are.
Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html (JSON body)
"""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]

from garrison.waf.fields.json_values import MOST_ELEMENTS, MOST_LEVELS, TooMuchError, bytes_of, escaped
from garrison.waf.fields.parts import Part

_TOKEN = re.compile(r"[\s,:]*+(?:(\")|([{\[])|([}\]])|([^\s,:\"{}\[\]]++)|\Z)")
_SCALAR = re.compile(r"[-+.\deE]++|true|false|null|NaN|-?Infinity")


def read_loosely(text: str, keys: list[Part], values: list[Part]) -> bool:
    """Add the keys and values that stand before the first error; returns whether there was none. Raises: TooMuchError."""
    return _Reader(text, keys, values).read()


class _Open:
    """An object or array that is being read."""

    __slots__ = ("_index", "_names", "_pointer", "_prefix", "is_object")

    def __init__(self, is_object: bool, prefix: str) -> None:
        self.is_object = is_object
        self._prefix = prefix
        self._names: set[str] = set()
        self._index = 0
        self._pointer: str | None = None

    @property
    def expects_key(self) -> bool:
        return self.is_object and self._pointer is None

    def begin_member(self, name: str) -> str | None:
        """The pointer of the value that follows; None when the key was there before."""
        if name in self._names:
            return None
        self._names.add(name)
        self._pointer = f"{self._prefix}/{escaped(name)}"
        return self._pointer

    def next_value(self) -> str:
        """The pointer of the value that is being read."""
        if self.is_object:
            pointer, self._pointer = self._pointer, None
            return pointer or ""
        self._index += 1
        return f"{self._prefix}/{self._index - 1}"


class _Reader:
    def __init__(self, text: str, keys: list[Part], values: list[Part]) -> None:
        self._text = text
        self._keys = keys
        self._values = values
        self._position = 0
        self._open: list[_Open] = []

    def read(self) -> bool:
        while (token := _TOKEN.match(self._text, self._position)) is not None:
            self._position = token.end()
            quote, opening, closing, scalar = token.groups()
            if not self._open and not opening:
                return False
            sound = (
                self._string()
                if quote
                else self._begin(opening)
                if opening
                else self._end(closing)
                if closing
                else self._scalar(scalar)
            )
            if not sound:
                return False
            if not self._open:
                return not self._text[self._position :].strip()
            if len(self._keys) + len(self._values) > MOST_ELEMENTS:
                raise TooMuchError
        return False

    def _begin(self, bracket: str) -> bool:
        if self._open and self._open[-1].expects_key:
            return False
        if len(self._open) >= MOST_LEVELS:
            raise TooMuchError
        self._open.append(_Open(bracket == "{", self._open[-1].next_value() if self._open else ""))
        return True

    def _end(self, bracket: str) -> bool:
        return self._open.pop().is_object == (bracket == "}")

    def _scalar(self, text: str | None) -> bool:
        inside = self._open[-1]
        if text is None or inside.expects_key or not _SCALAR.fullmatch(text):
            return False
        self._values.append(Part(inside.next_value(), bytes_of(text)))
        return True

    def _string(self) -> bool:
        """Read a key or value after its quote; of one that breaks off, what there is."""
        inside, sound = self._open[-1], True
        try:
            text, self._position = scanstring(self._text, self._position, False)
        except ValueError:
            text, sound = self._text[self._position :].partition('"')[0], False
        if not inside.expects_key:
            self._values.append(Part(inside.next_value(), bytes_of(text)))
            return sound
        pointer = inside.begin_member(text)
        if pointer is None:
            return False
        self._keys.append(Part(pointer, bytes_of(text)))
        return sound
