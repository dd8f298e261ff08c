"""Keys that never leave: key stores in software and in hardware behind one interface, and what is done with their keys."""

from __future__ import annotations

from garrison.crypto.failures import BadMaterial, CryptoFailure, KeyStoreAway, NotAuthentic, NotOffered, WrongUse
from garrison.crypto.key_store import KeyStore, LoadedKey, NewMaterial
from garrison.crypto.specs import SPECS, KeySpec, KeyUsage, spec_of

__all__ = [
    "SPECS",
    "BadMaterial",
    "CryptoFailure",
    "KeySpec",
    "KeyStore",
    "KeyStoreAway",
    "KeyUsage",
    "LoadedKey",
    "NewMaterial",
    "NotAuthentic",
    "NotOffered",
    "WrongUse",
    "spec_of",
]
