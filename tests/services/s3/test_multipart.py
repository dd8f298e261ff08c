"""Uploads in parts: completed, replaced, aborted, listed, and refused where the parts are not as they should be."""

from __future__ import annotations

import base64
import hashlib
import io
import zlib
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., tuple[str, int]]
MEGABYTES_5 = bytes(range(256)) * 20480


def begin(s3: Any, bucket: str, key: str = "k", **more: Any) -> dict[str, Any]:
    return {
        "Bucket": bucket,
        "Key": key,
        "UploadId": s3.create_multipart_upload(Bucket=bucket, Key=key, **more)["UploadId"],
    }


def test_parts_make_an_object(s3: Any, bucket: str) -> None:
    upload = begin(s3, bucket, ContentType="text/plain", Metadata={"a": "b"}, Tagging="t=v")
    bodies = [MEGABYTES_5, b"the end"]
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]}
        for number, body in ((2, bodies[1]), (1, bodies[0]))
    ]
    listed = s3.list_parts(**upload)["Parts"]
    assert [(part["PartNumber"], part["Size"]) for part in listed] == [(1, len(MEGABYTES_5)), (2, 7)]
    done = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts[::-1]})
    digest = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in bodies)).hexdigest()
    assert done["ETag"] == f'"{digest}-2"'
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == b"".join(bodies)
    assert (got["ContentType"], got["Metadata"], got["TagCount"]) == ("text/plain", {"a": "b"}, 1)
    second = s3.get_object(Bucket=bucket, Key="k", PartNumber=2)
    assert (second["Body"].read(), second["PartsCount"]) == (b"the end", 2)
    across = s3.get_object(Bucket=bucket, Key="k", Range=f"bytes={len(MEGABYTES_5) - 2}-{len(MEGABYTES_5) + 1}")
    assert across["Body"].read() == MEGABYTES_5[-2:] + b"th"


@pytest.mark.parametrize("kind", ["COMPOSITE", "FULL_OBJECT"])
def test_the_checksum_of_the_whole(s3: Any, bucket: str, kind: str) -> None:
    upload = begin(s3, bucket, ChecksumAlgorithm="CRC32", ChecksumType=kind)
    bodies, parts = [MEGABYTES_5, b"end"], []
    for number, body in enumerate(bodies, 1):
        made = s3.upload_part(**upload, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")
        parts.append({"PartNumber": number, "ETag": made["ETag"], "ChecksumCRC32": made["ChecksumCRC32"]})
    done = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    if kind == "FULL_OBJECT":
        expected = base64.b64encode(zlib.crc32(b"".join(bodies)).to_bytes(4, "big")).decode()
    else:
        raw = b"".join(zlib.crc32(body).to_bytes(4, "big") for body in bodies)
        expected = base64.b64encode(zlib.crc32(raw).to_bytes(4, "big")).decode() + "-2"
    assert done["ChecksumCRC32"] == expected
    assert done["ChecksumType"] == kind


def test_parts_that_are_not_as_they_should_be_are_refused(s3: Any, bucket: str, refused: Refused) -> None:
    upload = begin(s3, bucket)
    one = s3.upload_part(**upload, PartNumber=1, Body=b"small")["ETag"]
    two = s3.upload_part(**upload, PartNumber=2, Body=b"small")["ETag"]

    def complete(*parts: tuple[int, str]) -> tuple[str, int]:
        listed = [{"PartNumber": number, "ETag": etag} for number, etag in parts]
        return refused(s3.complete_multipart_upload, **upload, MultipartUpload={"Parts": listed})

    assert complete((2, two), (1, one)) == ("InvalidPartOrder", 400)
    assert complete((1, one), (3, two)) == ("InvalidPart", 400)
    assert complete((1, '"x"')) == ("InvalidPart", 400)
    assert complete((1, one), (2, two)) == ("EntityTooSmall", 400)
    assert refused(s3.upload_part, **upload, PartNumber=10001, Body=b"")[0] == "InvalidArgument"
    s3.abort_multipart_upload(**upload)
    assert refused(s3.upload_part, **upload, PartNumber=1, Body=b"") == ("NoSuchUpload", 404)
    assert refused(s3.list_parts, **upload) == ("NoSuchUpload", 404)


def test_uploads_are_listed_and_end_with_their_bucket(s3: Any, bucket: str) -> None:
    for key in ("a/1", "a/2", "b"):
        begin(s3, bucket, key)
    begin(s3, bucket, "b")
    assert [each["Key"] for each in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == ["a/1", "a/2", "b", "b"]
    rolled = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert [each["Prefix"] for each in rolled["CommonPrefixes"]] == ["a/"]
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})
    assert [each["Key"] for page in pages for each in page.get("Uploads", ())] == ["a/1", "a/2", "b", "b"]
    s3.delete_bucket(Bucket=bucket)


