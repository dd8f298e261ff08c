"""Pre-parse transformations of query strings: how the server behind takes arguments apart.

Their fellows URL_DECODE and URL_DECODE_UNI are text transformations as well and stand with those.
"""

from __future__ import annotations

from garrison.waf.transformations.registry import pre_parse


@pre_parse("COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA", example=(b"a=1&b=2&a=3", b"a=1,3&b=2"))
def combine_duplicates(value: bytes) -> bytes:
    """Joins the values of arguments with the same name by commas, where the first of them stands."""
    pieces = value.split(b"&")
    values: dict[bytes, list[bytes]] = {}
    for piece in pieces:
        name, _, text = piece.partition(b"=")
        values.setdefault(name, []).append(text)
    if len(values) == len(pieces):
        return value
    joined = []
    for piece in pieces:
        name, equals, text = piece.partition(b"=")
        if texts := values.pop(name, None):
            several = len(texts) > 1
            joined.append(name + (b"=" if several else equals) + (b",".join(texts) if several else text))
    return b"&".join(joined)


@pre_parse("REPLACE_SEMICOLONS_WITH_AMPERSANDS", example=(b"a=1;b=2", b"a=1&b=2"))
def semicolons_to_ampersands(value: bytes) -> bytes:
    """Replaces each semicolon with an ampersand, for servers to which both separate arguments."""
    return value.replace(b";", b"&") if b";" in value else value
