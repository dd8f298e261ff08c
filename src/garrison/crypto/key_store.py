"""What every key store offers: it makes material, opens it for use, and destroys it; the material itself it never gives out.

What a store gives to be kept (`NewMaterial.kept`) is sealed by whoever keeps it. In software it is the material; of a hardware
module it only names the object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from garrison.crypto.specs import KeySpec


@dataclass(frozen=True, slots=True)
class NewMaterial:
    """Fresh or imported key material as its store gives it to be kept."""

    kept: bytes = field(repr=False)
    """What `KeyStore.open` and `destroy` want back: to be kept sealed."""
    public_key: bytes | None = None
    """The public half, SubjectPublicKeyInfo in DER."""


class LoadedKey(Protocol):
    """A key ready for use; it has no `repr` of its material and is not pickled.

    Each method raises `WrongUse` where the key is not of that family, and `KeyStoreAway` where its store does not answer.
    """

    @property
    def spec(self) -> KeySpec:
        """What kind of key it is."""

    def encrypt(self, plaintext: bytes, aad: bytes) -> bytes:
        """Authenticated encryption by a symmetric key; gives nonce, ciphertext and tag as one text of bytes."""

    def decrypt(self, sealed: bytes, aad: bytes) -> bytes:
        """What `encrypt` was given; raises `NotAuthentic`."""

    def decrypt_rsa(self, ciphertext: bytes, algorithm: str) -> bytes:
        """Decrypt by a private RSA key (`RSAES_OAEP_SHA_256`); raises `NotAuthentic`."""

    def sign(self, message: bytes, algorithm: str, *, is_digest: bool) -> bytes:
        """Sign a message, or its digest; ECDSA signatures are DER (ANSI X9.62), Ed25519's 64 bytes."""

    def mac(self, message: bytes, algorithm: str) -> bytes:
        """The HMAC of a message (`HMAC_SHA_256`)."""

    def agree(self, public_key: bytes) -> bytes:
        """The raw shared secret with another's public key (SubjectPublicKeyInfo in DER): ECDH; raises `WrongUse` for another curve."""


class KeyStore(Protocol):
    """Where key material lives."""

    def generate(self, spec: KeySpec) -> NewMaterial:
        """Make fresh material."""

    def take(self, spec: KeySpec, material: bytes) -> NewMaterial:
        """Take material that was made elsewhere: raw bytes of a symmetric or HMAC key, PKCS#8 in DER; raises `BadMaterial`."""

    def open(self, spec: KeySpec, kept: bytes) -> LoadedKey:
        """The key of what was kept."""

    def destroy(self, kept: bytes) -> None:
        """Destroy what the store itself holds of it; what is gone already is no error."""

    def random(self, count: int) -> bytes:
        """Random bytes of the store's own generator."""
