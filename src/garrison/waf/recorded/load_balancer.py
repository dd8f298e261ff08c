"""Lines of an Application Load Balancer's access log.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-syntax
"""

from __future__ import annotations

import re

from garrison.waf.recorded.recorded import Gaps, Recorded, Unreadable, as_bytes
from garrison.waf.recorded.request_line import request_line, seconds_of, unescaped
from garrison.waf.request import Request

_FIELD = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"|([^ ]+)')
_MOST_FIELDS = 64
_FEWEST_FIELDS = 14
_TIME, _CLIENT, _REQUEST, _AGENT, _TRACE, _ACTIONS = 1, 3, 12, 13, 17, 22
_GAPS = Gaps(frozenset({"body", "fragment", "ja3", "ja4"}), only=frozenset({"host", "user-agent"}))


def from_load_balancer(line: bytes) -> Recorded | None:
    """The request of a line; None where it is none. Where the log says that WAF was asked, its refusals are known."""
    fields = [
        quoted if (quoted := found[1]) is not None else found[2]
        for found, _ in zip(_FIELD.finditer(line), range(_MOST_FIELDS), strict=False)
    ]
    if len(fields) < _FEWEST_FIELDS:
        return None
    try:
        asked = request_line(unescaped(fields[_REQUEST]))
    except Unreadable:
        return None
    agent = unescaped(fields[_AGENT])
    headers = [(b"host", as_bytes(_host(asked.host, asked.scheme)))] if asked.host else []
    headers += [(b"user-agent", agent)] if agent != b"-" else []
    request = Request(
        asked.method,
        asked.target,
        tuple(headers),
        address=fields[_CLIENT].decode("ascii", "replace").rpartition(":")[0].strip("[]"),
        version=asked.version,
        scheme=asked.scheme or b"https",
    )
    name = fields[_TRACE].decode("ascii", "replace") if len(fields) > _TRACE else ""
    return Recorded(request, _GAPS, seconds_of(fields[_TIME].decode("ascii", "replace")), name, _action(fields))


def _host(host: str, scheme: bytes | None) -> str:
    """The log always has the port; clients leave out the usual one."""
    return host.removesuffix(":443" if scheme == b"https" else ":80")


def _action(fields: list[bytes]) -> str | None:
    """`waf` says that the request was passed to AWS WAF; where nothing follows it went no further."""
    done = fields[_ACTIONS].split(b",") if len(fields) > _ACTIONS else []
    if b"waf" not in done:
        return None
    return "BLOCK" if done[-1] == b"waf" else "ALLOW"
