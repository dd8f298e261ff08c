"""Amazon S3: buckets with what configures them, in the regions where they lie."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import At, Call, Located, Part, Place, Service, Type
from garrison.collect.forms import buckets


def _of_bucket(operation: str) -> Call:
    return Call(operation, params={"Bucket": At("Name")})


def _is_versioned(versioning: Any) -> bool:
    """Object Lock and replication need versioning, which cannot be suspended while there is either (S3 User Guide)."""
    return bool(versioning.get("status") == "Enabled")


def _policy(value: Any) -> dict[str, Any]:
    return {"policyText": value}


BUCKET = Type(
    "AWS::S3::Bucket",
    Call("ListBuckets", "Buckets[]", params={"MaxBuckets": 1000}),
    id="Name",
    arn="arn:{partition}:s3:::{Name}",
    title="Name",
    created="CreationDate",
    region="BucketRegion",
    located=Located(
        _of_bucket("GetBucketLocation"),
        "LocationConstraint",
        {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"},
        by="BucketRegion",
    ),
    drop=("BucketRegion", "BucketArn"),
    parts=(
        Part(
            "BucketPolicy",
            _of_bucket("GetBucketPolicy"),
            "Policy",
            absent=("NoSuchBucketPolicy",),
            default={"policyText": None},
            shaped=_policy,
        ),
        Part(
            "PublicAccessBlockConfiguration",
            _of_bucket("GetPublicAccessBlock"),
            "PublicAccessBlockConfiguration",
            absent=("NoSuchPublicAccessBlockConfiguration",),
        ),
        Part(
            "ServerSideEncryptionConfiguration",
            _of_bucket("GetBucketEncryption"),
            "ServerSideEncryptionConfiguration",
            absent=("ServerSideEncryptionConfigurationNotFoundError",),
        ),
        Part("BucketVersioningConfiguration", _of_bucket("GetBucketVersioning"), shaped=buckets.versioning),
        Part("BucketLoggingConfiguration", _of_bucket("GetBucketLogging"), shaped=buckets.logging),
        Part("AccessControlList", _of_bucket("GetBucketAcl"), shaped=buckets.access_control_list),
        Part(
            "BucketLifecycleConfiguration",
            _of_bucket("GetBucketLifecycleConfiguration"),
            absent=("NoSuchLifecycleConfiguration",),
            shaped=buckets.lifecycle,
        ),
        Part(
            "BucketReplicationConfiguration",
            _of_bucket("GetBucketReplication"),
            "ReplicationConfiguration",
            absent=("ReplicationConfigurationNotFoundError",),
            shaped=buckets.replication,
            given=("BucketVersioningConfiguration", _is_versioned),
        ),
        Part(
            "BucketNotificationConfiguration",
            _of_bucket("GetBucketNotificationConfiguration"),
            shaped=buckets.notification,
        ),
        Part(
            "ObjectLockConfiguration",
            _of_bucket("GetObjectLockConfiguration"),
            "ObjectLockConfiguration",
            absent=("ObjectLockConfigurationNotFoundError",),
            given=("BucketVersioningConfiguration", _is_versioned),
        ),
        Part(
            "OwnershipControls",
            _of_bucket("GetBucketOwnershipControls"),
            "OwnershipControls",
            absent=("OwnershipControlsNotFoundError",),
        ),
        Part(
            "BucketCrossOriginConfiguration",
            _of_bucket("GetBucketCors"),
            absent=("NoSuchCORSConfiguration",),
            shaped=buckets.cors,
        ),
        Part(
            "BucketWebsiteConfiguration",
            _of_bucket("GetBucketWebsite"),
            absent=("NoSuchWebsiteConfiguration",),
            shaped=buckets.website,
        ),
        Part("BucketAccelerateConfiguration", _of_bucket("GetBucketAccelerateConfiguration")),
        Part("IsRequesterPaysEnabled", _of_bucket("GetBucketRequestPayment"), "Payer", shaped=buckets.requester_pays),
        Part(
            "BucketTaggingConfiguration",
            _of_bucket("GetBucketTagging"),
            "TagSet",
            into=Place.TAGS,
            absent=("NoSuchTagSet", "NoSuchTagSetError"),
        ),
    ),
)

SERVICE = Service("s3", (BUCKET,), is_global=True)
