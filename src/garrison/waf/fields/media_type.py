"""The Content-Type of a request, read as servers read it."""

from __future__ import annotations

import re

import msgspec

from garrison.waf.fields.headers import header_values
from garrison.waf.request import Request

_PARAMETER = re.compile(rb";\s*+([^\s=;\"]{1,64}+)\s*+=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"?|([^;]*+))", re.DOTALL)
MOST_PARAMETERS = 32


class MediaType(msgspec.Struct, frozen=True):
    names: tuple[bytes, ...] = ()
    """Type and subtype in lower case: `multipart/form-data`. More than one where servers may choose."""
    parameters: tuple[tuple[bytes, bytes], ...] = ()
    """Names in lower case, values without quotes, as often as they came."""

    def values(self, name: bytes) -> tuple[bytes, ...]:
        return tuple(value for known, value in self.parameters if known == name)


def parameters_of(text: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """The parameters after the first semicolon of a header such as Content-Type or Content-Disposition.

    A backslash escapes a quote only, as browsers write it: elsewhere it is a part of a file's path.
    """
    begin = text.find(b";")
    if begin < 0:
        return ()
    found: list[tuple[bytes, bytes]] = []
    for match in _PARAMETER.finditer(text, begin):
        name, quoted, plain = match.groups()
        value = plain.strip() if quoted is None else quoted.replace(b'\\"', b'"')
        found.append((name.lower(), value))
        if len(found) == MOST_PARAMETERS:
            break
    return tuple(found)


def media_type_of(*values: bytes) -> MediaType:
    """Of one header, or of several: the types that any server could take it for, with the parameters of all."""
    names: list[bytes] = []
    parameters: list[tuple[bytes, bytes]] = []
    for value in values:
        types, semicolon, _ = value.partition(b";")
        names += types.lower().split(b",")
        if semicolon:
            parameters += parameters_of(value)
    return MediaType(tuple([name for each in names if (name := each.strip())]), tuple(parameters))


def media_type(request: Request) -> MediaType:
    """What Content-Type says."""
    known: MediaType | None = request.parsed.get("media type")
    if known is None:
        known = request.parsed["media type"] = media_type_of(*header_values(request, b"content-type"))
    return known
