"""Imported key material on its way: the pair that it is wrapped by, and the unwrapping.

Source: KMS developer guide, "Importing key material": wrapping key specs and wrapping algorithms.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap_with_padding
from cryptography.hazmat.primitives.serialization import load_der_private_key

from garrison.crypto.failures import BadMaterial, NotAuthentic, WrongUse
from garrison.crypto.pairs import KeyPair, new_pair
from garrison.crypto.specs import SPECS

WRAPPING_SPECS = ("RSA_2048", "RSA_3072", "RSA_4096")
WRAPPING_ALGORITHMS = ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256")

_DIGESTS = {"SHA_1": SHA1(), "SHA_256": SHA256()}  # noqa: S303 - OAEP's, not a signature's
_TWO_STEPS = "RSA_AES_KEY_WRAP_"
_AES_BYTES = 32
"""Of the key in between, which RSA wraps and which wraps the material (PKCS#11's `CKM_RSA_AES_KEY_WRAP`)."""


def new_wrapping_pair(spec: str) -> KeyPair:
    """A fresh pair for one import; raises `WrongUse` for what is no wrapping key spec. RSA_4096 takes a second or more."""
    if spec not in WRAPPING_SPECS:
        raise WrongUse(f"{spec} is no wrapping key spec")
    return new_pair(SPECS[spec])


def unwrap(private_key: bytes, wrapped: bytes, algorithm: str) -> bytes:
    """The material that was wrapped to a pair, whose private half (PKCS#8 in DER) was kept; what it is must still be checked.

    Raises `NotAuthentic` for whatever does not unwrap, without saying at which step.
    """
    key = _wrapping_key(private_key)
    if algorithm not in WRAPPING_ALGORITHMS:
        raise WrongUse(f"{algorithm} is no wrapping algorithm")
    digest = _DIGESTS[algorithm[algorithm.rindex("SHA_") :]]
    oaep = padding.OAEP(padding.MGF1(digest), digest, label=None)
    try:
        if not algorithm.startswith(_TWO_STEPS):
            return key.decrypt(wrapped, oaep)
        size = key.key_size // 8
        between = key.decrypt(wrapped[:size], oaep)
        if len(between) != _AES_BYTES:
            raise ValueError("another kind of AES key")
        return aes_key_unwrap_with_padding(between, wrapped[size:])
    except (ValueError, InvalidUnwrap):
        raise NotAuthentic("the material was not wrapped by this key and algorithm") from None


def _wrapping_key(private_key: bytes) -> rsa.RSAPrivateKey:
    key = load_der_private_key(private_key, None, unsafe_skip_rsa_key_validation=True)  # made here, and kept sealed
    if not isinstance(key, rsa.RSAPrivateKey):
        raise BadMaterial("not a wrapping key")
    return key
