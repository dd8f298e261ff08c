"""Tags of buckets and objects, and the encryption that a bucket says its objects have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.s3.declaring import bucket_operation, object_operation
from garrison.services.s3.finding import find_bucket
from garrison.services.s3.getting import by_version, newest, readable
from garrison.services.s3.key_use import check_default
from garrison.services.s3.shown import version_shown
from garrison.services.s3.tags import MOST_OF_OBJECT, checked_tags, tag_set

if TYPE_CHECKING:
    from garrison.services.call import Call


@bucket_operation("PutBucketTagging", "PutBucketTagging")
def put_bucket_tagging(call: Call, request: Mapping[str, Any]) -> None:
    """The bucket has these tags and no others."""
    bucket = find_bucket(call, request)
    call.unit.save(replace(bucket, tags=checked_tags(request["Tagging"]["TagSet"])))


@bucket_operation("GetBucketTagging", "GetBucketTagging")
def get_bucket_tagging(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The bucket's tags; NoSuchTagSet where it has none."""
    bucket = find_bucket(call, request)
    if not bucket.tags:
        raise ApiError("NoSuchTagSet", "The TagSet does not exist", status=404, members={"BucketName": bucket.name})
    return {"TagSet": tag_set(bucket.tags)}


@bucket_operation("DeleteBucketTagging", "PutBucketTagging")
def delete_bucket_tagging(call: Call, request: Mapping[str, Any]) -> None:
    """The bucket has no tags."""
    call.unit.save(replace(find_bucket(call, request), tags={}))


@object_operation("PutObjectTagging", {"s3:PutObjectTagging": newest, "s3:PutObjectVersionTagging": by_version})
def put_object_tagging(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The version has these tags and no others."""
    bucket, version = readable(call, request)
    call.unit.save(replace(version, tags=checked_tags(request["Tagging"]["TagSet"], MOST_OF_OBJECT)))
    return version_shown(bucket, version)


@object_operation("GetObjectTagging", {"s3:GetObjectTagging": newest, "s3:GetObjectVersionTagging": by_version})
def get_object_tagging(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The version's tags."""
    bucket, version = readable(call, request)
    return {"TagSet": tag_set(version.tags)} | version_shown(bucket, version)


@object_operation(
    "DeleteObjectTagging", {"s3:DeleteObjectTagging": newest, "s3:DeleteObjectVersionTagging": by_version}
)
def delete_object_tagging(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The version has no tags."""
    bucket, version = readable(call, request)
    call.unit.save(replace(version, tags={}))
    return version_shown(bucket, version)


@bucket_operation("PutBucketEncryption", "PutEncryptionConfiguration")
def put_bucket_encryption(call: Call, request: Mapping[str, Any]) -> None:
    """What new objects are encrypted by where nothing is said of them: S3's own keys, or a key of KMS."""
    bucket = find_bucket(call, request)
    rules = request["ServerSideEncryptionConfiguration"]["Rules"]
    check_default(rules)
    call.unit.save(replace(bucket, encryption=rules))


@bucket_operation("GetBucketEncryption", "GetEncryptionConfiguration")
def get_bucket_encryption(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The rules, or what holds without any: every object is sealed by AES-256."""
    bucket = find_bucket(call, request)
    always = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
    return {"ServerSideEncryptionConfiguration": {"Rules": bucket.encryption or always}}


@bucket_operation("DeleteBucketEncryption", "PutEncryptionConfiguration")
def delete_bucket_encryption(call: Call, request: Mapping[str, Any]) -> None:
    """The rules are gone; objects are sealed all the same."""
    call.unit.save(replace(find_bucket(call, request), encryption=None))
