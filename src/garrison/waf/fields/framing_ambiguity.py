"""Ambiguities about where a request ends, whom it is for and what its headers are: the shapes of request smuggling.

Source: https://www.rfc-editor.org/rfc/rfc9112#section-6.3 and section 11.2
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from garrison.waf.fields.headers import header_values, headers_by_name
from garrison.waf.fields.registry import shown
from garrison.waf.request import Request

_TOKEN = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CONTROLS = bytes(byte for byte in range(32) if byte != 9) + b"\x7f"
_REQUEST_LINE = re.compile(rb"(?:\A|\n)[A-Z]{3,16} [^ \r\n]{1,2048} HTTP/\d")
_OVERRIDES = {
    b"x-http-method-override": "another method",
    b"x-http-method": "another method",
    b"x-method-override": "another method",
    b"x-original-url": "another path",
    b"x-rewrite-url": "another path",
}
_BODILESS = frozenset((b"GET", b"HEAD", b"TRACE", b"CONNECT"))
_WITHOUT_CODINGS = frozenset((b"HTTP/1.0", b"HTTP/2", b"HTTP/2.0", b"HTTP/3", b"HTTP/3.0"))


def reports(request: Request) -> Iterator[str]:
    headers = headers_by_name(request)
    if b"transfer-encoding" in headers:
        yield from _codings(request)
    if b"content-length" in headers:
        yield from _length(request)
    hosts = headers.get(b"host", ())
    if len(hosts) > 1:
        yield "Host is given more than once"
    elif hosts and len(hosts[0].translate(None, b",@ ")) != len(hosts[0]):
        yield "Host is not one name"
    yield from _names(request)
    if not _OVERRIDES.keys().isdisjoint(headers):
        yield from (f"the header {shown(name)} names {what}" for name, what in _OVERRIDES.items() if name in headers)
    if request.body:
        if request.method in _BODILESS:
            yield f"a {shown(request.method)} request has a body"
        if b" HTTP/" in request.body and _REQUEST_LINE.search(request.body):
            yield "the body holds what looks like another request"


def _codings(request: Request) -> Iterator[str]:
    codings = header_values(request, b"transfer-encoding")
    if header_values(request, b"content-length"):
        yield "Content-Length and Transfer-Encoding are both given"
    if codings != (b"chunked",):
        yield "Transfer-Encoding is something else than chunked"
    if request.version in _WITHOUT_CODINGS:
        yield f"Transfer-Encoding is given with {shown(request.version)}"


def _length(request: Request) -> Iterator[str]:
    lengths = header_values(request, b"content-length")
    body_bytes = len(request.body) if request.body_bytes is None else request.body_bytes
    if len(lengths) > 1 or b"," in lengths[0]:
        yield "Content-Length is given more than once"
    elif not lengths[0].isdigit():
        yield "Content-Length is not a number"
    elif int(lengths[0][:18]) != body_bytes and not header_values(request, b"transfer-encoding"):
        yield "Content-Length is not the length of the body"


def _names(request: Request) -> Iterator[str]:
    names = headers_by_name(request)
    together = b"".join(names)
    if b"_" in together or b"" in names or together.translate(None, _TOKEN):
        for name in names:
            if not name or name.translate(None, _TOKEN):
                yield f"the name of the header {shown(name)} holds odd characters"
            elif b"_" in name:
                yield f"the name of the header {shown(name)} holds an underscore, which some servers take for a dash"
    values = b"".join([value for _, value in request.headers])
    if len(values.translate(None, _CONTROLS)) != len(values):
        for name, value in request.headers:
            if len(value.translate(None, _CONTROLS)) != len(value):
                yield f"the value of the header {shown(name)} holds line breaks or control characters"
