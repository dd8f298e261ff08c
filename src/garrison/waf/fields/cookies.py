"""The field of the cookies: names, values or both, of the first 8 KB and 200 cookies."""

from __future__ import annotations

import re

from garrison.waf.document.fields import Cookies
from garrison.waf.fields.headers import Pairs, header_values, of_pairs, within
from garrison.waf.fields.parts import Limits
from garrison.waf.fields.registry import Read, field
from garrison.waf.request import Request

_ESCAPED = re.compile(rb"\\(?:([0-3][0-7]{2})|(.))", re.DOTALL)


def cookie_pairs(request: Request) -> Pairs:
    """The cookies of all Cookie headers as they came, `$Version` and its like among them. One without `=` is a value without a name.

    A value in quotes comes a second time, without them and unescaped, when it holds escapes: so do servers read it that follow RFC 2109.
    """
    known: Pairs | None = request.parsed.get("cookies")
    if known is None:
        pairs: list[tuple[bytes, bytes]] = []
        for header in header_values(request, b"cookie"):
            for piece in header.split(b";"):
                cookie = piece.strip()
                if not cookie:
                    continue
                name, equals, value = cookie.partition(b"=")
                pairs.append((name.rstrip(), value.lstrip()) if equals else (b"", cookie))
                if b"\\" in value and value[:1] == b'"':
                    pairs.append((name, unquoted(value)))
        known = request.parsed["cookies"] = tuple(pairs)
    return known


def unquoted(value: bytes) -> bytes:
    r"""A quoted string without its quotes, `\"` and octal `\074` decoded."""
    inner = value[1:-1] if len(value) > 1 and value.endswith(b'"') else value[1:]
    return _ESCAPED.sub(lambda found: bytes((int(found[1], 8),)) if found[1] else found[2], inner)


@field("cookies", "COOKIES")
def cookies(specification: Cookies, pre: tuple[str, ...], limits: Limits) -> Read:
    """Names, values or both of all cookies, of some, or of all but some; names are compared as they are written."""
    pattern = specification.match_pattern
    return of_pairs(
        lambda request: within(cookie_pairs(request), limits.cookie_bytes, limits.cookies),
        frozenset(name.encode() for name in pattern.included_cookies),
        frozenset(name.encode() for name in pattern.excluded_cookies),
        specification,
    )
