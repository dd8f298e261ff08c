"""Keys and aliases by their API: made, described, listed, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from garrison.testing import allow

from ..refusals import refused


def test_a_key_is_made_described_and_listed(keys: Any, kms: Any) -> None:
    made = kms.create_key(Description="first", Tags=[{"TagKey": "team", "TagValue": "red"}])["KeyMetadata"]
    assert (made["KeyState"], made["KeySpec"], made["KeyUsage"]) == ("Enabled", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
    assert made["EncryptionAlgorithms"] == ["SYMMETRIC_DEFAULT"]
    assert len(made["CurrentKeyMaterialId"]) == 64
    kms.create_alias(AliasName="alias/first", TargetKeyId=made["KeyId"])
    alias_arn = made["Arn"].replace("key/" + made["KeyId"], "alias/first")
    for name in (made["KeyId"], made["Arn"], "alias/first", alias_arn):
        assert kms.describe_key(KeyId=name)["KeyMetadata"]["Arn"] == made["Arn"]
    assert {"KeyId": made["KeyId"], "KeyArn": made["Arn"]} in kms.list_keys()["Keys"]
    [alias] = kms.list_aliases(KeyId=made["Arn"])["Aliases"]
    assert (alias["AliasName"], alias["TargetKeyId"]) == ("alias/first", made["KeyId"])


@pytest.mark.parametrize(
    ("spec", "usage", "member"),
    [
        ("RSA_2048", "SIGN_VERIFY", "SigningAlgorithms"),
        ("RSA_2048", "ENCRYPT_DECRYPT", "EncryptionAlgorithms"),
        ("ECC_NIST_P256", "KEY_AGREEMENT", "KeyAgreementAlgorithms"),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY", "SigningAlgorithms"),
        ("HMAC_512", "GENERATE_VERIFY_MAC", "MacAlgorithms"),
    ],
)
def test_every_kind_of_key_tells_its_algorithms(kms: Any, spec: str, usage: str, member: str) -> None:
    made = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]
    assert made[member]
    assert "CurrentKeyMaterialId" not in made


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"KeySpec": "RSA_2048"}, "ValidationException"),
        ({"KeySpec": "HMAC_256", "KeyUsage": "SIGN_VERIFY"}, "ValidationException"),
        (
            {"KeySpec": "RSA_2048", "CustomerMasterKeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"},
            "ValidationException",
        ),
        ({"KeySpec": "nonsense"}, "ValidationException"),
        ({"KeySpec": "ECC_SECG_P256K1", "KeyUsage": "SIGN_VERIFY"}, "UnsupportedOperationException"),
        ({"MultiRegion": True}, "UnsupportedOperationException"),
        ({"Origin": "EXTERNAL_KEY_STORE", "XksKeyId": "x"}, "UnsupportedOperationException"),
        ({"Origin": "AWS_CLOUDHSM"}, "ValidationException"),
        ({"Origin": "AWS_CLOUDHSM", "CustomKeyStoreId": "cks-1234567890abcdef0"}, "CustomKeyStoreNotFoundException"),
        ({"Tags": [{"TagKey": "aws:x", "TagValue": ""}]}, "TagException"),
        ({"Tags": [{"TagKey": "x", "TagValue": ""}] * 2}, "TagException"),
        ({"Policy": "{}"}, "MalformedPolicyDocumentException"),
        ({"Policy": "x" * 33_000}, "LimitExceededException"),
    ],
)
def test_keys_that_are_not_made(kms: Any, asked: dict[str, Any], code: str) -> None:
    assert refused(kms.create_key, **asked)[0] == code


def test_a_policy_may_not_lock_its_maker_out(keys: Any, kms: Any) -> None:
    def policy(principal: str) -> str:
        statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    other = keys.account.user("locksmith", [allow("kms:*")])
    assert refused(kms.create_key, Policy=policy(other.arn)) == (
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
    )
    made = kms.create_key(Policy=policy(other.arn), BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]
    assert refused(kms.describe_key, KeyId=made["KeyId"])[0] == "AccessDeniedException"
    assert other.client("kms").describe_key(KeyId=made["KeyId"])["KeyMetadata"]["Arn"] == made["Arn"]
    nobody = f"arn:aws:iam::{keys.account.account_id}:user/nobody"
    assert "invalid principals" in refused(kms.create_key, Policy=policy(nobody))[1]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("no-uuid", "NotFoundException"),
        ("alias/nothing", "NotFoundException"),
        ("00000000-0000-0000-0000-000000000000", "NotFoundException"),
        ("arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000", "NotFoundException"),
        ("arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000", "NotFoundException"),
        ("arn:aws:s3:::bucket", "InvalidArnException"),
        ("arn:aws:kms:us-east-1:111122223333:nothing/x", "InvalidArnException"),
    ],
)
def test_identifiers_that_mean_no_key(kms: Any, name: str, code: str) -> None:
    assert refused(kms.describe_key, KeyId=name)[0] == code


def test_aliases_are_names_that_can_be_pointed_elsewhere(kms: Any) -> None:
    one, two = (kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/moving", TargetKeyId=one)
    assert refused(kms.create_alias, AliasName="alias/moving", TargetKeyId=two)[0] == "AlreadyExistsException"
    kms.update_alias(AliasName="alias/moving", TargetKeyId=two)
    assert kms.describe_key(KeyId="alias/moving")["KeyMetadata"]["KeyId"] == two
    assert refused(kms.update_alias, AliasName="alias/moving", TargetKeyId=signing)[0] == "ValidationException"
    assert refused(kms.create_alias, AliasName="alias/a", TargetKeyId="alias/moving")[0] == "NotFoundException"
    for name, code in (("plain", "ValidationException"), ("alias/a:b", "ValidationException")):
        assert refused(kms.create_alias, AliasName=name, TargetKeyId=one)[0] == code
    assert refused(kms.create_alias, AliasName="alias/aws/mine", TargetKeyId=one)[0] == "NotAuthorizedException"
    kms.delete_alias(AliasName="alias/moving")
    assert refused(kms.delete_alias, AliasName="alias/moving")[0] == "NotFoundException"


def test_listings_have_pages(kms: Any) -> None:
    first = kms.list_keys(Limit=2)
    assert (first["Truncated"], len(first["Keys"])) == (True, 2)
    everything = kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 3}).build_full_result()["Keys"]
    assert len({key["KeyId"] for key in everything}) == len(everything) >= 9
    assert refused(kms.list_keys, Marker="nonsense")[0] == "InvalidMarkerException"
