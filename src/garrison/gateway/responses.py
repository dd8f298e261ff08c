"""The bytes of HTTP responses."""

from __future__ import annotations

from garrison.heads import dates, status_line
from garrison.wire.http import HttpResponse

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_POLICY = "content-security-policy"
_SAFE_HEADERS = f"x-content-type-options: nosniff\r\n{_POLICY}: sandbox\r\nvary: Origin\r\n"
"""No answer may run in a browser as a page of this origin, but those of Garrison's own that bring a policy of their own. What the console
may read (`garrison.gateway.cors`) is told apart by Origin, also where the answer to another origin was kept."""
_OWN_PAGE_HEADERS = "x-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\n"
_BODILESS = frozenset({204, 304})


def encode_head(response: HttpResponse, keeps_alive: bool) -> bytes:
    """Status line and headers, with the length of the body, or chunked where it is streamed."""
    lines = [status_line(response.status)]
    has_length = False
    safe = _SAFE_HEADERS
    for name, value in response.headers:
        if "\r" in value or "\n" in value:
            value = value.replace("\r", " ").replace("\n", " ")  # noqa: PLW2901 - no header ends another
        lines.append(f"{name}: {value}\r\n")
        has_length = has_length or name.lower() == "content-length"
        if name == _POLICY:
            safe = _OWN_PAGE_HEADERS
    if response.stream is not None and not has_length:
        lines.append("transfer-encoding: chunked\r\n")
    elif not has_length and response.status not in _BODILESS:
        lines.append(f"content-length: {len(response.body)}\r\n")
    lines.append(f"date: {dates.now()}\r\n{safe}")
    lines.append("\r\n" if keeps_alive else "connection: close\r\n\r\n")
    return "".join(lines).encode("latin-1", "replace")


def refusal(status: int, cause: str) -> HttpResponse:
    """An answer to what is no call: the cause in plain text."""
    return HttpResponse(status, [("content-type", "text/plain; charset=utf-8")], cause.encode())
