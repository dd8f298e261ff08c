"""Lines of CloudFront's standard logs: the fields are named by the file itself.

Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import unquote_to_bytes

from garrison.waf.recorded.recorded import Gaps, Recorded
from garrison.waf.recorded.request_line import seconds_of
from garrison.waf.request import Request

_STANDARD = [
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-uri-query",
    "cs(Cookie)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
]
_HEADERS = {
    "x-host-header": b"host",
    "cs(User-Agent)": b"user-agent",
    "cs(Referer)": b"referer",
    "cs(Cookie)": b"cookie",
    "x-forwarded-for": b"x-forwarded-for",
}
_PARTS = frozenset({"body", "fragment", "ja3", "ja4"})


def cloudfront_reader() -> Callable[[bytes], Recorded | None]:
    """Reads the lines of one file in their order; a `#Fields` line gives None and says what the others hold."""
    names = _STANDARD

    def of_line(line: bytes) -> Recorded | None:
        nonlocal names
        if line.startswith(b"#"):
            head, _, told = line.partition(b":")
            names = told.decode("ascii", "replace").split() if head == b"#Fields" else names
            return None
        values = line.split(b"\t")
        return _recorded(dict(zip(names, values, strict=False))) if len(values) >= min(len(names), 12) else None

    return of_line


def _recorded(told: Mapping[str, bytes]) -> Recorded | None:
    method, path = told.get("cs-method"), told.get("cs-uri-stem")
    if method is None or path is None:
        return None
    query = _told(told, "cs-uri-query")
    headers = tuple((name, unquote_to_bytes(value)) for key, name in _HEADERS.items() if (value := _told(told, key)))
    request = Request(
        method,
        path + (b"?" + query if query else b""),
        headers,
        address=told.get("c-ip", b"").decode("ascii", "replace"),
        version=_told(told, "cs-protocol-version") or b"HTTP/1.1",
        scheme=_told(told, "cs-protocol") or b"https",
        request_id=told.get("x-edge-request-id", b"").decode("ascii", "replace"),
    )
    at = seconds_of(f"{_text(told, 'date')}T{_text(told, 'time')}+00:00")
    return Recorded(request, _gaps(told, method), at, request.request_id)


def _told(told: Mapping[str, bytes], name: str) -> bytes:
    value = told.get(name, b"-")
    return b"" if value == b"-" else value


def _text(told: Mapping[str, bytes], name: str) -> str:
    return told.get(name, b"").decode("ascii", "replace")


def _gaps(told: Mapping[str, bytes], method: bytes) -> Gaps:
    """Cookies are logged only where the distribution asks for it, so that none may also be some."""
    named = {name.decode() for key, name in _HEADERS.items() if key in told}
    if not _told(told, "cs(Cookie)"):
        named.discard("cookie")
    return Gaps(_PARTS, only=frozenset(named))
