"""KMS's names of algorithms, and what each is made of; the checks that private and public halves share.

Source: KMS developer guide, "Key spec reference"; for PSS and OAEP also its "Cryptographic details": the mask is made by the same
digest, and the salt is as long as the digest.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm

from garrison.crypto.failures import WrongUse
from garrison.crypto.specs import KeySpec

ED25519 = "ED25519_SHA_512"
ED25519_PH = "ED25519_PH_SHA_512"
PREHASH_BYTES = 64
"""Of the digest that `ED25519_PH_SHA_512` signs: SHA-512."""

_DIGESTS: dict[str, HashAlgorithm] = {"SHA_256": SHA256(), "SHA_384": SHA384(), "SHA_512": SHA512()}
_OAEP: dict[str, HashAlgorithm] = {"RSAES_OAEP_SHA_1": SHA1(), "RSAES_OAEP_SHA_256": SHA256()}  # noqa: S303 - OAEP's, not a signature's

Padding = padding.PKCS1v15 | padding.PSS


def _paddings() -> dict[str, Padding]:
    made: dict[str, Padding] = {}
    for name, digest in _DIGESTS.items():
        made[f"RSASSA_PKCS1_V1_5_{name}"] = padding.PKCS1v15()
        made[f"RSASSA_PSS_{name}"] = padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH)
    return made


_PADDINGS = _paddings()
_OAEP_PADDINGS = {name: padding.OAEP(padding.MGF1(digest), digest, label=None) for name, digest in _OAEP.items()}
_HASHES = {
    (f"{kind}_{name}", is_digest): Prehashed(digest) if is_digest else digest
    for kind in ("RSASSA_PKCS1_V1_5", "RSASSA_PSS", "ECDSA")
    for name, digest in _DIGESTS.items()
    for is_digest in (False, True)
}
_MACS = {f"HMAC_SHA_{bits}": f"sha{bits}" for bits in (224, 256, 384, 512)}


def signing_padding(algorithm: str) -> Padding:
    """The padding of an RSA signature."""
    return _PADDINGS[algorithm]


def oaep(spec: KeySpec, algorithm: str) -> padding.OAEP:
    """The padding of an RSA ciphertext; raises `WrongUse` where the key does not encrypt by it."""
    if algorithm not in spec.encryption or algorithm not in _OAEP_PADDINGS:
        raise WrongUse(f"a {spec.name} key does not encrypt by {algorithm}")
    return _OAEP_PADDINGS[algorithm]


def signing_hash(spec: KeySpec, algorithm: str, message: bytes, *, is_digest: bool) -> HashAlgorithm | Prehashed:
    """The hash of a signature by RSA or ECDSA; raises `WrongUse` for another's algorithm and a digest of the wrong length."""
    check_signing(spec, algorithm)
    found = _HASHES[algorithm, is_digest]
    if is_digest and len(message) != found.digest_size:
        raise WrongUse(f"a digest for {algorithm} has {found.digest_size} bytes")
    return found


def check_signing(spec: KeySpec, algorithm: str) -> None:
    """Raise `WrongUse` where the key does not sign by an algorithm."""
    if algorithm not in spec.signing:
        raise WrongUse(f"a {spec.name} key does not sign by {algorithm}")


def check_edwards(spec: KeySpec, algorithm: str, message: bytes, *, is_digest: bool) -> None:
    """Likewise for Ed25519, which signs whole messages by one algorithm and SHA-512 digests by the other."""
    check_signing(spec, algorithm)
    if is_digest != (algorithm == ED25519_PH):
        raise WrongUse(f"{algorithm} signs {'a digest' if algorithm == ED25519_PH else 'whole messages'}")
    if is_digest and len(message) != PREHASH_BYTES:
        raise WrongUse(f"a digest for {algorithm} has {PREHASH_BYTES} bytes")


def mac_hash(spec: KeySpec, algorithm: str) -> str:
    """The hash of an HMAC by `hashlib`'s name; raises `WrongUse` where the key does not compute it."""
    if algorithm not in spec.mac:
        raise WrongUse(f"a {spec.name} key does not compute {algorithm}")
    return _MACS[algorithm]
