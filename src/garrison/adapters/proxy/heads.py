"""The heads that go on: without what belongs to one connection only, with who the client is, and with one framing of our own."""

from __future__ import annotations

from collections.abc import Iterable

from garrison.adapters.edge.heads import Headers
from garrison.adapters.edge.incoming import Incoming
from garrison.adapters.guard import OWN_PREFIX

Pairs = list[tuple[bytes, bytes]]

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""RFC 9110, 7.6.1, and what is for proxies only."""
_STAYS = frozenset({b"authorization", b"content-length", b"content-type", b"cookie", b"host"})
"""What no Connection header can have taken out."""
_FORWARDED = frozenset(
    {b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-proto", b"x-real-ip"}
)
"""What only trusted proxies say."""


def named_by_connection(headers: Headers) -> frozenset[bytes]:
    """The names of headers that belong to this connection only."""
    listed = (part.strip().lower() for name, value in headers if name == b"connection" for part in value.split(b","))
    return _HOP_BY_HOP | (frozenset(listed) - _STAYS)


def onward(
    incoming: Incoming, peer: str, scheme: bytes, inserted: Iterable[tuple[str, str]], *, is_trusted: bool
) -> Pairs:
    """The headers of a request that goes on, without its framing.

    Names with underscores are dropped, as nginx does: CGI-like servers take them for those with dashes.
    """
    dropped = named_by_connection(incoming.headers) | {b"content-length", b"expect"}
    if not is_trusted:
        dropped |= _FORWARDED
    made: Pairs = []
    before = []
    for name, value in incoming.headers:
        if name in dropped or b"_" in name or name.startswith(OWN_PREFIX):
            continue
        if name == b"x-forwarded-for":
            before.append(value)
        else:
            made.append((name, value))
    names = {name for name, _ in made}
    made.append((b"x-forwarded-for", b", ".join([*before, peer.encode()])))
    if b"x-forwarded-proto" not in names:
        made.append((b"x-forwarded-proto", scheme))
    if b"x-forwarded-host" not in names and (host := incoming.header(b"host")):
        made.append((b"x-forwarded-host", host))
    made += [(name.lower().encode("latin-1"), _one_line(value)) for name, value in inserted]
    return made


def _one_line(value: str) -> bytes:
    return value.encode("latin-1", "replace").replace(b"\r", b" ").replace(b"\n", b" ")


def encoded(first_line: bytes, headers: Pairs) -> bytes:
    """A head as it goes onto the wire."""
    return b"".join([first_line, b"\r\n", *(b"%b: %b\r\n" % each for each in headers), b"\r\n"])
