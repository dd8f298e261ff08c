"""Keys in a token of SoftHSM: what it does agrees with software over the same public halves, and what it lacks is said."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from garrison.crypto import BadMaterial, KeyStoreAway, NotAuthentic, NotOffered, WrongUse, spec_of
from garrison.crypto.pkcs11 import Pkcs11KeyStore, TokenPlace
from garrison.crypto.pkcs11.softhsm import SoftHsmFolder
from garrison.crypto.public import encrypt_rsa, verify
from garrison.crypto.specs import KeySpec

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
P11_KIT = "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so"
PIN = secrets.token_hex(8)

pytestmark = [
    pytest.mark.skipif(not Path(SOFTHSM).exists(), reason="softhsm2 is not installed"),
]


def spec(name: str) -> KeySpec:
    found = spec_of(name)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsmFolder]:
    before = os.environ.pop("SOFTHSM2_CONF", None)
    folder = SoftHsmFolder(SOFTHSM, tmp_path_factory.mktemp("hsm"))
    yield folder
    os.environ.pop("SOFTHSM2_CONF")
    if before is not None:
        os.environ["SOFTHSM2_CONF"] = before


def place(label: str) -> TokenPlace:
    return TokenPlace(SOFTHSM, label, lambda: PIN)


@pytest.fixture(scope="module")
def store(tokens: SoftHsmFolder) -> Pkcs11KeyStore:
    tokens.make("one", PIN, PIN)
    return Pkcs11KeyStore(place("one"))


def test_what_a_symmetric_key_encrypts_only_it_decrypts_and_only_whole(store: Pkcs11KeyStore) -> None:
    aes = spec("SYMMETRIC_DEFAULT")
    key, other = (store.open(aes, store.generate(aes).kept) for _ in range(2))
    sealed = key.encrypt(b"plain", b"context")
    assert key.decrypt(sealed, b"context") == b"plain"
    assert key.decrypt(key.encrypt(b"", b""), b"") == b""
    assert key.encrypt(b"plain", b"context") != sealed
    hostile = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    for text in (*hostile, b"", sealed[:20], sealed + b"x"):
        with pytest.raises(NotAuthentic):
            key.decrypt(text, b"context")
    for holder, aad in ((key, b"other"), (other, b"context")):
        with pytest.raises(NotAuthentic):
            holder.decrypt(sealed, aad)


@pytest.mark.parametrize("name", ["RSA_2048", "ECC_NIST_P256", "ECC_NIST_P521", "ECC_NIST_EDWARDS25519"])
def test_what_a_token_signs_software_verifies(store: Pkcs11KeyStore, name: str) -> None:
    kind = spec(name)
    made = store.generate(kind)
    key = store.open(kind, made.kept)
    assert made.public_key is not None
    for algorithm in kind.signing:
        if algorithm == "ED25519_PH_SHA_512":
            with pytest.raises(NotOffered):
                key.sign(b"m" * 64, algorithm, is_digest=True)
            continue
        signature = key.sign(b"message", algorithm, is_digest=False)
        assert verify(kind, made.public_key, b"message", signature, algorithm, is_digest=False)
        if name.startswith("ECC_NIST_ED"):
            continue
        digest = hashlib.new(f"sha{algorithm[-3:]}", b"message").digest()
        signature = key.sign(digest, algorithm, is_digest=True)
        assert verify(kind, made.public_key, digest, signature, algorithm, is_digest=True)
        with pytest.raises(WrongUse):
            key.sign(b"short", algorithm, is_digest=True)


def test_rsa_decrypts_by_the_digest_that_the_token_has_and_says_which_it_has_not(store: Pkcs11KeyStore) -> None:
    rsa = spec("RSA_2048")
    made = store.generate(rsa)
    key = store.open(rsa, made.kept)
    assert made.public_key is not None
    text = encrypt_rsa(rsa, made.public_key, b"secret", "RSAES_OAEP_SHA_1")
    assert key.decrypt_rsa(text, "RSAES_OAEP_SHA_1") == b"secret"
    with pytest.raises(NotAuthentic):
        key.decrypt_rsa(text[:-1] + bytes([text[-1] ^ 1]), "RSAES_OAEP_SHA_1")
    with pytest.raises(NotOffered):
        key.decrypt_rsa(encrypt_rsa(rsa, made.public_key, b"secret", "RSAES_OAEP_SHA_256"), "RSAES_OAEP_SHA_256")


@pytest.mark.parametrize("bits", [224, 256, 384, 512])
def test_a_mac_is_that_of_the_same_material_in_software(store: Pkcs11KeyStore, bits: int) -> None:
    kind = spec(f"HMAC_{bits}")
    for size in (bits // 8, 64):  # KMS takes longer material too
        material = secrets.token_bytes(size)
        key = store.open(kind, store.take(kind, material).kept)
        assert key.mac(b"message", f"HMAC_SHA_{bits}") == hmac.digest(material, b"message", f"sha{bits}")
    for wrong in (b"", bytes(27), bytes(129)):
        with pytest.raises(BadMaterial):
            store.take(kind, wrong)
    assert len(store.open(kind, store.generate(kind).kept).mac(b"message", f"HMAC_SHA_{bits}")) == bits // 8


@pytest.mark.parametrize(("name", "curve"), [("ECC_NIST_P256", ec.SECP256R1()), ("ECC_NIST_P384", ec.SECP384R1())])
def test_both_sides_of_an_agreement_get_the_same_secret(
    store: Pkcs11KeyStore, name: str, curve: ec.EllipticCurve
) -> None:
    made, other = store.generate(spec(name)), ec.generate_private_key(curve)
    encoding = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    mine = serialization.load_der_public_key(made.public_key or b"")
    assert isinstance(mine, ec.EllipticCurvePublicKey)
    assert store.open(spec(name), made.kept).agree(other.public_key().public_bytes(*encoding)) == other.exchange(
        ec.ECDH(), mine
    )
    with pytest.raises(WrongUse):
        store.open(spec(name), made.kept).agree(
            ec.generate_private_key(ec.SECP521R1()).public_key().public_bytes(*encoding)
        )


def test_no_key_of_the_token_can_be_read_from_it(store: Pkcs11KeyStore) -> None:
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.exceptions import AttributeSensitive

    for name in ("SYMMETRIC_DEFAULT", "ECC_NIST_P256", "HMAC_256"):
        store.generate(spec(name))

    def look(held: object, _: int) -> int:
        secret = 0
        for one in held.session.get_objects():  # type: ignore[attr-defined]
            if one.object_class in (ObjectClass.SECRET_KEY, ObjectClass.PRIVATE_KEY):
                assert (one[Attribute.SENSITIVE], one[Attribute.EXTRACTABLE]) == (True, False)
                with pytest.raises(AttributeSensitive):
                    one[Attribute.PRIVATE_EXPONENT if one.key_type == 0 else Attribute.VALUE]
                secret += 1
        return secret

    assert store._sessions.run(look) >= 3


def test_a_destroyed_key_is_gone_for_good_and_its_neighbour_is_not(store: Pkcs11KeyStore) -> None:
    aes = spec("SYMMETRIC_DEFAULT")
    gone, stays = store.generate(aes).kept, store.generate(aes).kept
    store.destroy(gone)
    store.destroy(gone)
    with pytest.raises(KeyStoreAway):
        store.open(aes, gone).encrypt(b"x", b"")
    assert store.open(aes, stays).encrypt(b"x", b"")
    assert not store.holds(gone)


def test_threads_and_forked_processes_use_one_token_at_once(store: Pkcs11KeyStore) -> None:
    aes = spec("SYMMETRIC_DEFAULT")
    key = store.open(aes, store.generate(aes).kept)

    def use(number: int) -> bool:
        return key.decrypt(key.encrypt(str(number).encode(), b""), b"") == str(number).encode()

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(use, range(100)))
    child = os.fork()
    if child == 0:
        os._exit(0 if use(1) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert use(2)


def test_processes_that_begin_at_once_make_one_token_and_see_each_others_keys(tokens: SoftHsmFolder) -> None:
    aes, kept = spec("SYMMETRIC_DEFAULT"), []
    children = []
    for _ in range(2):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            tokens.make("both", PIN, PIN)
            made = [Pkcs11KeyStore(place("both")).generate(aes).kept for _ in range(8)]
            os.write(writing, b"".join(made))
            os._exit(0)
        os.close(writing)
        children.append((child, reading))
    for child, reading in children:
        with os.fdopen(reading, "rb") as said:
            text = said.read()
        assert os.waitpid(child, 0)[1] == 0
        kept += [text[at : at + len(text) // 8] for at in range(0, len(text), len(text) // 8)]
    both = Pkcs11KeyStore(place("both"))
    assert all(both.open(aes, one).encrypt(b"x", b"") for one in kept)
    assert (both.count(), len(set(kept))) == (16, 16)


def test_clones_of_a_token_hold_its_keys_and_follow_it(tokens: SoftHsmFolder, store: Pkcs11KeyStore) -> None:
    aes = spec("SYMMETRIC_DEFAULT")
    first = store.generate(aes).kept
    source = tokens.find("one")
    assert source is not None
    tokens.clone(source, "two")
    clone = Pkcs11KeyStore(place("two"))
    assert clone.open(aes, first).decrypt(store.open(aes, first).encrypt(b"x", b""), b"") == b"x"
    later = store.generate(aes).kept
    assert not clone.holds(later)
    tokens.align("one", ["two"])
    assert clone.open(aes, later).decrypt(store.open(aes, later).encrypt(b"x", b""), b"") == b"x"
    store.destroy(first)
    tokens.align("one", ["two"])
    assert not clone.holds(first)
    tokens.remove("two")
    assert store.holds(later)


def test_a_token_that_is_not_there_a_wrong_pin_and_a_missing_module_say_so(
    tokens: SoftHsmFolder, store: Pkcs11KeyStore
) -> None:
    tokens.make("other", PIN, PIN)
    for wrong in (
        TokenPlace(SOFTHSM, "nowhere", lambda: PIN),
        TokenPlace(SOFTHSM, "other", lambda: "wrong-pin"),
        TokenPlace("/nowhere/module.so", "one", lambda: PIN),
    ):
        with pytest.raises(KeyStoreAway):
            Pkcs11KeyStore(wrong).random(8)
    assert len(store.random(5000)) == 5000


@pytest.mark.skipif(not Path(P11_KIT).exists(), reason="p11-kit-modules is not installed")
def test_an_hsm_that_disappears_mid_call_is_said_to_be_away_and_is_used_again_once_it_is_back(
    tokens: SoftHsmFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is another process's, spoken to over a socket, as a network HSM is."""
    tokens.make("remote", PIN, PIN)
    socket = tmp_path / "hsm"
    monkeypatch.setenv("P11_KIT_SERVER_ADDRESS", f"unix:path={socket}")
    store = Pkcs11KeyStore(TokenPlace(P11_KIT, "remote", lambda: PIN))
    kind, algorithm = spec("ECC_NIST_P256"), "ECDSA_SHA_256"
    server = _serve(socket)
    try:
        made = store.generate(kind)
        key = store.open(kind, made.kept)

        def sign(text: bytes) -> bool:
            signature = key.sign(text, algorithm, is_digest=False)
            return verify(kind, made.public_key or b"", text, signature, algorithm, is_digest=False)

        assert sign(b"before")
        with ThreadPoolExecutor(4) as threads:
            calls = [threads.submit(sign, b"during") for _ in range(100)]
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
        failures = [call.exception() for call in calls if call.exception() is not None]
        assert failures
        assert {type(one) for one in failures} == {KeyStoreAway}
        assert all(call.result() for call in calls if call.exception() is None)
        socket.unlink(missing_ok=True)
        server = _serve(socket)
        until = time.monotonic() + 10
        while not is_back(sign) and time.monotonic() < until:
            time.sleep(0.05)
        assert sign(b"after")
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def is_back(sign: Callable[[bytes], bool]) -> bool:
    try:
        return sign(b"again")
    except KeyStoreAway:
        return False


def _serve(socket: Path) -> subprocess.Popen[bytes]:
    command = ["p11-kit", "server", "-f", "-n", str(socket), "-p", SOFTHSM, "pkcs11:"]
    server = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 10
    while not socket.exists() and time.monotonic() < until:
        time.sleep(0.01)
    return server
