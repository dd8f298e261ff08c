"""Read the console's cookies: any port of the host may have set others of the same name."""

from __future__ import annotations

from garrison.wire.http import HttpRequest


def cookies_of(request: HttpRequest, name: str, *, most: int, longest: int) -> list[str]:
    """The values of a cookie, of the first `most` of its name those with up to `longest` characters."""
    pairs = [pair for header, value in request.headers if header == "cookie" for pair in value.split(";")]
    found = [value for key, _, value in (pair.strip().partition("=") for pair in pairs) if key == name]
    return [value for value in found[:most] if 0 < len(value) <= longest]
