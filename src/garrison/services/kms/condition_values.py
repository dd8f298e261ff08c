"""KMS's condition keys: what a key, a request and its caller say of themselves.

KMS developer guide, "AWS KMS condition keys"; Service Authorization Reference, "AWS Key Management Service".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.kms.resources import Alias

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.kms.resources import Key
    from garrison.store import Unit

_OF_MEMBERS = {
    "BypassPolicyLockoutSafetyCheck": "kms:BypassPolicyLockoutSafetyCheck",
    "EncryptionAlgorithm": "kms:EncryptionAlgorithm",
    "ExpirationModel": "kms:ExpirationModel",
    "KeyAgreementAlgorithm": "kms:KeyAgreementAlgorithm",
    "KeyPairSpec": "kms:DataKeyPairSpec",
    "MacAlgorithm": "kms:MacAlgorithm",
    "MessageType": "kms:MessageType",
    "PendingWindowInDays": "kms:ScheduleKeyDeletionPendingWindowInDays",
    "RotationPeriodInDays": "kms:RotationPeriodInDays",
    "SigningAlgorithm": "kms:SigningAlgorithm",
    "ValidTo": "kms:ValidTo",
    "WrappingAlgorithm": "kms:WrappingAlgorithm",
    "WrappingKeySpec": "kms:WrappingKeySpec",
}
"""Members of requests whose values are condition values as they are."""
_CONTEXT_MEMBERS = {"kms:ReEncryptFrom": "SourceEncryptionContext", "kms:ReEncryptTo": "DestinationEncryptionContext"}
_ALGORITHM_MEMBERS = {
    "kms:ReEncryptFrom": "SourceEncryptionAlgorithm",
    "kms:ReEncryptTo": "DestinationEncryptionAlgorithm",
}
_KEY_MEMBERS = {"kms:ReEncryptFrom": "SourceKeyId", "kms:ReEncryptTo": "DestinationKeyId"}
_DEFAULT_ALGORITHM = {
    *("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
    *("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"),
    *("kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext"),
}
"""Actions that mean SYMMETRIC_DEFAULT where no algorithm is named."""
_SIGNING = frozenset({"kms:Sign", "kms:Verify"})
"""Actions that mean whole messages where no type is named."""


def key_values(unit: Unit, key: Key) -> dict[str, Any]:
    """What a key says of itself."""
    values: dict[str, Any] = {
        "kms:KeySpec": key.spec,
        "kms:KeyUsage": key.usage,
        "kms:KeyOrigin": key.origin,
        "kms:MultiRegion": False,
    }
    aliases = unit.page(Alias, where={"key_id": key.id}, account=key.account, region=key.region)
    if aliases:
        values["kms:ResourceAliases"] = [alias.name for alias in aliases]
    for name, value in key.tags.items():
        values[f"aws:ResourceTag/{name}"] = value
    return values


def request_values(call: Call, request: Mapping[str, Any], action: str) -> dict[str, Any]:
    """What a request and its caller say of one action."""
    values = caller_values(call)
    for member, value in request.items():
        if member in _OF_MEMBERS and value is not None:
            values[_OF_MEMBERS[member]] = value
    algorithm = request.get(_ALGORITHM_MEMBERS.get(action, "EncryptionAlgorithm"))
    if algorithm is not None or action in _DEFAULT_ALGORITHM:
        values["kms:EncryptionAlgorithm"] = algorithm or "SYMMETRIC_DEFAULT"
    context = request.get(_CONTEXT_MEMBERS.get(action, "EncryptionContext"))
    if context:
        values |= encryption_context_values(context)
    if action in _SIGNING:
        values.setdefault("kms:MessageType", "RAW")
    named = request.get(_KEY_MEMBERS.get(action, "KeyId"), "")
    if named.startswith("alias/") or ":alias/" in named:
        values["kms:RequestAlias"] = named[named.index("alias/") :]
    return values


def caller_values(call: Call) -> dict[str, Any]:
    """What the caller says of itself: its account, and the service that calls for it."""
    values: dict[str, Any] = {"kms:CallerAccount": call.account}
    by = call.principal.invoked_by
    if by is not None:
        service, _, rest = by.partition(".")
        values["kms:ViaService"] = f"{service}.{call.region}.{rest}"
    return values


def encryption_context_values(context: Mapping[str, str]) -> dict[str, Any]:
    """An encryption context as conditions see it; names that only case tells apart have all their values."""
    values: dict[str, Any] = {"kms:EncryptionContextKeys": list(context)}
    seen: dict[str, str] = {}
    for name, value in context.items():
        condition_key = seen.setdefault(name.lower(), f"kms:EncryptionContext:{name}")
        before = values.get(condition_key)
        values[condition_key] = value if before is None else [*([before] if isinstance(before, str) else before), value]
    return values


def grant_values(constraints: Mapping[str, Any]) -> dict[str, Any]:
    """A grant's constraints as conditions see them."""
    values: dict[str, Any] = {}
    pairs: dict[str, str] = {}
    kinds = []
    for member in ("EncryptionContextEquals", "EncryptionContextSubset"):
        if constraints.get(member) is not None:
            kinds.append(member)
            pairs |= constraints[member]
    if kinds:
        values["kms:GrantConstraintType"] = kinds[0] if len(kinds) == 1 else kinds
    if pairs:
        values |= encryption_context_values(pairs)
    if constraints.get("SourceArn"):
        values["kms:GrantConstraintSourceArn"] = constraints["SourceArn"]
    return values
