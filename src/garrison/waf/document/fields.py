"""Fields to match and text transformations, as `wafv2` writes them.

Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_FieldToMatch.html
"""

from __future__ import annotations

from typing import Literal

import msgspec

Oversize = Literal["CONTINUE", "MATCH", "NO_MATCH"]
Fallback = Literal["MATCH", "NO_MATCH"]
Scope = Literal["ALL", "KEY", "VALUE"]


class Empty(msgspec.Struct, frozen=True):
    """A member that says all by being there, as `{}`."""


class Named(msgspec.Struct, frozen=True, rename="pascal"):
    name: str


class Body(msgspec.Struct, frozen=True, rename="pascal"):
    oversize_handling: Oversize = "CONTINUE"


class JsonMatchPattern(msgspec.Struct, frozen=True, rename="pascal"):
    all: Empty | None = None
    included_paths: tuple[str, ...] = ()


class JsonBody(msgspec.Struct, frozen=True, rename="pascal"):
    match_pattern: JsonMatchPattern
    match_scope: Scope
    invalid_fallback_behavior: Literal["MATCH", "NO_MATCH", "EVALUATE_AS_STRING"] | None = None
    """None: what is valid before the first error is inspected."""
    oversize_handling: Oversize = "CONTINUE"


class HeaderMatchPattern(msgspec.Struct, frozen=True, rename="pascal"):
    all: Empty | None = None
    included_headers: tuple[str, ...] = ()
    excluded_headers: tuple[str, ...] = ()


class Headers(msgspec.Struct, frozen=True, rename="pascal"):
    match_pattern: HeaderMatchPattern
    match_scope: Scope
    oversize_handling: Oversize


class CookieMatchPattern(msgspec.Struct, frozen=True, rename="pascal"):
    all: Empty | None = None
    included_cookies: tuple[str, ...] = ()
    excluded_cookies: tuple[str, ...] = ()


class Cookies(msgspec.Struct, frozen=True, rename="pascal"):
    match_pattern: CookieMatchPattern
    match_scope: Scope
    oversize_handling: Oversize


class HeaderOrder(msgspec.Struct, frozen=True, rename="pascal"):
    oversize_handling: Oversize


class Fingerprint(msgspec.Struct, frozen=True, rename="pascal"):
    fallback_behavior: Fallback


class UriFragment(msgspec.Struct, frozen=True, rename="pascal"):
    fallback_behavior: Fallback = "NO_MATCH"


class FieldToMatch(msgspec.Struct, frozen=True, rename="pascal"):
    """Exactly one member is set."""

    single_header: Named | None = None
    single_query_argument: Named | None = None
    all_query_arguments: Empty | None = None
    uri_path: Empty | None = None
    query_string: Empty | None = None
    body: Body | None = None
    method: Empty | None = None
    json_body: JsonBody | None = None
    headers: Headers | None = None
    cookies: Cookies | None = None
    header_order: HeaderOrder | None = None
    ja3_fingerprint: Fingerprint | None = msgspec.field(name="JA3Fingerprint", default=None)
    ja4_fingerprint: Fingerprint | None = msgspec.field(name="JA4Fingerprint", default=None)
    uri_fragment: UriFragment | None = None
    body_arguments: Body | None = None
    """Garrison's own, for managed rule groups: the decoded values of the form, JSON or XML in the body. The API does not accept it."""
    argument_names: Empty | None = None
    """Garrison's own as well: the decoded names of the arguments of query string and body."""
    decoded_query_arguments: Empty | None = None
    """Garrison's own as well: the values of the query string's arguments, decoded once, as those of `body_arguments` are."""


OWN_FIELDS = ("body_arguments", "argument_names", "decoded_query_arguments")
"""The members of FieldToMatch that AWS does not have: the API refuses them."""


class TextTransformation(msgspec.Struct, frozen=True, rename="pascal"):
    priority: int
    type: str


Transformations = tuple[TextTransformation, ...]
