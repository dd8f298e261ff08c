"""Ambiguities of the path, the query string and the cookies: spellings that are decoded once, twice or not at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from garrison.waf.fields.cookies import cookie_pairs
from garrison.waf.fields.headers import header_values
from garrison.waf.fields.query_arguments import query_pairs
from garrison.waf.fields.registry import shown
from garrison.waf.fields.request_line import path_and_query
from garrison.waf.request import Request
from garrison.waf.transformations.url_encoding import url_decode

OVERLONG = re.compile(rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}")
"""UTF-8 sequences that are longer than they need be: a strict server refuses them, a lenient one reads `/` or `<`."""

_TWICE = re.compile(rb"%25(?:[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})")
_UNICODE = re.compile(rb"%[uU][0-9a-fA-F]{4}")
_BROKEN = re.compile(rb"%(?![0-9a-fA-F]{2}|[uU][0-9a-fA-F]{4})")
_SEPARATORS_IN_PATH = re.compile(rb"%2[fF]|%5[cC]|\\")
_DOTS_IN_PATH = re.compile(rb"(?:/|%2[fF]|\\|%5[cC])(?:\.|%2[eE]){1,2}(?:/|%2[fF]|\\|%5[cC]|;|\Z)")
_MAY_HIDE = re.compile(rb"%(?:00|[cC][01]|[eE]0|[fF]0)|[\xc0\xc1\xe0\xf0]")
_UNPRINTABLE = bytes(range(33)) + b"\x7f"


def reports(request: Request) -> Iterator[str]:
    path, query = path_and_query(request)
    yield from _path(path)
    target = request.target
    if b"%" in target:
        yield from _encodings(target)
    if b"%" in target or not target.isascii():
        yield from hidden("target", target)
    if b"#" in target:
        yield "the target holds a fragment"
    if len(target.translate(None, _UNPRINTABLE)) != len(target):
        yield "the target holds spaces or control characters"
    if query:
        yield from repeated("argument", [name for name, _ in query_pairs(request)])
        if b";" in query:
            yield "the query string holds semicolons, which some servers take for ampersands"
    headers = header_values(request, b"cookie")
    if headers:
        pairs = cookie_pairs(request)
        yield from repeated("cookie", [name for name, _ in pairs])
        if any(b'"' in header for header in headers):
            for name, value in pairs:
                if value[:1] == b'"' and (len(value) < 2 or not value.endswith(b'"')):
                    yield f"the cookie {shown(name)} has a quote without its end"


def _path(path: bytes) -> Iterator[str]:
    if (b"%" in path or b"\\" in path) and _SEPARATORS_IN_PATH.search(path):
        yield "the path holds backslashes or encoded separators"
    if (b"/." in path or b"%2" in path) and _DOTS_IN_PATH.search(path):
        yield "the path refers to parent directories or to itself"
    if b"//" in path:
        yield "the path holds empty segments"
    if b";" in path:
        yield "the path holds parameters after a semicolon, which some servers cut off"


def _encodings(target: bytes) -> Iterator[str]:
    if _TWICE.search(target):
        yield "the target is percent-encoded twice"
    if _UNICODE.search(target):
        yield "the target holds %u encodings"
    if _BROKEN.search(target):
        yield "the target holds broken percent-encodings"


def hidden(where: str, value: bytes) -> Iterator[str]:
    """What percent-encoding hides that strict servers refuse."""
    if _MAY_HIDE.search(value) is None:
        return
    decoded = url_decode(value)
    if b"\0" in decoded:
        yield f"the {where} holds an encoded NUL"
    if OVERLONG.search(decoded):
        yield f"the {where} holds overlong UTF-8"


def repeated(what: str, names: list[bytes]) -> Iterator[str]:
    """Names that come more than once, however they are encoded; lists such as `a[]` do so by intent."""
    together = b"&".join(names)
    if b"%" in together or b"+" in together:
        names = [url_decode(name) for name in names]
    if len(set(names)) == len(names):
        return
    for name, times in Counter(names).items():
        if times > 1 and name and not name.endswith(b"[]"):
            yield f"the {what} {shown(name)} is given more than once"
