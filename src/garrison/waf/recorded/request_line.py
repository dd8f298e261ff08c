"""What logs quote: a request line, and times in their several spellings."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from garrison.waf.recorded.recorded import Unreadable, address_of, as_bytes

_ESCAPE = re.compile(rb'\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|([nrtvbf"\\/]))')
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"b": b"\b", b"f": b"\f"}
_VERSION = re.compile(rb"HTTP/[0-9](?:\.[0-9])?")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}
_CLF = re.compile(r"(\d{1,2})/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.\d+)? ?([+-]\d{4})?")


class RequestLine(NamedTuple):
    method: bytes
    target: bytes
    version: bytes
    scheme: bytes | None
    host: str | None


def unescaped(text: bytes) -> bytes:
    r"""What Apache and nginx write as `\"`, `\\`, `\n` or `\x16`."""
    if b"\\" not in text:
        return text
    return _ESCAPE.sub(_meant, text)


def _meant(found: re.Match[bytes]) -> bytes:
    byte, character, letter = found.groups()
    if byte is not None:
        return bytes([int(byte, 16)])
    if character is not None:
        return as_bytes(chr(int(character, 16)))
    return _LETTERS.get(letter, letter)


def request_line(text: bytes) -> RequestLine:
    """Raises Unreadable for what is none, as logs have it where a client sent something else than HTTP."""
    method, space, rest = text.partition(b" ")
    target, _, version = rest.rpartition(b" ")
    if not target or not _VERSION.fullmatch(version):
        target, version = rest, b""
    if not space or not target or not method.isascii():
        raise Unreadable("it holds no request line")
    if b"://" not in target[:8]:
        return RequestLine(method, target, version or b"HTTP/1.1", None, None)
    place = address_of(target.decode("utf-8", "surrogateescape"))
    return RequestLine(method, place.target, version or b"HTTP/1.1", place.scheme, place.host)


def seconds_of(told: object) -> float:
    """Seconds since 1970 of ISO 8601, of `10/Oct/2026:13:55:36 +0200`, or of a number of seconds, milliseconds or more; 0 for others."""
    if isinstance(told, bool):
        return 0.0
    if isinstance(told, int | float):
        return _scaled(float(told))
    if not isinstance(told, str) or len(told) > 64:
        return 0.0
    try:
        if re.fullmatch(r"\d{9,19}(\.\d+)?", told):
            return _scaled(float(told))
        clf = _CLF.fullmatch(told.strip("[]"))
        if clf is not None:
            day, month, year, hour, minute, second, zone = clf.groups()
            iso = f"{year}-{_MONTHS.get(month, 0):02}-{int(day):02}T{hour}:{minute}:{second}{zone or '+0000'}"
            return datetime.fromisoformat(iso).timestamp()
        return datetime.fromisoformat(told).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _scaled(number: float) -> float:
    """Logs count in seconds, milliseconds, microseconds or nanoseconds."""
    while number > 1e11:
        number /= 1000
    return number if number > 0 else 0.0
