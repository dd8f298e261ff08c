"""What of a request a statement looks at, so that it can be told what it lacks where a source does not tell all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from garrison.waf.document import FieldToMatch
from garrison.waf.document.statements import CustomKey, RateBasedStatement
from garrison.waf.recorded import Gaps

Lacks = Callable[[Gaps], list[str]]
"""Names what a statement needs and the source does not tell; empty where it can be asked."""

_PARTS = {
    "all_query_arguments": "query",
    "single_query_argument": "query",
    "query_string": "query",
    "body": "body",
    "json_body": "body",
    "method": "method",
    "uri_path": "path",
    "uri_fragment": "fragment",
    "ja3_fingerprint": "ja3",
    "ja4_fingerprint": "ja4",
}
_BY_ADDRESS = frozenset({"geo_match_statement", "asn_match_statement", "ip_set_reference_statement"})


def lacks_of(kind: str, part: Any, knows_networks: bool) -> Lacks:
    """Of a statement by its kind. `knows_networks` says whether countries and systems of addresses can be looked up at all."""
    if kind in _BY_ADDRESS:
        return _of_client(part, needs_networks=kind != "ip_set_reference_statement" and not knows_networks)
    if isinstance(part, RateBasedStatement):
        return _of_rate(part, knows_networks)
    field = getattr(part, "field_to_match", None)
    return _of_field(field) if field is not None else _nothing


def _nothing(gaps: Gaps) -> list[str]:
    return []


def _header(name: str) -> Lacks:
    lowered = name.lower()
    return lambda gaps: [f"header {lowered}"] if gaps.lacks_header(lowered) else []


def _part(name: str) -> Lacks:
    return lambda gaps: [name] if name in gaps.parts else []


def _headers(gaps: Gaps) -> list[str]:
    return ["headers"] if gaps.lacks_headers else []


def _of_field(field: FieldToMatch) -> Lacks:
    if field.single_header is not None:
        return _header(field.single_header.name)
    if field.cookies is not None:
        return _header("cookie")
    if field.headers is not None:
        included = field.headers.match_pattern.included_headers
        return _any([_header(name) for name in included]) if included else _headers
    if field.header_order is not None:
        return lambda gaps: ["headers"] if gaps.only is not None else []
    return next((_part(name) for key, name in _PARTS.items() if getattr(field, key) is not None), _nothing)


def _of_client(part: Any, *, needs_networks: bool) -> Lacks:
    forwarded = part.forwarded_ip_config
    lacks = _header(forwarded.header_name) if forwarded is not None else _part("address")
    return _any([lacks, lambda gaps: ["networks"]]) if needs_networks else lacks


def _of_rate(part: RateBasedStatement, knows_networks: bool) -> Lacks:
    forwarded = _header(part.forwarded_ip_config.header_name) if part.forwarded_ip_config is not None else _nothing
    if part.aggregate_key_type == "IP":
        return _part("address")
    if part.aggregate_key_type == "FORWARDED_IP":
        return forwarded
    return _any([one for key in part.custom_keys for one in _of_key(key, part, forwarded, knows_networks)])


def _of_key(key: CustomKey, part: RateBasedStatement, forwarded: Lacks, knows_networks: bool) -> Iterator[Lacks]:
    named = {"header": key.header, "cookie": key.cookie}
    if key.ip is not None:
        yield _part("address")
    if key.forwarded_ip is not None:
        yield forwarded
    if key.asn is not None:
        yield forwarded if part.forwarded_ip_config is not None else _part("address")
        yield _nothing if knows_networks else lambda gaps: ["networks"]
    for what, one in named.items():
        if one is not None:
            yield _header("cookie" if what == "cookie" else one.name)
    parts = {"query_argument": "query", "query_string": "query", "http_method": "method", "uri_path": "path"}
    parts |= {"ja3_fingerprint": "ja3", "ja4_fingerprint": "ja4"}
    yield from (_part(name) for attribute, name in parts.items() if getattr(key, attribute) is not None)


def _any(many: list[Lacks]) -> Lacks:
    return lambda gaps: [name for one in many for name in one(gaps)]
