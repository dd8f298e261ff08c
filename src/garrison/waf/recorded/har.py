"""Requests of a HAR file, as browsers and proxies export it.

Source: http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from garrison.waf.recorded.recorded import Gaps, Recorded, Unreadable, address_of, as_bytes, header_pairs
from garrison.waf.request import Request

MOST_HAR_BYTES = 256 * 1024 * 1024
_GAPS = frozenset({"address", "ja3", "ja4"})
"""What no HAR file tells of the client."""


class _Header(msgspec.Struct):
    name: str
    value: str = ""


class _PostData(msgspec.Struct):
    text: str | None = None
    encoding: str | None = None


class _Request(msgspec.Struct, rename="camel"):
    method: str
    url: str
    http_version: str = ""
    headers: list[_Header] = []
    post_data: _PostData | None = None
    body_size: int = -1


class _Entry(msgspec.Struct, rename="camel"):
    request: _Request
    started_date_time: str = ""


def from_har(data: bytes) -> Iterator[Recorded | None]:
    """The file's requests, or the one of an entry alone; None for each that cannot be read.

    Raises: Unreadable: it is no HAR file.
    """
    if len(data) > MOST_HAR_BYTES:
        raise Unreadable(f"the file is larger than {MOST_HAR_BYTES} bytes")
    try:
        found = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"it is no JSON: {problem}") from None
    entries = _entries(found)
    return (_recorded(entry, number) for number, entry in enumerate(entries, 1))


def _entries(found: Any) -> list[Any]:
    if isinstance(found, dict):
        log = found.get("log")
        if isinstance(log, dict) and isinstance(log.get("entries"), list):
            return list(log["entries"])
        if "request" in found:
            return [found]
        if "method" in found and "url" in found:
            return [{"request": found}]
    raise Unreadable("it is neither a HAR file nor an entry of one")


def _recorded(entry: Any, number: int) -> Recorded | None:
    try:
        told = msgspec.convert(entry, _Entry)
        place = address_of(told.request.url)
        body = _body(told.request)
        headers = _headers(told.request, place.host)
    except ValueError:
        return None
    request = Request(
        as_bytes(told.request.method),
        place.target,
        headers,
        body or b"",
        version=_version(told.request.http_version),
        scheme=place.scheme,
        fragment=place.fragment,
    )
    gaps = Gaps(_GAPS | ({"body"} if body is None else set()))
    return Recorded(request, gaps, _time(told.started_date_time), f"entry {number}")


def _headers(told: _Request, host: str) -> tuple[tuple[bytes, bytes], ...]:
    pairs = header_pairs((one.name, one.value) for one in told.headers)
    has_host = any(name == b"host" for name, _ in pairs)
    return pairs if has_host else ((b"host", as_bytes(host)), *pairs)


def _body(told: _Request) -> bytes | None:
    """None where there was one that the file does not hold."""
    data = told.post_data
    if data is None or data.text is None:
        return None if told.body_size > 0 or data is not None else b""
    if data.encoding == "base64":
        try:
            return base64.b64decode(data.text, validate=True)
        except (binascii.Error, ValueError):
            return None
    return as_bytes(data.text)


def _version(told: str) -> bytes:
    known = {"h2": b"HTTP/2.0", "http/2": b"HTTP/2.0", "h3": b"HTTP/3.0", "http/3": b"HTTP/3.0"}
    return known.get(
        told.lower(), told.encode("ascii", "replace")[:16] if told.upper().startswith("HTTP/") else b"HTTP/1.1"
    )


def _time(told: str) -> float:
    try:
        return datetime.fromisoformat(told).timestamp()
    except (ValueError, OverflowError):
        return 0.0
