"""The target of a request as it came off the wire, or as near to it as a server lets one come."""

from __future__ import annotations

from urllib.parse import quote

_KEPT = "/!$&'()*+,;=:@~-._"
"""What stands for itself in a path (RFC 3986, 3.3)."""


def path_and_query(target: bytes) -> bytes:
    """A target without scheme and authority, where it is in absolute form (RFC 9112, 3.2.2)."""
    if target[:1] == b"/" or target == b"*":
        return target
    scheme, found, rest = target.partition(b"://")
    if not found or b"/" in scheme or b"?" in scheme:
        return target
    begin = min((at for at in (rest.find(b"/"), rest.find(b"?")) if at >= 0), default=len(rest))
    found_path = rest[begin:]
    return found_path if found_path[:1] == b"/" else b"/" + found_path


def encoded(path: bytes, query: bytes) -> bytes:
    """A target of a path that the server has decoded already: what needs encoding is encoded anew."""
    made = quote(path, safe=_KEPT).encode() or b"/"
    return made + b"?" + query if query else made


def without_fragment(target: bytes) -> tuple[bytes, bytes | None]:
    """The target and what follows `#`, which clients do not send, and attackers may."""
    before, found, after = target.partition(b"#")
    return (before, after) if found else (target, None)
