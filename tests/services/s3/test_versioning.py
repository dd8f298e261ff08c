"""Versions pile up, are hidden by markers, and go one by one; suspended versioning keeps a single null version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., tuple[str, int]]


def put(s3: Any, bucket: str, key: str, body: bytes) -> str:
    return str(s3.put_object(Bucket=bucket, Key=key, Body=body)["VersionId"])


def test_every_version_stays(s3: Any, versioned: str, refused: Refused) -> None:
    first, second = put(s3, versioned, "k", b"1"), put(s3, versioned, "k", b"2")
    assert s3.get_object(Bucket=versioned, Key="k")["Body"].read() == b"2"
    assert s3.get_object(Bucket=versioned, Key="k", VersionId=first)["Body"].read() == b"1"
    assert refused(s3.get_object, Bucket=versioned, Key="k", VersionId="unknown") == ("NoSuchVersion", 404)
    found = s3.list_object_versions(Bucket=versioned)["Versions"]
    assert [(each["VersionId"], each["IsLatest"]) for each in found] == [(second, True), (first, False)]
    assert s3.get_bucket_versioning(Bucket=versioned)["Status"] == "Enabled"


def test_a_delete_marker_hides_and_going_shows_again(s3: Any, versioned: str, refused: Refused) -> None:
    first = put(s3, versioned, "k", b"1")
    marked = s3.delete_object(Bucket=versioned, Key="k")
    assert marked["DeleteMarker"] is True
    assert refused(s3.get_object, Bucket=versioned, Key="k") == ("NoSuchKey", 404)
    assert refused(s3.get_object, Bucket=versioned, Key="k", VersionId=marked["VersionId"]) == ("MethodNotAllowed", 405)
    assert s3.list_objects_v2(Bucket=versioned)["KeyCount"] == 0
    listed = s3.list_object_versions(Bucket=versioned)
    assert [each["VersionId"] for each in listed["DeleteMarkers"]] == [marked["VersionId"]]
    assert [each["IsLatest"] for each in listed["Versions"]] == [False]
    gone = s3.delete_object(Bucket=versioned, Key="k", VersionId=marked["VersionId"])
    assert gone["DeleteMarker"] is True
    assert s3.get_object(Bucket=versioned, Key="k")["VersionId"] == first
    s3.delete_object(Bucket=versioned, Key="k", VersionId=first)
    s3.delete_bucket(Bucket=versioned)


def test_suspended_versioning_keeps_one_null_version(s3: Any, versioned: str) -> None:
    kept = put(s3, versioned, "k", b"kept")
    s3.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Suspended"})
    assert put(s3, versioned, "k", b"null 1") == "null"
    assert put(s3, versioned, "k", b"null 2") == "null"
    found = s3.list_object_versions(Bucket=versioned)["Versions"]
    assert [each["VersionId"] for each in found] == ["null", kept]
    assert s3.get_object(Bucket=versioned, Key="k", VersionId="null")["Body"].read() == b"null 2"
    assert s3.delete_object(Bucket=versioned, Key="k")["VersionId"] == "null"
    listed = s3.list_object_versions(Bucket=versioned)
    assert [each["VersionId"] for each in listed["Versions"]] == [kept]
    assert [each["VersionId"] for each in listed["DeleteMarkers"]] == ["null"]


def test_what_was_there_before_versioning_is_the_null_version(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    after = put(s3, bucket, "k", b"after")
    found = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [each["VersionId"] for each in found] == [after, "null"]
    assert s3.get_object(Bucket=bucket, Key="k", VersionId="null")["Body"].read() == b"before"


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_versions_come_page_by_page(s3: Any, versioned: str, size: int) -> None:
    made = [(key, put(s3, versioned, key, b"x")) for key in ("a", "a/1", "b", "a", "b", "a") for _ in range(2)]
    s3.delete_object(Bucket=versioned, Key="b")
    pages = list(
        s3.get_paginator("list_object_versions").paginate(Bucket=versioned, PaginationConfig={"PageSize": size})
    )
    found = [(each["Key"], each["VersionId"]) for page in pages for each in page.get("Versions", ())]
    assert found == [each for key in ("a", "a/1", "b") for each in reversed(made) if each[0] == key]
    latest = [each for page in pages for each in page.get("Versions", ()) if each["IsLatest"]]
    assert [each["Key"] for each in latest] == ["a", "a/1"]
    rolled = s3.list_object_versions(Bucket=versioned, Delimiter="/")
    assert [each["Prefix"] for each in rolled["CommonPrefixes"]] == ["a/"]


def test_a_key_with_many_versions_is_stepped_over(s3: Any, versioned: str) -> None:
    for _ in range(30):
        put(s3, versioned, "many", b"x")
    put(s3, versioned, "next", b"x")
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=versioned)["Contents"]] == ["many", "next"]
