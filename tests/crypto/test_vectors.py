"""Published vectors: what others computed with the same keys, and what they say must be refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
)

from garrison.crypto import SPECS, NotAuthentic, WrongUse
from garrison.crypto.importing import new_wrapping_pair, unwrap
from garrison.crypto.pairs import CURVES
from garrison.crypto.public import verify
from garrison.crypto.software import SoftwareKeyStore
from garrison.crypto.xaes import Xaes256Gcm

STORE = SoftwareKeyStore()


def _cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors" / f"{name}.json").read_text())["cases"]
    return found


def _spki(key: Any) -> bytes:
    made: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return made


def _pkcs8(key: Any) -> bytes:
    made: bytes = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return made


def test_hmacs() -> None:
    for case in _cases("hmac"):
        spec = SPECS[case["spec"]]
        key = STORE.open(spec, bytes.fromhex(case["key"]))
        assert key.mac(bytes.fromhex(case["message"]), spec.mac[0]).hex() == case["mac"]


@pytest.mark.parametrize("is_digest", [False, True])
def test_ecdsa_signatures(is_digest: bool) -> None:
    for case in _cases("ecdsa"):
        spec, message = SPECS[case["spec"]], bytes.fromhex(case["message"])
        signature = encode_dss_signature(int(case["r"], 16), int(case["s"], 16))
        public = _spki(
            ec.EllipticCurvePublicNumbers(int(case["x"], 16), int(case["y"], 16), CURVES[spec.name]).public_key()
        )
        signed = hashlib.new(case["algorithm"][6:].replace("_", ""), message).digest() if is_digest else message
        right = verify(spec, public, signed, signature, case["algorithm"], is_digest=is_digest)
        assert right == (case["flaw"] is None), case


@pytest.mark.parametrize("is_digest", [False, True])
def test_rsa_signatures(is_digest: bool) -> None:
    for case in _cases("rsa"):
        spec, message = SPECS[case["spec"]], bytes.fromhex(case["message"])
        public = _spki(rsa.RSAPublicNumbers(int(case["e"], 16), int(case["n"], 16)).public_key())
        signed = hashlib.new(f"sha{case['algorithm'][-3:]}", message).digest() if is_digest else message
        signature = bytes.fromhex(case["signature"])
        right = verify(spec, public, signed, signature, case["algorithm"], is_digest=is_digest)
        assert right == (case["flaw"] is None), case


def test_shared_secrets() -> None:
    for case in _cases("ecdh"):
        spec = SPECS[case["spec"]]
        curve = CURVES[spec.name]
        key = STORE.open(spec, _pkcs8(ec.derive_private_key(int(case["private"], 16), curve)))
        point = b"".join(int(case[axis], 16).to_bytes((spec.bits + 7) // 8) for axis in "xy")
        template = _spki(ec.generate_private_key(curve).public_key())
        public = template[: -len(point)] + point
        if case["flaw"] is None:
            assert key.agree(public) == int(case["secret"], 16).to_bytes((spec.bits + 7) // 8)
        elif "public key" in case["flaw"]:
            with pytest.raises(WrongUse):
                key.agree(public)
        else:
            assert key.agree(public).hex() != case["secret"]


def test_edwards_signatures() -> None:
    spec = SPECS["ECC_NIST_EDWARDS25519"]
    for case in _cases("ed25519"):
        private = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(case["private"]))
        public, message, signature = (bytes.fromhex(case[name]) for name in ("public", "message", "signature"))
        assert private.public_key().public_bytes_raw() == public
        is_digest = case["algorithm"] == "ED25519_PH_SHA_512"
        signed = hashlib.sha512(message).digest() if is_digest else message
        key = STORE.open(spec, _pkcs8(private))
        assert key.sign(signed, case["algorithm"], is_digest=is_digest) == signature
        whole = _spki(private.public_key())
        assert verify(spec, whole, signed, signature, case["algorithm"], is_digest=is_digest)


def test_oaep() -> None:
    spec = SPECS["RSA_2048"]
    for case in _cases("oaep"):
        private, encrypted = bytes.fromhex(case["private"]), bytes.fromhex(case["encrypted"])
        other = next(algorithm for algorithm in spec.encryption if algorithm != case["algorithm"])
        assert STORE.open(spec, private).decrypt_rsa(encrypted, case["algorithm"]).hex() == case["plain"]
        assert unwrap(private, encrypted, case["algorithm"]).hex() == case["plain"]
        with pytest.raises(NotAuthentic):
            STORE.open(spec, private).decrypt_rsa(encrypted, other)


def test_wrapping_in_two_steps() -> None:
    pair = new_wrapping_pair("RSA_2048")
    public = load_der_public_key(pair.public)
    assert isinstance(public, rsa.RSAPublicKey)
    oaep = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)
    for case in _cases("kwp"):
        key = bytes.fromhex(case["key"])
        wrapped = public.encrypt(key, oaep) + bytes.fromhex(case["wrapped"])
        if case["plain"] is not None and len(key) == 32:
            assert unwrap(pair.private, wrapped, "RSA_AES_KEY_WRAP_SHA_256").hex() == case["plain"]
        else:
            with pytest.raises(NotAuthentic):
                unwrap(pair.private, wrapped, "RSA_AES_KEY_WRAP_SHA_256")
        with pytest.raises(NotAuthentic):
            unwrap(pair.private, wrapped, "RSA_AES_KEY_WRAP_SHA_1")


def test_authenticated_encryption() -> None:
    for case in _cases("xaes"):
        sealed = bytes.fromhex(case["nonce"] + case["sealed"])
        assert Xaes256Gcm(bytes.fromhex(case["key"])).decrypt(sealed, bytes.fromhex(case["aad"])).hex() == case["plain"]


def test_authenticated_encryption_over_ten_thousand_random_messages() -> None:
    """The accumulated vector of C2SP's XAES-256-GCM: all inputs come from one SHAKE128 stream, all outputs go into another."""
    stream, at = hashlib.shake_128(b"").digest(10_000 * 700), 0

    def take(count: int) -> bytes:
        nonlocal at
        at += count
        return stream[at - count : at]

    seen = hashlib.shake_128()
    for _ in range(10_000):
        key, nonce = take(32), take(24)
        plain = take(take(1)[0])
        aad = take(take(1)[0])
        cipher = Xaes256Gcm(key)
        sealed = cipher._cipher(nonce).encrypt(nonce[12:], plain, aad)
        seen.update(sealed)
    assert seen.hexdigest(32) == "e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939"
