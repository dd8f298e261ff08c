"""Seal objects' bytes chunk by chunk, so that any range can be read alone: AES-256-GCM under a key for each file.

A file's key is derived from its bucket's, which the account's root key seals; a chunk's nonce is its number, so that no chunk
stands in another's place.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK_BYTES = 64 * 1024
"""Plain bytes of every chunk but the last."""
SEAL_BYTES = 16
"""What a chunk grows by: GCM's tag."""
KEY_BYTES = 32
_NONCE_BYTES = 12


class ChunkSeal:
    """Seals or unseals the chunks of one file."""

    def __init__(self, bucket_key: bytes, blob: str) -> None:
        self.blob = blob
        derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"s3-object/{blob}".encode()).derive(bucket_key)
        self._cipher = AESGCM(derived)
        self._next = 0

    def seal_next(self, chunk: bytes) -> bytes:
        """The next chunk, sealed."""
        sealed = self._cipher.encrypt(_nonce(self._next), chunk, None)
        self._next += 1
        return sealed

    def unseal(self, number: int, sealed: bytes) -> bytes:
        """A chunk's plain bytes; raises `OSError` where they are not what was written."""
        try:
            return self._cipher.decrypt(_nonce(number), sealed, None)
        except (InvalidTag, ValueError):
            raise OSError(f"the file {self.blob} is damaged") from None


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_BYTES, "big")
