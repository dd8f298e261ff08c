"""A request that was written down, with what its source does not tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from garrison.waf.request import Request

MOST_HEADERS = 2_000
MOST_BYTES = 16 * 1024 * 1024
"""Of one request, and of one line of a log."""


class Unreadable(ValueError):
    """What was given is no request, or one that cannot be taken over; the message says why."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is not known of a request."""

    parts: frozenset[str] = frozenset()
    """Of `address`, `method`, `path`, `query`, `fragment`, `body`, `ja3`, `ja4`."""
    headers: frozenset[str] = frozenset()
    """Names of headers, in lower case, whose values are not known."""
    only: frozenset[str] | None = None
    """Where it is not None, nothing is known of headers but of these."""

    def lacks_header(self, name: str) -> bool:
        """Whether it is not known what a header says, or whether it is there."""
        return name in self.headers or (self.only is not None and name not in self.only)

    @property
    def lacks_headers(self) -> bool:
        """Whether it is not known what all headers are."""
        return bool(self.headers) or self.only is not None

    @property
    def names(self) -> tuple[str, ...]:
        """In words, for whoever reads a report."""
        named = [f"header {name}" for name in sorted(self.headers)]
        if self.only is not None:
            named.append("headers except " + ", ".join(sorted(self.only)) if self.only else "headers")
        return (*sorted(self.parts), *named)


COMPLETE = Gaps()


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request of a source."""

    request: Request
    gaps: Gaps
    at: float
    """Seconds since 1970; 0 where the source tells no time."""
    name: str
    """What the source calls it: a request's id, or the number of the line or entry."""
    action: str | None = None
    """What was decided then, in the log's words; None where the source does not tell."""
    rule: str = ""
    """The rule that decided it then."""


def as_bytes(text: str) -> bytes:
    """UTF-8, and bytes that were no UTF-8 as they were."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def header_pairs(headers: Iterable[tuple[str, str]]) -> tuple[tuple[bytes, bytes], ...]:
    """Headers as a request holds them; raises Unreadable for too many. Names of HTTP/2's own (`:path`) are left out."""
    pairs = tuple(
        (as_bytes(name.strip().lower()), as_bytes(value.strip())) for name, value in headers if not name.startswith(":")
    )
    if len(pairs) > MOST_HEADERS:
        raise Unreadable(f"there are more than {MOST_HEADERS} headers")
    return pairs


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL says of a request."""

    scheme: bytes
    host: str
    target: bytes
    fragment: bytes | None


def address_of(url: str) -> Address:
    """Takes a URL apart, and nothing of it is decoded; raises Unreadable."""
    if len(url) > MOST_BYTES:
        raise Unreadable("the URL is too long")
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError as problem:
        raise Unreadable(f"the URL cannot be read: {problem}") from None
    if parts.scheme not in {"http", "https", "ws", "wss"} or not host:
        raise Unreadable("the URL is not one of http or https")
    target = (parts.path or "/") + (f"?{parts.query}" if "?" in url.partition("#")[0] else "")
    fragment = as_bytes(parts.fragment) if "#" in url else None
    scheme = b"https" if parts.scheme in {"https", "wss"} else b"http"
    return Address(scheme, host, as_bytes(target), fragment)
