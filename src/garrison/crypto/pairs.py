"""Key pairs as DER: made anew, for keys that stay and for data key pairs that their caller takes along."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from garrison.crypto.failures import WrongUse
from garrison.crypto.specs import Family, KeySpec

PUBLIC_EXPONENT = 65537

CURVES: dict[str, ec.EllipticCurve] = {
    "ECC_NIST_P256": ec.SECP256R1(),
    "ECC_NIST_P384": ec.SECP384R1(),
    "ECC_NIST_P521": ec.SECP521R1(),
}
"""The curve of each kind of key that has one of NIST's."""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Both halves of a key."""

    private: bytes = field(repr=False)
    """PKCS#8 in DER, not encrypted."""
    public: bytes
    """SubjectPublicKeyInfo in DER."""


def new_pair(spec: KeySpec) -> KeyPair:
    """A fresh pair; raises `WrongUse` for a kind of key without halves."""
    if spec.family is Family.RSA:
        return pair_of(rsa.generate_private_key(PUBLIC_EXPONENT, spec.bits))
    if spec.family is Family.ECC:
        return pair_of(ec.generate_private_key(CURVES[spec.name]))
    if spec.family is Family.EDWARDS:
        return pair_of(ed25519.Ed25519PrivateKey.generate())
    raise WrongUse(f"a {spec.name} key has no public half")


def pair_of(key: PrivateKey) -> KeyPair:
    """A private key's halves as DER."""
    return KeyPair(
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )
