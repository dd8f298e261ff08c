"""Logs of one request a line, by their formats; which format a log has is seen by how it begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from garrison.waf.recorded.cloudfront import cloudfront_reader
from garrison.waf.recorded.combined import from_combined
from garrison.waf.recorded.json_lines import from_json
from garrison.waf.recorded.load_balancer import from_load_balancer
from garrison.waf.recorded.recorded import MOST_BYTES, Recorded, Unreadable
from garrison.waf.recorded.waf_log import from_waf_log


class Format(StrEnum):
    """How requests are written down."""

    WAF = "waf"
    """AWS WAF's logs, and our own."""
    COMBINED = "combined"
    """Apache's and nginx's; `common` is the same without the last two members."""
    JSON = "json"
    """An object a line, with the members' names that nginx, Traefik, Caddy and others are set up with."""
    ALB = "alb"
    CLOUDFRONT = "cloudfront"
    HAR = "har"


Lines = Iterator[Recorded | None]
"""Requests in the log's order; None for each line that cannot be read."""

_LOAD_BALANCER = re.compile(rb"(?:http|https|h2|grpcs|ws|wss) \d{4}-\d\d-\d\dT")
_LINES: dict[Format, Callable[[bytes], Recorded | None]] = {
    Format.WAF: from_waf_log,
    Format.COMBINED: from_combined,
    Format.JSON: from_json,
    Format.ALB: from_load_balancer,
}


def format_of(beginning: bytes) -> Format:
    """The format of a log that begins so; a few kilobytes are enough."""
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"#"):
        return Format.CLOUDFRONT
    if _LOAD_BALANCER.match(text):
        return Format.ALB
    if not text.startswith((b"{", b"[")):
        return Format.COMBINED
    if b'"webaclId"' in text and b'"formatVersion"' in text:
        return Format.WAF
    return Format.HAR if re.match(rb'\{\s*"log"\s*:\s*\{', text) else Format.JSON


def read(lines: Iterable[bytes], kind: Format) -> Lines:
    """The requests of a log; lines without content are none. Raises Unreadable for HAR, which is not read by lines."""
    if kind is Format.HAR:
        raise Unreadable("a HAR file is read as a whole")
    of_line = cloudfront_reader() if kind is Format.CLOUDFRONT else _LINES[kind]
    for line in lines:
        text = line.strip()
        if not text or (kind is Format.CLOUDFRONT and text.startswith(b"#") and of_line(text) is None):
            continue
        yield of_line(text) if len(text) <= MOST_BYTES else None
