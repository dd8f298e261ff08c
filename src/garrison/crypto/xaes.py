"""XAES-256-GCM: AES-GCM under a key derived for each message, so that no number of messages wears a key out.

Source: C2SP, "XAES-256-GCM". The derivation is the counter mode of NIST SP 800-108r1 with CMAC; the nonce of 24 random bytes is good
for 2^80 messages (NIST SP 800-38D allows AES-GCM alone 2^32 with random nonces).
"""

from __future__ import annotations

import os
import threading

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB

from garrison.crypto.failures import NotAuthentic

NONCE_BYTES = 24
TAG_BYTES = 16
_BLOCK_BYTES = 16
_DERIVING_BYTES = 12
"""How much of the nonce goes into the derived key; the rest is the nonce of AES-GCM."""
_FIRST = b"\x00\x01X\x00"
_SECOND = b"\x00\x02X\x00"


class Xaes256Gcm:
    """A key of 32 bytes with what is computed from it once; shows nothing of itself."""

    __slots__ = ("_blocks", "_lock", "_mask")

    def __init__(self, key: bytes) -> None:
        # Single blocks are all that CMAC needs here: the derivation's two messages have exactly one each.
        self._blocks = Cipher(AES256(key), ECB()).encryptor()  # noqa: S305 - the block cipher itself, inside CMAC
        self._lock = threading.Lock()
        self._mask = int.from_bytes(_doubled(self._blocks.update(bytes(_BLOCK_BYTES))) * 2)

    def encrypt(self, plaintext: bytes, aad: bytes) -> bytes:
        """Nonce, ciphertext and tag."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher(nonce).encrypt(nonce[_DERIVING_BYTES:], plaintext, aad)

    def decrypt(self, sealed: bytes, aad: bytes) -> bytes:
        """What `encrypt` was given; raises `NotAuthentic`."""
        if len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise NotAuthentic("shorter than a nonce and a tag")
        nonce = sealed[:NONCE_BYTES]
        try:
            return self._cipher(nonce).decrypt(nonce[_DERIVING_BYTES:], sealed[NONCE_BYTES:], aad)
        except InvalidTag:
            raise NotAuthentic("the ciphertext was not made by this key over this data") from None

    def _cipher(self, nonce: bytes) -> AESGCM:
        start = nonce[:_DERIVING_BYTES]
        messages = int.from_bytes(_FIRST + start + _SECOND + start) ^ self._mask
        with self._lock:
            return AESGCM(self._blocks.update(messages.to_bytes(2 * _BLOCK_BYTES)))

    def __repr__(self) -> str:
        return "Xaes256Gcm()"

    def __reduce__(self) -> str:
        raise TypeError("a key is not pickled")


def _doubled(block: bytes) -> bytes:
    """CMAC's subkey for whole blocks (NIST SP 800-38B, 6.1)."""
    number = int.from_bytes(block)
    return (((number << 1) & ((1 << 128) - 1)) ^ (0x87 if number >> 127 else 0)).to_bytes(_BLOCK_BYTES)
