"""What the form, JSON document or XML in a body says, decoded as a server would: Garrison's own fields for its managed rule groups.

`Body` is the raw body as AWS WAF inspects it. These find an attack in it whatever it is wrapped in: percent-encoding, multipart, escapes of
JSON, references of XML, gzip. In documents of rules they are the fields `BodyArguments`, `DecodedQueryArguments` and `ArgumentNames` of
FieldToMatch, which the API does not accept: no web ACL of a user depends on what AWS does not have.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterable

from garrison.waf.document.fields import Body, Empty
from garrison.waf.fields.charsets import codec_of, in_utf8, unusual_codec
from garrison.waf.fields.encoded_body import plain_body
from garrison.waf.fields.headers import by_oversize, oversized
from garrison.waf.fields.json_body import json_elements
from garrison.waf.fields.media_type import MediaType, media_type
from garrison.waf.fields.multipart import FormPart, parts_of
from garrison.waf.fields.parts import NOTHING, Limits, Part, Parts
from garrison.waf.fields.query_arguments import decoded_pairs, query_pairs
from garrison.waf.fields.registry import Read, field
from garrison.waf.fields.xml_text import values_of
from garrison.waf.request import Request
from garrison.waf.transformations.base64_text import base64_decode_forgiving
from garrison.waf.transformations.javascript import javascript_decode
from garrison.waf.transformations.url_encoding import url_decode

MOST_ARGUMENTS = 4096
"""Of one form. What follows is one more value, so that none passes unseen."""

_STANDARD = Limits()
_FORM_LIKE = re.compile(rb"[\w.~%+\-\[\]]{1,128}+=")


def body_arguments(request: Request, limits: Limits = _STANDARD) -> Parts:
    """The values in the body, each with the name of its argument, its JSON pointer or its element as the place.

    The Content-Type says how to read it; where a body looks like something else it is read as that too, for servers that look at the body and
    not at the header. A body that nothing is known about is one value. Contents of uploaded files are no arguments; their names are.
    """
    return _taken_apart(request, limits)[0]


def query_values(request: Request) -> Parts:
    """The values of the query string's arguments as an application has them: decoded once, like those of the body."""
    known: Parts | None = request.parsed.get("query values")
    if known is None:
        values = [
            Part("", name) if value is None else Part(place, value)
            for (place, _), (name, value) in zip(query_pairs(request), decoded_pairs(request), strict=True)
        ]
        known = request.parsed["query values"] = Parts(tuple(values)) if values else NOTHING
    return known


def argument_names(request: Request, limits: Limits = _STANDARD) -> Parts:
    """The names of all arguments of the query string and the body, and the keys of its JSON, decoded."""
    names = [Part("", name) for name, _ in decoded_pairs(request)]
    known = _taken_apart(request, limits)[1]
    return Parts((*names, *known.values), known.oversize) if names or known.values else NOTHING


def _taken_apart(request: Request, limits: Limits) -> tuple[Parts, Parts]:
    """Values and names."""
    key = ("body arguments", limits.body_bytes)
    known: tuple[Parts, Parts] | None = request.parsed.get(key)
    if known is None:
        plain = plain_body(request, limits)
        values: list[Part] = []
        names: list[Part] = []
        if plain.body:
            kinds = _kinds(media_type(request), plain.body)
            for kind in kinds:
                _READERS[kind](request, plain.body, values, names)
            if codec := unusual_codec(request, plain.body):
                _read_in_charset(request, plain.body, codec, kinds, values, names)
        known = request.parsed[key] = (Parts(tuple(values), plain.oversize), Parts(tuple(names), plain.oversize))
    return known


def _read_in_charset(
    request: Request, body: bytes, codec: str, kinds: Iterable[str], values: list[Part], names: list[Part]
) -> None:
    """Read a body whose ASCII is not ASCII once more. Of a form, the characters are decoded after the percent-encoding."""
    if "form" in kinds:
        values += [Part(part.place, in_utf8(part.value, codec)) for part in values]
        names += [Part("", in_utf8(part.value, codec)) for part in names]
    decoded = in_utf8(body, codec)
    for kind in _kinds(media_type(request), decoded):
        _READERS[kind](request, decoded, values, names)


def _kinds(declared: MediaType, body: bytes) -> Iterable[str]:
    """How the body is read: as it is declared, and as what it looks like."""
    said = [kind for kind in map(kind_of_type, declared.names) if kind]
    seen = kind_of_content(body)
    if said == [seen]:
        return said
    return dict.fromkeys([*said, *([seen] if seen else ()), *(() if said else ("text",))])


