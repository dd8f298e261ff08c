"""What imported material must be: raw bytes of the right length, or PKCS#8 of the right kind whose halves belong together.

Source: KMS developer guide, "Importing key material": requirements for imported key material.
"""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from garrison.crypto.failures import BadMaterial
from garrison.crypto.pairs import CURVES, KeyPair, pair_of
from garrison.crypto.specs import SYMMETRIC_BYTES, Family, KeySpec

_HMAC_BYTES = {224: (28, 64), 256: (32, 64), 384: (48, 128), 512: (64, 128)}
"""Shortest and longest material of an HMAC key, by bits."""
_EXPONENTS = range(2**16 + 1, 2**256)
"""Public exponents of RSA (FIPS 186-5, 5.4)."""
_PKCS8_BYTES = 8192
"""More than any private key has: RSA_4096 takes about 2,400."""
_SEQUENCE = 0x30


def checked_secret(spec: KeySpec, material: bytes) -> bytes:
    """Material of a symmetric or HMAC key; raises `BadMaterial` where its length is wrong."""
    shortest, longest = _HMAC_BYTES[spec.bits] if spec.family is Family.HMAC else (SYMMETRIC_BYTES, SYMMETRIC_BYTES)
    if not shortest <= len(material) <= longest:
        raise BadMaterial(f"material of a {spec.name} key has {shortest} to {longest} bytes, not {len(material)}")
    return material


def checked_pair(spec: KeySpec, material: bytes) -> KeyPair:
    """The pair of a private key in PKCS#8, rebuilt from its private half; raises `BadMaterial`."""
    if not _is_pkcs8(material):
        raise BadMaterial("the material is not a private key as PKCS#8 in DER")
    try:
        key = load_der_private_key(material, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadMaterial("the material is not a private key as PKCS#8 in DER") from None
    if spec.family is Family.RSA and isinstance(key, rsa.RSAPrivateKey) and _is_sound(spec, key):
        return pair_of(key)
    if spec.family is Family.ECC and isinstance(key, ec.EllipticCurvePrivateKey):
        curve = CURVES[spec.name]
        if key.curve.name == curve.name:
            return pair_of(ec.derive_private_key(key.private_numbers().private_value, curve))
    if spec.family is Family.EDWARDS and isinstance(key, ed25519.Ed25519PrivateKey):
        return pair_of(ed25519.Ed25519PrivateKey.from_private_bytes(key.private_bytes_raw()))
    raise BadMaterial(f"the material is not that of a {spec.name} key")


def _is_sound(spec: KeySpec, key: rsa.RSAPrivateKey) -> bool:
    return key.key_size == spec.bits and key.public_key().public_numbers().e in _EXPONENTS


def _is_pkcs8(material: bytes) -> bool:
    """Whether a version and an algorithm come first: the library would take PKCS#1 and SEC 1 as well, which begin otherwise."""
    if not 8 < len(material) <= _PKCS8_BYTES or material[0] != _SEQUENCE:
        return False
    start = 2 + (material[1] & 0x7F if material[1] & 0x80 else 0)
    return material[start : start + 2] == b"\x02\x01" and material[start + 3 : start + 4] == bytes([_SEQUENCE])
