"""What is locked cannot be deleted: not by its owner, not before its time, and in compliance mode by nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from garrison.testing import Account

Refused = Callable[..., tuple[str, int]]


@pytest.fixture
def locked(s3: Any, bucket: str) -> str:
    name = f"{bucket}-locked"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def later(**by: float) -> datetime:
    return (datetime.now(UTC) + timedelta(**by)).replace(microsecond=0)


def test_compliance_lets_nobody_delete(s3: Any, locked: str, refused: Refused) -> None:
    place = {"Bucket": locked, "Key": "k"}
    until = later(days=2)
    made = s3.put_object(**place, Body=b"1", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until)
    version = {**place, "VersionId": made["VersionId"]}
    assert s3.head_object(**place)["ObjectLockMode"] == "COMPLIANCE"
    assert refused(s3.delete_object, **version) == ("AccessDenied", 403)
    assert refused(s3.delete_object, **version, BypassGovernanceRetention=True) == ("AccessDenied", 403)
    shorter = {"Mode": "COMPLIANCE", "RetainUntilDate": later(days=1)}
    assert refused(s3.put_object_retention, **version, Retention=shorter) == ("AccessDenied", 403)
    s3.put_object_retention(**version, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": later(days=3)})
    assert s3.get_object_retention(**version)["Retention"]["RetainUntilDate"] == pytest.approx(
        later(days=3), abs=timedelta(seconds=5)
    )
    s3.delete_object(**place)  # a marker deletes nothing
    answer = s3.delete_objects(Bucket=locked, Delete={"Objects": [{"Key": "k", "VersionId": made["VersionId"]}]})
    assert answer["Errors"][0]["Code"] == "AccessDenied"


def test_governance_can_be_bypassed_by_who_may(
    garrison_module: Account, s3: Any, locked: str, refused: Refused
) -> None:
    s3.put_object_lock_configuration(
        Bucket=locked,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
    )
    version = s3.put_object(Bucket=locked, Key="k", Body=b"1")["VersionId"]
    place = {"Bucket": locked, "Key": "k", "VersionId": version}
    assert s3.get_object_retention(**place)["Retention"]["Mode"] == "GOVERNANCE"
    assert refused(s3.delete_object, **place) == ("AccessDenied", 403)
    plain = garrison_module.user(
        f"{locked}-cleaner", [{"Effect": "Allow", "Action": "s3:DeleteObject*", "Resource": "*"}]
    )
    assert refused(plain.client("s3").delete_object, **place, BypassGovernanceRetention=True) == ("AccessDenied", 403)
    s3.delete_object(**place, BypassGovernanceRetention=True)


def test_a_legal_hold_stands_until_it_is_taken_off(s3: Any, locked: str, refused: Refused) -> None:
    version = s3.put_object(Bucket=locked, Key="k", Body=b"1", ObjectLockLegalHoldStatus="ON")["VersionId"]
    place = {"Bucket": locked, "Key": "k", "VersionId": version}
    assert s3.get_object_legal_hold(**place)["LegalHold"]["Status"] == "ON"
    assert refused(s3.delete_object, **place, BypassGovernanceRetention=True) == ("AccessDenied", 403)
    s3.put_object_legal_hold(**place, LegalHold={"Status": "OFF"})
    s3.delete_object(**place)


@pytest.mark.garrison
def test_retention_ends_by_the_accounts_clock(garrison: Account, refused: Refused) -> None:
    s3 = garrison.client("s3")
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    made = s3.put_object(
        Bucket="locked", Key="k", Body=b"1", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=later(hours=1)
    )
    place = {"Bucket": "locked", "Key": "k", "VersionId": made["VersionId"]}
    assert refused(s3.delete_object, **place) == ("AccessDenied", 403)
    garrison.clock.shift(timedelta(hours=2))
    s3.delete_object(**place)


def test_locks_need_a_bucket_that_locks(s3: Any, bucket: str, locked: str, refused: Refused) -> None:
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": later(days=1)}
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"", **lock) == ("InvalidRequest", 400)
    past = lock | {"ObjectLockRetainUntilDate": later(days=-1)}
    assert refused(s3.put_object, Bucket=locked, Key="k", Body=b"", **past) == ("InvalidArgument", 400)
    assert refused(s3.get_object_lock_configuration, Bucket=bucket)[0] == "ObjectLockConfigurationNotFoundError"
    suspended = {"Status": "Suspended"}
    assert (
        refused(s3.put_bucket_versioning, Bucket=locked, VersioningConfiguration=suspended)[0] == "InvalidBucketState"
    )
