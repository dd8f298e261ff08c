"""Objects: their bytes come back as they were put, whole or in ranges, under conditions, with what is kept beside them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from garrison.testing import Account

Refused = Callable[..., tuple[str, int]]
LARGE = bytes(range(256)) * 3000


def test_bytes_and_what_is_kept_beside_them_come_back(s3: Any, bucket: str) -> None:
    put = s3.put_object(
        Bucket=bucket,
        Key="a/b c.txt",
        Body=b"hello",
        ContentType="text/plain",
        CacheControl="no-store",
        ContentDisposition='attachment; filename="b"',
        ContentLanguage="en",
        Metadata={"who": "me", "Mixed-Case": "x"},
        Tagging="a=b",
    )
    assert put["ETag"] == f'"{hashlib.md5(b"hello").hexdigest()}"'
    got = s3.get_object(Bucket=bucket, Key="a/b c.txt")
    assert got["Body"].read() == b"hello"
    head = s3.head_object(Bucket=bucket, Key="a/b c.txt")
    for answer in (got, head):
        assert answer["ContentLength"] == 5
        assert answer["ContentType"] == "text/plain"
        assert answer["CacheControl"] == "no-store"
        assert answer["ContentLanguage"] == "en"
        assert answer["Metadata"] == {"who": "me", "mixed-case": "x"}
        assert answer["TagCount"] == 1
        assert answer["ServerSideEncryption"] == "AES256"
        assert "VersionId" not in answer


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, len(LARGE)])
def test_every_size_comes_back(s3: Any, bucket: str, size: int) -> None:
    s3.put_object(Bucket=bucket, Key="sized", Body=LARGE[:size])
    assert s3.get_object(Bucket=bucket, Key="sized")["Body"].read() == LARGE[:size]


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=65530-65540", 65530, 65541),
        ("bytes=700000-", 700000, None),
        ("bytes=-10", -10, None),
    ],
)
def test_a_range_is_a_part_of_the_whole(s3: Any, bucket: str, header: str, start: int, end: int | None) -> None:
    s3.put_object(Bucket=bucket, Key="large", Body=LARGE)
    answer = s3.get_object(Bucket=bucket, Key="large", Range=header)
    assert answer["Body"].read() == LARGE[start:end]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert answer["ContentRange"].endswith(f"/{len(LARGE)}")


def test_a_range_beyond_the_end_is_refused_and_nonsense_is_ignored(s3: Any, bucket: str, refused: Refused) -> None:
    s3.put_object(Bucket=bucket, Key="five", Body=b"12345")
    assert refused(s3.get_object, Bucket=bucket, Key="five", Range="bytes=5-") == ("InvalidRange", 416)
    for header in ("bytes=3-1", "lines=1-2", "bytes=0-1,3-4"):
        assert s3.get_object(Bucket=bucket, Key="five", Range=header)["Body"].read() == b"12345"


def test_the_bytes_on_the_disk_are_sealed(garrison_module: Account, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="secret", Body=b"the plain words" * 100)
    files = [path for path in (garrison_module.home / "objects" / "bytes").rglob("*") if path.is_file()]
    assert files
    assert not any(b"the plain words" in path.read_bytes() for path in files)


def test_reading_is_conditional(s3: Any, bucket: str, refused: Refused) -> None:
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["ETag"]
    modified_at = s3.head_object(Bucket=bucket, Key="k")["LastModified"]
    before, after = modified_at - timedelta(hours=1), modified_at + timedelta(hours=1)
    place = {"Bucket": bucket, "Key": "k"}
    for holds in ({"IfMatch": etag}, {"IfNoneMatch": '"x"'}, {"IfModifiedSince": before}, {"IfUnmodifiedSince": after}):
        s3.get_object(**place, **holds)
    s3.get_object(**place, IfMatch=etag, IfUnmodifiedSince=before)
    assert refused(s3.get_object, **place, IfMatch='"x"') == ("PreconditionFailed", 412)
    assert refused(s3.get_object, **place, IfUnmodifiedSince=before) == ("PreconditionFailed", 412)
    assert refused(s3.get_object, **place, IfNoneMatch=etag) == ("304", 304)
    assert refused(s3.head_object, **place, IfModifiedSince=after) == ("304", 304)


def test_writing_is_conditional(s3: Any, bucket: str, refused: Refused) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    etag = s3.put_object(**place, Body=b"1", IfNoneMatch="*")["ETag"]
    assert refused(s3.put_object, **place, Body=b"2", IfNoneMatch="*") == ("PreconditionFailed", 412)
    assert refused(s3.put_object, **place, Body=b"2", IfMatch='"x"') == ("PreconditionFailed", 412)
    s3.put_object(**place, Body=b"2", IfMatch=etag)
    assert refused(s3.put_object, Bucket=bucket, Key="none", Body=b"", IfMatch=etag) == ("NoSuchKey", 404)
    assert s3.get_object(**place)["Body"].read() == b"2"


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_a_checksum_is_verified_and_kept(s3: Any, bucket: str, algorithm: str) -> None:
    put = s3.put_object(Bucket=bucket, Key="sum", Body=b"hello", ChecksumAlgorithm=algorithm)
    head = s3.head_object(Bucket=bucket, Key="sum", ChecksumMode="ENABLED")
    assert head[f"Checksum{algorithm}"] == put[f"Checksum{algorithm}"]
    assert head["ChecksumType"] == "FULL_OBJECT"


@pytest.mark.parametrize(
    ("algorithm", "value"), [("CRC32C", "yZRlqg=="), ("CRC64NVME", "jSnVw/bqjr4="), ("CRC32", "DUoRhQ==")]
)
def test_known_checksums_of_hello_world(s3: Any, bucket: str, algorithm: str, value: str) -> None:
    s3.put_object(Bucket=bucket, Key="known", Body=b"hello world", **{f"Checksum{algorithm}": value})
    assert s3.head_object(Bucket=bucket, Key="known", ChecksumMode="ENABLED")[f"Checksum{algorithm}"] == value


def test_bytes_that_are_not_what_they_should_be_are_refused(s3: Any, bucket: str, refused: Refused) -> None:
    place = {"Bucket": bucket, "Key": "k", "Body": b"hello"}
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    assert refused(s3.put_object, **place, ChecksumSHA256=wrong) == ("BadDigest", 400)
    assert refused(s3.put_object, **place, ChecksumSHA256="AAAA") == ("InvalidRequest", 400)
    md5 = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    assert refused(s3.put_object, **place, ContentMD5=md5) == ("BadDigest", 400)
    assert refused(s3.put_object, **place, ContentMD5="no") == ("InvalidDigest", 400)
    assert refused(s3.get_object, Bucket=bucket, Key="k") == ("NoSuchKey", 404)


def test_what_is_not_kept_is_not_promised(s3: Any, bucket: str, refused: Refused) -> None:
    place = {"Bucket": bucket, "Key": "k", "Body": b""}
    assert refused(s3.put_object, **place, ServerSideEncryption="aws:kms:dsse") == ("NotImplemented", 501)
    assert refused(s3.put_object, **place, StorageClass="GLACIER") == ("NotImplemented", 501)
    assert refused(s3.put_object, **place, StorageClass="CELLAR") == ("InvalidStorageClass", 400)
    nowhere = {"LocationConstraint": "atlantis-1"}
    assert (
        refused(s3.create_bucket, Bucket="nowhere", CreateBucketConfiguration=nowhere)[0] == "InvalidLocationConstraint"
    )
    status = {"Status": "Perhaps"}
    assert refused(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration=status) == ("MalformedXML", 400)
    assert refused(s3.put_object, **place, Metadata={"a": "x" * 3000}) == ("MetadataTooLarge", 400)
    s3.put_object(**place, ServerSideEncryption="AES256", StorageClass="STANDARD")


def test_objects_are_deleted_one_by_one_and_together(s3: Any, bucket: str) -> None:
    for key in ("a", "b", "c"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    assert s3.delete_object(Bucket=bucket, Key="a")["ResponseMetadata"]["HTTPStatusCode"] == 204
    s3.delete_object(Bucket=bucket, Key="never was")
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "b"}, {"Key": "c"}, {"Key": "d"}]})
    assert [each["Key"] for each in answer["Deleted"]] == ["b", "c", "d"]
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize(
    "key",
    [
        "../../etc/passwd",
        "/",
        "//",
        "a//b",
        "./.",
        "a\\b",
        "ü/☃",
        "a+b c%20",
        "\x01\x02",
        "a\nb",
        "x" * 1024,
        "?#&=",
        "nul..",
    ],
)
def test_hostile_names_are_only_names(garrison_module: Account, s3: Any, bucket: str, key: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    names = {path.name for path in (garrison_module.home / "objects").rglob("*") if path.is_file()}
    assert all(len(name) == 32 for name in names - {"sweep.lock"})


def test_a_key_has_its_limits(s3: Any, bucket: str, refused: Refused) -> None:
    assert refused(s3.put_object, Bucket=bucket, Key="ü" * 513, Body=b"")[0] == "KeyTooLongError"
    assert refused(s3.put_object, Bucket=bucket, Key="a\x00b", Body=b"")[0] == "InvalidArgument"


def test_events_are_data_events_with_their_resources(garrison_module: Account, s3: Any, bucket: str) -> None:
    since = garrison_module.position()
    s3.put_object(Bucket=bucket, Key="seen", Body=b"not in the record")
    s3.get_object(Bucket=bucket, Key="seen")
    put, got = garrison_module.events(since=since)
    for event in (put, got):
        assert event["eventCategory"] == "Data"
        assert event["managementEvent"] is False
        assert [each["type"] for each in event["resources"]] == ["AWS::S3::Object", "AWS::S3::Bucket"]
        assert event["requestParameters"]["bucketName"] == bucket
        assert "body" not in event["requestParameters"]
    assert got["readOnly"] is True


def test_no_answer_is_a_page_of_this_origin(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="page", Body=b"<script>alert(1)</script>", ContentType="text/html")
    headers = s3.get_object(Bucket=bucket, Key="page")["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox"
