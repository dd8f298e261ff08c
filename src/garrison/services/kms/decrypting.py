"""Decrypt: the key is read from a symmetric ciphertext, by whichever material of it made it; for RSA it must be named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.crypto import KeyUsage, NotAuthentic
from garrison.crypto.blobs import KeyPlace, read_place, unseal
from garrison.crypto.specs import Family
from garrison.errors import ApiError
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.encrypting import SYMMETRIC, check_context
from garrison.services.kms.failures import invalid
from garrison.services.kms.finding import lookup_key
from garrison.services.kms.grant_tokens import check_grant_tokens
from garrison.services.kms.keyring import find_material, material_of, opened
from garrison.services.kms.materials import spec_of_key
from garrison.services.kms.resources import key_arn
from garrison.services.kms.usable import check_algorithm, usable
from garrison.services.kms.use_failures import Using, dry_run, incorrect_key, invalid_ciphertext, not_for_recipients

if TYPE_CHECKING:
    from types_boto3_kms import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.kms.resources import Key, Material

IGNORE_CIPHERTEXT = "IGNORE_CIPHERTEXT"


class Opening(NamedTuple):
    """Everything that was asked before a ciphertext is decrypted."""

    key: Key
    material: Material
    algorithm: str
    context: Mapping[str, str]
    ciphertext: bytes


def key_of_ciphertext(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the key that a Decrypt needs: the named one, else the one that the ciphertext names."""
    return source_key(call, request.get("KeyId"), request.get("EncryptionAlgorithm"), request)


def source_key(call: Call, key_id: str | None, algorithm: str | None, request: Mapping[str, Any]) -> str:
    """The ARN of a key that is named, or that the request's ciphertext names."""
    check_grant_tokens(call, request.get("GrantTokens") or ())
    if key_id is not None:
        return lookup_key(call, key_id).arn
    if algorithm not in (None, SYMMETRIC):
        raise invalid("The key must be named where an asymmetric KMS key decrypts: no ciphertext of it does.")
    place = _place(ciphertext_of(request))
    arn = key_arn(place.region, place.account, place.key_id)
    try:
        if place.region == call.region:
            return lookup_key(call, arn).arn
    except ApiError as missing:
        if missing.code != "NotFoundException":
            raise
    raise ApiError(
        "AccessDeniedException",
        "The ciphertext refers to a customer master key that does not exist, does not exist in this region, "
        "or you are not allowed to access.",
        status=400,
    )


def ciphertext_of(request: Mapping[str, Any]) -> bytes:
    """The ciphertext that every request but a dry run without one has."""
    ciphertext: bytes | None = request.get("CiphertextBlob")
    if ciphertext is None:
        raise invalid("CiphertextBlob is required unless DryRun is true and DryRunModifiers has IGNORE_CIPHERTEXT.")
    return ciphertext


@key_operation("Decrypt", on=key_of_ciphertext, read_only=True, hidden=("CiphertextBlob",))
def decrypt(call: Call, request: shapes.DecryptRequestTypeDef) -> Any:
    """Decrypt, with the context that it was encrypted with."""
    if request.get("Recipient"):
        raise not_for_recipients()
    algorithm, key_id = request.setdefault("EncryptionAlgorithm", SYMMETRIC), request.get("KeyId")
    if ignores_ciphertext(request):
        check_opening(call, key_id, algorithm, request.get("EncryptionContext"))
        raise dry_run()
    ready = prepare(call, key_id, algorithm, request.get("EncryptionContext"), ciphertext_of(request))
    plaintext = unsealed(call, ready)
    if request.get("DryRun"):
        raise dry_run()
    answer = {"KeyId": ready.key.arn, "Plaintext": plaintext, "EncryptionAlgorithm": algorithm}
    return answer | ({"KeyMaterialId": ready.material.material_id} if algorithm == SYMMETRIC else {})


def ignores_ciphertext(request: Mapping[str, Any]) -> bool:
    """Whether it is a dry run that only asks for permission, so that a ciphertext need not be there."""
    modifiers = request.get("DryRunModifiers") or ()
    if not modifiers:
        return False
    if not request.get("DryRun"):
        raise invalid("DryRunModifiers is valid only when DryRun is true.")
    return IGNORE_CIPHERTEXT in modifiers


def check_opening(call: Call, key_id: str | None, algorithm: str, context: Mapping[str, str] | None) -> Key:
    """The key that may decrypt by this algorithm and context."""
    if key_id is None:
        raise invalid("The key must be named where no ciphertext names it.")
    key = usable(call, key_id, KeyUsage.ENCRYPT_DECRYPT)
    check_algorithm(key, algorithm, spec_of_key(key).encryption)
    check_context(key, context)
    return key


def prepare(
    call: Call, key_id: str | None, algorithm: str, context: Mapping[str, str] | None, ciphertext: bytes
) -> Opening:
    """Ask everything that decrypting needs, without doing it."""
    if algorithm != SYMMETRIC:
        key = check_opening(call, key_id, algorithm, context)
        return Opening(key, material_of(call, key), algorithm, {}, ciphertext)
    place = _place(ciphertext) if key_id is None else None
    named = key_id if place is None else key_arn(place.region, place.account, place.key_id)
    key = check_opening(call, named, algorithm, context)
    place = place or _place(ciphertext)
    if (place.account, place.region, place.key_id) != (key.account, key.region, key.id):
        raise incorrect_key()
    material = _material(call, key, place.number)
    call.additional_event_data["keyMaterialId"] = material.material_id
    return Opening(key, material, algorithm, context or {}, ciphertext)


def unsealed(call: Call, ready: Opening) -> bytes:
    """The plaintext of what may be decrypted; InvalidCiphertextException whatever is wrong with it."""
    key = ready.key
    with Using(key, ready.algorithm):
        loaded = opened(call, key, ready.material)
        if spec_of_key(key).family is Family.AES:
            return unseal(loaded, ready.ciphertext, ready.context)
        return loaded.decrypt_rsa(ready.ciphertext, ready.algorithm)


def _material(call: Call, key: Key, number: int) -> Material:
    """The material that a ciphertext names, which need not be the truth."""
    if find_material(call, key, number) is None:
        raise invalid_ciphertext()
    return material_of(call, key, number)


def _place(ciphertext: bytes) -> KeyPlace:
    try:
        return read_place(ciphertext)
    except NotAuthentic:
        raise invalid_ciphertext() from None
