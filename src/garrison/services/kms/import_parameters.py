"""GetParametersForImport: a pair that material is wrapped by on its way here, good for one key and 24 hours.

KMS developer guide, "Importing key material". The private half stays, sealed, in the operational state; the token only says
where, and until when.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from garrison import codec
from garrison.crypto.importing import WRAPPING_ALGORITHMS, WRAPPING_SPECS, new_wrapping_pair
from garrison.errors import ApiError
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.failures import unsupported
from garrison.services.kms.finding import find_key, lookup_key
from garrison.services.kms.materials import spec_of_key
from garrison.services.kms.resources import Key
from garrison.services.kms.states import check_not_pending_deletion
from garrison.store import SealBroken

if TYPE_CHECKING:
    from garrison.services.call import Call

VALID_FOR = timedelta(hours=24)
_NAMESPACE = "kms-import"
_TOKEN, _PAIR = b"kms/import-token/1", b"kms/wrapping-key/1/"


class Parameters(NamedTuple):
    """What was handed out for an import."""

    token: bytes
    public_key: bytes
    valid_to: datetime


class Wrapping(NamedTuple):
    """What unwraps an import."""

    private_key: bytes
    algorithm: str


def _prepare(call: Call, request: Mapping[str, Any]) -> None:
    """Make the pair and keep its private half, before the call is answered: a 4,096-bit one takes a while."""
    algorithm, spec = request["WrappingAlgorithm"], request["WrappingKeySpec"]
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        key = lookup_key(call, request["KeyId"], takes_alias=False)
        _check(key, algorithm, spec)
    pair, place, valid_to = new_wrapping_pair(spec), secrets.token_hex(16), call.at + VALID_FOR
    kept = codec.encode([algorithm, base64.b64encode(pair.private).decode()])
    with call.parts.store.writing(call.account, call.region, at=call.at) as unit:
        sealed = call.parts.root_key.seal(kept, _PAIR + key.arn.encode())
        unit.state_put(_NAMESPACE, place, sealed, expires_at=valid_to, region=call.region)
    said = codec.encode([key.arn, place, valid_to.timestamp()])
    call.evidence = Parameters(call.parts.root_key.seal(said, _TOKEN), pair.public, valid_to)


@key_operation("GetParametersForImport", prepare=_prepare)
def get_parameters_for_import(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The public key to wrap material by, and the token to give with it."""
    made: Parameters = call.evidence
    return {
        "KeyId": find_key(call, request["KeyId"]).arn,
        "ImportToken": made.token,
        "PublicKey": made.public_key,
        "ParametersValidTo": made.valid_to,
    }


def check_external(key: Key) -> None:
    """UnsupportedOperationException for a key whose material is made here."""
    if key.origin != "EXTERNAL":
        raise unsupported(f"{key.arn} origin is {key.origin} which is not valid for this operation.")


def wrapping_of(call: Call, key: Key, token: bytes) -> Wrapping:
    """What unwraps an import that comes with a token of this key."""
    try:
        arn, place, until = codec.decode(call.parts.root_key.open(token, _TOKEN))
    except (SealBroken, ValueError, msgspec.DecodeError):
        raise _invalid() from None
    if arn != key.arn:
        raise _invalid()
    entry = call.unit.state_get(_NAMESPACE, place, region=key.region)
    if entry is None or until <= call.at.timestamp():
        raise ApiError("ExpiredImportTokenException", "The import token has expired.")
    try:
        algorithm, private = codec.decode(call.parts.root_key.open(entry.value, _PAIR + key.arn.encode()))
        return Wrapping(base64.b64decode(private), algorithm)
    except (SealBroken, binascii.Error):
        raise _invalid() from None


def _check(key: Key, algorithm: str, spec: str) -> None:
    check_external(key)
    check_not_pending_deletion(key)
    if spec not in WRAPPING_SPECS or algorithm not in WRAPPING_ALGORITHMS:
        raise unsupported(f"{algorithm} with {spec} is not built here.")
    if spec_of_key(key).family == "RSA" and not algorithm.startswith("RSA_AES_KEY_WRAP"):
        raise unsupported(f"{algorithm} cannot wrap an RSA private key; use RSA_AES_KEY_WRAP_SHA_256.")


def _invalid() -> ApiError:
    return ApiError("InvalidImportTokenException", "The import token is not valid for this key.")
