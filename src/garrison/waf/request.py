"""A web request as the engine sees it: bytes as they came off the wire, with nothing decoded yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, eq=False)
class Request:
    """One HTTP request. An adapter makes it; the engine reads it, and keeps in `parsed` what it took apart."""

    method: bytes
    """As it came: `GET`."""
    target: bytes
    """Path and query as they came, undecoded: `/a%20b?c=d`. Absolute forms are cut to path and query by the adapter."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    """Names in lower case, in the order and as often as they came; values without surrounding blanks."""
    body: bytes = b""
    """The body, or its beginning when it is longer than the adapter reads."""
    body_bytes: int | None = None
    """How long the body is when `body` is only its beginning; None when `body` is all of it."""
    address: str = ""
    """Where the connection comes from: an IPv4 or IPv6 address in text."""
    version: bytes = b"HTTP/1.1"
    scheme: bytes = b"https"
    fragment: bytes | None = None
    """What follows `#`, where the proxy passes it on."""
    ja3: str | None = None
    """The client's TLS fingerprints, where the proxy supplies them."""
    ja4: str | None = None
    request_id: str = ""
    """What the log names this request by."""
    parsed: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What was taken apart already (arguments, cookies, JSON …), by the key of the reader that did. Lives as long as the request."""
