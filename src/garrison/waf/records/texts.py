"""Bytes of a request as text for JSON, and how much of a request a record holds."""

from __future__ import annotations

from typing import NamedTuple

from garrison.waf.request import Request

MOST_HEADERS = 200
MOST_HEADER_BYTES = 8192
"""Of a request's headers no more is inspected by AWS WAF, and no more is logged here.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html
"""
MOST_TARGET_BYTES = 8192
"""Of a path and of a query string each."""


class Shown(NamedTuple):
    """A request's parts as text."""

    uri: str
    args: str
    headers: list[tuple[str, str]]


def text(data: bytes) -> str:
    r"""UTF-8 as it is; every other byte as `\xNN`."""
    return data.decode("utf-8", "backslashreplace")


def shown(request: Request) -> Shown:
    """The parts of a request that a record holds, not longer than it may hold."""
    path, _, query = request.target.partition(b"?")
    headers, size = [], 0
    for name, value in request.headers[:MOST_HEADERS]:
        size += len(name) + len(value)
        if size > MOST_HEADER_BYTES:
            break
        headers.append((text(name), text(value)))
    return Shown(text(path[:MOST_TARGET_BYTES]), text(query[:MOST_TARGET_BYTES]), headers)
