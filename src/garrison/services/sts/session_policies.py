"""Check session policies, and weigh them together with session tags against the space that a token has for them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.policy import PolicyKind
from garrison.services.iam.managed import find_policy
from garrison.services.iam.policy_documents import checked_document

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_POLICY_ARNS = 10
MOST_PLAIN_CHARACTERS = 2048
"""Of the inline policy and the ARNs together, white space included (STS API reference, AssumeRole, `Policy`)."""
PACKED_BYTES = 2048
"""The space for packed policies and tags; AWS does not say how large its own is."""


class SessionPolicies(NamedTuple):
    """The session policies of a request."""

    inline: tuple[str, ...]
    arns: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the request passed any: a session without any is not limited (a federated user's then has no rights)."""
        return bool(self.inline or self.arns)


def session_policies(call: Call, account: str, request: Mapping[str, Any]) -> SessionPolicies:
    """A request's `Policy` and `PolicyArns`; the managed ones must be of `account`, which the session is for, or AWS's own."""
    text = request.get("Policy")
    arns = tuple(dict.fromkeys(item["arn"] for item in request.get("PolicyArns") or () if item.get("arn")))
    if len(arns) > MOST_POLICY_ARNS:
        raise ApiError(
            "ValidationError",
            "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MOST_POLICY_ARNS}",
        )
    plain = len(text or "") + sum(map(len, arns))
    if plain > MOST_PLAIN_CHARACTERS:
        raise _too_large(plain, MOST_PLAIN_CHARACTERS)
    if text is not None:
        checked_document(text, PolicyKind.SESSION)
    for arn in arns:
        if not _exists(call, account, arn):
            raise ApiError("MalformedPolicyDocument", f"ARN {arn} is not valid.")
    return SessionPolicies((text,) if text is not None else (), arns)


def packed_size(policies: SessionPolicies, tags: Mapping[str, str]) -> int | None:
    """How much of the space policies and tags take, in percent; None where there are none. More than all is refused."""
    if not policies.passed and not tags:
        return None
    packed = zlib.compress(msgspec.msgpack.encode((policies.inline, policies.arns, tags)), 9)
    if len(packed) > PACKED_BYTES:
        if tags and not policies.passed:
            percent = _percent(len(packed), PACKED_BYTES)
            raise ApiError(
                "PackedPolicyTooLarge", f"Packed size of session tags consumes {percent}% of allotted space."
            )
        raise _too_large(len(packed), PACKED_BYTES)
    return _percent(len(packed), PACKED_BYTES)


def _exists(call: Call, account: str, arn: str) -> bool:
    parts = parse_arn(arn)
    return parts is not None and parts.account in (account, "aws") and find_policy(call.unit, arn, account) is not None


def _too_large(size: int, limit: int) -> ApiError:
    return ApiError(
        "PackedPolicyTooLarge",
        f"Packed policy consumes {_percent(size, limit)}% of allotted space, please use smaller policy.",
    )


def _percent(size: int, limit: int) -> int:
    return -(-size * 100 // limit)
