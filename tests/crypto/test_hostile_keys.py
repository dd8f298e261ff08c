"""Signatures, points, keys and ciphertexts of the kinds that have fooled others: each is refused, and no key shows itself.

The kinds are those of Wycheproof's tests of ECDSA, EdDSA, ECDH, RSA signatures and OAEP.
"""

from __future__ import annotations

import copy
import hashlib
import pickle
from functools import partial
from itertools import product
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings as sodium

from garrison.crypto import SPECS, BadMaterial, NotAuthentic, WrongUse
from garrison.crypto.edwards import sign_prehashed, verify_prehashed
from garrison.crypto.importing import WRAPPING_ALGORITHMS, new_wrapping_pair, unwrap
from garrison.crypto.pairs import new_pair
from garrison.crypto.public import encrypt_rsa, rsa_room, verify
from garrison.crypto.software import SoftwareKeyStore

STORE = SoftwareKeyStore()
P256, ED, RSA = SPECS["ECC_NIST_P256"], SPECS["ECC_NIST_EDWARDS25519"], SPECS["RSA_2048"]
MADE = {name: STORE.generate(spec) for name, spec in SPECS.items() if name not in ("RSA_3072", "RSA_4096")}
KEYS = {name: STORE.open(SPECS[name], made.kept) for name, made in MADE.items()}
MESSAGE, DIGEST = b"message", hashlib.sha256(b"message").digest()
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED_ORDER = 2**252 + 27742317777372353535851937790883648493
PKCS8 = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _public(name: str) -> bytes:
    public = MADE[name].public_key
    assert public is not None
    return public


def _verified(name: str, message: bytes, signature: bytes, algorithm: str, *, is_digest: bool = False) -> bool:
    return verify(SPECS[name], _public(name), message, signature, algorithm, is_digest=is_digest)


def test_every_signature_holds_for_its_message_and_key_only() -> None:
    for name, key in KEYS.items():
        for algorithm, is_digest in product(SPECS[name].signing, (False, True)):
            if SPECS[name] is ED and is_digest != ("PH" in algorithm):
                continue
            signed = hashlib.new(f"sha{algorithm[-3:]}", MESSAGE).digest() if is_digest else MESSAGE
            signature = key.sign(signed, algorithm, is_digest=is_digest)
            assert _verified(name, signed, signature, algorithm, is_digest=is_digest)
            assert not _verified(name, bytes(len(signed)), signature, algorithm, is_digest=is_digest)
            other = STORE.generate(SPECS[name]).public_key if SPECS[name] is not RSA else new_pair(RSA).public
            assert other is not None
            assert not verify(SPECS[name], other, signed, signature, algorithm, is_digest=is_digest)
            for broken in (b"", signature[:-1], signature + b"\0", b"\0" + signature, signature[1:], signature * 2):
                assert not _verified(name, signed, broken, algorithm, is_digest=is_digest)
            if SPECS[name].family != "EDWARDS":
                digest = hashlib.new(f"sha{algorithm[-3:]}", MESSAGE).digest()
                assert _verified(
                    name, digest if not is_digest else MESSAGE, signature, algorithm, is_digest=not is_digest
                )


