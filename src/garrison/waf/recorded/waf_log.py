"""Records of AWS WAF's logs, AWS's own and ours: what of a request they hold, and what was decided.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from garrison.waf.recorded.recorded import Gaps, Recorded, as_bytes, header_pairs
from garrison.waf.request import Request

_HIDDEN = re.compile(r"REDACTED|[0-9a-f]{64}")
"""How our logs and AWS's write what is redacted, substituted or hashed."""
_PIECE_HIDDEN = re.compile(r"=(?:REDACTED|[0-9a-f]{64})(?=[&;]|$)")


class _Pair(msgspec.Struct):
    name: str
    value: str


class _Request(msgspec.Struct, rename="camel"):
    http_method: str
    uri: str
    client_ip: str = ""
    headers: list[_Pair] = []
    args: str | None = ""
    http_version: str = "HTTP/1.1"
    request_id: str | None = ""
    scheme: str | None = "https"
    fragment: str | None = None


class _Record(msgspec.Struct, rename="camel"):
    http_request: _Request
    timestamp: float
    action: str
    terminating_rule_id: str = ""
    ja3_fingerprint: str | None = None
    ja4_fingerprint: str | None = None
    request_body_size: int | None = None


def from_waf_log(line: bytes) -> Recorded | None:
    """The request of a record; None where it is none. A record within an export of CloudWatch Logs is found too."""
    try:
        record = msgspec.json.decode(line[line.find(b"{") :], type=_Record)
        return recorded_of(record)
    except (ValueError, RecursionError):
        return None


def from_waf_record(record: Mapping[str, Any]) -> Recorded | None:
    """The request of a record that is already read."""
    try:
        return recorded_of(msgspec.convert(record, _Record))
    except ValueError:
        return None


def recorded_of(record: _Record) -> Recorded:
    """Raises Unreadable for too many headers."""
    told = record.http_request
    query = f"?{told.args}" if told.args else ""
    request = Request(
        as_bytes(told.http_method),
        as_bytes(told.uri + query),
        header_pairs((one.name, one.value) for one in told.headers),
        address=told.client_ip,
        version=as_bytes(told.http_version),
        scheme=as_bytes(told.scheme or "https"),
        fragment=as_bytes(told.fragment) if told.fragment is not None else None,
        ja3=record.ja3_fingerprint,
        ja4=record.ja4_fingerprint,
        request_id=told.request_id or "",
    )
    return Recorded(
        request, _gaps(record), record.timestamp / 1000, request.request_id, record.action, record.terminating_rule_id
    )


def _gaps(record: _Record) -> Gaps:
    told = record.http_request
    parts = set() if record.request_body_size == 0 else {"body"}
    whole = {"path": told.uri, "method": told.http_method, "query": told.args or "", "address": told.client_ip}
    parts |= {name for name, value in whole.items() if _HIDDEN.fullmatch(value)}
    if told.args and _PIECE_HIDDEN.search(told.args):
        parts.add("query")
    parts |= {"ja3"} if record.ja3_fingerprint is None else set()
    parts |= {"ja4"} if record.ja4_fingerprint is None else set()
    hidden = {
        one.name.lower() for one in told.headers if _HIDDEN.fullmatch(one.value) or _PIECE_HIDDEN.search(one.value)
    }
    return Gaps(frozenset(parts), frozenset(hidden))
