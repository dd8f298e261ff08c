"""What of a record a replayed policy looks at, decoded without the rest, and what makes two records the same question.

`PARTS` is all that `foreign` and `Answers` read. Two events of which these members are equal, times and ids aside, ask the same question,
whatever else their records hold, so that it need be worked out once. What the parts of `shape_of` leave out is never read
for a question: the parameters of an action that has no resources, and answers that name no ARN.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, TypedDict

import msgspec

from garrison.policy.actions import ActionFacts
from garrison.services.garrison.foreign import identity_members, outcome_of


class _Issuer(TypedDict, total=False):
    arn: str | None


class _SessionContext(TypedDict, total=False):
    sessionIssuer: _Issuer | None
    attributes: dict[str, str | bool | None] | None
    sourceIdentity: str | None


class _Identity(TypedDict, total=False):
    type: str | None
    accountId: str | None
    arn: str | None
    principalId: str | None
    userName: str | None
    accessKeyId: str | None
    invokedBy: str | None
    sessionContext: _SessionContext | None


class Parts(TypedDict, total=False):
    """The members of a record that are looked at; a JSON value that nothing is asked of yet stays as it is written."""

    eventID: str
    eventTime: str
    eventSource: str | None
    eventName: str | None
    eventType: str | None
    errorCode: str | None
    errorMessage: str | None
    recipientAccountId: str | None
    awsRegion: str | None
    userAgent: str | None
    sourceIPAddress: str | None
    vpcEndpointId: str | None
    tlsDetails: Any
    userIdentity: _Identity | None
    requestParameters: msgspec.Raw
    responseElements: msgspec.Raw
    resources: msgspec.Raw


class Decided(msgspec.Struct):
    """A decision that was made."""

    action: str
    resource: str


class Own(msgspec.Struct):
    """How Garrison decided a call."""

    decisions: list[Decided] = []
    context: dict[str, Any] | None = None
    session: msgspec.Raw = msgspec.Raw()


PARTS = msgspec.json.Decoder(Parts)
"""Raises `msgspec.ValidationError` where a part is of a type that no such member has."""
OWN = msgspec.json.Decoder(Own)


def shape_of(parts: Parts, facts: ActionFacts) -> Hashable:
    """Equal for records that ask for the same action, by the same caller with the same end, on what is the same resource."""
    about: tuple[Hashable, ...] = ()
    if facts.resources:
        about = (
            parts.get("awsRegion"),
            _text(parts.get("requestParameters")),
            _text(parts.get("resources")),
            _arns(_text(parts.get("responseElements"))),
        )
    return facts.name, identity_members(parts), outcome_of(parts), parts.get("recipientAccountId"), about


def _text(raw: msgspec.Raw | None) -> bytes:
    return b"" if raw is None else bytes(raw)


def _arns(text: bytes) -> bytes:
    """What a call answered, where it may name an ARN, be it with escaped letters."""
    return text if b"arn" in text or b"\\" in text else b""
