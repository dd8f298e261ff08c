"""Encrypt: up to 4,096 bytes under a symmetric key, with a context that decryption must repeat, or under an RSA key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from garrison.crypto import KeyUsage
from garrison.crypto.blobs import KeyPlace, seal
from garrison.crypto.public import encrypt_rsa
from garrison.crypto.specs import Family
from garrison.services.kms.access import needed_key
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.failures import invalid
from garrison.services.kms.keyring import material_of, opened
from garrison.services.kms.materials import spec_of_key
from garrison.services.kms.usable import check_algorithm, usable
from garrison.services.kms.use_failures import Using, dry_run

if TYPE_CHECKING:
    from types_boto3_kms import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.kms.resources import Key, Material

SYMMETRIC: Final = "SYMMETRIC_DEFAULT"
"""The algorithm of symmetric keys, and the one that is meant where none is named."""
LARGEST_CONTEXT_BYTES = 8192
"""Of all keys and values of an encryption context."""
_RSA_OVERHEAD_BYTES = {"RSAES_OAEP_SHA_1": 42, "RSAES_OAEP_SHA_256": 66}
"""What OAEP takes of the modulus: twice the digest and two bytes (RFC 8017, 7.1.1)."""


class Sealing(NamedTuple):
    """Everything that was asked before a plaintext is encrypted."""

    key: Key
    material: Material
    algorithm: str
    context: Mapping[str, str]


@key_operation("Encrypt", on=needed_key, read_only=True, hidden=("Plaintext",))
def encrypt(call: Call, request: shapes.EncryptRequestTypeDef) -> Any:
    """Encrypt under the key's current material."""
    algorithm = request.setdefault("EncryptionAlgorithm", SYMMETRIC)
    plaintext: bytes = request["Plaintext"]  # type: ignore[assignment]
    ready = prepare(call, request["KeyId"], algorithm, request.get("EncryptionContext"), len(plaintext))
    if request.get("DryRun"):
        raise dry_run()
    return {
        "CiphertextBlob": sealed(call, ready, plaintext),
        "KeyId": ready.key.arn,
        "EncryptionAlgorithm": algorithm,
    }


def prepare(call: Call, key_id: str, algorithm: str, context: Mapping[str, str] | None, size: int) -> Sealing:
    """Ask everything that encrypting so many bytes needs, without doing it."""
    key = usable(call, key_id, KeyUsage.ENCRYPT_DECRYPT)
    spec = spec_of_key(key)
    check_algorithm(key, algorithm, spec.encryption)
    check_context(key, context)
    if spec.family is Family.RSA:
        largest = spec.bits // 8 - _RSA_OVERHEAD_BYTES[algorithm]
        if size > largest:
            raise invalid(
                f"Algorithm {algorithm} and key spec {key.spec} cannot encrypt data larger than {largest} bytes."
            )
    material = material_of(call, key)
    if spec.family is Family.AES:
        call.additional_event_data["keyMaterialId"] = material.material_id
    return Sealing(key, material, algorithm, context or {})


def sealed(call: Call, ready: Sealing, plaintext: bytes) -> bytes:
    """The ciphertext of what may be encrypted."""
    key, material = ready.key, ready.material
    with Using(key, ready.algorithm):
        if ready.algorithm != SYMMETRIC:
            assert material.public_key is not None
            return encrypt_rsa(spec_of_key(key), material.public_key, plaintext, ready.algorithm)
        place = KeyPlace(key.account, key.region, key.id, material.number)
        return seal(opened(call, key, material), place, plaintext, ready.context)


def check_context(key: Key, context: Mapping[str, str] | None) -> None:
    """Refuse a context where there is no place for one, and one that is too large."""
    if not context:
        return
    if key.spec != SYMMETRIC:
        raise invalid("EncryptionContext is supported by symmetric encryption KMS keys only.")
    if sum(len(name.encode()) + len(value.encode()) for name, value in context.items()) > LARGEST_CONTEXT_BYTES:
        raise invalid(f"EncryptionContext is larger than {LARGEST_CONTEXT_BYTES} bytes.")
