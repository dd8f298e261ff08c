"""MD5 and SHA256: to compare values that are too long or too secret to be written in a rule."""

from __future__ import annotations

import hashlib

from garrison.waf.transformations.registry import transformation


@transformation("MD5", example=(b"TestCase", bytes.fromhex("c9aba2c3e60126169e80e9a26ba273c1")))
def md5(value: bytes) -> bytes:
    """Calculates the MD5 hash, as 16 raw bytes."""
    return hashlib.md5(value, usedforsecurity=False).digest()


@transformation(
    "SHA256", example=(b"abc", bytes.fromhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
)
def sha256(value: bytes) -> bytes:
    """Calculates the SHA-256 hash, as 32 raw bytes."""
    return hashlib.sha256(value).digest()
