"""What signs digests. The software key is one signer; a key that never leaves its HSM can be another.

Source: CloudTrail API reference, PublicKey ("DER encoded public key value in PKCS#1 format").
"""

from __future__ import annotations

import hashlib
from typing import Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_BITS = 2048
_FINGERPRINT_DIGITS = 32


class DigestSigner(Protocol):
    """Signs with RSA, PKCS#1 v1.5 and SHA-256."""

    @property
    def fingerprint(self) -> str:
        """The fingerprint of its public key, as ListPublicKeys gives it."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""


class SoftwareSigner:
    """A signer whose private key is in memory while it signs."""

    def __init__(self, private_key: bytes) -> None:
        """Take a private key as PKCS#8 in DER."""
        key = serialization.load_der_private_key(private_key, password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("digests are signed with RSA")
        self._key = key

    @property
    def public_key(self) -> bytes:
        """The public key as PKCS#1 in DER."""
        return self._key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of its public key."""
        return fingerprint_of(self.public_key)

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""
        return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def new_private_key() -> bytes:
    """A fresh RSA key as PKCS#8 in DER."""
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def fingerprint_of(public_key: bytes) -> str:
    """The fingerprint of a public key (PKCS#1 in DER): 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:_FINGERPRINT_DIGITS]
