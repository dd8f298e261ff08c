"""Ambiguities of the body: what it is said to be, what it looks like, and what two parsers would make of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from garrison.waf.fields.arguments import form_parts, kind_of_content, kind_of_type
from garrison.waf.fields.charsets import USUAL
from garrison.waf.fields.encoded_body import content_codings, plain_body
from garrison.waf.fields.headers import header_values
from garrison.waf.fields.json_body import json_elements
from garrison.waf.fields.media_type import media_type
from garrison.waf.fields.parts import Limits
from garrison.waf.fields.registry import shown
from garrison.waf.fields.target_ambiguity import hidden, repeated
from garrison.waf.request import Request

_FORM_NAMES = re.compile(rb"(?:\A|&)([^=&]++)")
_TRANSPARENT = frozenset((b"", b"7bit", b"8bit", b"binary"))


def reports(request: Request, limits: Limits) -> Iterator[str]:
    if not request.body:
        return
    types = header_values(request, b"content-type")
    if len(types) > 1 or len(media_type(request).names) > 1:
        yield "Content-Type is given more than once"
    plain = plain_body(request, limits)
    if plain.problem:
        yield plain.problem
    elif content_codings(request):
        yield "the body is compressed, which some servers read as it is"
    declared = media_type(request)
    for charset in declared.values(b"charset"):
        if charset.lower() not in USUAL:
            yield f"the body has the charset {shown(charset)}"
    said, seen = kind_of_type(declared.names[0]) if declared.names else "", kind_of_content(plain.body)
    if said and seen in _UNMISTAKABLE and seen != said:
        yield f"the body is said to be {_KINDS[said]} and looks like {_KINDS[seen]}"
    elif not declared.names:
        yield "the body has no Content-Type"
    if said in _BY_KIND:
        yield from _BY_KIND[said](request, plain.body, plain.oversize)


def _form(request: Request, body: bytes, cut: bool) -> Iterator[str]:
    yield from repeated("argument of the body", _FORM_NAMES.findall(body))
    if b"%" in body or not body.isascii():
        yield from hidden("body", body)


def _multipart(request: Request, body: bytes, cut: bool) -> Iterator[str]:
    boundaries = media_type(request).values(b"boundary")
    if len(boundaries) > 1:
        yield "the multipart boundary is given more than once"
    parts = form_parts(request, body)
    if parts is None:
        yield "the multipart boundary is missing or does not occur in the body"
        return
    if not cut and b"--" + boundaries[0] + b"--" not in body:
        yield "the multipart body has no end"
    yield from repeated("argument of the body", [part.name for part in parts])
    for part in parts:
        if part.is_odd:
            yield "a part of the multipart body may be read in more than one way"
        if part.transfer_encoding not in _TRANSPARENT:
            yield f"a part of the multipart body has the transfer encoding {shown(part.transfer_encoding)}"


def _json(request: Request, body: bytes, cut: bool) -> Iterator[str]:
    if not cut and not json_elements(request, body).complete:
        yield "the body is no valid JSON"


def _xml(request: Request, body: bytes, cut: bool) -> Iterator[str]:
    if b"<!ENTITY" in body or b"<!entity" in body:
        yield "the body declares XML entities"
    elif b"<!DOCTYPE" in body or b"<!doctype" in body:
        yield "the body has a document type"


_KINDS = {"form": "a form", "multipart": "multipart", "json": "JSON", "xml": "XML"}
_UNMISTAKABLE = frozenset(("json", "xml"))
_BY_KIND: dict[str, Callable[[Request, bytes, bool], Iterator[str]]] = {
    "form": _form,
    "multipart": _multipart,
    "json": _json,
    "xml": _xml,
}
