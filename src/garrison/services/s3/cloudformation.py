"""Buckets and their policies as CloudFormation makes them (CloudFormation Template Reference, "Amazon S3")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from garrison import codec
from garrison.errors import ApiError
from garrison.services.handlers import TagStyle, Work, document, kind

_US_EAST = "us-east-1"

bucket = kind(
    "AWS::S3::Bucket",
    "AccessControl BucketEncryption BucketName LifecycleConfiguration ObjectLockConfiguration ObjectLockEnabled"
    " OwnershipControls PublicAccessBlockConfiguration VersioningConfiguration",
    create_only="BucketName ObjectLockEnabled",
    attributes="Arn DomainName DualStackDomainName RegionalDomainName WebsiteURL",
    name_property="BucketName",
    tags=TagStyle.ALL,
    gone="NoSuchBucket 404",
    write_only="AccessControl LifecycleConfiguration",
)


def _call(work: Work, operation: str, **parameters: Any) -> dict[str, Any]:
    return work.call("s3", operation, Bucket=work.physical_id, **parameters)


@bucket.create
def create_bucket(work: Work) -> None:
    """The bucket, then what it is set to."""
    name, region = work.name("BucketName", 63, lower=True), work.place.region
    acl = work.text("AccessControl")
    where = {"LocationConstraint": region} if region != _US_EAST else None
    work.call_for_new(
        name,
        lambda: work.call_if_there("s3", "HeadBucket", Bucket=name) is not None,
        "s3",
        "CreateBucket",
        Bucket=name,
        CreateBucketConfiguration=where,
        ObjectLockEnabledForBucket=work.properties.get("ObjectLockEnabled"),
        ACL=_CANNED.get(acl, acl) if acl is not None else None,
        ObjectOwnership=_ownership(work),
    )
    work.made(
        name,
        Arn=f"arn:aws:s3:::{name}",
        DomainName=f"{name}.s3.amazonaws.com",
        DualStackDomainName=f"{name}.s3.dualstack.{region}.amazonaws.com",
        RegionalDomainName=f"{name}.s3.{region}.amazonaws.com",
        WebsiteURL=f"http://{name}.s3-website-{region}.amazonaws.com",
    )
    for setting, put in _SETTINGS.items():
        if work.properties.get(setting) is not None:
            put(work, work.properties[setting])


_CANNED = {
    "Private": "private",
    "PublicRead": "public-read",
    "PublicReadWrite": "public-read-write",
    "AuthenticatedRead": "authenticated-read",
    "LogDeliveryWrite": "log-delivery-write",
    "BucketOwnerRead": "bucket-owner-read",
    "BucketOwnerFullControl": "bucket-owner-full-control",
}


def _ownership(work: Work) -> str | None:
    rules = (work.properties.get("OwnershipControls") or {}).get("Rules") or ()
    return rules[0].get("ObjectOwnership") if rules else None


@bucket.update
def update_bucket(work: Work) -> None:
    """What it is set to otherwise now."""
    for setting, put in _SETTINGS.items():
        if work.has_changed(setting):
            put(work, work.properties.get(setting))
    if work.has_changed("AccessControl"):
        acl = work.text("AccessControl", "Private")
        _call(work, "PutBucketAcl", ACL=_CANNED.get(str(acl), acl))


@bucket.delete
def delete_bucket(work: Work) -> None:
    """The bucket; one with objects in it stays, as in AWS."""
    _call(work, "DeleteBucket")


def _put_versioning(work: Work, value: Any) -> None:
    status = value["Status"] if value is not None else "Suspended"
    _call(work, "PutBucketVersioning", VersioningConfiguration={"Status": status})


def _put_encryption(work: Work, value: Any) -> None:
    if value is None:
        _call(work, "DeleteBucketEncryption")
        return
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault"),
            "BucketKeyEnabled": rule.get("BucketKeyEnabled"),
        }
        for rule in value["ServerSideEncryptionConfiguration"]
    ]
    _call(work, "PutBucketEncryption", ServerSideEncryptionConfiguration={"Rules": rules})


def _put_access_block(work: Work, value: Any) -> None:
    if value is None:
        _call(work, "DeletePublicAccessBlock")
    else:
        _call(work, "PutPublicAccessBlock", PublicAccessBlockConfiguration=value)


def _put_ownership(work: Work, value: Any) -> None:
    if value is None:
        _call(work, "DeleteBucketOwnershipControls")
    else:
        _call(work, "PutBucketOwnershipControls", OwnershipControls=value)


def _put_lock(work: Work, value: Any) -> None:
    _call(work, "PutObjectLockConfiguration", ObjectLockConfiguration=value)


def _put_tags(work: Work, value: Any) -> None:
    if not value:
        _call(work, "DeleteBucketTagging")
    else:
        _call(work, "PutBucketTagging", Tagging={"TagSet": value})


def _put_lifecycle(work: Work, value: Any) -> None:
    if value is None:
        _call(work, "DeleteBucketLifecycle")
        return
    rules = [_lifecycle_rule(rule) for rule in value["Rules"]]
    _call(work, "PutBucketLifecycleConfiguration", LifecycleConfiguration={"Rules": rules})


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as the API has it: templates have older and flatter forms."""
    made: dict[str, Any] = {"ID": rule.get("Id"), "Status": rule.get("Status"), "Filter": _lifecycle_filter(rule)}
    expiration = {
        "Days": rule.get("ExpirationInDays"),
        "Date": rule.get("ExpirationDate"),
        "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
    }
    if any(value is not None for value in expiration.values()):
        made["Expiration"] = expiration
    if rule.get("NoncurrentVersionExpirationInDays") is not None:
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload", "Transitions"):
        if rule.get(name) is not None:
            made[name] = rule[name]
    return made


