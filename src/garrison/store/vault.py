"""Sealed secrets: each under a wrapping key of its own, so that destroying that key destroys the secret in every version."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from garrison.store.conditions import POSTGRESQL, SQLITE
from garrison.store.failures import Conflict, SecretDestroyed, StoreUnavailable
from garrison.store.rootkey import RootKey, SealBroken
from garrison.store.transaction import Transaction

ROOT_KEY = "root_key"
"""The name in `meta` of the fingerprint of the root key that new secrets are wrapped by."""
ROOT_KEY_BEFORE = "root_key_before"
"""Likewise of the root key that some secrets are still wrapped by, while a rotation is under way."""

_ROOT_KEY_IN_FORCE = {
    SQLITE: "SELECT value FROM meta WHERE name = ?",
    POSTGRESQL: "SELECT value FROM meta WHERE name = ? FOR SHARE",
}
_PREFIX = "sealed:"
_NONCE_BYTES = 12


def wrapping_aad(account: str, ref: str) -> bytes:
    """Binds a wrapping key to its account and reference."""
    return f"wrapping-key/{account}/{ref}".encode()


def _secret_aad(account: str, ref: str) -> bytes:
    return f"secret/{account}/{ref}".encode()


class Vault:
    """The secrets of an account as a unit of work sees them."""

    __slots__ = ("_account", "_root_key", "_transaction")

    def __init__(self, transaction: Transaction, root_key: RootKey, account: str) -> None:
        self._transaction = transaction
        self._root_key = root_key
        self._account = account

    def seal(self, secret: bytes) -> str:
        """Keep a secret; gives the reference to it."""
        self._transaction.check_writing()
        ref = _PREFIX + secrets.token_urlsafe(24)
        key, nonce = AESGCM.generate_key(256), secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, secret, _secret_aad(self._account, ref))
        root_key_id = self._root_key_in_force()
        try:
            wrapped = self._root_key.seal_with(root_key_id, key, wrapping_aad(self._account, ref))
        except SealBroken:
            raise StoreUnavailable("The root key was rotated, and this process does not have the new one.") from None
        self._transaction.connection.run(
            "INSERT INTO secret VALUES (?, ?, ?, ?, ?)", (self._account, ref, root_key_id, wrapped, sealed)
        )
        return ref

    def unseal(self, ref: str) -> bytes:
        """The secret behind a reference; raises `SecretDestroyed`, or `SealBroken` where it was tampered with."""
        row = self._transaction.connection.one(
            "SELECT wrapped, sealed FROM secret WHERE account = ? AND ref = ?", (self._account, ref)
        )
        if row is None:
            raise SecretDestroyed(f"there is no secret {ref}")
        key = self._root_key.open(bytes(row[0]), wrapping_aad(self._account, ref))
        sealed = bytes(row[1])
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _secret_aad(self._account, ref))
        except InvalidTag:
            raise SealBroken("the seal of a secret does not hold") from None

    def destroy(self, ref: str) -> None:
        """Remove a secret with its wrapping key for ever; one that is gone already is no error."""
        self._transaction.check_writing()
        self._transaction.connection.run("DELETE FROM secret WHERE account = ? AND ref = ?", (self._account, ref))

    def _root_key_in_force(self) -> str:
        # The share lock makes a rotation wait for this unit, so that no secret is wrapped by the old key behind its back.
        row = self._transaction.connection.one(_ROOT_KEY_IN_FORCE[self._transaction.dialect], (ROOT_KEY,))
        if row is None:
            raise Conflict("the store has no root key on record")
        return str(row[0])
