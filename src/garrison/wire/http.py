"""An HTTP request and response as values: what the gateway hands to the wire layer and takes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class Upload(Protocol):
    """A body too large for memory, which lies in a file."""

    @property
    def size_bytes(self) -> int:
        """All of it."""

    @property
    def sha256(self) -> str:
        """Of all of it, in hexadecimal digits."""

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, as often as they are asked for."""

    def __iter__(self) -> Iterator[bytes]:
        """All bytes, piece by piece."""

    def close(self) -> None:
        """Let go of the bytes."""


@dataclass(slots=True)
class HttpRequest:
    """One HTTP request as it came from the client, nothing decoded or merged."""

    method: str
    """Upper-case HTTP method."""
    path: str
    """The path as sent: still percent-encoded, without the query."""
    query: str = ""
    """The query string as sent, without the question mark."""
    headers: list[tuple[str, str]] = field(default_factory=list)
    """Header pairs in order of arrival; names lower-case, values decoded as Latin-1."""
    body: bytes = b""
    """The body after transfer decoding (HTTP chunks), before content decoding."""
    source_address: str = ""
    """The client's IP address."""
    scheme: str = "http"
    """`http` or `https`."""
    tls_version: str | None = None
    """`TLSv1.3` and the like, or None without TLS."""
    tls_cipher: str | None = None
    """The negotiated cipher suite, or None where unknown."""
    upload: Upload | None = None
    """What came in place of `body`, which is empty then: only operations that take a stream can have it."""
    admitted_at: datetime | None = None
    """When an upload's head was found good, which is when its signature had to be fresh."""
    claim: Any = field(default=None, init=False, repr=False, compare=False)
    """What the request's signature claims, once `garrison.wire.sigv4` has read it."""
    _first: dict[str, str] | None = field(default=None, init=False, repr=False, compare=False)

    def header(self, name: str, default: str | None = None) -> str | None:
        """The first value of a header, by its lower-case name."""
        if self._first is None:
            self._first = dict(reversed(self.headers))
        return self._first.get(name, default)

    def single_headers(self) -> dict[str, str] | None:
        """The headers by name, or None where a name comes more than once."""
        if self._first is None:
            self._first = dict(reversed(self.headers))
        return self._first if len(self._first) == len(self.headers) else None


@dataclass(slots=True)
class HttpResponse:
    """One HTTP answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    stream: Iterator[bytes] | None = None
    """Pieces of a body that is not held in memory; `body` is empty then."""
