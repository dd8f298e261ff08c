"""Lines of the Common Log Format and its combined form.

Sources: https://httpd.apache.org/docs/current/mod/mod_log_config.html, https://nginx.org/en/docs/http/ngx_http_log_module.html
"""

from __future__ import annotations

import re

from garrison.waf.recorded.recorded import Gaps, Recorded, Unreadable
from garrison.waf.recorded.request_line import request_line, seconds_of, unescaped
from garrison.waf.request import Request

_QUOTED = rb'"([^"\\]*(?:\\.[^"\\]*)*)"'
_LINE = re.compile(
    rb"(?:[^ ]+:\d+ )?([^ ]+) [^ ]+ [^\[]* ?\[([^\]]{1,64})\] "
    + _QUOTED
    + rb"(?: [^ ]+ [^ ]+)?(?: "
    + _QUOTED
    + rb" "
    + _QUOTED
    + rb")?"
)
_MOST_LINE_BYTES = 256 * 1024
_PARTS = frozenset({"body", "fragment", "ja3", "ja4"})
_COMBINED = Gaps(_PARTS, only=frozenset({"referer", "user-agent"}))
_COMMON = Gaps(_PARTS, only=frozenset())


def from_combined(line: bytes) -> Recorded | None:
    """The request of a line; None where it is none."""
    found = _LINE.match(line) if len(line) <= _MOST_LINE_BYTES else None
    if found is None:
        return None
    address, time, quoted, referer, agent = found.groups()
    try:
        asked = request_line(unescaped(quoted))
    except Unreadable:
        return None
    told = ((b"referer", referer), (b"user-agent", agent)) if referer is not None else ()
    headers = tuple((name, unescaped(value)) for name, value in told if value != b"-")
    request = Request(
        asked.method, asked.target, headers, address=address.decode("ascii", "replace"), version=asked.version
    )
    at = seconds_of(time.decode("ascii", "replace"))
    return Recorded(request, _COMBINED if referer is not None else _COMMON, at, "")
