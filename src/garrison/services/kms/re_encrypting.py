"""ReEncrypt: from one key, or context, to another; the plaintext between is nobody's to see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.kms import decrypting, encrypting
from garrison.services.kms.access import key_context, key_policy
from garrison.services.kms.decrypting import ciphertext_of, ignores_ciphertext, source_key
from garrison.services.kms.encrypting import SYMMETRIC
from garrison.services.kms.finding import lookup_key
from garrison.services.kms.service import service
from garrison.services.kms.use_failures import dry_run

if TYPE_CHECKING:
    from types_boto3_kms import type_defs as shapes

    from garrison.services.call import Call


def key_from(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the key that decrypts."""
    return source_key(call, request.get("SourceKeyId"), request.get("SourceEncryptionAlgorithm"), request)


def key_to(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the key that encrypts."""
    return lookup_key(call, request["DestinationKeyId"]).arn


def context_of(call: Call, request: Mapping[str, Any], action: str, arn: str) -> dict[str, Any]:
    """The condition values of one half."""
    is_same = key_from(call, request) == key_to(call, request)
    return key_context(call, request, action, arn) | {"kms:ReEncryptOnSameKey": is_same}


@service.operation(
    "ReEncrypt",
    needs={"kms:ReEncryptFrom": key_from, "kms:ReEncryptTo": key_to},
    resource_policy=key_policy,
    resource_context=context_of,
    read_only=True,
    hidden=("CiphertextBlob",),
)
def re_encrypt(call: Call, request: shapes.ReEncryptRequestTypeDef) -> Any:
    """Decrypt and encrypt; the destination is asked everything before anything is decrypted, but for the length."""
    source_algorithm = request.setdefault("SourceEncryptionAlgorithm", SYMMETRIC)
    algorithm = request.setdefault("DestinationEncryptionAlgorithm", SYMMETRIC)
    source_id, source_context = request.get("SourceKeyId"), request.get("SourceEncryptionContext")
    to, to_context = request["DestinationKeyId"], request.get("DestinationEncryptionContext")
    if ignores_ciphertext(request):
        decrypting.check_opening(call, source_id, source_algorithm, source_context)
        encrypting.prepare(call, to, algorithm, to_context, size=0)
        raise dry_run()
    source = decrypting.prepare(call, source_id, source_algorithm, source_context, ciphertext_of(request))
    encrypting.prepare(call, to, algorithm, to_context, size=0)
    plaintext = decrypting.unsealed(call, source)
    destination = encrypting.prepare(call, to, algorithm, to_context, len(plaintext))
    if request.get("DryRun"):
        raise dry_run()
    answer = {
        "CiphertextBlob": encrypting.sealed(call, destination, plaintext),
        "SourceKeyId": source.key.arn,
        "KeyId": destination.key.arn,
        "SourceEncryptionAlgorithm": source_algorithm,
        "DestinationEncryptionAlgorithm": algorithm,
    }
    call.additional_event_data.pop("keyMaterialId", None)
    for side, material, used_by in (
        ("Source", source.material, source_algorithm),
        ("Destination", destination.material, algorithm),
    ):
        if used_by == SYMMETRIC:
            answer[f"{side}KeyMaterialId"] = material.material_id
            call.additional_event_data[f"{side.lower()}KeyMaterialId"] = material.material_id
    return answer
