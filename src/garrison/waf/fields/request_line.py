"""Fields of the first line of a request: method, path, query string, and the fragment where a proxy passes it on."""

from __future__ import annotations

from garrison.waf.document.fields import Empty, UriFragment
from garrison.waf.fields.parts import MATCHES, MATCHES_NOT, NOTHING, Limits, Part, Parts
from garrison.waf.fields.registry import Read, field
from garrison.waf.request import Request


def path_and_query(request: Request) -> tuple[bytes, bytes | None]:
    """The target in two, as it came; None where there is no `?`."""
    known: tuple[bytes, bytes | None] | None = request.parsed.get("target")
    if known is None:
        path, mark, query = request.target.partition(b"?")
        known = request.parsed["target"] = (path, query if mark else None)
    return known


@field("method", "METHOD")
def method(specification: Empty, pre: tuple[str, ...], limits: Limits) -> Read:
    """The method as it came: `GET`."""
    return lambda request: Parts((Part("", request.method),))


@field("uri_path", "URI_PATH")
def uri_path(specification: Empty, pre: tuple[str, ...], limits: Limits) -> Read:
    """What stands before `?`, neither decoded nor normalised."""
    return lambda request: Parts((Part("", path_and_query(request)[0]),))


@field("query_string", "QUERY_STRING")
def query_string(specification: Empty, pre: tuple[str, ...], limits: Limits) -> Read:
    """What stands after the first `?`, not decoded."""

    def read(request: Request) -> Parts:
        query = path_and_query(request)[1]
        return NOTHING if query is None else Parts((Part("", query),))

    return read


@field("uri_fragment", "URI_FRAGMENT")
def uri_fragment(specification: UriFragment, pre: tuple[str, ...], limits: Limits) -> Read:
    """What follows `#`; the fallback decides for requests without it."""
    absent = MATCHES if specification.fallback_behavior == "MATCH" else MATCHES_NOT

    def read(request: Request) -> Parts:
        return absent if request.fragment is None else Parts((Part("", request.fragment),))

    return read
