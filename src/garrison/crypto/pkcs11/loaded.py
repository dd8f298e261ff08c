"""A key in a token, ready for use: each use is a call to the token."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from garrison.crypto.failures import NotAuthentic, NotOffered, WrongUse
from garrison.crypto.pkcs11 import mechanisms
from garrison.crypto.pkcs11.attributes import point_of
from garrison.crypto.pkcs11.offering import offered
from garrison.crypto.specs import Family, KeySpec

if TYPE_CHECKING:
    from garrison.crypto.pkcs11.sessions import TokenSession, TokenSessions

_PLAIN, _DERIVED = b"\x01", b"\x02"
"""How a text was encrypted: by the key itself, or by one that the token derived from it for this text."""
_SEED_BYTES = 16
_NONCE_BYTES = 12
_TAG_BITS = 128
_TOP_BIT = 0x80


class TokenKey:
    """A `LoadedKey` that lies in a token."""

    __slots__ = ("_id", "_sessions", "_spec")

    def __init__(self, spec: KeySpec, identifier: bytes, sessions: TokenSessions) -> None:
        self._spec = spec
        self._id = identifier
        self._sessions = sessions

    @property
    def spec(self) -> KeySpec:
        """What kind of key it is."""
        return self._spec

    def encrypt(self, plaintext: bytes, aad: bytes) -> bytes:
        """AES-GCM by a key derived in the token for this text, so that no number of texts wears the key out.

        A token that cannot derive encrypts by the key itself: with random nonces it is good for 2^32 texts (SP 800-38D, 8.3).
        """
        self._expect(Family.AES)

        def work(held: TokenSession, _: int) -> bytes:
            nonce = os.urandom(_NONCE_BYTES)
            key = held.key(self._id)
            if mechanisms.AES_ECB_ENCRYPT_DATA not in self._sessions.mechanisms:
                return _PLAIN + nonce + _gcm(key.encrypt, plaintext, nonce, aad)
            seed = os.urandom(_SEED_BYTES)
            return _DERIVED + seed + nonce + _by_derived(key, seed, "encrypt", plaintext, nonce, aad)

        with offered("AES-GCM"):
            return self._sessions.run(work)

    def decrypt(self, sealed: bytes, aad: bytes) -> bytes:
        """What `encrypt` was given; raises `NotAuthentic`."""
        self._expect(Family.AES)
        form, seed_bytes = sealed[:1], _SEED_BYTES if sealed[:1] == _DERIVED else 0
        seed, nonce = sealed[1 : 1 + seed_bytes], sealed[1 + seed_bytes :][:_NONCE_BYTES]
        text = sealed[1 + seed_bytes + _NONCE_BYTES :]
        if form not in (_PLAIN, _DERIVED) or len(text) < _TAG_BITS // 8:
            raise NotAuthentic("The ciphertext is not of the key.")

        def work(held: TokenSession, _: int) -> bytes:
            key = held.key(self._id)
            if form == _PLAIN:
                return _authentic(held, lambda: _gcm(key.decrypt, text, nonce, aad))
            return _authentic(held, lambda: _by_derived(key, seed, "decrypt", text, nonce, aad))

        with offered("AES-GCM"):
            return self._sessions.run(work)

    def decrypt_rsa(self, ciphertext: bytes, algorithm: str) -> bytes:
        """Decrypt by RSAES-OAEP; raises `NotAuthentic`, and `NotOffered` for a digest that the token does not have there."""
        self._expect(Family.RSA)
        mechanism, parameters = mechanisms.oaep(algorithm)
        if len(ciphertext) != self._spec.bits // 8:
            raise NotAuthentic("The ciphertext has not the length of the key.")

        def work(held: TokenSession, _: int) -> bytes:
            key = held.key(self._id)
            return _authentic(held, lambda: key.decrypt(ciphertext, mechanism=mechanism, mechanism_param=parameters))

        with offered(algorithm):
            return self._sessions.run(work)

    def sign(self, message: bytes, algorithm: str, *, is_digest: bool) -> bytes:
        """Sign a message or its digest in the token; a message for ECDSA is digested here, which needs no key."""
        self._expect(Family.RSA, Family.ECC, Family.EDWARDS)
        if algorithm not in self._spec.signing:
            raise WrongUse(f"{algorithm} is no algorithm of {self._spec.name}.")
        if self._spec.family is Family.ECC:
            return self._sign_ecdsa(message, algorithm, is_digest=is_digest)
        mechanism, parameters, data = self._signing(message, algorithm, is_digest=is_digest)
        with offered(algorithm):
            return self._sign(data, mechanism, parameters)

    def mac(self, message: bytes, algorithm: str) -> bytes:
        """The HMAC of a message."""
        self._expect(Family.HMAC)
        if algorithm not in self._spec.mac:
            raise WrongUse(f"{algorithm} is no algorithm of {self._spec.name}.")
        mechanism = mechanisms.hmac(algorithm)
        with offered(algorithm):
            return self._sign(message, mechanism)

    def agree(self, public_key: bytes) -> bytes:
        """The raw shared secret: made in the token and read from there, since it is what the caller asks for."""
        from pkcs11 import KDF, Attribute, KeyType, Mechanism

        self._expect(Family.ECC)
        point, size = point_of(self._spec, public_key), (self._spec.bits + 7) // 8

        def work(held: TokenSession, _: int) -> bytes:
            secret = held.key(self._id).derive_key(
                KeyType.GENERIC_SECRET,
                8 * size,
                mechanism=Mechanism.ECDH1_DERIVE,
                mechanism_param=(KDF.NULL, None, point),
                capabilities=0,
                template={Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True},
            )
            value: bytes = secret[Attribute.VALUE]
            secret.destroy()
            return value.rjust(size, b"\0")

        with offered("ECDH"):
            return self._sessions.run(work)

    def _sign(self, data: bytes, mechanism: Any, parameters: Any = None) -> bytes:
        def work(held: TokenSession, _: int) -> bytes:
            signature: bytes = held.key(self._id).sign(data, mechanism=mechanism, mechanism_param=parameters)
            return signature

        return self._sessions.run(work)

    def _signing(self, message: bytes, algorithm: str, *, is_digest: bool) -> tuple[Any, Any, bytes]:
        if self._spec.family is Family.RSA:
            return mechanisms.rsa_signature(algorithm, message, is_digest=is_digest)
        if algorithm != "ED25519_SHA_512" or is_digest:
            # Modules that do not know the parameter of Ed25519ph ignore it, and sign what nobody can verify.
            raise NotOffered(f"The token does not offer {algorithm} of a digest.")
        from pkcs11 import Mechanism

        return Mechanism.EDDSA, None, message

    def _sign_ecdsa(self, message: bytes, algorithm: str, *, is_digest: bool) -> bytes:
        import hashlib

        from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
        from pkcs11 import Mechanism

        bits = int(algorithm[-3:])
        digest = message if is_digest else hashlib.new(f"sha{bits}", message).digest()
        if len(digest) != bits // 8:
            raise WrongUse(f"A digest for {algorithm} has {bits // 8} bytes.")
        with offered(algorithm):
            both = self._sign(digest, Mechanism.ECDSA)
        half = len(both) // 2
        return encode_dss_signature(int.from_bytes(both[:half], "big"), int.from_bytes(both[half:], "big"))

    def _expect(self, *families: Family) -> None:
        if self._spec.family not in families:
            raise WrongUse(f"A key of {self._spec.name} does not do that.")

    def __repr__(self) -> str:
        return f"TokenKey({self._spec.name})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")


def _gcm(use: Callable[..., bytes], text: bytes, nonce: bytes, aad: bytes) -> bytes:
    from pkcs11 import GCMParams, Mechanism

    return use(text, mechanism=Mechanism.AES_GCM, mechanism_param=GCMParams(nonce, aad, _TAG_BITS))


def _by_derived(key: Any, seed: bytes, use: str, text: bytes, nonce: bytes, aad: bytes) -> bytes:
    """Encrypt or decrypt by the key of a seed: AES of the seed, once with its first bit clear and once with it set."""
    from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag

    blocks = bytes([seed[0] & ~_TOP_BIT & 0xFF]) + seed[1:] + bytes([seed[0] | _TOP_BIT]) + seed[1:]
    derived = key.derive_key(
        KeyType.AES,
        256,
        mechanism=Mechanism.AES_ECB_ENCRYPT_DATA,
        mechanism_param=blocks,
        capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
        template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
    )
    try:
        return _gcm(getattr(derived, use), text, nonce, aad)
    finally:
        derived.destroy()


def _authentic(held: TokenSession, decrypt: Callable[[], bytes]) -> bytes:
    """Decrypt; where the token says no, or fails while it answers otherwise, the text is not of its key."""
    from pkcs11 import exceptions as e

    try:
        return decrypt()
    except (e.EncryptedDataInvalid, e.EncryptedDataLenRange, e.DataInvalid, e.DataLenRange):
        raise NotAuthentic("The ciphertext is not of the key.") from None
    except (e.GeneralError, e.FunctionFailed):
        held.session.generate_random(8)  # a token that is away fails here too, and is then looked for again
        raise NotAuthentic("The ciphertext is not of the key.") from None
