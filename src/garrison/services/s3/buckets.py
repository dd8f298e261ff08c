"""Create, delete and list buckets (S3 API Reference)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.s3.canonical import owner_shown
from garrison.services.s3.condition_values import context_of
from garrison.services.s3.declaring import bucket_operation
from garrison.services.s3.failures import invalid_argument, invalid_request, no_such_bucket
from garrison.services.s3.finding import bucket_in, bucket_of, find_anywhere, find_bucket, lookup_bucket, owner_anywhere
from garrison.services.s3.names import checked_bucket_name
from garrison.services.s3.paging import read_token, token_of
from garrison.services.s3.resources import EVERYBODY, Bucket, BucketName, ObjectVersion, bucket_arn
from garrison.services.s3.sealing import KEY_BYTES
from garrison.services.s3.service import service
from garrison.services.s3.tags import checked_tags
from garrison.services.s3.uploads import abort_all
from garrison.store import AlreadyExists, StartsWith

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_s3.type_defs import CreateBucketRequestTypeDef, ListBucketsRequestTypeDef

    from garrison.services.call import Call

MOST_BUCKETS = 10_000
"""In one account (S3 User Guide, "General purpose bucket quotas")."""
_FIRST_REGION = "us-east-1"
_OWNERSHIPS = ("BucketOwnerEnforced",)


def _lock_wanted(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    return (bucket_arn(request["Bucket"]),) if request.get("ObjectLockEnabledForBucket") else ()


def _ownership_wanted(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    return (bucket_arn(request["Bucket"]),) if request.get("ObjectOwnership") else ()


def _acl_wanted(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    return (bucket_arn(request["Bucket"]),) if request.get("ACL") else ()


@service.operation(
    "CreateBucket",
    needs={
        "s3:CreateBucket": bucket_in,
        "s3:PutBucketObjectLockConfiguration": _lock_wanted,
        "s3:PutBucketVersioning": _lock_wanted,
        "s3:PutBucketOwnershipControls": _ownership_wanted,
        "s3:PutBucketAcl": _acl_wanted,
    },
    context=lambda call, request: (
        context_of(call, request)
        | (
            {"s3:LocationConstraint": request["CreateBucketConfiguration"]["LocationConstraint"]}
            if (request.get("CreateBucketConfiguration") or {}).get("LocationConstraint")
            else {}
        )
    ),
)
def create_bucket(call: Call, request: CreateBucketRequestTypeDef) -> dict[str, Any]:
    """A new bucket of the caller's account, private and with its ACLs switched off."""
    name = checked_bucket_name(request["Bucket"])
    region = _chosen_region(call, request)
    _check_ownership(request)
    call.resources.append({"accountId": call.account, "type": Bucket.resource_type, "ARN": bucket_arn(name)})
    present = lookup_bucket(call.unit, name)
    if present is not None and present.account == call.account and region == present.region == _FIRST_REGION:
        return _created(present)
    if present is not None:
        raise _taken(present, call)
    configuration = request.get("CreateBucketConfiguration") or {}
    locks = bool(request.get("ObjectLockEnabledForBucket"))
    try:
        call.unit.add(BucketName(account=EVERYBODY, name=name, owner=call.account, bucket_region=region))
        made = call.unit.add(
            Bucket(
                account=call.account,
                region=region,
                name=name,
                created_at=call.at,
                key_ref=call.unit.seal(secrets.token_bytes(KEY_BYTES)),
                tags=checked_tags(configuration.get("Tags") or ()),
                has_object_lock=locks,
                versioning="Enabled" if locks else None,
            )
        )
    except AlreadyExists:  # another writer came first
        raise _conflicting() from None
    return _created(made)


def _chosen_region(call: Call, request: CreateBucketRequestTypeDef) -> str:
    """Where the bucket is to be; the endpoint of us-east-1 makes buckets everywhere, others only in their own Region."""
    configuration = request.get("CreateBucketConfiguration") or {}
    constraint = configuration.get("LocationConstraint")
    if call.region == _FIRST_REGION:
        if constraint == _FIRST_REGION:
            raise ApiError(
                "InvalidLocationConstraint",
                "The specified location-constraint is not valid",
                status=400,
                members={"LocationConstraint": constraint},
            )
        return {None: _FIRST_REGION, "EU": "eu-west-1"}.get(constraint, constraint or _FIRST_REGION)
    if constraint != call.region:
        shown = constraint or "unspecified"
        raise ApiError(
            "IllegalLocationConstraintException",
            f"The {shown} location constraint is incompatible for the region specific endpoint this request was sent to.",
            status=400,
        )
    return call.region


