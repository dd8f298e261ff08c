"""Keys as PKCS#11 has them, in attributes, and as everybody else does, in DER."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.crypto.failures import BadMaterial, WrongUse
from garrison.crypto.specs import Family, KeySpec

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

CURVES = {
    "ECC_NIST_P256": bytes.fromhex("06082a8648ce3d030107"),
    "ECC_NIST_P384": bytes.fromhex("06052b81040022"),
    "ECC_NIST_P521": bytes.fromhex("06052b81040023"),
    "ECC_NIST_EDWARDS25519": bytes.fromhex("06032b6570"),
}
"""`CKA_EC_PARAMS` of each curve: its object identifier in DER (RFC 5480, 2.1.1.1; RFC 8410, 3)."""
_OCTET_STRING = 0x04


def curve_of(spec: KeySpec) -> ec.EllipticCurve:
    """The curve of a kind of key."""
    from cryptography.hazmat.primitives.asymmetric import ec

    curves: dict[int, ec.EllipticCurve] = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}
    return curves[spec.bits]


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
        key = ec.EllipticCurvePublicKey.from_encoded_point(curve_of(spec), _inside(public[Attribute.EC_POINT]))
    else:
        key = ed25519.Ed25519PublicKey.from_public_bytes(_inside(public[Attribute.EC_POINT])[-32:])
    encoded: bytes = key.public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo)
    return encoded


def point_of(spec: KeySpec, public_key: bytes) -> bytes:
    """The point of another's public key, for a key agreement; raises `WrongUse` where it is not of the same curve."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        key = forms.load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm):
        raise WrongUse("The public key cannot be read.") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != curve_of(spec).name:
        raise WrongUse("The public key is not of the key's curve.")
    return key.public_bytes(forms.Encoding.X962, forms.PublicFormat.UncompressedPoint)


def private_attributes(spec: KeySpec, material: bytes) -> tuple[dict[Any, Any], bytes]:
    """The attributes of a private key in PKCS#8, and its public half in DER; raises `BadMaterial`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from pkcs11 import Attribute as A
    from pkcs11 import KeyType

    try:
        key = forms.load_der_private_key(material, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadMaterial("The private key cannot be read.") from None
    public = key.public_key().public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo)
    if spec.family is Family.RSA and isinstance(key, rsa.RSAPrivateKey) and key.key_size == spec.bits:
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
        return {A.KEY_TYPE: KeyType.RSA} | {name: _big(value) for name, value in numbers.items()}, public
    if (
        spec.family is Family.ECC
        and isinstance(key, ec.EllipticCurvePrivateKey)
        and key.curve.name == curve_of(spec).name
    ):
        value = key.private_numbers().private_value.to_bytes((spec.bits + 7) // 8, "big")
        return {A.KEY_TYPE: KeyType.EC, A.EC_PARAMS: CURVES[spec.name], A.VALUE: value}, public
    if spec.family is Family.EDWARDS and isinstance(key, ed25519.Ed25519PrivateKey):
        attributes = {A.KEY_TYPE: KeyType.EC_EDWARDS, A.EC_PARAMS: CURVES[spec.name], A.VALUE: key.private_bytes_raw()}
        return attributes, public
    raise BadMaterial(f"The private key is not one of {spec.name}.")


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