def kind_of_type(declared: bytes) -> str:
    """What a media type says about the body: form, multipart, json or xml; empty where it says nothing."""
    if declared == b"application/x-www-form-urlencoded":
        return "form"
    if declared.startswith(b"multipart/"):
        return "multipart"
    if declared.endswith((b"/json", b"+json")) or b"json" in declared:
        return "json"
    return "xml" if declared.endswith((b"/xml", b"+xml")) else ""


def kind_of_content(body: bytes) -> str:
    """What a body looks like; empty where it looks like none of these."""
    beginning = body[:256].lstrip(b" \t\r\n\xef\xbb\xbf\0")
    first = beginning[:1]
    if first in (b"{", b"["):
        return "json"
    if first == b"<":
        return "xml"
    if beginning.startswith(b"--"):
        return "multipart"
    return "form" if _FORM_LIKE.match(beginning) else ""


_TRANSFER_DECODERS = {b"base64": base64_decode_forgiving, b"quoted-printable": a2b_qp}


def form_parts(request: Request, body: bytes) -> tuple[FormPart, ...] | None:
    """The parts of a multipart body; None when it has none. Taken apart once."""
    key = ("multipart", body)
    if key not in request.parsed:
        request.parsed[key] = parts_of(body, media_type(request))
    known: tuple[FormPart, ...] | None = request.parsed[key]
    return known


def _read_form(request: Request, body: bytes, values: list[Part], names: list[Part]) -> None:
    pieces = body.replace(b"+", b" ").split(b"&")
    if len(pieces) > MOST_ARGUMENTS:
        del pieces[MOST_ARGUMENTS:]
        values.append(Part("", url_decode(body)))
    is_encoded = b"%" in body
    for piece in pieces:
        name, equals, value = piece.partition(b"=")
        if is_encoded and b"%" in piece:
            name, value = url_decode(name), url_decode(value)
        if equals:
            names.append(Part("", name))
            values.append(Part(name, value))
        elif name:
            values.append(Part("", name))


def _read_multipart(request: Request, body: bytes, values: list[Part], names: list[Part]) -> None:
    parts = form_parts(request, body)
    if parts is None:
        values.append(Part("", body))
        return
    for part in parts:
        place = part.name
        if part.name:
            names.append(Part("", part.name))
        if part.filename is not None:
            values.append(Part(place, part.filename))
        if not part.filename or part.is_odd:
            values.append(Part(place, part.content))
            if part.transfer_encoding in _TRANSFER_DECODERS:
                values.append(Part(place, _TRANSFER_DECODERS[part.transfer_encoding](part.content)))
            if codec := codec_of(part.charset):
                values.append(Part(place, in_utf8(part.content, codec)))


def _read_json(request: Request, body: bytes, values: list[Part], names: list[Part]) -> None:
    elements = json_elements(request, body)
    names += elements.keys
    values += elements.values
    if not elements.complete:
        values.append(Part("", body))
        if b"\\" in body:
            values.append(Part("", javascript_decode(body)))


def _read_xml(request: Request, body: bytes, values: list[Part], names: list[Part]) -> None:
    values += values_of(body)


def _read_text(request: Request, body: bytes, values: list[Part], names: list[Part]) -> None:
    values.append(Part("", body))


_READERS = {
    "form": _read_form,
    "multipart": _read_multipart,
    "json": _read_json,
    "xml": _read_xml,
    "text": _read_text,
}


@field("body_arguments", "BODY")
def body_arguments_field(specification: Body, pre: tuple[str, ...], limits: Limits) -> Read:
    """The decoded values of the form, JSON or XML in the body: for managed rule groups only."""
    decided = by_oversize(specification.oversize_handling)

    def read(request: Request) -> Parts:
        parts = body_arguments(request, limits)
        if parts.oversize and decided is not None:
            return oversized(decided)
        return parts

    return read


@field("argument_names", "ARGUMENT_NAMES")
def argument_names_field(specification: Empty, pre: tuple[str, ...], limits: Limits) -> Read:
    """The decoded names of the arguments of query string and body: for managed rule groups only."""
    return lambda request: argument_names(request, limits)


@field("decoded_query_arguments", "ALL_QUERY_ARGS")
def decoded_query_arguments_field(specification: Empty, pre: tuple[str, ...], limits: Limits) -> Read:
    """The values of all arguments of the query string, decoded once: for managed rule groups only."""
    return query_values
