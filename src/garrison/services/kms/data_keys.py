"""GenerateDataKey: a fresh key for use elsewhere, in the clear and under a symmetric key of KMS, or under it alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.kms.access import needed_key
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.encrypting import SYMMETRIC, Sealing, prepare, sealed
from garrison.services.kms.failures import invalid
from garrison.services.kms.stores import key_store_of
from garrison.services.kms.use_failures import Using, dry_run, not_for_recipients

if TYPE_CHECKING:
    from types_boto3_kms import type_defs as shapes

    from garrison.services.call import Call

_KEY_BYTES = {"AES_128": 16, "AES_256": 32}


@key_operation("GenerateDataKey", on=needed_key, read_only=True)
def generate_data_key(call: Call, request: shapes.GenerateDataKeyRequestTypeDef) -> Any:
    """A data key in both forms."""
    if request.get("Recipient"):
        raise not_for_recipients()
    plaintext, answer = _generated(call, request)
    return answer | {"Plaintext": plaintext}


@key_operation("GenerateDataKeyWithoutPlaintext", on=needed_key, read_only=True)
def generate_data_key_without_plaintext(
    call: Call, request: shapes.GenerateDataKeyWithoutPlaintextRequestTypeDef
) -> Any:
    """A data key for whoever decrypts it later."""
    return _generated(call, request)[1]


def _generated(call: Call, request: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    size = _size(request)
    ready = prepare_wrapping(call, request)
    if request.get("DryRun"):
        raise dry_run()
    with Using(ready.key, SYMMETRIC):
        plaintext = key_store_of(call.parts, ready.key).random(size)
    return plaintext, {"CiphertextBlob": sealed(call, ready, plaintext)} | shown(ready)


def prepare_wrapping(call: Call, request: Mapping[str, Any]) -> Sealing:
    """Ask everything that encrypting a data key needs; only symmetric keys do that."""
    return prepare(call, request["KeyId"], SYMMETRIC, request.get("EncryptionContext"), size=0)


def shown(ready: Sealing) -> dict[str, Any]:
    """The key of an answer, and its material."""
    return {"KeyId": ready.key.arn, "KeyMaterialId": ready.material.material_id}


def _size(request: Mapping[str, Any]) -> int:
    """How many bytes are asked for: by one of two members."""
    spec, count = request.get("KeySpec"), request.get("NumberOfBytes")
    if (spec is None) == (count is None):
        raise invalid("Please specify either number of bytes or key spec, and not both.")
    return _KEY_BYTES[spec] if spec is not None else int(count or 0)