def _check_ownership(request: CreateBucketRequestTypeDef) -> None:
    if request.get("ObjectOwnership", "BucketOwnerEnforced") not in _OWNERSHIPS:
        raise invalid_request("This server keeps buckets whose owner owns every object: BucketOwnerEnforced only.")
    grants = any(name.startswith("Grant") for name in request)
    if request.get("ACL", "private") != "private" or grants:
        raise ApiError(
            "InvalidBucketAclWithObjectOwnership",
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
            status=400,
        )


def _created(bucket: Bucket) -> dict[str, Any]:
    here = bucket.region == _FIRST_REGION
    location = f"/{bucket.name}" if here else f"http://{bucket.name}.s3.amazonaws.com/"
    return {"Location": location, "BucketArn": bucket.arn}


def _taken(present: Bucket, call: Call) -> ApiError:
    if present.account == call.account:
        return ApiError(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
            status=409,
            members={"BucketName": present.name},
        )
    return ApiError(
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
        "Please select a different name and try again.",
        status=409,
        members={"BucketName": present.name},
    )


def _conflicting() -> ApiError:
    return ApiError(
        "OperationAborted",
        "A conflicting conditional operation is currently in progress against this resource. Please try again.",
        status=409,
    )


@bucket_operation("DeleteBucket", "DeleteBucket")
def delete_bucket(call: Call, request: Mapping[str, Any]) -> None:
    """The bucket is gone with its name and its key; BucketNotEmpty while any version of an object is in it."""
    bucket = find_bucket(call, request)
    first = call.unit.page(
        ObjectVersion, after=(bucket.name, "", 0), limit=1, account=bucket.account, region=bucket.region
    )
    if first and first[0].bucket == bucket.name:
        what = "You must delete all versions in the bucket." if bucket.versioning else ""
        raise ApiError(
            "BucketNotEmpty",
            f"The bucket you tried to delete is not empty{'. ' + what if what else ''}",
            status=409,
            members={"BucketName": bucket.name},
        )
    abort_all(call, bucket)
    name = call.unit.get(BucketName, bucket.name, account=EVERYBODY)
    if name is None:
        raise no_such_bucket(bucket.name)
    call.unit.remove(bucket)
    call.unit.remove(name)


@bucket_operation("HeadBucket", "ListBucket")
def head_bucket(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Whether there is such a bucket that the caller may list, and in which Region."""
    bucket = find_bucket(call, request)
    return {"BucketRegion": bucket.region, "BucketArn": bucket.arn}


@bucket_operation("GetBucketLocation", "GetBucketLocation", owner=owner_anywhere)
def get_bucket_location(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The bucket's Region; us-east-1 answers with nothing."""
    bucket = find_anywhere(call, request)
    return {"LocationConstraint": "" if bucket.region == _FIRST_REGION else bucket.region}


@service.operation("ListBuckets", needs={"s3:ListAllMyBuckets": "*"})
def list_buckets(call: Call, request: ListBucketsRequestTypeDef) -> dict[str, Any]:
    """The account's buckets in all Regions, by name."""
    limit = request.get("MaxBuckets")
    if limit is not None and not 1 <= limit <= MOST_BUCKETS:
        raise invalid_argument(
            f"Argument max-buckets must be an integer between 1 and {MOST_BUCKETS}", "max-buckets", str(limit)
        )
    prefix = request.get("Prefix", "")
    wanted: dict[str, Any] = {"owner": call.account, "name": StartsWith(prefix)}
    if request.get("BucketRegion"):
        wanted["bucket_region"] = request["BucketRegion"]
    token = request.get("ContinuationToken")
    after = read_token(token) if token else None
    names = call.unit.page(BucketName, where=wanted, after=after, limit=limit + 1 if limit else None, account=EVERYBODY)
    shown = names[:limit] if limit else names
    buckets = [_shown(call, name) for name in shown]
    answer: dict[str, Any] = {"Buckets": buckets, "Owner": owner_shown(call.account)}
    if len(names) > len(shown):
        answer["ContinuationToken"] = token_of(shown[-1].name)
    return answer | ({"Prefix": prefix} if prefix else {})


def _shown(call: Call, name: BucketName) -> dict[str, Any]:
    bucket = bucket_of(call.unit, name)
    assert bucket is not None, f"{name.name} names no bucket"
    return {
        "Name": bucket.name,
        "CreationDate": bucket.created_at,
        "BucketRegion": bucket.region,
        "BucketArn": bucket.arn,
    }
