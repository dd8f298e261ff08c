"""Encrypt, Decrypt, ReEncrypt and data keys: what comes back, and what never does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from garrison.crypto import SPECS
from garrison.crypto.software import SoftwareKeyStore
from garrison.services.kept_open import KeptOpen

from ..refusals import refused

CONTEXT = {"Department": "10103.0", "purpose": "tests"}
RSA_ROOM = {"RSAES_OAEP_SHA_1": 214, "RSAES_OAEP_SHA_256": 190}


def test_what_was_encrypted_comes_back_under_the_same_context_only(keys: Any) -> None:
    kms, key = keys.kms, keys.shared()
    made = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext=CONTEXT)
    assert made["KeyId"] == key
    assert made["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"
    assert b"secret" not in made["CiphertextBlob"]
    turned = dict(reversed(CONTEXT.items()))
    for named in ({}, {"KeyId": key}, {"KeyId": key.rpartition("/")[2]}):
        opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=turned, **named)
        assert (opened["Plaintext"], opened["KeyId"]) == (b"secret", key)
        assert len(opened["KeyMaterialId"]) == 64
    for wrong in ({}, CONTEXT | {"purpose": "Tests"}, CONTEXT | {"more": ""}, {"Department": "10103.0"}):
        code, message = refused(kms.decrypt, CiphertextBlob=made["CiphertextBlob"], EncryptionContext=wrong)
        assert code == "InvalidCiphertextException"
        assert "secret" not in message


@pytest.mark.parametrize("size", [1, 4096])
def test_all_sizes_fit(keys: Any, size: int) -> None:
    blob = keys.kms.encrypt(KeyId=keys.shared(), Plaintext=b"x" * size)["CiphertextBlob"]
    assert len(blob) <= 6144
    assert keys.kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x" * size


@pytest.mark.parametrize("plaintext", [b"", b"x" * 4097])
def test_plaintexts_of_other_sizes_are_refused(keys: Any, plaintext: bytes) -> None:
    assert refused(keys.kms.encrypt, KeyId=keys.shared(), Plaintext=plaintext)[0] == "ValidationException"


def test_no_byte_of_a_ciphertext_can_be_another(keys: Any) -> None:
    kms, key = keys.kms, keys.shared()
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    told = {False: set(), True: set()}
    for place in range(len(blob)):
        changed = blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]
        told[place % 2 == 0].add(
            refused(kms.decrypt, CiphertextBlob=changed, **({"KeyId": key} if place % 2 else {}))[0]
        )
    for cut in (b"\0", blob[:20], blob[:-1], blob + b"\0"):
        assert refused(kms.decrypt, CiphertextBlob=cut)[0] in ("InvalidCiphertextException", "AccessDeniedException")
    # What names no key tells no more than that it may not be had, and one that is not the named key says so.
    assert told[True] == {"InvalidCiphertextException", "AccessDeniedException"}
    assert told[False] == {"InvalidCiphertextException", "IncorrectKeyException"}


def test_the_named_key_must_be_the_one(keys: Any) -> None:
    blob = keys.kms.encrypt(KeyId=keys.shared(), Plaintext=b"secret")["CiphertextBlob"]
    assert refused(keys.kms.decrypt, CiphertextBlob=blob, KeyId=keys.new())[0] == "IncorrectKeyException"


@pytest.mark.parametrize("algorithm", list(RSA_ROOM))
def test_rsa_keys_encrypt_what_fits(keys: Any, algorithm: str) -> None:
    kms, key, room = keys.kms, keys.shared("RSA_2048"), RSA_ROOM[algorithm]
    named = {"KeyId": key, "EncryptionAlgorithm": algorithm}
    blob = kms.encrypt(Plaintext=b"x" * room, **named)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob, **named)["Plaintext"] == b"x" * room
    assert refused(kms.encrypt, Plaintext=b"x" * (room + 1), **named)[0] == "ValidationException"
    changed = blob[:-1] + bytes([blob[-1] ^ 1])
    other = next(each for each in RSA_ROOM if each != algorithm)
    for wrong in (
        named | {"CiphertextBlob": changed},
        named | {"CiphertextBlob": blob[1:]},
        {"KeyId": key, "EncryptionAlgorithm": other, "CiphertextBlob": blob},
        {"CiphertextBlob": blob},
    ):
        assert refused(kms.decrypt, **wrong)[0] == "InvalidCiphertextException"
    assert refused(kms.decrypt, CiphertextBlob=blob, EncryptionAlgorithm=algorithm)[0] == "ValidationException"
    assert refused(kms.encrypt, Plaintext=b"x", EncryptionContext=CONTEXT, **named)[0] == "ValidationException"


def test_what_others_encrypt_to_the_public_key_is_decrypted(keys: Any) -> None:
    key = keys.shared("RSA_3072")
    public = load_der_public_key(keys.kms.get_public_key(KeyId=key)["PublicKey"])
    blob = public.encrypt(b"from outside", padding.OAEP(padding.MGF1(SHA256()), SHA256(), None))  # type: ignore[union-attr]
    opened = keys.kms.decrypt(CiphertextBlob=blob, KeyId=key, EncryptionAlgorithm="RSAES_OAEP_SHA_256")
    assert opened["Plaintext"] == b"from outside"
    assert "KeyMaterialId" not in opened


def test_keys_are_used_for_what_they_were_made_for(keys: Any) -> None:
    kms = keys.kms
    signing = keys.shared("RSA_2048", "SIGN_VERIFY")
    mac, symmetric = keys.shared("HMAC_256", "GENERATE_VERIFY_MAC"), keys.shared()
    named = {"KeyId": symmetric, "Message": b"m"}
    for call, parameters in (
        (kms.encrypt, {"KeyId": signing, "Plaintext": b"x", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}),
        (kms.encrypt, {"KeyId": mac, "Plaintext": b"x"}),
        (kms.encrypt, {"KeyId": symmetric, "Plaintext": b"x", "EncryptionAlgorithm": "RSAES_OAEP_SHA_1"}),
        (kms.generate_data_key, {"KeyId": keys.shared("RSA_2048"), "KeySpec": "AES_256"}),
        (kms.sign, named | {"SigningAlgorithm": "ECDSA_SHA_256"}),
        (kms.generate_mac, named | {"MacAlgorithm": "HMAC_SHA_256"}),
        (kms.generate_mac, {"KeyId": mac, "Message": b"m", "MacAlgorithm": "HMAC_SHA_512"}),
        (kms.derive_shared_secret, {"KeyId": symmetric, "KeyAgreementAlgorithm": "ECDH", "PublicKey": b"x"}),
    ):
        assert refused(call, **parameters)[0] == "InvalidKeyUsageException"
    assert refused(kms.get_public_key, KeyId=symmetric)[0] == "UnsupportedOperationException"


def test_a_key_that_is_not_enabled_is_not_used(keys: Any) -> None:
    kms, key = keys.kms, keys.new()
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]

    def codes() -> set[str]:
        return {
            refused(kms.encrypt, KeyId=key, Plaintext=b"x")[0],
            refused(kms.decrypt, CiphertextBlob=blob)[0],
            refused(kms.generate_data_key, KeyId=key, KeySpec="AES_256")[0],
            refused(kms.re_encrypt, CiphertextBlob=blob, DestinationKeyId=keys.shared())[0],
        }

    kms.disable_key(KeyId=key)
    assert codes() == {"DisabledException"}
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert codes() == {"KMSInvalidStateException"}
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"
    waiting = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    code, message = refused(kms.encrypt, KeyId=waiting, Plaintext=b"x")
    assert (code, "pending import" in message) == ("KMSInvalidStateException", True)
    assert refused(kms.encrypt, KeyId="alias/none", Plaintext=b"x")[0] == "NotFoundException"


def test_material_from_before_a_rotation_still_decrypts(keys: Any) -> None:
    kms, key = keys.kms, keys.new()
    before = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    kms.rotate_key_on_demand(KeyId=key)
    after = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert before["KeyMaterialId"] != after["KeyMaterialId"]
    for each in (before, after):
        opened = kms.decrypt(CiphertextBlob=each["CiphertextBlob"])
        assert (opened["Plaintext"], opened["KeyMaterialId"]) == (each["Plaintext"], each["KeyMaterialId"])


@pytest.mark.parametrize(
    ("asked", "size"), [({"KeySpec": "AES_128"}, 16), ({"KeySpec": "AES_256"}, 32), ({"NumberOfBytes": 1024}, 1024)]
)
def test_data_keys(keys: Any, asked: dict[str, Any], size: int) -> None:
    kms, key = keys.kms, keys.shared()
    made = kms.generate_data_key(KeyId=key, EncryptionContext=CONTEXT, **asked)
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT)
    assert (len(made["Plaintext"]), made["Plaintext"]) == (size, opened["Plaintext"])
    hidden = kms.generate_data_key_without_plaintext(KeyId=key, **asked)
    assert "Plaintext" not in hidden
    assert len(kms.decrypt(CiphertextBlob=hidden["CiphertextBlob"])["Plaintext"]) == size


def test_a_data_key_has_one_size(keys: Any) -> None:
    for asked in ({}, {"KeySpec": "AES_128", "NumberOfBytes": 16}, {"NumberOfBytes": 1025}):
        assert refused(keys.kms.generate_data_key, KeyId=keys.shared(), **asked)[0] == "ValidationException"


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P384", "ECC_NIST_EDWARDS25519"])
def test_data_key_pairs(keys: Any, spec: str) -> None:
    kms, key = keys.kms, keys.shared()
    made = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec, EncryptionContext=CONTEXT)
    private = made["PrivateKeyPlaintext"]
    opened = kms.decrypt(CiphertextBlob=made["PrivateKeyCiphertextBlob"], EncryptionContext=CONTEXT)
    assert opened["Plaintext"] == private
    assert load_der_private_key(private, None).public_key() == load_der_public_key(made["PublicKey"])
    hidden = kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec=spec)
    assert "PrivateKeyPlaintext" not in hidden
    opened = kms.decrypt(CiphertextBlob=hidden["PrivateKeyCiphertextBlob"])
    assert load_der_private_key(opened["Plaintext"], None).public_key() == load_der_public_key(hidden["PublicKey"])


def test_random_bytes(keys: Any) -> None:
    kms = keys.kms
    first, second = (kms.generate_random(NumberOfBytes=1024)["Plaintext"] for _ in range(2))
    assert (len(first), first == second) == (1024, False)
    assert refused(kms.generate_random)[0] == "ValidationException"
    missing = refused(kms.generate_random, NumberOfBytes=1, CustomKeyStoreId="cks-1234567890abcdef0")
    assert missing[0] == "CustomKeyStoreNotFoundException"


def test_enclaves_are_not_believed(keys: Any) -> None:
    recipient = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"x"}
    code, message = refused(keys.kms.generate_random, NumberOfBytes=1, Recipient=recipient)
    assert (code, "Recipient" in message) == ("UnsupportedOperationException", True)


def test_re_encrypting_changes_key_and_context(keys: Any) -> None:
    kms, first, second, rsa = keys.kms, keys.shared(), keys.new(), keys.shared("RSA_2048")
    blob = kms.encrypt(KeyId=first, Plaintext=b"secret", EncryptionContext=CONTEXT)["CiphertextBlob"]
    moved = kms.re_encrypt(
        CiphertextBlob=blob,
        SourceEncryptionContext=CONTEXT,
        DestinationKeyId=second,
        DestinationEncryptionContext={"now": "other"},
    )
    assert (moved["SourceKeyId"], moved["KeyId"]) == (first, second)
    assert moved["SourceKeyMaterialId"] != moved["DestinationKeyMaterialId"]
    opened = kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"now": "other"}, KeyId=second)
    assert opened["Plaintext"] == b"secret"
    out = kms.re_encrypt(
        CiphertextBlob=moved["CiphertextBlob"],
        SourceEncryptionContext={"now": "other"},
        DestinationKeyId=rsa,
        DestinationEncryptionAlgorithm="RSAES_OAEP_SHA_256",
    )
    back = kms.re_encrypt(
        CiphertextBlob=out["CiphertextBlob"],
        SourceKeyId=rsa,
        SourceEncryptionAlgorithm="RSAES_OAEP_SHA_256",
        DestinationKeyId=first,
    )
    assert kms.decrypt(CiphertextBlob=back["CiphertextBlob"])["Plaintext"] == b"secret"
    large = kms.encrypt(KeyId=first, Plaintext=b"x" * 400)["CiphertextBlob"]
    narrow = {"DestinationKeyId": rsa, "DestinationEncryptionAlgorithm": "RSAES_OAEP_SHA_1"}
    assert refused(kms.re_encrypt, CiphertextBlob=large, **narrow)[0] == "ValidationException"
    assert refused(kms.re_encrypt, CiphertextBlob=blob, DestinationKeyId=second)[0] == "InvalidCiphertextException"


def test_re_encrypting_needs_both_keys(keys: Any) -> None:
    kms, other = keys.kms, keys.neighbour
    theirs = other.client("kms").create_key()["KeyMetadata"]["Arn"]
    ours = keys.open_to({"Principal": {"AWS": other.arn}, "Action": "kms:ReEncryptFrom"})
    blob = kms.encrypt(KeyId=ours, Plaintext=b"secret")["CiphertextBlob"]
    moved = other.client("kms").re_encrypt(CiphertextBlob=blob, SourceKeyId=ours, DestinationKeyId=theirs)
    assert other.client("kms").decrypt(CiphertextBlob=moved["CiphertextBlob"])["Plaintext"] == b"secret"
    for source, destination in (
        (moved["CiphertextBlob"], ours),
        (keys.kms.encrypt(KeyId=keys.shared(), Plaintext=b"x")["CiphertextBlob"], theirs),
    ):
        code, _ = refused(other.client("kms").re_encrypt, CiphertextBlob=source, DestinationKeyId=destination)
        assert code == "AccessDeniedException"


def test_another_account_uses_a_key_that_lets_it(keys: Any) -> None:
    other = keys.neighbour.client("kms")
    key = keys.open_to({"Principal": {"AWS": keys.neighbour.arn}, "Action": ["kms:Encrypt", "kms:Decrypt"]})
    blob = other.encrypt(KeyId=key, Plaintext=b"shared")["CiphertextBlob"]
    assert other.decrypt(CiphertextBlob=blob)["Plaintext"] == keys.kms.decrypt(CiphertextBlob=blob)["Plaintext"]
    assert refused(other.generate_data_key, KeyId=key, KeySpec="AES_256")[0] == "AccessDeniedException"
    assert refused(other.encrypt, KeyId=key.rpartition("/")[2], Plaintext=b"x")[0] == "NotFoundException"
    closed = keys.kms.encrypt(KeyId=keys.shared(), Plaintext=b"x")["CiphertextBlob"]
    assert refused(other.decrypt, CiphertextBlob=closed)[0] == "AccessDeniedException"


def test_policies_see_context_and_algorithm(keys: Any) -> None:
    allowed = {
        "Effect": "Allow",
        "Action": ["kms:Encrypt", "kms:Decrypt"],
        "Resource": "*",
        "Condition": {
            "StringEquals": {
                "kms:EncryptionContext:Department": "10103.0",
                "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
            }
        },
    }
    kms, key = keys.account.user("by-context", [allowed]).client("kms"), keys.shared()
    blob = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=CONTEXT)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"] == b"x"
    assert refused(kms.encrypt, KeyId=key, Plaintext=b"x")[0] == "AccessDeniedException"
    assert (
        refused(kms.decrypt, CiphertextBlob=blob, EncryptionContext={"Department": "1"})[0] == "AccessDeniedException"
    )


def test_a_dry_run_asks_everything_and_does_nothing(keys: Any) -> None:
    kms, key, stranger = keys.kms, keys.shared(), keys.account.user("stranger").client("kms")
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    dry = {"DryRun": True}
    ignoring = dry | {"DryRunModifiers": ["IGNORE_CIPHERTEXT"]}
    for name, parameters in {
        "encrypt": {"KeyId": key, "Plaintext": b"x"} | dry,
        "decrypt": {"CiphertextBlob": blob} | dry,
        "generate_data_key": {"KeyId": key, "KeySpec": "AES_256"} | dry,
        "generate_data_key_pair": {"KeyId": key, "KeyPairSpec": "RSA_2048"} | dry,
        "re_encrypt": {"CiphertextBlob": blob, "DestinationKeyId": key} | dry,
        "generate_mac": {
            "KeyId": keys.shared("HMAC_256", "GENERATE_VERIFY_MAC"),
            "Message": b"m",
            "MacAlgorithm": "HMAC_SHA_256",
        }
        | dry,
    }.items():
        assert refused(getattr(kms, name), **parameters)[0] == "DryRunOperationException"
        assert refused(getattr(stranger, name), **parameters)[0] == "AccessDeniedException"
    assert refused(kms.decrypt, KeyId=key, **ignoring)[0] == "DryRunOperationException"
    assert refused(kms.re_encrypt, SourceKeyId=key, DestinationKeyId=key, **ignoring)[0] == "DryRunOperationException"
    assert (
        refused(kms.decrypt, CiphertextBlob=blob, EncryptionContext=CONTEXT, **dry)[0] == "InvalidCiphertextException"
    )
    assert refused(kms.decrypt, KeyId=key)[0] == "ValidationException"


def test_uses_are_recorded_without_what_they_protect(keys: Any) -> None:
    kms, key, since = keys.kms, keys.new(), keys.account.position()
    blob = kms.encrypt(KeyId=key, Plaintext=b"PLAINTEXT", EncryptionContext=CONTEXT)["CiphertextBlob"]
    kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
    made = kms.generate_data_key(KeyId=key, NumberOfBytes=64)
    kms.re_encrypt(CiphertextBlob=made["CiphertextBlob"], DestinationKeyId=keys.shared())
    shown = {"encryptionContext": CONTEXT, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}
    encrypted, decrypted, generated, moved = keys.account.events(since=since)
    assert encrypted["requestParameters"] == {"keyId": key} | shown
    assert decrypted["requestParameters"] == shown
    assert generated["requestParameters"] == {"keyId": key, "numberOfBytes": 64}
    for event in (encrypted, decrypted, generated):
        assert event["resources"] == [{"ARN": key, "accountId": keys.account.account_id, "type": "AWS::KMS::Key"}]
        assert event["responseElements"] is None
        assert event["additionalEventData"]["keyMaterialId"] == made["KeyMaterialId"]
        assert (event["readOnly"], event["managementEvent"]) == (True, True)
    assert [each["ARN"] for each in moved["resources"]] == [key, keys.shared()]
    whole = json.dumps([encrypted, decrypted, generated, moved])
    assert "PLAINTEXT" not in whole
    assert "UExBSU5URVhU" not in whole


def test_opened_material_does_not_stay_for_ever() -> None:
    key, began = SoftwareKeyStore().open(SPECS["HMAC_256"], b"k" * 32), datetime(2026, 1, 1, tzinfo=UTC)
    ring: KeptOpen[str, Any] = KeptOpen(most=2, longest=timedelta(minutes=10))
    ring.put("first", began, key)
    assert ring.get("first", began + timedelta(minutes=9)) is key
    assert ring.get("first", began + timedelta(minutes=10)) is None
    for name in ("second", "third"):
        ring.put(name, began, key)
    assert [name for name in ("first", "second", "third") if ring.get(name, began)] == ["second", "third"]
    ring.put("fourth", began + timedelta(minutes=11), key)
    assert ring.get("third", began) is None
