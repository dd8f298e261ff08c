"""KMS: keys that never leave, used through an API that asks policies and grants and records every use."""

from __future__ import annotations

from garrison.services.kms import (  # noqa: F401  (each declares its operations or its tasks)
    agreement,
    aliases,
    connecting,
    creating,
    custom_key_stores,
    data_key_pairs,
    data_keys,
    decrypting,
    deletion,
    describing,
    due,
    enabling,
    encrypting,
    grant_listings,
    grants,
    held_policies,
    import_parameters,
    importing,
    last_usage,
    macs,
    policy_operations,
    public_keys,
    random_bytes,
    re_encrypting,
    removing,
    retiring,
    rotating,
    rotation,
    signing,
    tags,
)
from garrison.services.kms.service import service

__all__ = ["service"]
