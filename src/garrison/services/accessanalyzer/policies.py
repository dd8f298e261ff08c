"""From the policy texts and policy types of requests to the policies that the checks take."""

from __future__ import annotations

from typing import Any

from garrison import codec
from garrison.errors import ApiError
from garrison.policy import Document, MalformedPolicy, PolicyKind, parse_document

TRUST_POLICY = "AWS::IAM::AssumeRolePolicyDocument"


def invalid(message: str) -> ApiError:
    """The answer to a request that is not right."""
    return ApiError("ValidationException", message, members={"reason": "fieldValidationFailed"})


def parsed(text: str, policy_type: str, resource_type: str | None = None) -> Document:
    """A policy of a request; refused where it does not parse."""
    kind = PolicyKind.IDENTITY
    if policy_type == "RESOURCE_POLICY":
        is_trust = resource_type == TRUST_POLICY or (resource_type is None and not _names_resources(text))
        kind = PolicyKind.TRUST if is_trust else PolicyKind.RESOURCE
    try:
        return parse_document(text, kind)
    except MalformedPolicy as malformed:
        raise ApiError("InvalidParameterException", f"The policy document is not valid: {malformed}") from None


def _names_resources(text: str) -> bool:
    """Whether some statement has a Resource element: a role's trust policy has none."""
    try:
        written = codec.decode(text.encode())
    except (ValueError, RecursionError):
        return True
    statements: Any = written.get("Statement") if isinstance(written, dict) else None
    listed = statements if isinstance(statements, list) else [statements]
    return any(isinstance(one, dict) and ("Resource" in one or "NotResource" in one) for one in listed)
