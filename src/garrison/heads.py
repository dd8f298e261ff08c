"""What the heads of all answers have: the status line, and the time."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus

_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


def status_line(status: int) -> str:
    """The first line of an answer."""
    return _STATUS_LINES.get(status) or f"HTTP/1.1 {status} \r\n"


class _Dates:
    """The Date header's value, made once a second."""

    def __init__(self) -> None:
        self._seconds: Callable[[], float] = time.time
        self._second = 0
        self._text = ""

    def follow(self, seconds: Callable[[], float]) -> None:
        """Tell the time of a clock that is not the machine's: from the header clients learn by what time to sign."""
        self._seconds = seconds

    def now(self) -> str:
        """The time as HTTP writes it."""
        second = int(self._seconds())
        if second != self._second:
            self._text = formatdate(second, usegmt=True)
            self._second = second
        return self._text


dates = _Dates()
