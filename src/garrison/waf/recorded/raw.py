"""A request as it goes over the wire in HTTP/1: request line, headers, an empty line, the body."""

from __future__ import annotations

import re

from garrison.waf.recorded.recorded import MOST_BYTES, MOST_HEADERS, Unreadable
from garrison.waf.request import Request

_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}) ([^ \r\n]{1,1048576})(?: (HTTP/[0-9](?:\.[0-9])?))?")
_ABSOLUTE = re.compile(rb"(?i)(https?)://[^/?#]*")


def from_raw(data: bytes, *, address: str = "") -> Request:
    """A request of its bytes; lines may end with LF alone. The body is what follows, whatever Content-Length says.

    Raises: Unreadable: there is no request line, or a header without a colon.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(f"the request is longer than {MOST_BYTES} bytes")
    head, body = _parted(data.lstrip(b"\r\n"))
    lines = head.replace(b"\r\n", b"\n").split(b"\n")
    line = _REQUEST_LINE.fullmatch(lines[0].strip())
    if line is None:
        raise Unreadable("the first line is no request line, as in `GET /path HTTP/1.1`")
    if len(lines) > MOST_HEADERS:
        raise Unreadable(f"there are more than {MOST_HEADERS} headers")
    method, target, version = line.groups()
    absolute = _ABSOLUTE.match(target)
    if absolute is not None:
        target = target[absolute.end() :] or b"/"
    target, hashed, fragment = target.partition(b"#")
    return Request(
        method,
        target,
        _headers(lines[1:]),
        body,
        address=address,
        version=version or b"HTTP/1.1",
        scheme=absolute[1].lower() if absolute is not None else b"https",
        fragment=fragment if hashed else None,
    )


def _parted(data: bytes) -> tuple[bytes, bytes]:
    """Head and body: they part at the first empty line, however its lines end."""
    ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := data.find(mark)) >= 0]
    if not ends:
        return data.rstrip(b"\r\n"), b""
    at, length = min(ends)
    return data[:at], data[at + length :]


def _headers(lines: list[bytes]) -> tuple[tuple[bytes, bytes], ...]:
    headers: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and headers:
            name, value = headers[-1]
            headers[-1] = name, value + b" " + line.strip()
            continue
        name, colon, value = line.partition(b":")
        if not colon or not name.strip():
            raise Unreadable("a line of the head is no header, as in `Name: value`")
        headers.append((name.strip().lower(), value.strip()))
    return tuple(headers)
