"""Read a JSON document too large for memory: walk into objects, and take or pass over one member at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

CHUNK_CHARACTERS = 256 * 1024
MAX_MEMBER_CHARACTERS = 8 * 1024 * 1024
"""Of one value that is taken whole."""
_SPACE = " \t\r\n"


class MalformedJson(ValueError):
    """It is not JSON, or not as it was expected to be; the text says where."""


class JsonStream:
    """A document of which one part after another is read."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._buffer = ""
        self._at = 0
        self._passed = 0
        self._decoder = json.JSONDecoder()

    def members(self) -> Iterator[str]:
        """The names of an object's members; whoever asks for the next has taken the value of the last."""
        self._expect("{")
        if self._peek() == "}":
            self._at += 1
            return
        while True:
            name = self.value()
            if not isinstance(name, str):
                raise MalformedJson(f"a member without a name {self._place()}")
            self._expect(":")
            yield name
            if self._peek() == "}":
                self._at += 1
                return
            self._expect(",")

    def value(self) -> Any:
        """The value that comes next, whole."""
        self._peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._buffer, self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                if len(self._buffer) - self._at > MAX_MEMBER_CHARACTERS or not self._more():
                    raise MalformedJson(f"{type(error).__name__} {self._place()}") from None
                continue
            if end == len(self._buffer) and self._more():  # a number may go on
                continue
            self._at = end
            return found

    def skip(self) -> None:
        """Pass over the value that comes next, an object member by member."""
        if self._peek() == "{":
            for _ in self.members():
                self.skip()
        else:
            self.value()

    def _expect(self, character: str) -> None:
        if self._peek() != character:
            raise MalformedJson(f"no {character} {self._place()}")
        self._at += 1

    def _peek(self) -> str:
        """The next character that is no space."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in _SPACE:
                    return self._buffer[self._at]
                self._at += 1
            if not self._more():
                raise MalformedJson(f"it ends {self._place()}")

    def _more(self) -> bool:
        """Read on; what was taken is let go."""
        chunk = self._file.read(CHUNK_CHARACTERS)
        if not chunk:
            return False
        self._passed += self._at
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return True

    def _place(self) -> str:
        return f"at character {self._passed + self._at}"
