"""ACLs as they stand where the bucket's owner owns everything: one grant that nothing can change.

Source: Amazon S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.s3.canonical import owner_shown
from garrison.services.s3.declaring import bucket_operation, object_operation
from garrison.services.s3.failures import invalid_request
from garrison.services.s3.finding import find_bucket
from garrison.services.s3.getting import bucket_if_missing, by_version, newest, readable

if TYPE_CHECKING:
    from garrison.services.call import Call

_ENFORCED = "BucketOwnerEnforced"


def acl_shown(account: str) -> dict[str, Any]:
    """The ACL of what an account owns."""
    owner = owner_shown(account)
    return {"Owner": owner, "Grants": [{"Grantee": owner | {"Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]}


@bucket_operation("GetBucketAcl", "GetBucketAcl")
def get_bucket_acl(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The owner's one grant."""
    return acl_shown(find_bucket(call, request).account)


@object_operation(
    "GetObjectAcl",
    {"s3:GetObjectAcl": newest, "s3:GetObjectVersionAcl": by_version, "s3:ListBucket": bucket_if_missing},
)
def get_object_acl(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The one grant of the bucket's owner, who owns the object too, whoever put it."""
    bucket, _ = readable(call, request)
    return acl_shown(bucket.account)


@bucket_operation("PutBucketAcl", "PutBucketAcl")
def put_bucket_acl(call: Call, request: Mapping[str, Any]) -> None:
    """Only what holds anyway is no error."""
    bucket = find_bucket(call, request)
    given = request.get("AccessControlPolicy")
    holds = given is None and request.get("ACL") in ("private", "bucket-owner-full-control")
    if given is not None:
        owner = owner_shown(bucket.account)["ID"]
        holds = all(
            grant.get("Permission") == "FULL_CONTROL" and (grant.get("Grantee") or {}).get("ID") == owner
            for grant in given.get("Grants") or ()
        )
    if not holds:
        raise ApiError("AccessControlListNotSupported", "The bucket does not allow ACLs", status=400)


@bucket_operation("GetBucketOwnershipControls", "GetBucketOwnershipControls")
def get_bucket_ownership_controls(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """That the bucket's owner owns every object."""
    bucket = find_bucket(call, request)
    return {"OwnershipControls": {"Rules": [{"ObjectOwnership": bucket.ownership or _ENFORCED}]}}


@bucket_operation("PutBucketOwnershipControls", "PutBucketOwnershipControls")
def put_bucket_ownership_controls(call: Call, request: Mapping[str, Any]) -> None:
    """BucketOwnerEnforced is what every bucket has; nothing else is kept here."""
    find_bucket(call, request)
    rules = request["OwnershipControls"]["Rules"]
    if [rule["ObjectOwnership"] for rule in rules] != [_ENFORCED]:
        raise invalid_request("This server keeps buckets whose owner owns every object: BucketOwnerEnforced only.")
