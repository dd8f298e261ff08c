"""Which mechanism of PKCS#11 does what KMS calls by its own names, and with which parameters. Numbers, not names: the library is loaded late.

Source: OASIS PKCS #11 Specification 3.1, chapter 6; KMS developer guide, "Key spec reference".
"""

from __future__ import annotations

from typing import Any

from garrison.crypto.failures import WrongUse

AES_ECB_ENCRYPT_DATA = 0x1104
"""Derives a key by encrypting data with AES (6.14.2)."""

_DIGEST_INFO = {
    256: bytes.fromhex("3031300d060960864801650304020105000420"),
    384: bytes.fromhex("3041300d060960864801650304020205000430"),
    512: bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""What goes before a digest in a signature by PKCS #1 v1.5 (RFC 8017, 9.2, note 1)."""


def oaep(algorithm: str) -> tuple[Any, Any]:
    """Mechanism and parameters of `RSAES_OAEP_SHA_1` and `RSAES_OAEP_SHA_256`."""
    from pkcs11 import MGF, Mechanism

    parameters = {
        "RSAES_OAEP_SHA_1": (Mechanism.SHA_1, MGF.SHA1, None),
        "RSAES_OAEP_SHA_256": (Mechanism.SHA256, MGF.SHA256, None),
    }
    if algorithm not in parameters:
        raise WrongUse(f"{algorithm} is no algorithm of the key.")
    return Mechanism.RSA_PKCS_OAEP, parameters[algorithm]


def rsa_signature(algorithm: str, message: bytes, *, is_digest: bool) -> tuple[Any, Any, bytes]:
    """Mechanism, parameters and data of a signature by RSA: the token digests a message itself."""
    from pkcs11 import MGF, Mechanism

    bits = int(algorithm[-3:])
    digest, mask = {
        256: (Mechanism.SHA256, MGF.SHA256),
        384: (Mechanism.SHA384, MGF.SHA384),
        512: (Mechanism.SHA512, MGF.SHA512),
    }[bits]
    if is_digest and len(message) != bits // 8:
        raise WrongUse(f"A digest for {algorithm} has {bits // 8} bytes.")
    if algorithm.startswith("RSASSA_PSS"):
        whole = {
            256: Mechanism.SHA256_RSA_PKCS_PSS,
            384: Mechanism.SHA384_RSA_PKCS_PSS,
            512: Mechanism.SHA512_RSA_PKCS_PSS,
        }
        return Mechanism.RSA_PKCS_PSS if is_digest else whole[bits], (digest, mask, bits // 8), message
    if is_digest:
        return Mechanism.RSA_PKCS, None, _DIGEST_INFO[bits] + message
    return (
        {256: Mechanism.SHA256_RSA_PKCS, 384: Mechanism.SHA384_RSA_PKCS, 512: Mechanism.SHA512_RSA_PKCS}[bits],
        None,
        message,
    )


def hmac(algorithm: str) -> Any:
    """The mechanism of `HMAC_SHA_256` and its like."""
    from pkcs11 import Mechanism

    return {
        "HMAC_SHA_224": Mechanism.SHA224_HMAC,
        "HMAC_SHA_256": Mechanism.SHA256_HMAC,
        "HMAC_SHA_384": Mechanism.SHA384_HMAC,
        "HMAC_SHA_512": Mechanism.SHA512_HMAC,
    }[algorithm]
