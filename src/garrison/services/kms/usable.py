"""What is asked of a key before any use: that its state, its usage and its algorithms allow it.

KMS developer guide, "Key states of KMS keys" and "Key spec reference".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.kms.finding import decided_key
from garrison.services.kms.states import check_enabled, check_store_connected
from garrison.services.kms.use_failures import incompatible, wrong_usage

if TYPE_CHECKING:
    from garrison.crypto import KeyUsage
    from garrison.services.call import Call
    from garrison.services.kms.resources import Key


def usable(call: Call, key_id: str, usage: KeyUsage) -> Key:
    """The key of an id, ARN or alias, if it may be used so now."""
    key = decided_key(call, key_id)
    check_enabled(key)
    check_store_connected(call.unit, key)
    if key.usage != usage:
        raise wrong_usage(key, call.operation)
    return key


def check_algorithm(key: Key, algorithm: str, known: tuple[str, ...]) -> str:
    """An algorithm, if it is one of the key's; InvalidKeyUsageException else."""
    if algorithm not in known:
        raise incompatible(key, algorithm)
    return algorithm
