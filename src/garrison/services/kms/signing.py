"""Sign and Verify: by RSA, ECDSA and Ed25519, over a message or over its digest.

Both are answered inline, though an RSA signature takes half a millisecond without the interpreter's lock: measured with the
calls of benchmarks/kms.py, a hop to a thread and back made RSA-2048 by a third slower (165 for 260 a second on a busy machine of
two cores), and P-256, which is the same operation, too (335 for 533).
"""

from __future__ import annotations

from hashlib import sha512
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.crypto import KeyUsage
from garrison.crypto.public import verify
from garrison.crypto.specs import Family
from garrison.errors import ApiError
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

DEFAULT_TYPE = "RAW"
_DIGEST_BYTES = {"256": 32, "384": 48, "512": 64}
"""Of the digest that an algorithm signs, by the end of its name."""
_PREHASHED = "ED25519_PH_SHA_512"


class Signing(NamedTuple):
    """Everything that was asked before something is signed or verified."""

    key: Key
    material: Material
    algorithm: str
    message: bytes
    is_digest: bool


@key_operation("Sign", on=needed_key, read_only=True, hidden=("Message",))
def sign(call: Call, request: shapes.SignRequestTypeDef) -> Any:
    """Sign by the private half."""
    ready = _prepare(call, request)
    if request.get("DryRun"):
        raise dry_run()
    with Using(ready.key, ready.algorithm):
        loaded = opened(call, ready.key, ready.material)
        signature = loaded.sign(ready.message, ready.algorithm, is_digest=ready.is_digest)
    return {"KeyId": ready.key.arn, "Signature": signature, "SigningAlgorithm": ready.algorithm}


@key_operation("Verify", on=needed_key, read_only=True, hidden=("Message", "Signature"))
def verify_signature(call: Call, request: shapes.VerifyRequestTypeDef) -> Any:
    """Verify by the public half; a signature that does not hold is an error."""
    ready = _prepare(call, request)
    if request.get("DryRun"):
        raise dry_run()
    signature: bytes = request["Signature"]  # type: ignore[assignment]
    assert ready.material.public_key is not None
    with Using(ready.key, ready.algorithm):
        holds = verify(
            spec_of_key(ready.key),
            ready.material.public_key,
            ready.message,
            signature,
            ready.algorithm,
            is_digest=ready.is_digest,
        )
    if not holds:
        raise ApiError("KMSInvalidSignatureException", "The signature is invalid.")
    return {"KeyId": ready.key.arn, "SignatureValid": True, "SigningAlgorithm": ready.algorithm}


def _prepare(call: Call, request: Any) -> Signing:
    """Ask everything that signing and verifying need."""
    key = usable(call, request["KeyId"], KeyUsage.SIGN_VERIFY)
    spec = spec_of_key(key)
    algorithm = check_algorithm(key, request["SigningAlgorithm"], spec.signing)
    message: bytes = request["Message"]
    kind = request.setdefault("MessageType", DEFAULT_TYPE)
    if kind not in ("RAW", "DIGEST"):
        raise invalid(f"MessageType {kind} is not supported by key spec {key.spec}.")
    is_digest = kind == "DIGEST"
    if spec.family is Family.EDWARDS and is_digest != (algorithm == _PREHASHED):
        raise invalid(f"Algorithm {algorithm} does not support MessageType {kind}.")
    if is_digest and len(message) != _DIGEST_BYTES[algorithm[-3:]]:
        raise invalid(f"Digest is invalid length for algorithm {algorithm}.")
    if algorithm == _PREHASHED:
        message = sha512(
            message
        ).digest()  # API reference of Sign, `MessageType`: KMS prehashes what is a digest already
    return Signing(key, material_of(call, key), algorithm, message, is_digest)