def test_boto3_uploads_and_downloads_what_is_larger_than_a_part(s3: Any, bucket: str) -> None:
    content = MEGABYTES_5 * 4
    s3.upload_fileobj(io.BytesIO(content), bucket, "large")
    found = io.BytesIO()
    s3.download_fileobj(bucket, "large", found)
    assert found.getvalue() == content
    assert "-" in s3.head_object(Bucket=bucket, Key="large")["ETag"]


def test_objects_are_copied_with_and_without_their_metadata(s3: Any, versioned: str, refused: Refused) -> None:
    first = s3.put_object(Bucket=versioned, Key="a b", Body=b"1", Metadata={"m": "1"}, Tagging="t=1")["VersionId"]
    s3.put_object(Bucket=versioned, Key="a b", Body=b"2")
    source = {"Bucket": versioned, "Key": "a b", "VersionId": first}
    answer = s3.copy_object(Bucket=versioned, Key="copy", CopySource=source)
    assert answer["CopySourceVersionId"] == first
    got = s3.get_object(Bucket=versioned, Key="copy")
    assert (got["Body"].read(), got["Metadata"], got["TagCount"]) == (b"1", {"m": "1"}, 1)
    s3.copy_object(Bucket=versioned, Key="copy", CopySource=source, MetadataDirective="REPLACE", Metadata={"n": "2"})
    assert s3.head_object(Bucket=versioned, Key="copy")["Metadata"] == {"n": "2"}
    here = f"{versioned}/copy"
    assert refused(s3.copy_object, Bucket=versioned, Key="copy", CopySource=here) == ("InvalidRequest", 400)
    missing = f"{versioned}/none"
    assert refused(s3.copy_object, Bucket=versioned, Key="x", CopySource=missing) == ("NoSuchKey", 404)


def test_a_part_is_copied_from_a_range(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="source", Body=b"0123456789")
    upload = begin(s3, bucket, "target")
    made = s3.upload_part_copy(**upload, PartNumber=1, CopySource=f"{bucket}/source", CopySourceRange="bytes=2-4")
    parts = [{"PartNumber": 1, "ETag": made["CopyPartResult"]["ETag"]}]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket=bucket, Key="target")["Body"].read() == b"234"


def test_tags_and_encryption_are_kept(s3: Any, bucket: str, refused: Refused) -> None:
    assert refused(s3.get_bucket_tagging, Bucket=bucket) == ("NoSuchTagSet", 404)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "a", "Value": "b"}]
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "c", "Value": "d"}]})
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "c", "Value": "d"}]
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_attributes_tell_of_the_whole_and_of_its_parts(s3: Any, bucket: str, refused: Refused) -> None:
    upload = begin(s3, bucket, ChecksumAlgorithm="CRC32", ChecksumType="COMPOSITE")
    bodies, parts = [MEGABYTES_5, b"end"], []
    for number, body in enumerate(bodies, 1):
        made = s3.upload_part(**upload, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")
        parts.append({"PartNumber": number, "ETag": made["ETag"], "ChecksumCRC32": made["ChecksumCRC32"]})
    done = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    every = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
    place = {"Bucket": bucket, "Key": "k"}
    told = s3.get_object_attributes(**place, ObjectAttributes=every, MaxParts=1)
    assert (told["ETag"], told["StorageClass"]) == (done["ETag"].strip('"'), "STANDARD")
    assert told["ObjectSize"] == len(MEGABYTES_5) + 3
    assert told["Checksum"] == {"ChecksumCRC32": done["ChecksumCRC32"], "ChecksumType": "COMPOSITE"}
    first = told["ObjectParts"]
    assert (first["TotalPartsCount"], first["IsTruncated"], first["NextPartNumberMarker"]) == (2, True, 1)
    assert first["Parts"] == [{"PartNumber": 1, "Size": len(MEGABYTES_5), "ChecksumCRC32": parts[0]["ChecksumCRC32"]}]
    rest = s3.get_object_attributes(**place, ObjectAttributes=["ObjectParts"], PartNumberMarker=1)
    assert [part["PartNumber"] for part in rest["ObjectParts"]["Parts"]] == [2]
    assert "ETag" not in rest
    assert refused(s3.get_object_attributes, **place, ObjectAttributes=["Age"]) == ("InvalidArgument", 400)
    assert refused(s3.get_object_attributes, Bucket=bucket, Key="none", ObjectAttributes=["ETag"])[0] == "NoSuchKey"


def test_an_objects_acl_is_its_bucket_owners(s3: Any, bucket: str, refused: Refused) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    acl = s3.get_object_acl(Bucket=bucket, Key="k")
    assert [grant["Permission"] for grant in acl["Grants"]] == ["FULL_CONTROL"]
    assert acl["Owner"] == s3.get_bucket_acl(Bucket=bucket)["Owner"]
    assert refused(s3.get_object_acl, Bucket=bucket, Key="none") == ("NoSuchKey", 404)
