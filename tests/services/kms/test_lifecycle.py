"""What becomes of keys: disabled, waiting for deletion, deleted by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

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
