"""Sign, Verify, MACs, shared secrets and public keys, held against OpenSSL's command line and pyca/cryptography."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from garrison.crypto import SPECS

from ..refusals import refused

SIGNING = "SIGN_VERIFY"
MESSAGE = b"a message to sign"
SIGNERS = [
    (spec.name, algorithm)
    for spec in SPECS.values()
    for algorithm in spec.signing
    if spec.name not in ("RSA_3072", "RSA_4096") or algorithm == "RSASSA_PSS_SHA_384"
]
ECC = [spec.name for spec in SPECS.values() if spec.agreement]


def digest_of(algorithm: str) -> bytes:
    return hashlib.new(f"sha{algorithm[-3:]}", MESSAGE).digest()


def verified_by_openssl(folder: Path, public: bytes, signature: bytes, algorithm: str) -> bool:
    """What the command line of OpenSSL says of a signature over the message."""
    key, message, signed = folder / "key.der", folder / "message", folder / "signature"
    key.write_bytes(public)
    message.write_bytes(MESSAGE)
    signed.write_bytes(signature)
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-keyform",
        "DER",
        "-inkey",
        str(key),
        "-sigfile",
        str(signed),
    ]
    command += ["-rawin", "-in", str(message)]
    if not algorithm.startswith("ED25519"):
        command += ["-digest", f"sha{algorithm[-3:]}"]
    if "PSS" in algorithm:
        command += ["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:digest"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(("spec", "algorithm"), SIGNERS)
def test_signatures_hold_for_their_message_only(keys: Any, tmp_path: Path, spec: str, algorithm: str) -> None:
    kms, key = keys.kms, keys.shared(spec, SIGNING)
    named = {"KeyId": key, "SigningAlgorithm": algorithm}
    is_edwards = algorithm.startswith("ED25519")
    kinds = {"RAW": MESSAGE, "DIGEST": digest_of(algorithm)}
    if is_edwards:
        kinds.pop("DIGEST" if algorithm == "ED25519_SHA_512" else "RAW")
    public = kms.get_public_key(KeyId=key)
    assert (public["KeyUsage"], algorithm in public["SigningAlgorithms"]) == (SIGNING, True)
    for kind, message in kinds.items():
        signature = kms.sign(Message=message, MessageType=kind, **named)["Signature"]
        for told, said in kinds.items():  # whichever form it was signed in
            answer = kms.verify(Message=said, MessageType=told, Signature=signature, **named)
            assert (answer["SignatureValid"], answer["KeyId"]) == (True, key)
        changed = signature[:-1] + bytes([signature[-1] ^ 1])
        for wrong in ({"Signature": changed}, {"Message": message[::-1]}, {"Signature": b"x"}):
            asked = {"Message": message, "Signature": signature} | wrong
            assert refused(kms.verify, MessageType=kind, **named, **asked)[0] == "KMSInvalidSignatureException"
        if algorithm != "ED25519_PH_SHA_512":  # which this OpenSSL does not know; tests/crypto has its vectors
            assert verified_by_openssl(tmp_path, public["PublicKey"], signature, algorithm)


def test_types_of_messages_fit_the_algorithm(keys: Any) -> None:
    kms = keys.kms
    edwards, curve = keys.shared("ECC_NIST_EDWARDS25519", SIGNING), keys.shared("ECC_NIST_P256", SIGNING)
    for key, algorithm, kind, message in (
        (curve, "ECDSA_SHA_256", "DIGEST", b"x" * 33),
        (curve, "ECDSA_SHA_256", "EXTERNAL_MU", b"x" * 64),
        (edwards, "ED25519_SHA_512", "DIGEST", b"x" * 64),
        (edwards, "ED25519_PH_SHA_512", "RAW", b"x" * 64),
        (edwards, "ED25519_PH_SHA_512", "DIGEST", b"x" * 32),
        (curve, "ECDSA_SHA_256", "RAW", b"x" * 4097),
    ):
        asked = {"KeyId": key, "SigningAlgorithm": algorithm, "MessageType": kind, "Message": message}
        assert refused(kms.sign, **asked)[0] == "ValidationException"
    asked = {"KeyId": curve, "SigningAlgorithm": "ECDSA_SHA_384", "Message": b"x"}
    assert refused(kms.sign, **asked)[0] == "InvalidKeyUsageException"


def test_policies_see_how_something_is_signed(keys: Any) -> None:
    equal = {"kms:SigningAlgorithm": "ECDSA_SHA_256", "kms:MessageType": "RAW"}
    allowed = {"Effect": "Allow", "Action": "kms:Sign", "Resource": "*", "Condition": {"StringEquals": equal}}
    kms, key = keys.account.user("signer", [allowed]).client("kms"), keys.shared("ECC_NIST_P256", SIGNING)
    asked = {"KeyId": key, "SigningAlgorithm": "ECDSA_SHA_256"}
    assert kms.sign(Message=MESSAGE, **asked)["Signature"]
    denied = refused(kms.sign, Message=digest_of("SHA_256"), MessageType="DIGEST", **asked)
    assert denied[0] == "AccessDeniedException"


@pytest.mark.parametrize("bits", [224, 256, 384, 512])
def test_macs_are_plain_hmacs(keys: Any, bits: int) -> None:
    kms, algorithm = keys.kms, f"HMAC_SHA_{bits}"
    named = {"KeyId": keys.shared(f"HMAC_{bits}", "GENERATE_VERIFY_MAC"), "MacAlgorithm": algorithm, "Message": MESSAGE}
    mac = kms.generate_mac(**named)["Mac"]
    assert len(mac) == bits // 8
    assert kms.verify_mac(Mac=mac, **named)["MacValid"]
    for wrong in (mac[:-1], mac[:-1] + bytes([mac[-1] ^ 1]), b"x"):
        assert refused(kms.verify_mac, Mac=wrong, **named)[0] == "KMSInvalidMacException"
    assert refused(kms.verify_mac, **named | {"Message": b"another", "Mac": mac})[0] == "KMSInvalidMacException"


def test_an_imported_mac_key_computes_what_its_material_does() -> None:
    # RFC 4231, test case 2: the plain HMAC that every store must give.
    from garrison.crypto.software import SoftwareKeyStore

    store, spec = SoftwareKeyStore(), SPECS["HMAC_256"]
    material = b"Jefe".ljust(32, b"\0")  # a shorter key is filled up with zeros (RFC 2104, 2)
    loaded = store.open(spec, store.take(spec, material).kept)
    asked = b"what do ya want for nothing?"
    assert loaded.mac(asked, "HMAC_SHA_256") == hmac.digest(b"Jefe", asked, "sha256")


@pytest.mark.parametrize("spec", ECC)
def test_both_sides_agree_on_a_secret(keys: Any, spec: str) -> None:
    kms, key = keys.kms, keys.shared(spec, "KEY_AGREEMENT")
    public: Any = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    other = ec.generate_private_key(public.curve)
    der = other.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    answer = kms.derive_shared_secret(KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=der)
    assert answer["SharedSecret"] == other.exchange(ec.ECDH(), public)
    assert answer["KeyOrigin"] == "AWS_KMS"
    foreign = ec.generate_private_key(ec.SECP256K1()).public_key()
    for wrong in (b"x", der[:-1], foreign.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)):
        asked = {"KeyId": key, "KeyAgreementAlgorithm": "ECDH", "PublicKey": wrong}
        assert refused(kms.derive_shared_secret, **asked)[0] == "ValidationException"


def test_signing_is_recorded_without_the_message(keys: Any) -> None:
    key, since = keys.shared("ECC_NIST_P256", SIGNING), keys.account.position()
    keys.kms.sign(KeyId=key, Message=MESSAGE, SigningAlgorithm="ECDSA_SHA_256")
    [event] = keys.account.events(since=since)
    assert event["requestParameters"] == {"keyId": key, "messageType": "RAW", "signingAlgorithm": "ECDSA_SHA_256"}
    assert event["responseElements"] is None