def _lifecycle_filter(rule: Mapping[str, Any]) -> dict[str, Any]:
    parts: dict[str, Any] = {
        name: rule[name]
        for name in ("Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
        if rule.get(name) is not None
    }
    tags = list(rule.get("TagFilters") or ())
    if len(parts) + len(tags) > 1:
        return {"And": parts | ({"Tags": tags} if tags else {})}
    return {"Tag": tags[0]} if tags else parts or {"Prefix": ""}


_SETTINGS: dict[str, Callable[[Work, Any], None]] = {
    "OwnershipControls": _put_ownership,
    "PublicAccessBlockConfiguration": _put_access_block,
    "VersioningConfiguration": _put_versioning,
    "BucketEncryption": _put_encryption,
    "ObjectLockConfiguration": _put_lock,
    "LifecycleConfiguration": _put_lifecycle,
    "Tags": _put_tags,
}


@bucket.read
def read_bucket(work: Work) -> Mapping[str, Any] | None:
    """What it is set to."""
    if work.call_if_there("s3", "HeadBucket", Bucket=work.physical_id) is None:
        return None
    encryption = _asked(work, "GetBucketEncryption").get("ServerSideEncryptionConfiguration", {}).get("Rules")
    return {
        "BucketName": work.physical_id,
        "VersioningConfiguration": _shown_versioning(work),
        "PublicAccessBlockConfiguration": _asked(work, "GetPublicAccessBlock").get("PublicAccessBlockConfiguration"),
        "OwnershipControls": _asked(work, "GetBucketOwnershipControls").get("OwnershipControls"),
        "BucketEncryption": _shown_encryption(encryption),
        "ObjectLockConfiguration": _asked(work, "GetObjectLockConfiguration").get("ObjectLockConfiguration"),
        "Tags": _asked(work, "GetBucketTagging").get("TagSet") or [],
    }


def _shown_versioning(work: Work) -> Any:
    status = _asked(work, "GetBucketVersioning").get("Status")
    return {"Status": status} if status is not None else None


def _shown_encryption(rules: Any) -> Any:
    if not rules:
        return None
    shown = []
    for rule in rules:
        one = {"ServerSideEncryptionByDefault": rule.get("ApplyServerSideEncryptionByDefault")}
        shown.append(one | ({"BucketKeyEnabled": True} if rule.get("BucketKeyEnabled") else {}))
    return {"ServerSideEncryptionConfiguration": shown}


def _asked(work: Work, operation: str) -> dict[str, Any]:
    """What a bucket is set to; nothing where it is not set."""
    try:
        return _call(work, operation)
    except ApiError as error:
        if error.status == 404:
            return {}
        raise


policy = kind(
    "AWS::S3::BucketPolicy",
    "Bucket PolicyDocument",
    required="Bucket PolicyDocument",
    create_only="Bucket",
    gone="NoSuchBucket NoSuchBucketPolicy",
)


def _policy(work: Work) -> str | None:
    answer = work.call_if_there("s3", "GetBucketPolicy", Bucket=work.text("Bucket"))
    return answer["Policy"] if answer is not None else None


@policy.create
def create_policy(work: Work) -> None:
    """The policy of a bucket that has none."""
    name, text = work.text("Bucket"), document(work.properties["PolicyDocument"])
    work.call_for_new(str(name), lambda: _policy(work), "s3", "PutBucketPolicy", Bucket=name, Policy=text)
    work.made(str(name))


@policy.update
def update_policy(work: Work) -> None:
    """Another document."""
    text = document(work.properties["PolicyDocument"])
    work.call("s3", "PutBucketPolicy", Bucket=work.physical_id, Policy=text)


@policy.delete
def delete_policy(work: Work) -> None:
    """The bucket has no policy any more."""
    work.call("s3", "DeleteBucketPolicy", Bucket=work.physical_id)


@policy.read
def read_policy(work: Work) -> Mapping[str, Any] | None:
    """The policy that it has."""
    text = _policy(work)
    return {"Bucket": work.physical_id, "PolicyDocument": codec.decode(text)} if text is not None else None
