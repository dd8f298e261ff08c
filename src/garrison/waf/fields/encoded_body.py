"""A body with a Content-Encoding made plain, as a server would that accepts one: never more than a fixed size of it."""

from __future__ import annotations

import zlib

import msgspec

from garrison.waf.fields.body import inspected_body
from garrison.waf.fields.headers import header_values
from garrison.waf.fields.parts import Limits
from garrison.waf.request import Request

MOST_INFLATED_BYTES = 64 * 1024
"""What is inspected of a body that was compressed: as much as of the largest plain one."""
MOST_LAYERS = 3
_GZIP_OR_ZLIB, _RAW = 47, -15


class PlainBody(msgspec.Struct, frozen=True):
    body: bytes
    oversize: bool = False
    """Whether there is more of it, compressed or not, than what is inspected."""
    problem: str = ""
    """Why the body is still encoded or only in part decoded, in plain words; empty when there is no problem."""


def content_codings(request: Request) -> tuple[bytes, ...]:
    """The names of Content-Encoding in lower case, in the order in which they were applied."""
    names = b",".join(header_values(request, b"content-encoding")).lower().split(b",")
    return tuple(name for name in map(bytes.strip, names) if name not in {b"", b"identity"})


def plain_body(request: Request, limits: Limits) -> PlainBody:
    """The inspected beginning of the body, decompressed."""
    key = ("plain body", limits.body_bytes)
    known: PlainBody | None = request.parsed.get(key)
    if known is None:
        known = request.parsed[key] = _plain(request, limits)
    return known


def _plain(request: Request, limits: Limits) -> PlainBody:
    body, oversize = inspected_body(request, limits)
    codings = content_codings(request)
    if not codings or not body:
        return PlainBody(body, oversize)
    if len(codings) > MOST_LAYERS:
        return PlainBody(body, oversize, "the body is compressed too many times")
    for coding in reversed(codings):
        if coding not in {b"gzip", b"x-gzip", b"deflate"}:
            return PlainBody(
                body, oversize, f"the body has the content coding {coding.decode('ascii', 'replace')[:40]}"
            )
        inflated, more, sound = _inflate(body)
        if not sound and not inflated:
            return PlainBody(body, oversize, "the body is not compressed as its Content-Encoding says")
        body, oversize = inflated, oversize or more
    return PlainBody(body, oversize, "the body inflates beyond what is inspected" if oversize else "")


def _inflate(body: bytes) -> tuple[bytes, bool, bool]:
    """At most `MOST_INFLATED_BYTES`, whether there is more, and whether it was sound. Further gzip members are read as well."""
    inflated = b""
    while body:
        piece, rest, sound = _inflate_member(body, MOST_INFLATED_BYTES - len(inflated))
        inflated += piece
        if rest is None or not sound:
            return inflated, rest is None, sound
        if not piece and rest:
            return inflated, False, True
        body = rest
    return inflated, False, True


def _inflate_member(body: bytes, most: int) -> tuple[bytes, bytes | None, bool]:
    """What it holds, what follows (None: more than fits), and whether it was sound."""
    for form in (_GZIP_OR_ZLIB, _RAW):
        decoder = zlib.decompressobj(form)
        try:
            piece = decoder.decompress(body, max(1, most))
        except zlib.error:
            continue
        more = bool(decoder.unconsumed_tail) or len(piece) > most
        return piece[:most], None if more else decoder.unused_data, True
    return b"", b"", False
