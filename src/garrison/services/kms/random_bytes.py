"""GenerateRandom: random bytes of the generator that keys are made by, or of a custom key store's HSM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.crypto import CryptoFailure
from garrison.errors import ApiError
from garrison.services.kms.custom_key_stores import find_store, wrong_state
from garrison.services.kms.declaring import may_wait
from garrison.services.kms.failures import invalid
from garrison.services.kms.service import service
from garrison.services.kms.stores import custom_store, own_store
from garrison.services.kms.use_failures import not_for_recipients

if TYPE_CHECKING:
    from types_boto3_kms import type_defs as shapes

    from garrison.crypto import KeyStore
    from garrison.services.call import Call


@service.operation("GenerateRandom", needs={"kms:GenerateRandom": "*"}, read_only=True, long=may_wait)
def generate_random(call: Call, request: shapes.GenerateRandomRequestTypeDef) -> Any:
    """So many random bytes."""
    if request.get("Recipient"):
        raise not_for_recipients()
    count = request.get("NumberOfBytes")
    if count is None:
        raise invalid("NumberOfBytes is required.")
    try:
        return {"Plaintext": _source(call, request.get("CustomKeyStoreId")).random(count)}
    except CryptoFailure:
        message = "The key store does not answer. You can retry the request."
        raise ApiError("DependencyTimeoutException", message) from None


def _source(call: Call, store_id: str | None) -> KeyStore:
    if store_id is None:
        return own_store(call.parts)
    store = find_store(call, store_id)
    if store.connection != "CONNECTED":
        raise wrong_state(store)
    return custom_store(call.parts, store.account, store.region, store.id)