def _integer(value: int, *, pad: bytes = b"") -> bytes:
    body = pad + value.to_bytes(max(1, (value.bit_length() + 8) // 8), "big", signed=True)
    return b"\x02" + bytes([len(body)]) + body


def _sequence(body: bytes) -> bytes:
    return b"\x30" + bytes([len(body)]) + body


def test_no_other_form_of_an_ecdsa_signature_is_taken() -> None:
    signature = KEYS[P256.name].sign(MESSAGE, "ECDSA_SHA_256", is_digest=False)
    r, s = decode_dss_signature(signature)
    body = _integer(r) + _integer(s)
    assert _sequence(body) == signature
    forms = [
        b"\x30\x81" + bytes([len(body)]) + body,  # a length longer than need be
        b"\x30\x80" + body + b"\0\0",  # of indefinite length
        b"\x31" + signature[1:],
        _sequence(_integer(r, pad=b"\0") + _integer(s)),
        _sequence(_integer(r) + _integer(s, pad=b"\0\0")),
        _sequence(body + b"\x05\0"),
        _sequence(_integer(r)),
        _sequence(_integer(r) + b"\x0a" + _integer(s)[1:]),
        r.to_bytes(32) + s.to_bytes(32),  # IEEE P1363
        *(
            encode_dss_signature(*pair)
            for pair in product(
                (0, 1, r, r + P256_ORDER, P256_ORDER, P256_ORDER - 1), (0, 1, s + P256_ORDER, P256_ORDER)
            )
        ),
        _sequence(_integer(-r) + _integer(s)),
        _sequence(_integer(r) + _integer(-s)),
        _sequence(_integer(r - P256_ORDER) + _integer(s)),
    ]
    for form in forms:
        assert not _verified(P256.name, MESSAGE, form, "ECDSA_SHA_256"), form.hex()
        assert not _verified(P256.name, DIGEST, form, "ECDSA_SHA_256", is_digest=True), form.hex()


def test_no_other_form_of_an_rsa_signature_is_taken() -> None:
    for algorithm in ("RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PSS_SHA_256"):
        signature = int.from_bytes(KEYS[RSA.name].sign(MESSAGE, algorithm, is_digest=False))
        public = load_der_public_key(_public(RSA.name))
        assert isinstance(public, rsa.RSAPublicKey)
        n = public.public_numbers().n
        for value in (0, 1, n - 1, n, n - signature, signature + n):
            assert not _verified(RSA.name, MESSAGE, value.to_bytes(257).removeprefix(b"\0"), algorithm)
        for other in RSA.signing:
            if other != algorithm:
                assert not _verified(RSA.name, MESSAGE, signature.to_bytes(256), other)
    private = load_der_private_key(MADE[RSA.name].kept, None)
    assert isinstance(private, rsa.RSAPrivateKey)
    for salt in (0, 31, 33, 222):
        loose = private.sign(MESSAGE, padding.PSS(padding.MGF1(SHA256()), salt), SHA256())
        assert not _verified(RSA.name, MESSAGE, loose, "RSASSA_PSS_SHA_256")


SMALL_ORDER = (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)
"""Points of order 1 to 8 (RFC 7748 and RFC 8032's curve)."""


@pytest.mark.parametrize("algorithm", ED.signing)
def test_no_other_form_of_an_edwards_signature_is_taken(algorithm: str) -> None:
    is_digest = "PH" in algorithm
    signed = hashlib.sha512(MESSAGE).digest() if is_digest else MESSAGE
    signature = KEYS[ED.name].sign(signed, algorithm, is_digest=is_digest)
    response = int.from_bytes(signature[32:], "little")
    for other in (0, 1, ED_ORDER, *(response + n * ED_ORDER for n in range(1, 15)), 2**256 - 1):
        forged = signature[:32] + other.to_bytes(32, "little")
        assert not _verified(ED.name, signed, forged, algorithm, is_digest=is_digest)
    for point in SMALL_ORDER:
        assert not _verified(ED.name, signed, bytes.fromhex(point) + signature[32:], algorithm, is_digest=is_digest)
        forged = bytes.fromhex(point) + bytes(32)
        assert not _verified(ED.name, signed, forged, algorithm, is_digest=is_digest)
    other_algorithm = next(name for name in ED.signing if name != algorithm)
    other_signed = hashlib.sha512(MESSAGE).digest() if not is_digest else MESSAGE
    assert not _verified(ED.name, other_signed, signature, other_algorithm, is_digest=not is_digest)


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_a_key_of_small_order_signs_no_digest(point: str) -> None:
    key = MADE[ED.name].public_key
    assert key is not None
    public, digest = key[:-32] + bytes.fromhex(point), hashlib.sha512(MESSAGE).digest()
    for commitment, response in product(SMALL_ORDER, (0, 1)):
        forged = bytes.fromhex(commitment) + response.to_bytes(32, "little")
        assert not verify(ED, public, digest, forged, "ED25519_PH_SHA_512", is_digest=True)


def _point(x: int, y: int) -> bytes:
    return _public(P256.name)[:-64] + x.to_bytes(32) + y.to_bytes(32)


def test_a_secret_is_shared_only_with_a_point_of_the_same_curve() -> None:
    x, y = int.from_bytes(_public(P256.name)[-64:-32]), int.from_bytes(_public(P256.name)[-32:])
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    infinity = _public(P256.name)[:-66] + b"\x02\x00\x00"
    others = [
        *(_public(name) for name in ("ECC_NIST_P384", "ECC_NIST_P521", ED.name, RSA.name)),
        *(_point(*pair) for pair in ((0, 0), (x, 0), (x, y ^ 1), (y, x), (prime, y), (0, 1))),
        ec.generate_private_key(ec.SECP256K1())
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        x25519.X25519PrivateKey.generate().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        infinity,
        _public(P256.name)[:-1],
        _public(P256.name) + b"\0",
        _public(P256.name)[-65:],
        b"",
    ]
    for other in others:
        with pytest.raises(WrongUse):
            KEYS[P256.name].agree(other)
    for name in ("ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"):
        mine, theirs = STORE.generate(SPECS[name]), KEYS[name]
        assert mine.public_key is not None
        assert theirs.agree(mine.public_key) == STORE.open(SPECS[name], mine.kept).agree(_public(name))
        assert len(theirs.agree(mine.public_key)) == (SPECS[name].bits + 7) // 8


def test_only_pkcs8_of_the_right_kind_is_taken() -> None:
    curve = load_der_private_key(MADE[P256.name].kept, None)
    assert isinstance(curve, ec.EllipticCurvePrivateKey)
    stranger = ec.generate_private_key(ec.SECP256R1()).public_key()
    pairs = [
        (value.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)) for value in (curve.public_key(), stranger)
    ]
    big = rsa.generate_private_key(3, 2048)
    bad = [
        (P256, MADE[P256.name].kept.replace(*pairs)),  # another's public half inside
        (P256, curve.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())),
        (P256, curve.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))),
        (P256, curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())),
        (P256, MADE[P256.name].kept + b"\0"),
        (P256, MADE[P256.name].kept[:-1]),
        (P256, MADE["ECC_NIST_P384"].kept),
        (P256, ec.generate_private_key(ec.SECP256K1()).private_bytes(*PKCS8)),
        (P256, _public(P256.name)),
        (RSA, big.private_bytes(*PKCS8)),  # a public exponent of 3
        (RSA, big.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())),
        (RSA, MADE[P256.name].kept),
        (SPECS["RSA_3072"], MADE[RSA.name].kept),
        (ED, x25519.X25519PrivateKey.generate().private_bytes(*PKCS8)),
        (ED, bytes(32)),
        (SPECS["SYMMETRIC_DEFAULT"], bytes(31)),
        (SPECS["SYMMETRIC_DEFAULT"], bytes(33)),
        *(
            (SPECS[f"HMAC_{bits}"], bytes(size))
            for bits, size in ((224, 27), (224, 65), (384, 47), (512, 129), (512, 63))
        ),
        *((spec, material) for spec in (P256, RSA, ED) for material in (b"", b"\x30", b"\x30\x80" * 4000, bytes(8192))),
    ]
    for spec, material in bad:
        with pytest.raises(BadMaterial):
            STORE.take(spec, material)
    for name, made in MADE.items():
        assert STORE.take(SPECS[name], made.kept) == made


