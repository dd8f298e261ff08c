"""What the form, JSON document or XML in a body says, decoded as a server would: Garrison's own fields for its managed rule groups.

`Body` is the raw body as AWS WAF inspects it. These two find an attack in it whatever it is wrapped in: percent-encoding, multipart, escapes
of JSON, references of XML, gzip. In documents of rules they are the fields `BodyArguments` and `ArgumentNames` of FieldToMatch, which the API
does not accept: no web ACL of a user depends on what AWS does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from garrison.waf.document.fields import Body, Empty
from garrison.waf.fields.encoded_body import plain_body
from garrison.waf.fields.headers import by_oversize, oversized
from garrison.waf.fields.json_elements import elements_of
from garrison.waf.fields.media_type import media_type
from garrison.waf.fields.multipart import parts_of
from garrison.waf.fields.parts import NOTHING, Limits, Part, Parts
from garrison.waf.fields.query_arguments import pairs_of, query_pairs
from garrison.waf.fields.registry import Read, field, text
from garrison.waf.fields.xml_text import values_of
from garrison.waf.request import Request
from garrison.waf.transformations.url_encoding import url_decode

MOST_ARGUMENTS = 4096
"""Of one form. What follows is one more value, so that none passes unseen."""

_STANDARD = Limits()
_FORM_LIKE = re.compile(rb"[\w.~%+\-\[\]]{1,128}+=")

Pairs = list[tuple[str, bytes]]


def body_arguments(request: Request, limits: Limits = _STANDARD) -> Parts:
    """The values in the body, each with the name of its argument, its JSON pointer or its element as the place.

    The Content-Type says how to read it; where a body looks like something else it is read as that too, for servers that look at the body and
    not at the header. A body that nothing is known about is one value. Contents of uploaded files are no arguments; their names are.
    """
    return _taken_apart(request, limits)[0]


def argument_names(request: Request, limits: Limits = _STANDARD) -> Parts:
    """The names of all arguments of the query string and the body, and the keys of its JSON, decoded."""
    names = [Part("", url_decode(name)) for name, _ in query_pairs(request)]
    known = _taken_apart(request, limits)[1]
    return Parts((*names, *known.values), known.oversize) if names or known.values else NOTHING


def _taken_apart(request: Request, limits: Limits) -> tuple[Parts, Parts]:
    """Values and names."""
    key = ("body arguments", limits.body_bytes)
    known: tuple[Parts, Parts] | None = request.parsed.get(key)
    if known is None:
        plain = plain_body(request, limits)
        values: Pairs = []
        names: list[bytes] = []
        if plain.body:
            for kind in _kinds(media_type(request).name, plain.body):
                _READERS[kind](request, plain.body, values, names)
        known = request.parsed[key] = (
            Parts(tuple([Part(place, value) for place, value in values]), plain.oversize),
            Parts(tuple([Part("", name) for name in names]), plain.oversize),
        )
    return known


def _kinds(declared: bytes, body: bytes) -> Iterable[str]:
    """How the body is read: as it is declared, and as what it looks like."""
    said, seen = kind_of_type(declared), kind_of_content(body)
    kinds = [kind for kind in (said, seen) if kind]
    if not said:
        kinds.append("text")
    return dict.fromkeys(kinds)


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


def _read_form(request: Request, body: bytes, values: Pairs, names: list[bytes]) -> None:
    for count, (name, value) in enumerate(pairs_of(body)):
        if count == MOST_ARGUMENTS:
            values.append(("", url_decode(body)))
            break
        decoded = url_decode(name)
        if value is None:
            values.append(("", decoded))
        else:
            names.append(decoded)
            values.append((text(decoded), url_decode(value)))


def _read_multipart(request: Request, body: bytes, values: Pairs, names: list[bytes]) -> None:
    parts = parts_of(body, media_type(request))
    if parts is None:
        values.append(("", body))
        return
    for part in parts:
        place = text(part.name)
        if part.name:
            names.append(part.name)
        if part.filename is not None:
            values.append((place, part.filename))
        if not part.filename or part.is_odd:
            values.append((place, part.content))


def _read_json(request: Request, body: bytes, values: Pairs, names: list[bytes]) -> None:
    elements = elements_of(body)
    for element in elements.values:
        if element.is_key:
            names.append(element.value)
        else:
            values.append((element.pointer, element.value))
    if not elements.complete:
        values.append(("", body))


def _read_xml(request: Request, body: bytes, values: Pairs, names: list[bytes]) -> None:
    values += [(text(found.place), found.value) for found in values_of(body)]


def _read_text(request: Request, body: bytes, values: Pairs, names: list[bytes]) -> None:
    values.append(("", body))


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
