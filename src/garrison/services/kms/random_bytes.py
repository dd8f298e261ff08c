"""GenerateRandom: random bytes of the generator that keys are made by, or of a custom key store's HSM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.kms.failures import invalid
from garrison.services.kms.resources import CustomKeyStore
from garrison.services.kms.service import service
from garrison.services.kms.stores import own_store
from garrison.services.kms.use_failures import not_for_recipients

if TYPE_CHECKING:
    from types_boto3_kms import type_defs as shapes

    from garrison.crypto import KeyStore
    from garrison.services.call import Call


@service.operation("GenerateRandom", needs={"kms:GenerateRandom": "*"}, read_only=True)
def generate_random(call: Call, request: shapes.GenerateRandomRequestTypeDef) -> Any:
    """So many random bytes."""
    if request.get("Recipient"):
        raise not_for_recipients()
    count = request.get("NumberOfBytes")
    if count is None:
        raise invalid("NumberOfBytes is required.")
    return {"Plaintext": _source(call, request.get("CustomKeyStoreId")).random(count)}


def _source(call: Call, store_id: str | None) -> KeyStore:
    if store_id is None:
        return own_store(call.parts)
    store = call.unit.get(CustomKeyStore, store_id)
    if store is None:
        raise ApiError("CustomKeyStoreNotFoundException", f"Custom key store {store_id} does not exist.")
    raise ApiError("CustomKeyStoreInvalidStateException", f"Custom key store {store_id} is not connected.")
