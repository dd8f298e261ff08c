"""Ed25519ph: Ed25519 over a digest that the caller has made (RFC 8032, 5.1), which OpenSSL's bindings do not offer.

libsodium does the arithmetic on the curve, in constant time; this module only puts RFC 8032's steps together.
"""

from __future__ import annotations

from hashlib import sha512

_DOMAIN = b"SigEd25519 no Ed25519 collisions\x01\x00"
"""RFC 8032, 2: dom2 with the flag for prehashing and an empty context."""
_HALF = 32


def sign_prehashed(seed: bytes, digest: bytes) -> bytes:
    """The signature, 64 bytes, over a SHA-512 digest by a private key of 32 bytes."""
    from nacl import bindings as sodium

    expanded = sha512(seed).digest()
    scalar = _clamped(expanded[:_HALF])
    public = sodium.crypto_scalarmult_ed25519_base_noclamp(scalar)
    nonce = _reduced(expanded[_HALF:], digest)
    commitment = sodium.crypto_scalarmult_ed25519_base_noclamp(nonce)
    product = sodium.crypto_core_ed25519_scalar_mul(_reduced(commitment, public, digest), scalar)
    return commitment + sodium.crypto_core_ed25519_scalar_add(product, nonce)


def verify_prehashed(public: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether a key of 32 bytes made a signature over a SHA-512 digest; a key or point of small order made none."""
    from nacl import bindings as sodium
    from nacl.exceptions import RuntimeError as Refused

    if len(signature) != 2 * _HALF:
        return False
    commitment, response = signature[:_HALF], signature[_HALF:]
    if sodium.crypto_core_ed25519_scalar_reduce(response + bytes(_HALF)) != response:
        return False  # RFC 8032, 8.4: another form of the same signature
    if not sodium.crypto_core_ed25519_is_valid_point(public):
        return False
    try:
        shifted = sodium.crypto_scalarmult_ed25519_noclamp(_reduced(commitment, public, digest), public)
        answer = sodium.crypto_scalarmult_ed25519_base_noclamp(response)
    except Refused:
        return False
    return sodium.crypto_core_ed25519_sub(answer, shifted) == commitment


def _clamped(half: bytes) -> bytes:
    return bytes([half[0] & 248, *half[1:31], half[31] & 127 | 64])


def _reduced(*parts: bytes) -> bytes:
    from nacl.bindings import crypto_core_ed25519_scalar_reduce

    return crypto_core_ed25519_scalar_reduce(sha512(_DOMAIN + b"".join(parts)).digest())
