"""One log event as patterns look at it: its JSON, its words and its fields are found out once, and only if asked for."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

MISSING: Final = object()
"""In place of a value: the property is not there."""

_decode = msgspec.json.Decoder().decode
_COLUMN = re.compile(r'"([^"]*)"|\[([^\]]*)\]|(\S+)')


class Event:
    """A log event's message."""

    __slots__ = ("_columns", "_document", "_found", "_values", "message")

    def __init__(self, message: str) -> None:
        self.message = message
        self._document: Any = None
        self._values: dict[tuple[str | int, ...], Any] = {}
        self._columns: list[str] | None = None
        self._found: list[re.Match[str]] = []

    @property
    def document(self) -> dict[str, Any] | None:
        """The message as a JSON object, or None where it is none."""
        if self._document is None:
            self._document = _object(self.message)
        return self._document or None

    def value(self, path: tuple[str | int, ...]) -> Any:
        """What a path leads to, or `MISSING`."""
        found = self._values.get(path, self)
        if found is self:
            found = self._values[path] = self._follow(path)
        return found

    def _follow(self, path: tuple[str | int, ...]) -> Any:
        found: Any = self.document
        for step in path:
            if type(found) is dict:
                found = found.get(step, MISSING) if type(step) is str else MISSING
            elif type(found) is list and type(step) is int:
                found = found[step] if step < len(found) else MISSING
            else:
                return MISSING
        return found

    @property
    def columns(self) -> list[str]:
        """The message's fields: words, texts in quotation marks, and what stands in brackets."""
        if self._columns is None:
            self._found = list(_COLUMN.finditer(self.message))
            self._columns = [match[match.lastindex or 0] for match in self._found]
        return self._columns

    def rest(self, column: int) -> str:
        """The message from one of its fields on; a single field without its marks."""
        columns = self.columns
        return columns[column] if column == len(columns) - 1 else self.message[self._found[column].start() :].rstrip()


def _object(message: str) -> Any:
    """The decoded object; False where it is none."""
    if not message.lstrip().startswith("{"):
        return False
    try:
        return _decode(message) or False
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return False
