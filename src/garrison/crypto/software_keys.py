"""Keys of the software key store, ready for use: what can be computed once is, and none of them shows its material."""

from __future__ import annotations

import hmac

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from garrison.crypto.algorithms import ED25519_PH, check_edwards, mac_hash, oaep, signing_hash, signing_padding
from garrison.crypto.edwards import sign_prehashed
from garrison.crypto.failures import BadMaterial, NotAuthentic, WrongUse
from garrison.crypto.key_store import LoadedKey
from garrison.crypto.public import load_public
from garrison.crypto.specs import Family, KeySpec
from garrison.crypto.xaes import Xaes256Gcm


def open_key(spec: KeySpec, kept: bytes) -> LoadedKey:
    """The key of material that was checked before it was kept; raises `BadMaterial` where it is none."""
    if spec.family is Family.AES:
        return _Symmetric(spec, kept)
    if spec.family is Family.HMAC:
        return _Hmac(spec, kept)
    try:
        # Its halves were found to belong together when it was made or taken, and its seal says that it is still that key.
        key = load_der_private_key(kept, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadMaterial("what was kept is not a private key") from None
    if isinstance(key, rsa.RSAPrivateKey):
        return _Rsa(spec, key)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _Ecc(spec, key)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return _Edwards(spec, key)
    raise BadMaterial("what was kept is not a private key")


class _Key:
    """What a key does not do is refused."""

    __slots__ = ("spec",)

    def __init__(self, spec: KeySpec) -> None:
        self.spec = spec

    def encrypt(self, plaintext: bytes, aad: bytes) -> bytes:
        """Authenticated encryption."""
        raise self._refused("encrypt")

    def decrypt(self, sealed: bytes, aad: bytes) -> bytes:
        """The reverse of `encrypt`."""
        raise self._refused("decrypt")

    def decrypt_rsa(self, ciphertext: bytes, algorithm: str) -> bytes:
        """Decrypt by a private RSA key."""
        raise self._refused(f"decrypt by {algorithm}")

    def sign(self, message: bytes, algorithm: str, *, is_digest: bool) -> bytes:
        """Sign a message or its digest."""
        raise self._refused(f"sign by {algorithm}")

    def mac(self, message: bytes, algorithm: str) -> bytes:
        """The HMAC of a message."""
        raise self._refused(f"compute {algorithm}")

    def agree(self, public_key: bytes) -> bytes:
        """The secret shared with another's public key."""
        raise self._refused("agree on a secret")

    def _refused(self, what: str) -> WrongUse:
        return WrongUse(f"a {self.spec.name} key does not {what}")

    def __repr__(self) -> str:
        return f"<{self.spec.name} key>"

    def __reduce__(self) -> str:
        raise TypeError("a key is not pickled")


class _Symmetric(_Key):
    __slots__ = ("_cipher",)

    def __init__(self, spec: KeySpec, kept: bytes) -> None:
        super().__init__(spec)
        self._cipher = Xaes256Gcm(kept)

    def encrypt(self, plaintext: bytes, aad: bytes) -> bytes:
        """Encrypt under a key and nonce of this message."""
        return self._cipher.encrypt(plaintext, aad)

    def decrypt(self, sealed: bytes, aad: bytes) -> bytes:
        """The reverse of `encrypt`."""
        return self._cipher.decrypt(sealed, aad)


class _Hmac(_Key):
    __slots__ = ("_material",)

    def __init__(self, spec: KeySpec, kept: bytes) -> None:
        super().__init__(spec)
        self._material = kept

    def mac(self, message: bytes, algorithm: str) -> bytes:
        """The HMAC of a message."""
        return hmac.digest(self._material, message, mac_hash(self.spec, algorithm))


class _Rsa(_Key):
    __slots__ = ("_key",)

    def __init__(self, spec: KeySpec, key: rsa.RSAPrivateKey) -> None:
        super().__init__(spec)
        self._key = key

    def decrypt_rsa(self, ciphertext: bytes, algorithm: str) -> bytes:
        """Decrypt by OAEP; whatever is wrong, the failure is the same (RFC 8017, 7.1.2)."""
        padding = oaep(self.spec, algorithm)
        try:
            return self._key.decrypt(ciphertext, padding)
        except ValueError:
            raise NotAuthentic("the ciphertext was not made for this key by this algorithm") from None

    def sign(self, message: bytes, algorithm: str, *, is_digest: bool) -> bytes:
        """Sign by PKCS #1 v1.5 or PSS."""
        digest = signing_hash(self.spec, algorithm, message, is_digest=is_digest)
        return self._key.sign(message, signing_padding(algorithm), digest)


class _Ecc(_Key):
    __slots__ = ("_key",)

    def __init__(self, spec: KeySpec, key: ec.EllipticCurvePrivateKey) -> None:
        super().__init__(spec)
        self._key = key

    def sign(self, message: bytes, algorithm: str, *, is_digest: bool) -> bytes:
        """Sign by ECDSA."""
        digest = signing_hash(self.spec, algorithm, message, is_digest=is_digest)
        return self._key.sign(message, ec.ECDSA(digest))

    def agree(self, public_key: bytes) -> bytes:
        """The x-coordinate of the shared point (NIST SP 800-56A, 5.7.1.2)."""
        try:
            other = load_public(self.spec, public_key)
            assert isinstance(other, ec.EllipticCurvePublicKey)
            return self._key.exchange(ec.ECDH(), other)
        except (BadMaterial, ValueError):
            raise WrongUse(f"not the public key of a {self.spec.name} pair") from None


class _Edwards(_Key):
    __slots__ = ("_key",)

    def __init__(self, spec: KeySpec, key: ed25519.Ed25519PrivateKey) -> None:
        super().__init__(spec)
        self._key = key

    def sign(self, message: bytes, algorithm: str, *, is_digest: bool) -> bytes:
        """Sign by Ed25519, or a digest by Ed25519ph."""
        check_edwards(self.spec, algorithm, message, is_digest=is_digest)
        if algorithm == ED25519_PH:
            return sign_prehashed(self._key.private_bytes_raw(), message)
        return self._key.sign(message)
