"""The request that a command is about: curl's command line, an entry of a HAR file, a record of a WAF log, or a raw request."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from garrison.cli.waf.web_acls import content_of
from garrison.errors import OperatorError
from garrison.waf.recorded import COMPLETE, Format, Recorded, Unreadable, format_of, from_curl, from_har, from_raw, read

_MOST_BYTES = 64 * 1024 * 1024
_REMEDY = "Give curl's command line, an entry of a HAR file, a record of a WAF log, or a raw HTTP request."


def recorded_of(what: str, number: int, address: str, at: float) -> Recorded:
    """Of a command line itself, a file, or `-` for standard input. `number` chooses among several. Raises OperatorError."""
    given = what.encode("utf-8", "surrogateescape")
    data = given if what.lstrip().startswith("curl ") else content_of(Path(what), _MOST_BYTES)
    try:
        return _recorded(data, number, address, at)
    except Unreadable as problem:
        raise OperatorError(f"The request cannot be read: {problem}.", _REMEDY) from None


def _recorded(data: bytes, number: int, address: str, at: float) -> Recorded:
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"curl "):
        request = from_curl(text.decode("utf-8", "surrogateescape"), address=address)
        return Recorded(request, COMPLETE, at, "curl")
    if not text.startswith(b"{"):
        return Recorded(from_raw(data, address=address), COMPLETE, at, "request")
    is_log = format_of(text) is Format.WAF
    found = read(text.splitlines(), Format.WAF) if is_log else from_har(text)
    chosen = next(islice(found, number - 1, number), None)
    if chosen is None:
        raise Unreadable(f"there is no request with the number {number}, or it cannot be read")
    if address:
        chosen.request.address = address
    return chosen
