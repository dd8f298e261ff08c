"""DeriveSharedSecret: ECDH between a key that never leaves and another's public key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.crypto import KeyUsage, WrongUse
from garrison.services.kms.access import needed_key
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.failures import invalid
from garrison.services.kms.keyring import material_of, opened
from garrison.services.kms.materials import spec_of_key
from garrison.services.kms.usable import check_algorithm, usable
from garrison.services.kms.use_failures import Using, dry_run, not_for_recipients

if TYPE_CHECKING:
    from types_boto3_kms import type_defs as shapes

    from garrison.services.call import Call


@key_operation("DeriveSharedSecret", on=needed_key, read_only=True)
def derive_shared_secret(call: Call, request: shapes.DeriveSharedSecretRequestTypeDef) -> Any:
    """The raw secret: the x-coordinate of the shared point, for a key derivation function to take."""
    if request.get("Recipient"):
        raise not_for_recipients()
    key = usable(call, request["KeyId"], KeyUsage.KEY_AGREEMENT)
    algorithm = check_algorithm(key, request["KeyAgreementAlgorithm"], spec_of_key(key).agreement)
    material = material_of(call, key)
    if request.get("DryRun"):
        raise dry_run()
    public_key: bytes = request["PublicKey"]  # type: ignore[assignment]
    with Using(key, algorithm):
        loaded = opened(call, key, material)
        try:
            secret = loaded.agree(public_key)
        except WrongUse:
            raise invalid(f"PublicKey is not the DER of a public key on the curve of key spec {key.spec}.") from None
    return {
        "KeyId": key.arn,
        "SharedSecret": secret,
        "KeyAgreementAlgorithm": algorithm,
        "KeyOrigin": key.origin,
    }
