"""Policy documents on their way in (checked) and out (URL-encoded), as IAM's operations take and give them."""

from __future__ import annotations

from urllib.parse import quote

from garrison.errors import ApiError
from garrison.policy import MalformedPolicy, PolicyKind, parse_document


def checked_document(text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> str:
    """The document as it was given; MalformedPolicyDocument where the policy language refuses it."""
    try:
        parse_document(text, kind)
    except MalformedPolicy as malformed:
        raise ApiError("MalformedPolicyDocument", str(malformed)) from malformed
    return text


def shown_document(text: str) -> str:
    """The document as IAM's answers carry it: URL-encoded after RFC 3986 (API reference, GetUserPolicy)."""
    return quote(text, safe="")
