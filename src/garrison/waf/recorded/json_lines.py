"""Access logs of an object a line. Names differ between servers, and between those who set them up: the usual ones are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from garrison.waf.recorded.recorded import Gaps, Recorded, Unreadable, as_bytes, header_pairs
from garrison.waf.recorded.request_line import RequestLine, request_line, seconds_of
from garrison.waf.request import Request

_NAMES = {
    "address": [
        "remote_addr",
        "client_ip",
        "clientip",
        "clientIp",
        "client",
        "remote_ip",
        "remoteIp",
        "ClientHost",
        "ip",
        "src_ip",
    ],
    "method": ["request_method", "method", "RequestMethod", "http_method", "requestMethod", "verb"],
    "target": ["request_uri", "uri", "requestUri", "RequestPath", "requestUrl", "url", "path", "uri_path"],
    "query": ["args", "query_string", "query", "queryString", "uri_query"],
    "line": ["request", "requestLine"],
    "host": ["host", "http_host", "Host", "RequestHost", "server_name", "vhost", "authority"],
    "user-agent": ["http_user_agent", "user_agent", "userAgent", "request_User-Agent", "agent"],
    "referer": ["http_referer", "referer", "referrer", "request_Referer"],
    "cookie": ["http_cookie", "cookie"],
    "version": ["server_protocol", "protocol", "RequestProtocol", "http_version", "proto", "httpVersion"],
    "scheme": ["scheme", "RequestScheme"],
    "time": ["time_iso8601", "@timestamp", "timestamp", "time", "msec", "ts", "StartUTC", "time_local", "date"],
    "id": ["request_id", "requestId", "id", "trace_id"],
}
_HEADERS = ("host", "user-agent", "referer", "cookie")
_PARTS = frozenset({"body", "fragment", "ja3", "ja4"})
_NESTED = ("request", "http", "httpRequest")


def from_json(line: bytes) -> Recorded | None:
    """The request of a line; None where it is none."""
    try:
        told = msgspec.json.decode(line, type=dict[str, Any])
    except (ValueError, RecursionError):
        return None
    for name in _NESTED:
        inner = told.get(name)
        if isinstance(inner, dict):
            told = {**told, **inner}
    try:
        return _recorded(told)
    except Unreadable:
        return None


def _recorded(told: Mapping[str, Any]) -> Recorded | None:
    asked = _asked(told)
    headers, gaps = _headers(told)
    address, scheme = _text(told, "address"), _text(told, "scheme")
    if address is None:
        gaps = Gaps(gaps.parts | {"address"}, only=gaps.only)
    request = Request(
        asked.method,
        asked.target,
        headers,
        address=_without_port(address or ""),
        version=asked.version,
        scheme=asked.scheme or (b"http" if scheme == "http" else b"https"),
        request_id=_text(told, "id") or "",
    )
    return Recorded(request, gaps, seconds_of(_value(told, "time")), request.request_id)


def _asked(told: Mapping[str, Any]) -> RequestLine:
    """Of a request line, or of its parts; raises Unreadable."""
    line = _text(told, "line")
    if line is not None:
        return request_line(as_bytes(line))
    method, target = _text(told, "method"), _text(told, "target")
    if not method or not target:
        raise Unreadable("it has no method and path")
    query = _text(told, "query")
    if query and "?" not in target:
        target += "?" + query.removeprefix("?")
    version = _text(told, "version") or ""
    return request_line(as_bytes(f"{method} {target} {version if version.startswith('HTTP/') else 'HTTP/1.1'}"))


def _headers(told: Mapping[str, Any]) -> tuple[tuple[tuple[bytes, bytes], ...], Gaps]:
    """All headers where the log has an object of them, as Caddy's; else those that it names."""
    listed = told.get("headers")
    if isinstance(listed, dict):
        pairs = header_pairs(_pairs(listed))
        hidden = frozenset(name.decode("utf-8", "replace") for name, value in pairs if value in {b"REDACTED", b"***"})
        host = _text(told, "host")
        if host and not any(name == b"host" for name, _ in pairs):
            pairs = ((b"host", as_bytes(host)), *pairs)
        return pairs, Gaps(_PARTS, hidden)
    named = [(name, value) for name in _HEADERS if (value := _text(told, name)) is not None]
    return header_pairs((name, value) for name, value in named if value not in {"", "-"}), Gaps(
        _PARTS, only=frozenset(name for name, _ in named)
    )


def _pairs(listed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in listed.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, str(one)


def _value(told: Mapping[str, Any], what: str) -> Any:
    return next((told[name] for name in _NAMES[what] if name in told and not isinstance(told[name], dict)), None)


def _text(told: Mapping[str, Any], what: str) -> str | None:
    value = _value(told, what)
    return value if isinstance(value, str) else None


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
