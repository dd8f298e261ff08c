"""What public halves do: verify signatures and encrypt; no key store is needed for either."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from garrison.crypto.algorithms import ED25519_PH, check_edwards, oaep, signing_hash, signing_padding
from garrison.crypto.edwards import verify_prehashed
from garrison.crypto.failures import BadMaterial, WrongUse
from garrison.crypto.pairs import CURVES, PublicKey
from garrison.crypto.specs import SPECS, Family, KeySpec


def verify(
    spec: KeySpec, public_key: bytes, message: bytes, signature: bytes, algorithm: str, *, is_digest: bool
) -> bool:
    """Whether the key made a signature over a message, or over its digest; raises `WrongUse` for what it never signs."""
    try:
        _verify(spec, load_public(spec, public_key), message, signature, algorithm, is_digest)
    except InvalidSignature:
        return False
    return True


def encrypt_rsa(spec: KeySpec, public_key: bytes, plaintext: bytes, algorithm: str) -> bytes:
    """Encrypt to an RSA key (`RSAES_OAEP_SHA_256`); raises `WrongUse` where the plaintext is too long for it."""
    padding = oaep(spec, algorithm)
    if len(plaintext) > rsa_room(spec, algorithm):
        raise WrongUse(f"{algorithm} under a {spec.name} key takes {rsa_room(spec, algorithm)} bytes")
    return cast("rsa.RSAPublicKey", load_public(spec, public_key)).encrypt(plaintext, padding)


def rsa_room(spec: KeySpec, algorithm: str) -> int:
    """How many bytes OAEP leaves for the plaintext (RFC 8017, 7.1.1)."""
    return spec.bits // 8 - 2 * oaep(spec, algorithm).algorithm.digest_size - 2


def load_public(spec: KeySpec, public_key: bytes) -> PublicKey:
    """A public half of SubjectPublicKeyInfo in DER; raises `BadMaterial` where it is not of the kind."""
    return _load(spec.name, public_key)


@lru_cache(maxsize=1024)
def _load(name: str, public_key: bytes) -> PublicKey:
    spec = SPECS[name]
    try:
        key = load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm):
        raise BadMaterial("not a public key in DER") from None
    if not _is_of(spec, key):
        raise BadMaterial(f"not the public half of a {spec.name} key")
    return cast("PublicKey", key)


def _is_of(spec: KeySpec, key: object) -> bool:
    if spec.family is Family.RSA:
        return isinstance(key, rsa.RSAPublicKey) and key.key_size == spec.bits
    if spec.family is Family.ECC:
        return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == CURVES[spec.name].name
    return spec.family is Family.EDWARDS and isinstance(key, ed25519.Ed25519PublicKey)


def _verify(spec: KeySpec, key: PublicKey, message: bytes, signature: bytes, algorithm: str, is_digest: bool) -> None:
    if isinstance(key, ed25519.Ed25519PublicKey):
        check_edwards(spec, algorithm, message, is_digest=is_digest)
        if algorithm != ED25519_PH:
            key.verify(signature, message)
        elif not verify_prehashed(key.public_bytes_raw(), message, signature):
            raise InvalidSignature
        return
    digest = signing_hash(spec, algorithm, message, is_digest=is_digest)
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, signing_padding(algorithm), digest)
    else:
        key.verify(signature, message, ec.ECDSA(digest))
