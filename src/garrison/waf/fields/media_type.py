"""The Content-Type of a request, read as servers read it."""

from __future__ import annotations

import re

import msgspec

from garrison.waf.fields.headers import header_values
from garrison.waf.request import Request

_PARAMETER = re.compile(rb";\s*+([^\s=;\"]{1,64}+)\s*+=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"?|([^;]*+))", re.DOTALL)
MOST_PARAMETERS = 32


class MediaType(msgspec.Struct, frozen=True):
    name: bytes = b""
    """Type and subtype in lower case: `multipart/form-data`; empty where there is none."""
    parameters: tuple[tuple[bytes, bytes], ...] = ()
    """Names in lower case, values without quotes, as often as they came."""

    def values(self, name: bytes) -> tuple[bytes, ...]:
        return tuple(value for known, value in self.parameters if known == name)


def parameters_of(text: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """The parameters after the first semicolon of a header such as Content-Type or Content-Disposition."""
    begin = text.find(b";")
    if begin < 0:
        return ()
    found: list[tuple[bytes, bytes]] = []
    for match in _PARAMETER.finditer(text, begin):
        name, quoted, plain = match.groups()
        value = plain.strip() if quoted is None else re.sub(rb"\\(.)", rb"\1", quoted, flags=re.DOTALL)
        found.append((name.lower(), value))
        if len(found) == MOST_PARAMETERS:
            break
    return tuple(found)


def media_type_of(value: bytes) -> MediaType:
    return MediaType(value.partition(b";")[0].strip().lower(), parameters_of(value))


def media_type(request: Request) -> MediaType:
    """Of the first Content-Type; there being several is an ambiguity."""
    known: MediaType | None = request.parsed.get("media type")
    if known is None:
        values = header_values(request, b"content-type")
        known = request.parsed["media type"] = media_type_of(values[0]) if values else MediaType()
    return known
