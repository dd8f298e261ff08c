"""The kinds of key: what each is for, and by which algorithms.

Source: KMS developer guide, "Key spec reference".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SYMMETRIC_BYTES = 32
"""AES-256."""


class KeyUsage(StrEnum):
    """What a key may be used for; it never changes."""

    ENCRYPT_DECRYPT = "ENCRYPT_DECRYPT"
    SIGN_VERIFY = "SIGN_VERIFY"
    GENERATE_VERIFY_MAC = "GENERATE_VERIFY_MAC"
    KEY_AGREEMENT = "KEY_AGREEMENT"


class Family(StrEnum):
    """How a key computes."""

    AES = "AES"
    RSA = "RSA"
    ECC = "ECC"
    EDWARDS = "EDWARDS"
    HMAC = "HMAC"


@dataclass(frozen=True, slots=True)
class KeySpec:
    """A kind of key under KMS's name for it."""

    name: str
    family: Family
    bits: int
    """Of the key, the modulus, or the field of the curve."""
    uses: tuple[KeyUsage, ...]
    """What a key of it can be made for, the default first."""
    encryption: tuple[str, ...] = ()
    signing: tuple[str, ...] = ()
    mac: tuple[str, ...] = ()
    agreement: tuple[str, ...] = ()

    @property
    def is_asymmetric(self) -> bool:
        """Whether it has a public half."""
        return self.family in (Family.RSA, Family.ECC, Family.EDWARDS)


_RSA_SIGNING = tuple(f"RSASSA_{padding}_SHA_{bits}" for padding in ("PKCS1_V1_5", "PSS") for bits in (256, 384, 512))
_RSA_ENCRYPTION = ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256")


def _rsa(bits: int) -> KeySpec:
    uses = (KeyUsage.ENCRYPT_DECRYPT, KeyUsage.SIGN_VERIFY)
    return KeySpec(f"RSA_{bits}", Family.RSA, bits, uses, encryption=_RSA_ENCRYPTION, signing=_RSA_SIGNING)


def _nist(curve: int, digest: int) -> KeySpec:
    uses = (KeyUsage.SIGN_VERIFY, KeyUsage.KEY_AGREEMENT)
    return KeySpec(f"ECC_NIST_P{curve}", Family.ECC, curve, uses, signing=(f"ECDSA_SHA_{digest}",), agreement=("ECDH",))


def _hmac(bits: int) -> KeySpec:
    return KeySpec(f"HMAC_{bits}", Family.HMAC, bits, (KeyUsage.GENERATE_VERIFY_MAC,), mac=(f"HMAC_SHA_{bits}",))


SPECS: dict[str, KeySpec] = {
    spec.name: spec
    for spec in (
        KeySpec("SYMMETRIC_DEFAULT", Family.AES, 256, (KeyUsage.ENCRYPT_DECRYPT,), encryption=("SYMMETRIC_DEFAULT",)),
        _rsa(2048),
        _rsa(3072),
        _rsa(4096),
        _nist(256, 256),
        _nist(384, 384),
        _nist(521, 512),
        KeySpec(
            "ECC_NIST_EDWARDS25519",
            Family.EDWARDS,
            255,
            (KeyUsage.SIGN_VERIFY,),
            signing=("ED25519_SHA_512", "ED25519_PH_SHA_512"),
        ),
        _hmac(224),
        _hmac(256),
        _hmac(384),
        _hmac(512),
    )
}
"""Every kind of key that can be made, by name."""


def spec_of(name: str) -> KeySpec | None:
    """The kind of key of a name; None for one that is not built (SM2, secp256k1, ML-DSA)."""
    return SPECS.get(name)
