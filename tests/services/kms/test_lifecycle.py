"""What becomes of keys by the clock: disabled, deleted, rotated, their imported material gone and back."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_public_key

from ..refusals import refused
from .conftest import eventually


@pytest.fixture
def kms(garrison_module: Any) -> Any:
    return garrison_module.client("kms")


def test_a_key_is_disabled_and_enabled(kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=key)
    shown = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (shown["Enabled"], shown["KeyState"]) == (False, "Disabled")
    assert (
        refused(kms.create_grant, KeyId=key, GranteePrincipal="arn:aws:iam::111122223333:root", Operations=["Decrypt"])[
            0
        ]
        == "DisabledException"
    )
    kms.enable_key(KeyId=key)
    kms.update_key_description(KeyId=key, Description="new")
    shown = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (shown["KeyState"], shown["Description"]) == ("Enabled", "new")
    kms.create_alias(AliasName="alias/by-id-only", TargetKeyId=key)
    assert refused(kms.enable_key, KeyId="alias/by-id-only")[0] == "NotFoundException"


def test_a_key_waits_and_is_deleted_with_all_that_hangs_on_it(garrison_module: Any, kms: Any) -> None:
    made = kms.create_key()["KeyMetadata"]
    key, account = made["KeyId"], garrison_module.account_id
    kms.create_alias(AliasName="alias/doomed", TargetKeyId=key)
    root = f"arn:aws:iam::{account}:root"
    kms.create_grant(KeyId=key, GranteePrincipal=root, RetiringPrincipal=root, Operations=["Decrypt"])
    for days in (6, 31):
        assert refused(kms.schedule_key_deletion, KeyId=key, PendingWindowInDays=days)[0] == "ValidationException"
    assert refused(kms.cancel_key_deletion, KeyId=key)[0] == "KMSInvalidStateException"
    kms.schedule_key_deletion(KeyId=key)
    assert kms.cancel_key_deletion(KeyId=key)["KeyId"] == made["Arn"]
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    answer = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert (answer["KeyState"], answer["PendingWindowInDays"]) == ("PendingDeletion", 7)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["DeletionDate"] == answer["DeletionDate"]
    for operation, more in (
        (kms.schedule_key_deletion, {}),
        (kms.enable_key, {}),
        (kms.tag_resource, {"Tags": [{"TagKey": "a", "TagValue": "b"}]}),
        (kms.update_key_description, {"Description": "x"}),
    ):
        assert refused(operation, KeyId=key, **more) == (
            "KMSInvalidStateException",
            f"{made['Arn']} is pending deletion.",
        )
    assert refused(kms.create_alias, AliasName="alias/late", TargetKeyId=key)[0] == "KMSInvalidStateException"
    garrison_module.clock.shift(timedelta(days=7, minutes=1))
    eventually(lambda: key not in {each["KeyId"] for each in kms.list_keys()["Keys"]})
    assert refused(kms.describe_key, KeyId=key)[0] == "NotFoundException"
    assert "alias/doomed" not in {each["AliasName"] for each in kms.list_aliases()["Aliases"]}
    assert kms.list_retirable_grants(RetiringPrincipal=root)["Grants"] == []
    [event] = [event for event in garrison_module.events("DeleteKey") if key in str(event)]
    assert (event["eventType"], event["resources"][0]["ARN"]) == ("AwsServiceEvent", made["Arn"])


def test_rotated_keys_still_decrypt_what_came_before(garrison_module: Any, kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]
    arn, first = key["Arn"], key["CurrentKeyMaterialId"]
    before = kms.encrypt(KeyId=arn, Plaintext=b"old")["CiphertextBlob"]
    kms.enable_key_rotation(KeyId=arn, RotationPeriodInDays=90)
    status = kms.get_key_rotation_status(KeyId=arn)
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 90)
    assert kms.rotate_key_on_demand(KeyId=arn)["KeyId"] == key["KeyId"]
    [event] = [event for event in garrison_module.events("RotateKey") if arn in str(event)]
    assert event["serviceEventDetails"]["previousKeyMaterialId"] == first
    second = kms.describe_key(KeyId=arn)["KeyMetadata"]["CurrentKeyMaterialId"]
    assert kms.get_key_rotation_status(KeyId=arn)["NextRotationDate"] == status["NextRotationDate"]
    garrison_module.clock.shift(timedelta(days=91))
    rotations = eventually(lambda: len(found := kms.list_key_rotations(KeyId=arn)["Rotations"]) == 2 and found)
    assert [each["RotationType"] for each in rotations] == ["ON_DEMAND", "AUTOMATIC"]
    assert [each["KeyMaterialState"] for each in rotations] == ["NON_CURRENT", "CURRENT"]
    everything = kms.list_key_rotations(KeyId=arn, IncludeKeyMaterial="ALL_KEY_MATERIAL", Limit=2)
    assert [each["KeyMaterialId"] for each in everything["Rotations"]] == [first, second]
    assert kms.decrypt(CiphertextBlob=before)["Plaintext"] == b"old"
    assert kms.get_key_rotation_status(KeyId=arn)["NextRotationDate"] > status["NextRotationDate"]
    kms.disable_key(KeyId=arn)
    assert refused(kms.enable_key_rotation, KeyId=arn)[0] == "DisabledException"
    garrison_module.clock.shift(timedelta(days=100))
    kms.enable_key(KeyId=arn)
    eventually(lambda: len(kms.list_key_rotations(KeyId=arn)["Rotations"]) == 3)
    kms.disable_key_rotation(KeyId=arn)
    assert kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"] is False
    for _ in range(24):
        kms.rotate_key_on_demand(KeyId=arn)
    assert refused(kms.rotate_key_on_demand, KeyId=arn)[0] == "LimitExceededException"
    assert refused(kms.enable_key_rotation, KeyId=arn, RotationPeriodInDays=2561)[0] == "ValidationException"
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    for operation in (kms.enable_key_rotation, kms.rotate_key_on_demand, kms.get_key_rotation_status):
        assert refused(operation, KeyId=signing)[0] == "UnsupportedOperationException"


def wrapped(kms: Any, key: str, material: bytes, spec: str = "RSA_2048") -> dict[str, Any]:
    """What ImportKeyMaterial takes: the material, wrapped in two steps."""
    given = kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm="RSA_AES_KEY_WRAP_SHA_256", WrappingKeySpec=spec)
    public, between = load_der_public_key(given["PublicKey"]), secrets.token_bytes(32)
    assert isinstance(public, rsa.RSAPublicKey)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    text = public.encrypt(between, oaep) + aes_key_wrap_with_padding(between, material)
    return {"KeyId": key, "ImportToken": given["ImportToken"], "EncryptedKeyMaterial": text}


NEVER = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}


def test_imported_material_expires_and_comes_back_only_as_the_same(garrison_module: Any, kms: Any) -> None:
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]
    assert key["KeyState"] == "PendingImport"
    arn, material, clock = key["Arn"], secrets.token_bytes(32), garrison_module.clock
    asked = wrapped(kms, arn, material)
    for wrong in ({}, {"ValidTo": clock.now() + timedelta(days=366)}, NEVER | {"ValidTo": clock.now()}):
        assert refused(kms.import_key_material, **asked, **wrong)[0] == "ValidationException"
    first = kms.import_key_material(**asked, ValidTo=clock.now() + timedelta(days=10))["KeyMaterialId"]
    shown = kms.describe_key(KeyId=arn)["KeyMetadata"]
    assert (shown["KeyState"], shown["ExpirationModel"]) == ("Enabled", "KEY_MATERIAL_EXPIRES")
    assert shown["CurrentKeyMaterialId"] == first
    text = kms.encrypt(KeyId=arn, Plaintext=b"kept")["CiphertextBlob"]
    clock.shift(timedelta(days=11))
    assert refused(kms.decrypt, CiphertextBlob=text)[0] == "KMSInvalidStateException"
    eventually(lambda: kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "PendingImport")
    assert [event for event in garrison_module.events("DeleteExpiredKeyMaterial") if arn in str(event)]
    assert refused(kms.import_key_material, **asked, **NEVER)[0] == "ExpiredImportTokenException"
    other = wrapped(kms, arn, secrets.token_bytes(32))
    assert refused(kms.import_key_material, **other, **NEVER)[0] == "IncorrectKeyMaterialException"
    kms.import_key_material(**wrapped(kms, arn, material), **NEVER, KeyMaterialId=first)
    assert kms.decrypt(CiphertextBlob=text)["Plaintext"] == b"kept"
    assert kms.delete_imported_key_material(KeyId=arn)["KeyMaterialId"] == first
    assert refused(kms.encrypt, KeyId=arn, Plaintext=b"x")[0] == "KMSInvalidStateException"


def test_a_key_with_imported_material_is_rotated_to_other_imported_material(kms: Any) -> None:
    arn = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["Arn"]
    one, two = secrets.token_bytes(32), secrets.token_bytes(32)
    first = kms.import_key_material(**wrapped(kms, arn, one), **NEVER)["KeyMaterialId"]
    old = kms.encrypt(KeyId=arn, Plaintext=b"old")["CiphertextBlob"]
    assert refused(kms.rotate_key_on_demand, KeyId=arn)[0] == "KMSInvalidStateException"
    new = wrapped(kms, arn, two) | NEVER | {"ImportType": "NEW_KEY_MATERIAL", "KeyMaterialDescription": "second"}
    second = kms.import_key_material(**new)["KeyMaterialId"]
    listed = kms.list_key_rotations(KeyId=arn, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
    assert [each["KeyMaterialState"] for each in listed] == ["CURRENT", "PENDING_ROTATION"]
    kms.delete_imported_key_material(KeyId=arn, KeyMaterialId=second)
    assert kms.import_key_material(**new)["KeyMaterialId"] == second
    kms.rotate_key_on_demand(KeyId=arn)
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["CurrentKeyMaterialId"] == second
    assert kms.decrypt(CiphertextBlob=old)["Plaintext"] == b"old"
    kms.delete_imported_key_material(KeyId=arn, KeyMaterialId=first)
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "PendingImport"
    kms.import_key_material(**wrapped(kms, arn, one), **NEVER)
    assert kms.decrypt(CiphertextBlob=old)["Plaintext"] == b"old"


def test_pairs_and_hmac_keys_take_their_own_material_only(kms: Any) -> None:
    signing = kms.create_key(Origin="EXTERNAL", KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    pair = ec.generate_private_key(ec.SECP256R1())
    der = pair.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    kms.import_key_material(**wrapped(kms, signing, der), **NEVER)
    assert load_der_public_key(kms.get_public_key(KeyId=signing)["PublicKey"]) == pair.public_key()
    mac = kms.create_key(Origin="EXTERNAL", KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    for wrong in (b"short", der):
        assert (
            refused(kms.import_key_material, **wrapped(kms, mac, wrong), **NEVER)[0] == "IncorrectKeyMaterialException"
        )
    asked = wrapped(kms, mac, secrets.token_bytes(32))
    assert refused(kms.import_key_material, **asked | {"KeyId": signing}, **NEVER)[0] == "InvalidImportTokenException"
    for member, code in (
        ("EncryptedKeyMaterial", "InvalidCiphertextException"),
        ("ImportToken", "InvalidImportTokenException"),
    ):
        broken = bytes([asked[member][0] ^ 1]) + asked[member][1:]
        assert refused(kms.import_key_material, **asked | {member: broken}, **NEVER)[0] == code
    assert refused(kms.import_key_material, **asked, **NEVER, ImportType="NEW_KEY_MATERIAL")[0] == "ValidationException"
    own = kms.create_key()["KeyMetadata"]["KeyId"]
    parameters = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    assert refused(kms.get_parameters_for_import, KeyId=own, **parameters)[0] == "UnsupportedOperationException"
    assert refused(kms.delete_imported_key_material, KeyId=own)[0] == "UnsupportedOperationException"
