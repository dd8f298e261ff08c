"""Fields of the query string taken apart: one argument by its name, or all of them."""

from __future__ import annotations

from garrison.waf.document.fields import Empty, Named
from garrison.waf.fields.parts import NOTHING, Limits, Part, Parts
from garrison.waf.fields.registry import Read, field
from garrison.waf.fields.request_line import path_and_query
from garrison.waf.request import Request
from garrison.waf.transformations import pre_parser
from garrison.waf.transformations.url_encoding import url_decode

Pair = tuple[bytes, bytes | None]
"""Name and value as they came; None where there is no `=`."""


def query_pairs(request: Request, pre: tuple[str, ...] = ()) -> list[Pair]:
    """The arguments between the ampersands of the query string, after its pre-parse transformations; what is empty is none."""
    key = ("query pairs", pre)
    known: list[Pair] | None = request.parsed.get(key)
    if known is None:
        query = path_and_query(request)[1]
        known = request.parsed[key] = pairs_of(pre_parser(pre)(query)) if query else []
    return known


def pairs_of(text: bytes) -> list[Pair]:
    """The arguments of a query string or form, as they stand there."""
    pairs: list[Pair] = []
    for piece in text.split(b"&"):
        if piece:
            name, equals, value = piece.partition(b"=")
            pairs.append((name, value if equals else None))
    return pairs


def decoded_pairs(request: Request) -> list[Pair]:
    """The same decoded once, as an application has them."""
    known: list[Pair] | None = request.parsed.get("decoded query pairs")
    if known is None:
        known, query = query_pairs(request), path_and_query(request)[1] or b""
        if b"+" in query:  # a plus is no part of an encoding, so that all of them go at once
            query = query.replace(b"+", b" ")
            known = pairs_of(query)
        if b"%" in query:
            known = [(_decoded(name), None if value is None else _decoded(value)) for name, value in known]
        request.parsed["decoded query pairs"] = known
    return known


def _decoded(text: bytes) -> bytes:
    return url_decode(text) if b"%" in text else text


def _by_name(request: Request, pre: tuple[str, ...]) -> dict[bytes, list[Part]]:
    """The values under the names in lower case, and under their decoded names where these are others."""
    key = ("query arguments by name", pre)
    known: dict[bytes, list[Part]] | None = request.parsed.get(key)
    if known is None:
        known = request.parsed[key] = {}
        for name, value in query_pairs(request, pre):
            part = Part(name, value or b"")
            lower = name.lower()
            known.setdefault(lower, []).append(part)
            decoded = url_decode(lower).lower()
            if decoded != lower:
                known.setdefault(decoded, []).append(part)
    return known


@field("single_query_argument", "SINGLE_QUERY_ARG")
def single_query_argument(specification: Named, pre: tuple[str, ...], limits: Limits) -> Read:
    """The values of the argument with this name, in any case and be its name percent-encoded or not; every one when it comes more than once."""
    wanted = specification.name.encode().lower()
    pre_parser(pre)

    def read(request: Request) -> Parts:
        values = _by_name(request, pre).get(wanted)
        return Parts(tuple(values)) if values else NOTHING

    return read


@field("all_query_arguments", "ALL_QUERY_ARGS")
def all_query_arguments(specification: Empty, pre: tuple[str, ...], limits: Limits) -> Read:
    """The values of all arguments, not decoded. One without `=` is a value without a name, as some servers take it: it shall not pass unseen."""
    pre_parser(pre)

    def read(request: Request) -> Parts:
        pairs = query_pairs(request, pre)
        if not pairs:
            return NOTHING
        return Parts(tuple([Part("", name) if value is None else Part(name, value) for name, value in pairs]))

    return read
