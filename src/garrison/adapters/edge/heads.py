"""What a request's head must be, so that nobody behind can read it in another way."""

from __future__ import annotations

from garrison.adapters.targets import path_and_query

Headers = tuple[tuple[bytes, bytes], ...]

_VERSIONS = ("1.0", "1.1")


def refused_head(method: bytes, version: str, target: bytes, headers: Headers, *, is_upgrade: bool) -> str | None:
    """Why a head is refused, None for a good one. The parser itself refuses two framings, bare line ends and folded lines.

    Sources: RFC 9112, 3.2, 6.1, 6.3 and 11.2; RFC 9110, 7.8.
    """
    if version not in _VERSIONS:
        return "The request is not HTTP/1.1."
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) > 1 or (not hosts and version == "1.1"):
        return "The request needs one Host header."
    if any(mark in host for host in hosts for mark in b" ,/@#?\\\t"):
        return "The request's Host is no host."
    codings = [value for name, value in headers if name == b"transfer-encoding"]
    if codings and (version == "1.0" or [each.lower() for each in codings] != [b"chunked"]):
        return "The request's Transfer-Encoding is not chunked."
    has_body = bool(codings) or any(name == b"content-length" and value != b"0" for name, value in headers)
    if is_upgrade and has_body:
        return "A request that changes the protocol has no body."
    if not target.startswith(b"/") and not (target == b"*" and method == b"OPTIONS"):
        return _refused_target(target, hosts)
    return None


def _refused_target(target: bytes, hosts: list[bytes]) -> str | None:
    """An absolute form is for proxies of clients; here it may only repeat the Host."""
    scheme, found, rest = target.partition(b"://")
    if not found or scheme.lower() not in (b"http", b"https") or path_and_query(target) == target:
        return "The request's target is none."
    authority = rest.partition(b"/")[0].partition(b"?")[0]
    return None if [authority.lower()] == [host.lower() for host in hosts] else "Target and Host name two servers."
