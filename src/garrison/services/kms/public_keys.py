"""GetPublicKey: the half of an asymmetric key that anyone may have, with what it may be used for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.crypto import KeySpec, KeyUsage
from garrison.services.kms.access import needed_key
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.failures import unsupported
from garrison.services.kms.finding import decided_key
from garrison.services.kms.keyring import material_of
from garrison.services.kms.materials import spec_of_key
from garrison.services.kms.states import check_enabled

if TYPE_CHECKING:
    from types_boto3_kms import type_defs as shapes

    from garrison.services.call import Call

_FORMER_SPECS = frozenset({"RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"})
"""Those that `CustomerMasterKeySpec`, the former name of `KeySpec`, has."""


@key_operation("GetPublicKey", on=needed_key)
def get_public_key(call: Call, request: shapes.GetPublicKeyRequestTypeDef) -> Any:
    """The public half as SubjectPublicKeyInfo in DER."""
    key = decided_key(call, request["KeyId"])
    spec = spec_of_key(key)
    if not spec.is_asymmetric:
        raise unsupported(f"{key.arn} has no public key: its key spec is {key.spec}.")
    check_enabled(key)
    answer = {
        "KeyId": key.arn,
        "PublicKey": material_of(call, key).public_key,
        "KeySpec": key.spec,
        "KeyUsage": key.usage,
    } | _algorithms(key.usage, spec)
    return answer | ({"CustomerMasterKeySpec": key.spec} if key.spec in _FORMER_SPECS else {})


def _algorithms(usage: str, spec: KeySpec) -> dict[str, Any]:
    if usage == KeyUsage.ENCRYPT_DECRYPT:
        return {"EncryptionAlgorithms": spec.encryption}
    if usage == KeyUsage.SIGN_VERIFY:
        return {"SigningAlgorithms": spec.signing}
    return {"KeyAgreementAlgorithms": spec.agreement}
