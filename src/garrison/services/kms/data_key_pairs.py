"""GenerateDataKeyPair: a fresh pair for use elsewhere; its private half also, or only, under a symmetric key of KMS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.crypto import spec_of
from garrison.crypto.pairs import KeyPair, new_pair
from garrison.services.kms.access import needed_key
from garrison.services.kms.data_keys import prepare_wrapping, shown
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.encrypting import sealed
from garrison.services.kms.failures import unsupported
from garrison.services.kms.use_failures import dry_run, not_for_recipients

if TYPE_CHECKING:
    from types_boto3_kms import type_defs as shapes

    from garrison.services.call import Call


@key_operation("GenerateDataKeyPair", on=needed_key, read_only=True, long=True)
def generate_data_key_pair(call: Call, request: shapes.GenerateDataKeyPairRequestTypeDef) -> Any:
    """A pair with its private half in both forms."""
    if request.get("Recipient"):
        raise not_for_recipients()
    pair, answer = _generated(call, request)
    return answer | {"PrivateKeyPlaintext": pair.private}


@key_operation("GenerateDataKeyPairWithoutPlaintext", on=needed_key, read_only=True, long=True)
def generate_data_key_pair_without_plaintext(
    call: Call, request: shapes.GenerateDataKeyPairWithoutPlaintextRequestTypeDef
) -> Any:
    """A pair whose private half is for whoever decrypts it later."""
    return _generated(call, request)[1]


def _generated(call: Call, request: Mapping[str, Any]) -> tuple[KeyPair, dict[str, Any]]:
    spec = spec_of(request["KeyPairSpec"])
    if spec is None:
        raise unsupported(f"KeyPairSpec {request['KeyPairSpec']} is not supported.")
    ready = prepare_wrapping(call, request)
    if request.get("DryRun"):
        raise dry_run()
    pair = new_pair(spec)
    ciphertext = sealed(call, ready, pair.private)
    public = {"PrivateKeyCiphertextBlob": ciphertext, "PublicKey": pair.public, "KeyPairSpec": spec.name}
    return pair, public | shown(ready)
