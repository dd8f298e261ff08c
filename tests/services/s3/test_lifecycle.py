"""Lifecycle rules through the front door: kept as they were put, refused where they mean nothing, followed by the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from garrison.testing import Account

Refused = Callable[..., tuple[str, int]]
DAY = timedelta(days=1)


def put(s3: Any, bucket: str, *rules: dict[str, Any]) -> None:
    given = [{"Status": "Enabled", "Filter": {"Prefix": ""}} | rule for rule in rules]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": given})


def wait(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline, "nothing expired"
        time.sleep(0.1)


def test_rules_are_kept_and_go(s3: Any, bucket: str, refused: Refused) -> None:
    assert refused(s3.get_bucket_lifecycle_configuration, Bucket=bucket) == ("NoSuchLifecycleConfiguration", 404)
    date = datetime(2030, 1, 1, tzinfo=UTC)
    put(s3, bucket, {"ID": "a", "Expiration": {"Date": date}}, {"NoncurrentVersionExpiration": {"NoncurrentDays": 3}})
    first, second = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert (first["ID"], first["Expiration"]["Date"], first["Filter"]) == ("a", date, {"Prefix": ""})
    assert second["ID"]
    minimum = {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class"}
    kept = {"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=kept, **minimum)
    assert minimum.items() <= s3.get_bucket_lifecycle_configuration(Bucket=bucket).items()
    s3.delete_bucket_lifecycle(Bucket=bucket)
    assert refused(s3.get_bucket_lifecycle_configuration, Bucket=bucket) == ("NoSuchLifecycleConfiguration", 404)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({}, "InvalidRequest"),
        ({"Expiration": {"Days": 0}}, "InvalidArgument"),
        ({"Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}}, "MalformedXML"),
        ({"Expiration": {"Date": datetime(2030, 1, 1, 1, tzinfo=UTC)}}, "InvalidArgument"),
        ({"Expiration": {"Days": 1}, "ID": "x" * 256}, "InvalidArgument"),
        ({"Expiration": {"Days": 1}, "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}, "NotImplemented"),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": 101}}, "InvalidArgument"),
        (
            {
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                "Filter": {"Tag": {"Key": "a", "Value": "b"}},
            },
            "InvalidRequest",
        ),
        ({"Expiration": {"Days": 1}, "Filter": {"And": {"Prefix": "a"}}}, "MalformedXML"),
        (
            {
                "Expiration": {"Days": 1},
                "Filter": {"And": {"ObjectSizeGreaterThan": 9, "ObjectSizeLessThan": 9}},
            },
            "InvalidRequest",
        ),
    ],
)
def test_rules_that_mean_nothing_are_refused(
    s3: Any, bucket: str, refused: Refused, rule: dict[str, Any], code: str
) -> None:
    given = {"Status": "Enabled", "Filter": {"Prefix": ""}} | rule
    assert refused(s3.put_bucket_lifecycle_configuration, Bucket=bucket, LifecycleConfiguration={"Rules": [given]}) == (
        code,
        501 if code == "NotImplemented" else 400,
    )


def test_ids_are_unique(s3: Any, bucket: str, refused: Refused) -> None:
    same = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    refusal = refused(
        s3.put_bucket_lifecycle_configuration, Bucket=bucket, LifecycleConfiguration={"Rules": [same, same]}
    )
    assert refusal == ("InvalidArgument", 400)


def test_answers_say_when_an_object_expires(s3: Any, bucket: str) -> None:
    put(s3, bucket, {"ID": "soon & sure", "Expiration": {"Days": 3}, "Filter": {"Prefix": "logs/"}})
    said = s3.put_object(Bucket=bucket, Key="logs/a", Body=b"x")["Expiration"]
    assert said.endswith('00:00:00 GMT", rule-id="soon%20%26%20sure"')
    assert s3.head_object(Bucket=bucket, Key="logs/a")["Expiration"] == said
    assert "Expiration" not in s3.put_object(Bucket=bucket, Key="other", Body=b"x")


def test_the_clock_brings_objects_versions_and_uploads_to_their_end(garrison: Account) -> None:
    s3 = garrison.client("s3")
    for name in ("plain", "versioned", "locked"):
        s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=name == "locked")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    for key in ("logs/old", "kept"):
        s3.put_object(Bucket="plain", Key=key, Body=b"x")
    s3.create_multipart_upload(Bucket="plain", Key="never")
    s3.put_object(Bucket="versioned", Key="k", Body=b"1")
    s3.put_object(Bucket="versioned", Key="k", Body=b"2")
    until = garrison.clock.now() + 400 * DAY
    s3.put_object(Bucket="locked", Key="k", Body=b"1", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until)
    s3.put_object(Bucket="locked", Key="k", Body=b"2")
    put(
        s3,
        "plain",
        {"Expiration": {"Days": 10}, "Filter": {"Prefix": "logs/"}},
        {"ID": "parts", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 5}},
    )
    put(s3, "versioned", {"Expiration": {"Days": 10}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}})
    put(s3, "locked", {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}})

    garrison.clock.shift(12 * DAY)
    wait(lambda: [each["Key"] for each in s3.list_objects_v2(Bucket="plain")["Contents"]] == ["kept"])
    wait(lambda: "Uploads" not in s3.list_multipart_uploads(Bucket="plain"))
    wait(lambda: len(s3.list_object_versions(Bucket="versioned").get("Versions", [])) == 1)
    assert len(s3.list_object_versions(Bucket="versioned")["DeleteMarkers"]) == 1

    garrison.clock.shift(
        3 * DAY
    )  # the hidden version is noncurrent since the marker came, and then the marker hides nothing
    wait(lambda: "Versions" not in s3.list_object_versions(Bucket="versioned"))
    garrison.clock.shift(12 * DAY)
    wait(lambda: "DeleteMarkers" not in s3.list_object_versions(Bucket="versioned"))
    assert len(s3.list_object_versions(Bucket="locked")["Versions"]) == 2

    told = [event["serviceEventDetails"] for event in garrison.events("LifecycleExpiration")]
    actions = [(each["bucketName"], one["key"], one["action"]) for each in told for one in each["actions"]]
    assert sorted(actions) == [
        ("plain", "logs/old", "Delete"),
        ("plain", "never", "AbortUpload"),
        ("versioned", "k", "Delete"),
        ("versioned", "k", "Delete"),
        ("versioned", "k", "Delete"),
        ("versioned", "k", "DeleteMarkerCreated"),
    ]