def test_a_private_rsa_key_whose_numbers_do_not_belong_together_is_refused() -> None:
    kept = bytearray(MADE[RSA.name].kept)
    for at in range(40, len(kept), 97):
        changed = bytes(kept[:at]) + bytes([kept[at] ^ 1]) + bytes(kept[at + 1 :])
        with pytest.raises(BadMaterial):
            STORE.take(RSA, changed)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=400))
def test_what_rsa_cannot_decrypt_fails_in_one_way(ciphertext: bytes) -> None:
    for algorithm in RSA.encryption:
        with pytest.raises(NotAuthentic, match="was not made for this key"):
            KEYS[RSA.name].decrypt_rsa(ciphertext, algorithm)
    for algorithm in WRAPPING_ALGORITHMS:
        with pytest.raises(NotAuthentic, match="was not wrapped by this key"):
            unwrap(MADE[RSA.name].kept, ciphertext, algorithm)


def test_rsa_encrypts_what_fits_and_no_more() -> None:
    public = load_der_public_key(_public(RSA.name))
    assert isinstance(public, rsa.RSAPublicKey)
    for algorithm in RSA.encryption:
        room = rsa_room(RSA, algorithm)
        for size in (0, 1, room):
            sealed = encrypt_rsa(RSA, _public(RSA.name), bytes(size), algorithm)
            assert KEYS[RSA.name].decrypt_rsa(sealed, algorithm) == bytes(size)
            over = (int.from_bytes(sealed) + public.public_numbers().n).to_bytes(257)
            for broken in (sealed[:-1], b"\0" + sealed, sealed + b"\0", over, bytes(256), b"\xff" * 256):
                with pytest.raises(NotAuthentic):
                    KEYS[RSA.name].decrypt_rsa(broken, algorithm)
        with pytest.raises(WrongUse):
            encrypt_rsa(RSA, _public(RSA.name), bytes(room + 1), algorithm)
    assert {rsa_room(RSA, algorithm) for algorithm in RSA.encryption} == {214, 190}


