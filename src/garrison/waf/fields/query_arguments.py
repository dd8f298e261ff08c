"""Fields of the query string taken apart: one argument by its name, or all of them."""

from __future__ import annotations

from collections.abc import Iterable

from garrison.waf.document.fields import Empty, Named
from garrison.waf.fields.parts import NOTHING, Limits, Part, Parts
from garrison.waf.fields.registry import Read, field, text
from garrison.waf.fields.request_line import path_and_query
from garrison.waf.request import Request
from garrison.waf.transformations import pre_parser
from garrison.waf.transformations.url_encoding import url_decode

Pair = tuple[bytes, bytes | None]
"""Name and value as they came; None where there is no `=`."""


def pairs_of(query: bytes) -> Iterable[Pair]:
    """The arguments between ampersands; what is empty is none."""
    for piece in query.split(b"&"):
        if piece:
            name, equals, value = piece.partition(b"=")
            yield name, value if equals else None


def query_pairs(request: Request, pre: tuple[str, ...] = ()) -> tuple[Pair, ...]:
    """The arguments of the query string, after its pre-parse transformations."""
    key = ("query pairs", pre)
    known: tuple[Pair, ...] | None = request.parsed.get(key)
    if known is None:
        query = path_and_query(request)[1]
        known = request.parsed[key] = tuple(pairs_of(pre_parser(pre)(query))) if query else ()
    return known


@field("single_query_argument", "SINGLE_QUERY_ARG")
def single_query_argument(specification: Named, pre: tuple[str, ...], limits: Limits) -> Read:
    """The values of the argument with this name, in any case and be its name percent-encoded or not; every one when it comes more than once."""
    wanted = specification.name.encode().lower()
    pre_parser(pre)

    def read(request: Request) -> Parts:
        values = tuple(
            Part(text(name), value or b"")
            for name, value in query_pairs(request, pre)
            if name.lower() == wanted or url_decode(name).lower() == wanted
        )
        return Parts(values) if values else NOTHING

    return read


@field("all_query_arguments", "ALL_QUERY_ARGS")
def all_query_arguments(specification: Empty, pre: tuple[str, ...], limits: Limits) -> Read:
    """The values of all arguments, not decoded. One without `=` is a value without a name, as some servers take it: it shall not pass unseen."""
    pre_parser(pre)

    def read(request: Request) -> Parts:
        pairs = query_pairs(request, pre)
        if not pairs:
            return NOTHING
        return Parts(tuple(Part("", name) if value is None else Part(text(name), value) for name, value in pairs))

    return read
