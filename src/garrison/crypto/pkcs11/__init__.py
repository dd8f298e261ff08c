"""Key stores in hardware, by PKCS#11: the keys are made in the token, never leave it, and each use is the token's own work."""

from __future__ import annotations

from garrison.crypto.pkcs11.sessions import TokenPlace
from garrison.crypto.pkcs11.store import Pkcs11KeyStore, lies_in_token

__all__ = ["Pkcs11KeyStore", "TokenPlace", "lies_in_token"]
