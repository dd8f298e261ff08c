"""KMS keys: used, rotated, granted, disabled, and one that is about to go."""

from __future__ import annotations

from typing import Any

from garrison.cli.demo.stage import Stage

_ORDERS = 12


def keys(stage: Stage) -> str:
    """Make them, and use them as an application does."""
    orders = _key(stage, "orders", "What the shop's orders are encrypted with")
    _use(stage, orders)
    _grant(stage, orders)
    signing = _key(stage, "invoices", "Signs invoices", KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    for number in range(3):
        stage.call(
            "kms",
            "Sign",
            KeyId=signing,
            Message=b"invoice %d" % number,
            MessageType="RAW",
            SigningAlgorithm="ECDSA_SHA_256",
        )
    archive = _key(stage, "archive-2024", "Nobody uses it any more")
    stage.call("kms", "DisableKey", KeyId=archive)
    going = _key(stage, "old-tokens", "About to go")
    stage.call("kms", "ScheduleKeyDeletion", KeyId=going, PendingWindowInDays=30)
    return f"4 keys: one rotated, granted and used {2 * _ORDERS} times, one that signs, one disabled, one about to go"


def _key(stage: Stage, alias: str, about: str, **more: Any) -> str:
    """A key with an alias; gives its ARN. It is taken away after the shortest waiting period that there is."""
    tags = [{"TagKey": "team", "TagValue": "shop"}]
    made: dict[str, str] = stage.call("kms", "CreateKey", Description=about, Tags=tags, **more)["KeyMetadata"]
    key, name = made["KeyId"], f"alias/{alias}"
    away = ("kms", "ScheduleKeyDeletion", {"KeyId": key, "PendingWindowInDays": 7})
    stage.made.add("key", key, ("kms", "DeleteAlias", {"AliasName": name}), away)
    stage.call("kms", "CreateAlias", AliasName=name, TargetKeyId=key)
    return made["Arn"]


def _use(stage: Stage, key: str) -> None:
    stage.call("kms", "EnableKeyRotation", KeyId=key, RotationPeriodInDays=180)
    developer = stage.people["carol"]
    for number in range(_ORDERS):
        context = {"order": str(number)}
        sealed = developer.call("kms", "Encrypt", KeyId=key, Plaintext=b"card %d" % number, EncryptionContext=context)
        developer.call("kms", "Decrypt", CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)
        if number == _ORDERS // 2:
            stage.call("kms", "RotateKeyOnDemand", KeyId=key)
    stage.people["ci-deploy"].refused("kms", "Decrypt", CiphertextBlob=sealed["CiphertextBlob"], KeyId=key)


def _grant(stage: Stage, key: str) -> None:
    for role, operations in {"shop-backend": ["Encrypt", "GenerateDataKey"], "shop-worker": ["Decrypt"]}.items():
        grantee = f"arn:aws:iam::{stage.account}:role/{role}"
        stage.call("kms", "CreateGrant", KeyId=key, GranteePrincipal=grantee, Operations=operations, Name=role)
