"""KMS as other services use it: with the rights of who calls them, or for what they keep themselves.

Source: KMS developer guide, "How AWS services use AWS KMS"; IAM User Guide, "Forward access sessions".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.crypto import NotAuthentic
from garrison.crypto.blobs import read_place, unseal
from garrison.services.inside import call_as_service, call_for_caller
from garrison.services.kms.failures import not_found
from garrison.services.kms.finding import key_of_arn
from garrison.services.kms.keyring import material_of, opened
from garrison.services.kms.states import check_enabled
from garrison.services.kms.use_failures import invalid_ciphertext

if TYPE_CHECKING:
    from garrison.services.call import Call, Parts
    from garrison.store import Unit


def ask_kms(call: Call, via: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Call KMS with the rights of who calls a service (`s3.amazonaws.com`); raises KMS's `ApiError`.

    Where that is a service itself, it is the one that the key's policy must allow, for the resource that it works for.
    """
    principal = call.principal
    if principal.kind != "AWSService":
        return call_for_caller(call, via, "kms", operation, parameters)
    return call_as_service(
        call.parts,
        principal.principal_id,
        call.account,
        call.region,
        "kms",
        operation,
        parameters,
        source_arn=call.source_arn,
    )


@dataclass(slots=True)
class _Background:
    """A service that has no call to answer."""

    parts: Parts
    unit: Unit
    at: datetime


def opened_for_service(parts: Parts, at: datetime, arn: str, ciphertext: bytes, context: Mapping[str, str]) -> bytes:
    """The plaintext of what a service had KMS encrypt with its caller's rights, and carries out now, without the caller.

    No policy is asked again, but a key that cannot be used opens nothing: raises KMS's `ApiError`.
    """
    try:
        place = read_place(ciphertext)
        with parts.store.reading(place.account, place.region) as unit:
            key = key_of_arn(unit, arn)
            if key is None or key.id != place.key_id:
                raise not_found(f"Key '{arn}' does not exist")
            check_enabled(key)
            asking = _Background(parts, unit, at)
            return unseal(opened(asking, key, material_of(asking, key, place.number)), ciphertext, context)
    except NotAuthentic:
        raise invalid_ciphertext() from None
