"""What a grant may say: principals, operations that the key's usage has, constraints. API reference, CreateGrant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.crypto import KeyUsage
from garrison.services.kms.failures import invalid, invalid_arn
from garrison.services.kms.principals import is_principal

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.kms.resources import Key

MOST_PAIRS = 8
"""Of an encryption context in a constraint."""
LONGEST_CONTEXT = 384
"""Characters of one."""

_ALWAYS = frozenset({"CreateGrant", "RetireGrant", "DescribeKey"})
_SYMMETRIC = frozenset(
    {
        *("Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo"),
        *("GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
        *("GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"),
    }
)
_ASYMMETRIC = {
    KeyUsage.ENCRYPT_DECRYPT: frozenset({"Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GetPublicKey"}),
    KeyUsage.SIGN_VERIFY: frozenset({"Sign", "Verify", "GetPublicKey"}),
    KeyUsage.GENERATE_VERIFY_MAC: frozenset({"GenerateMac", "VerifyMac"}),
    KeyUsage.KEY_AGREEMENT: frozenset({"DeriveSharedSecret", "GetPublicKey"}),
}
"""By usage, what keys that are not symmetric encryption keys can do (KMS developer guide, "Grant operations")."""
_SERVICE = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def principal_in(call: Call, request: Mapping[str, Any], role: str) -> str | None:
    """The `Grantee` or the `Retiring` principal of a request: an ARN, or a service's name; None where it has none."""
    by_arn, by_service = request.get(f"{role}Principal"), request.get(f"{role}ServicePrincipal")
    if by_arn and by_service:
        raise invalid(f"Specify either {role}Principal or {role}ServicePrincipal, but not both.")
    if not by_arn:
        return by_service
    is_for_itself = call.principal.invoked_by is not None and _SERVICE.fullmatch(by_arn)
    if not is_for_itself and not is_principal(call.unit, by_arn):
        raise invalid_arn(f"ARN does not refer to a valid principal: {by_arn}")
    return str(by_arn)


def checked_principals(call: Call, request: Mapping[str, Any]) -> tuple[str, str | None]:
    """Whom a grant is for, and who may retire it."""
    grantee, retiring = principal_in(call, request, "Grantee"), principal_in(call, request, "Retiring")
    if grantee is None:
        raise invalid("Specify either GranteePrincipal or GranteeServicePrincipal.")
    if request.get("GranteeServicePrincipal"):
        if not (request.get("Constraints") or {}).get("SourceArn"):
            raise invalid("GranteeServicePrincipal needs a SourceArn constraint.")
        if retiring is None:
            raise invalid("GranteeServicePrincipal needs a RetiringPrincipal or a RetiringServicePrincipal.")
    return grantee, retiring


def checked_operations(key: Key, operations: list[str]) -> list[str]:
    """The operations of a grant, each once; ValidationException for what the key cannot do."""
    if not operations:
        raise invalid("A grant has at least one operation.")
    able = _ALWAYS | (_SYMMETRIC if key.spec == "SYMMETRIC_DEFAULT" else _ASYMMETRIC[KeyUsage(key.usage)])
    unable = [operation for operation in operations if operation not in able]
    if unable:
        raise invalid(f"The operations {', '.join(unable)} are not valid for {key.usage} keys of the spec {key.spec}.")
    return list(dict.fromkeys(operations))


def checked_constraints(key: Key, constraints: Mapping[str, Any]) -> dict[str, Any]:
    """The constraints of a grant by the fields of `Grant`."""
    found: dict[str, Any] = {}
    for member, field in (("EncryptionContextEquals", "context_equals"), ("EncryptionContextSubset", "context_subset")):
        pairs = constraints.get(member)
        if pairs is None:
            continue
        if key.spec != "SYMMETRIC_DEFAULT":
            raise invalid("Encryption context constraints are supported by symmetric encryption KMS keys only.")
        if len(pairs) > MOST_PAIRS or sum(len(name) + len(value) for name, value in pairs.items()) > LONGEST_CONTEXT:
            raise invalid(f"{member} has at most {MOST_PAIRS} pairs and {LONGEST_CONTEXT} characters.")
        found[field] = dict(pairs)
    source = constraints.get("SourceArn")
    if source is not None:
        if parse_arn(source) is None:
            raise invalid_arn(f"Invalid arn {source[:200]}")
        found["source_arn"] = source
    return found
