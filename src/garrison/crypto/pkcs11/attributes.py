"""Keys as PKCS#11 has them, in attributes, and as everybody else does, in DER."""

from __future__ import annotations

from typing import Any

from garrison.crypto import pairs
from garrison.crypto.failures import BadMaterial, WrongUse
from garrison.crypto.public import load_public
from garrison.crypto.specs import Family, KeySpec
from garrison.crypto.taking import checked_pair

CURVES = {
    "ECC_NIST_P256": bytes.fromhex("06082a8648ce3d030107"),
    "ECC_NIST_P384": bytes.fromhex("06052b81040022"),
    "ECC_NIST_P521": bytes.fromhex("06052b81040023"),
    "ECC_NIST_EDWARDS25519": bytes.fromhex("06032b6570"),
}
"""`CKA_EC_PARAMS` of each curve: its object identifier in DER (RFC 5480, 2.1.1.1; RFC 8410, 3)."""
_OCTET_STRING = 0x04


def public_key_of(spec: KeySpec, public: Any) -> bytes:
    """SubjectPublicKeyInfo in DER of a token's public key."""
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from pkcs11 import Attribute

    key: Any
    if spec.family is Family.RSA:
        modulus, exponent = (
            int.from_bytes(public[one], "big") for one in (Attribute.MODULUS, Attribute.PUBLIC_EXPONENT)
        )
        key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    elif spec.family is Family.ECC:
        key = ec.EllipticCurvePublicKey.from_encoded_point(pairs.CURVES[spec.name], _inside(public[Attribute.EC_POINT]))
    else:
        key = ed25519.Ed25519PublicKey.from_public_bytes(_inside(public[Attribute.EC_POINT])[-32:])
    encoded: bytes = key.public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo)
    return encoded


def point_of(spec: KeySpec, public_key: bytes) -> bytes:
    """The point of another's public key, for a key agreement; raises `WrongUse` where it is not of the same curve."""
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        key = load_public(spec, public_key)
    except BadMaterial as error:
        raise WrongUse(f"{error}") from None
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key.public_bytes(forms.Encoding.X962, forms.PublicFormat.UncompressedPoint)


def private_attributes(spec: KeySpec, material: bytes) -> tuple[dict[Any, Any], bytes]:
    """The attributes of a private key in PKCS#8, and its public half in DER; raises `BadMaterial`."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_der_private_key
    from pkcs11 import Attribute as A
    from pkcs11 import KeyType

    pair = checked_pair(spec, material)
    key = load_der_private_key(pair.private, None)
    if isinstance(key, rsa.RSAPrivateKey):
        n = key.private_numbers()
        numbers = {
            A.MODULUS: n.public_numbers.n,
            A.PUBLIC_EXPONENT: n.public_numbers.e,
            A.PRIVATE_EXPONENT: n.d,
            A.PRIME_1: n.p,
            A.PRIME_2: n.q,
            A.EXPONENT_1: n.dmp1,
            A.EXPONENT_2: n.dmq1,
            A.COEFFICIENT: n.iqmp,
        }
        return {A.KEY_TYPE: KeyType.RSA} | {name: _big(value) for name, value in numbers.items()}, pair.public
    if isinstance(key, ec.EllipticCurvePrivateKey):
        value = key.private_numbers().private_value.to_bytes((spec.bits + 7) // 8, "big")
        return {A.KEY_TYPE: KeyType.EC, A.EC_PARAMS: CURVES[spec.name], A.VALUE: value}, pair.public
    assert isinstance(key, ed25519.Ed25519PrivateKey)
    edwards = {A.KEY_TYPE: KeyType.EC_EDWARDS, A.EC_PARAMS: CURVES[spec.name], A.VALUE: key.private_bytes_raw()}
    return edwards, pair.public


def _big(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _inside(octets: bytes) -> bytes:
    """What a DER octet string holds; some modules give the point itself."""
    if octets[:1] != bytes([_OCTET_STRING]) or len(octets) < 2:
        return octets
    if octets[1] == len(octets) - 2:
        return octets[2:]
    if octets[1] == 0x81 and len(octets) > 2 and octets[2] == len(octets) - 3:
        return octets[3:]
    return octets
