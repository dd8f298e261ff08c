"""Fields of the headers: one by its name, all of them within the limits, and the order of their names."""

from __future__ import annotations

from collections.abc import Callable

from garrison.waf.document import FieldToMatch
from garrison.waf.document.fields import Cookies, HeaderMatchPattern, HeaderOrder, Headers, Named
from garrison.waf.fields.parts import MATCHES, MATCHES_NOT, NOTHING, Limits, Part, Parts
from garrison.waf.fields.registry import Read, field
from garrison.waf.request import Request

Pairs = tuple[tuple[bytes, bytes], ...]


def header_values(request: Request, name: bytes) -> tuple[bytes, ...]:
    """The values of a header, in order; `name` is in lower case."""
    return headers_by_name(request).get(name, ())


def headers_by_name(request: Request) -> dict[bytes, tuple[bytes, ...]]:
    """All values of each header, by its name in lower case."""
    known: dict[bytes, tuple[bytes, ...]] | None = request.parsed.get("headers by name")
    if known is None:
        known = request.parsed["headers by name"] = {}
        for name, value in request.headers:
            known[name] = (*known[name], value) if name in known else (value,)
    return known


def within(pairs: Pairs, most_bytes: int, most: int) -> tuple[Pairs, bool]:
    """What is inspected of names and values, the last one cut where the limit falls, and whether there is more."""
    if len(pairs) <= most and sum([len(name) + len(value) for name, value in pairs]) <= most_bytes:
        return pairs, False
    kept: list[tuple[bytes, bytes]] = []
    left = most_bytes
    for name, value in pairs[:most]:
        if left <= 0:
            break
        kept.append((name[:left], value[: max(0, left - len(name))]))
        left -= len(name) + len(value)
    return tuple(kept), True


def inspected_headers(request: Request, limits: Limits) -> tuple[Pairs, bool]:
    """The first 8 KB of the headers and at most 200, and whether there are more."""
    key = ("headers", limits)
    known: tuple[Pairs, bool] | None = request.parsed.get(key)
    if known is None:
        known = request.parsed[key] = within(request.headers, limits.header_bytes, limits.headers)
    return known


def keys_and_values(pairs: Pairs, scope: str) -> tuple[Part, ...]:
    """Parts of the names, the values or both."""
    if scope == "VALUE":
        return tuple([Part(name, value) for name, value in pairs])
    if scope == "KEY":
        return tuple([Part(name, name) for name, _ in pairs])
    return tuple([Part(name, either) for name, value in pairs for either in (name, value)])


def by_oversize(handling: str) -> Parts | None:
    """What decides about a component that is larger than what is inspected; None: go on with the beginning."""
    return None if handling == "CONTINUE" else MATCHES if handling == "MATCH" else MATCHES_NOT


def oversized(verdict: Parts) -> Parts:
    """The same, marked as larger than what is inspected."""
    return Parts((), True, verdict.verdict)


def of_pairs(
    inspected: Callable[[Request], tuple[Pairs, bool]],
    included: frozenset[bytes],
    excluded: frozenset[bytes],
    specification: Headers | Cookies,
) -> Read:
    """What reads names, values or both of all pairs, of the included ones, or of all but the excluded ones."""
    scope, decided = specification.match_scope, by_oversize(specification.oversize_handling)

    def read(request: Request) -> Parts:
        pairs, oversize = inspected(request)
        if oversize and decided is not None:
            return oversized(decided)
        if included:
            pairs = tuple([pair for pair in pairs if pair[0] in included])
        elif excluded:
            pairs = tuple([pair for pair in pairs if pair[0] not in excluded])
        return Parts(keys_and_values(pairs, scope), oversize)

    return read


COVER = FieldToMatch(headers=Headers(HeaderMatchPattern(excluded_headers=("cookie",)), "VALUE", "MATCH"))
"""The values of all headers but Cookie, which is long and looked at in pieces; a verdict where there are more than are inspected."""


def cover(field: FieldToMatch) -> FieldToMatch | None:
    """A field with all values that this one has, so that whoever seeks something in many fields looks at one of them; None where there is none."""
    if field.single_header is not None:
        return COVER if field.single_header.name.lower() != "cookie" else None
    if field.headers is None or field.headers.match_scope != "VALUE":
        return None
    pattern = field.headers.match_pattern
    if pattern.included_headers:
        return COVER if "cookie" not in map(str.lower, pattern.included_headers) else None
    return COVER if "cookie" in map(str.lower, pattern.excluded_headers) else None


@field("single_header", "HEADER")
def single_header(specification: Named, pre: tuple[str, ...], limits: Limits) -> Read:
    """The value of the header with this name, in any case; every one when it comes more than once. It is read wherever it stands: that many
    other headers come before it hides nothing."""
    wanted = specification.name.encode().lower()
    place = specification.name.lower()

    def read(request: Request) -> Parts:
        values = header_values(request, wanted)
        return Parts(tuple([Part(place, value) for value in values])) if values else NOTHING

    return read


@field("headers", "HEADERS")
def headers(specification: Headers, pre: tuple[str, ...], limits: Limits) -> Read:
    """Names, values or both of all headers, of some, or of all but some, of the first 8 KB and 200 headers."""
    pattern = specification.match_pattern
    return of_pairs(
        lambda request: inspected_headers(request, limits),
        frozenset(name.encode().lower() for name in pattern.included_headers),
        frozenset(name.encode().lower() for name in pattern.excluded_headers),
        specification,
    )


@field("header_order", "HEADER_ORDER")
def header_order(specification: HeaderOrder, pre: tuple[str, ...], limits: Limits) -> Read:
    """The names in the order in which they came, joined by colons: `host:user-agent:accept`."""
    decided = by_oversize(specification.oversize_handling)

    def read(request: Request) -> Parts:
        pairs, oversize = inspected_headers(request, limits)
        if oversize and decided is not None:
            return oversized(decided)
        return Parts((Part("", b":".join([name for name, _ in pairs])),), oversize)

    return read
