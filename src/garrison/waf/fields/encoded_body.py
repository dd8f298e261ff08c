"""A body with a Content-Encoding made plain, as a server would that accepts one: never more than a fixed size of it."""

from __future__ import annotations

import zlib

import msgspec

from garrison.waf.fields.body import inspected_body
from garrison.waf.fields.headers import header_values
from garrison.waf.fields.parts import Limits
from garrison.waf.fields.registry import shown
from garrison.waf.request import Request

MOST_INFLATED_BYTES = 64 * 1024
"""What is inspected of a body that was compressed: as much as of the largest plain one."""
MOST_LAYERS = 3
MOST_MEMBERS = 32
"""Of gzip in one body."""
_GZIP_OR_ZLIB, _RAW = 47, -15
_STEP = 16
"""Compressed bytes at a time where an error is looked for."""


class PlainBody(msgspec.Struct, frozen=True):
    body: bytes
    oversize: bool = False
    """Whether there is more of it, compressed or not, than what is inspected."""
    problem: str = ""
    """Why the body is still encoded or only in part decoded, in plain words; empty when there is no problem."""


def content_codings(request: Request) -> tuple[bytes, ...]:
    """The names of Content-Encoding in lower case, in the order in which they were applied."""
    values = header_values(request, b"content-encoding")
    if not values:
        return ()
    names = b",".join(values).lower().split(b",")
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
            return PlainBody(body, oversize, f"the body has the content coding {shown(coding)}")
        inflated, more, sound = _inflate(body)
        if not sound and not oversize:
            return PlainBody(inflated or body, more, "the body is not compressed as its Content-Encoding says")
        body, oversize = inflated or body, oversize or more
    return PlainBody(body, oversize, "the body inflates beyond what is inspected" if oversize else "")


def _inflate(body: bytes) -> tuple[bytes, bool, bool]:
    """At most `MOST_INFLATED_BYTES`, whether there is more, and whether it was sound. Further members of gzip are read as well."""
    inflated = b""
    for _ in range(MOST_MEMBERS):
        piece, rest, sound = _inflate_member(body, MOST_INFLATED_BYTES - len(inflated))
        inflated += piece
        if not rest or not sound:
            return inflated, rest is None, sound
        body = rest
    return inflated, True, True


def _inflate_member(body: bytes, most: int) -> tuple[bytes, bytes | None, bool]:
    """What it holds, what follows (None: more than fits), and whether it was sound; when it is not, what stands before the error."""
    for form in (_GZIP_OR_ZLIB, _RAW):
        decoder = zlib.decompressobj(form)
        try:
            piece = decoder.decompress(body, max(1, most))
        except zlib.error:
            piece = _before_error(body, form, most)
            if piece:
                return piece, b"", False
            continue
        if decoder.unconsumed_tail or len(piece) > most:
            return piece[:most], None, True
        return piece, decoder.unused_data, bool(piece) or decoder.eof
    return b"", b"", False


def _before_error(body: bytes, form: int, most: int) -> bytes:
    """Bit by bit, since a decoder gives nothing of the bytes in which the error is."""
    decoder = zlib.decompressobj(form)
    inflated = b""
    try:
        for begin in range(0, len(body), _STEP):
            inflated += decoder.decompress(body[begin : begin + _STEP], max(1, most - len(inflated)))
            if len(inflated) >= most:
                break
    except zlib.error:
        pass
    return inflated[:most]