def test_a_key_does_only_what_its_kind_does() -> None:
    for name, key in KEYS.items():
        spec = SPECS[name]
        wrong = [partial(key.sign, MESSAGE, "SM2DSA", is_digest=False), partial(key.mac, b"", "HMAC_MD5")]
        wrong += [partial(key.sign, DIGEST, other, is_digest=False) for other in _every("signing") - {*spec.signing}]
        wrong += [partial(key.sign, b"short", own, is_digest=True) for own in spec.signing]
        wrong += [partial(key.mac, b"", other) for other in _every("mac") - {*spec.mac}]
        wrong += [partial(key.decrypt_rsa, b"", other) for other in _every("encryption") - {*spec.encryption}]
        if spec.name != "SYMMETRIC_DEFAULT":
            wrong += [partial(key.encrypt, b"", b""), partial(key.decrypt, bytes(60), b"")]
        if not spec.agreement:
            wrong.append(partial(key.agree, _public(P256.name)))
        for call in wrong:
            with pytest.raises(WrongUse):
                call()
    for name in ("WRAP", "ECC_NIST_P256", "RSA_1024"):
        with pytest.raises(WrongUse):
            new_wrapping_pair(name)


def _every(kind: str) -> set[str]:
    return {algorithm for spec in SPECS.values() for algorithm in getattr(spec, kind)}


def test_no_key_shows_or_gives_away_its_material() -> None:
    for name, key in KEYS.items():
        made = MADE[name]
        shown = f"{key!r} {key} {made!r}"
        for text in (made.kept.hex(), made.kept[-24:].hex(), repr(made.kept)[2:40]):
            assert text not in shown
        for give in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError):
                give(key)
        assert not hasattr(key, "__dict__")


def test_random_bytes_are_as_many_as_asked_for() -> None:
    assert [len(STORE.random(count)) for count in (1, 32, 1024)] == [1, 32, 1024]
    assert STORE.random(32) != STORE.random(32)


def test_destroying_is_done_by_whoever_keeps_the_material() -> None:
    fresh: Any = STORE.generate(P256)
    STORE.destroy(fresh.kept)
    STORE.destroy(b"gone already")


def test_an_edwards_key_is_its_seed() -> None:
    private = ed25519.Ed25519PrivateKey.generate()
    assert STORE.take(ED, private.private_bytes(*PKCS8)).public_key == private.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_a_digest_is_signed_as_libsodium_signs_its_message(seed: bytes, message: bytes) -> None:
    public, secret = sodium.crypto_sign_seed_keypair(seed)
    state = sodium.crypto_sign_ed25519ph_state()
    sodium.crypto_sign_ed25519ph_update(state, message)
    expected = sodium.crypto_sign_ed25519ph_final_create(state, secret)
    digest = hashlib.sha512(message).digest()
    assert sign_prehashed(seed, digest) == expected
    assert verify_prehashed(public, digest, expected)
    at = message[0] % 64 if message else 0
    changed = expected[:at] + bytes([expected[at] ^ 1]) + expected[at + 1 :]
    assert not verify_prehashed(public, digest, changed)
