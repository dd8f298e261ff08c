"""Ambiguities about where a request ends, whom it is for and what its headers are: the shapes of request smuggling.

Source: https://www.rfc-editor.org/rfc/rfc9112#section-6.3 and section 11.2
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from garrison.waf.fields.headers import header_values
from garrison.waf.fields.registry import shown
from garrison.waf.request import Request

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_REQUEST_LINE = re.compile(rb"(?:\A|\n)[A-Z]{3,16} [^ \r\n]{1,2048} HTTP/\d")
_OVERRIDES = {
    b"x-http-method-override": "another method",
    b"x-http-method": "another method",
    b"x-method-override": "another method",
    b"x-original-url": "another path",
    b"x-rewrite-url": "another path",
}
_BODILESS = frozenset((b"GET", b"HEAD", b"TRACE", b"CONNECT"))


def reports(request: Request) -> Iterator[str]:
    yield from _length(request)
    yield from _names(request)
    for name, what in _OVERRIDES.items():
        if header_values(request, name):
            yield f"the header {shown(name)} names {what}"
    if request.body:
        if request.method in _BODILESS:
            yield f"a {shown(request.method)} request has a body"
        if b" HTTP/" in request.body and _REQUEST_LINE.search(request.body):
            yield "the body holds what looks like another request"


def _length(request: Request) -> Iterator[str]:
    lengths, codings = header_values(request, b"content-length"), header_values(request, b"transfer-encoding")
    if lengths and codings:
        yield "Content-Length and Transfer-Encoding are both given"
    if len(lengths) > 1 or any(b"," in length for length in lengths):
        yield "Content-Length is given more than once"
    elif lengths and not lengths[0].isdigit():
        yield "Content-Length is not a number"
    elif lengths and not codings and int(lengths[0][:18]) != _body_bytes(request):
        yield "Content-Length is not the length of the body"
    if codings and codings != (b"chunked",):
        yield "Transfer-Encoding is something else than chunked"
    if codings and request.version in {b"HTTP/1.0", b"HTTP/2", b"HTTP/3"}:
        yield f"Transfer-Encoding is given with {shown(request.version)}"
    hosts = header_values(request, b"host")
    if len(hosts) > 1:
        yield "Host is given more than once"
    elif hosts and (b"," in hosts[0] or b"@" in hosts[0] or b" " in hosts[0]):
        yield "Host is not one name"


def _body_bytes(request: Request) -> int:
    return len(request.body) if request.body_bytes is None else request.body_bytes


def _names(request: Request) -> Iterator[str]:
    names, values = zip(*request.headers, strict=True) if request.headers else ((), ())
    together = b"".join(names)
    if b"_" in together or b"" in names or not _TOKEN.fullmatch(together or b"-"):
        for name in names:
            if not _TOKEN.fullmatch(name):
                yield f"the name of the header {shown(name)} holds odd characters"
            elif b"_" in name:
                yield f"the name of the header {shown(name)} holds an underscore, which some servers take for a dash"
    if _CONTROLS.search(b"".join(values)):
        for name, value in request.headers:
            if _CONTROLS.search(value):
                yield f"the value of the header {shown(name)} holds line breaks or control characters"
