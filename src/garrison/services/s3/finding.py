"""Find the bucket that a request means, whose it is, and what protects it: the way into every operation of S3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.policy import PolicyKind, ResourcePolicy, parse_document
from garrison.services.policy_sources import source_of
from garrison.services.s3.failures import access_denied, no_such_bucket
from garrison.services.s3.names import checked_key
from garrison.services.s3.resources import EVERYBODY, Bucket, BucketName, bucket_arn, object_arn

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

_EASY_STEPS = 20_000
"""How long to look for somebody whom a policy lets in; a policy that is not settled by then counts as public."""


def lookup_bucket(unit: Unit, name: str) -> Bucket | None:
    """The bucket of a name, in any account and region, or None."""
    kept = unit.get(BucketName, name, account=EVERYBODY)
    return bucket_of(unit, kept) if kept is not None else None


def bucket_of(unit: Unit, kept: BucketName) -> Bucket | None:
    """The bucket that has a name."""
    return unit.get(Bucket, kept.name, account=kept.owner, region=kept.bucket_region)


def find_bucket(call: Call, request: Mapping[str, Any]) -> Bucket:
    """The bucket that a request names, reached through its own Region; raises NoSuchBucket."""
    bucket = find_anywhere(call, request)
    if bucket.region != call.region and call.principal.access_key_id is not None:
        raise ApiError(
            "AuthorizationHeaderMalformed",
            f"The authorization header is malformed; the region '{call.region}' is wrong; expecting '{bucket.region}'",
            status=400,
            members={"Region": bucket.region},
        )
    return bucket


def find_anywhere(call: Call, request: Mapping[str, Any]) -> Bucket:
    """The bucket that a request names, whatever Region it came to."""
    bucket = lookup_bucket(call.unit, request["Bucket"])
    if bucket is None:
        raise no_such_bucket(request["Bucket"])
    expected = request.get("ExpectedBucketOwner")
    if expected is not None and expected != bucket.account:
        raise access_denied()
    _name_resources(call, request, bucket)
    return bucket


def _name_resources(call: Call, request: Mapping[str, Any], bucket: Bucket) -> None:
    """Name bucket and object in the call's event."""
    if call.resources:
        return
    if "Key" in request:
        call.resources.append({"type": "AWS::S3::Object", "ARN": object_arn(bucket.name, request["Key"])})
    call.resources.append({"accountId": bucket.account, "type": Bucket.resource_type, "ARN": bucket.arn})


def owner_of(call: Call, request: Mapping[str, Any], resource: str) -> str:
    """The account of the bucket that a request names: an S3 ARN names none."""
    return find_bucket(call, request).account


def owner_anywhere(call: Call, request: Mapping[str, Any], resource: str) -> str:
    """The same, for what every Region answers."""
    return find_anywhere(call, request).account


def policy_of(call: Call, request: Mapping[str, Any], resource: str) -> ResourcePolicy | None:
    """The bucket policy that decides about a request, as far as the block of public access lets it."""
    bucket = lookup_bucket(call.unit, request["Bucket"])
    if bucket is None or bucket.policy is None:
        return None
    block = bucket.public_access_block or {}
    is_outsider = call.principal.kind != "AWSService" and (
        call.account != bucket.account or not call.principal.principal_id
    )
    if block.get("RestrictPublicBuckets") and is_outsider and is_public(bucket.policy):
        return None
    return ResourcePolicy(source_of(PolicyKind.RESOURCE, bucket.arn, bucket.policy))


@lru_cache(maxsize=1024)
def is_public(policy: str) -> bool:
    """Whether a bucket policy lets in just anybody (S3 User Guide, "The meaning of 'public'")."""
    from garrison.policy.analysis.public import check_no_public_access

    return check_no_public_access(parse_document(policy, PolicyKind.RESOURCE), steps=_EASY_STEPS).result != "PASS"


def bucket_in(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the bucket that a request names."""
    return bucket_arn(request["Bucket"])


def object_in(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the object that a request names."""
    return object_arn(request["Bucket"], checked_key(request["Key"]))


def object_if(wanted: Callable[[Mapping[str, Any]], object]) -> Callable[[Call, Any], tuple[str, ...]]:
    """The ARN of the object, where a request says that an action is wanted on it."""

    def arns(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
        return (object_in(call, request),) if wanted(request) else ()

    return arns
