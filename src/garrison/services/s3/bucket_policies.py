"""Bucket policies, and the block of public access that stands over them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.policy import Document, MalformedPolicy, PolicyKind, parse_document
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import Account, Role, User
from garrison.services.s3.declaring import bucket_operation
from garrison.services.s3.failures import access_denied
from garrison.services.s3.finding import find_bucket, is_public

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.s3.resources import Bucket

LARGEST_BYTES = 20 * 1024
"""Of a bucket policy (S3 User Guide, "Bucket policies")."""
_ACTION = re.compile(r"(\*|s3(-object-lambda|express)?:.+)", re.IGNORECASE)


@bucket_operation("PutBucketPolicy", "PutBucketPolicy", read_only=False)
def put_bucket_policy(call: Call, request: Mapping[str, Any]) -> None:
    """The bucket's policy is this one; MalformedPolicy where it does not fit the bucket."""
    bucket = find_bucket(call, request)
    text = request["Policy"]
    _check(call, bucket, text)
    if (bucket.public_access_block or {}).get("BlockPublicPolicy") and is_public(text):
        raise access_denied(
            f"User: {call.principal.arn or 'anonymous'} is not authorized to perform: s3:PutBucketPolicy on resource: "
            f'"{bucket.arn}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.'
        )
    call.unit.save(replace(bucket, policy=text))


@bucket_operation("GetBucketPolicy", "GetBucketPolicy")
def get_bucket_policy(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The policy's text."""
    return {"Policy": _policy(find_bucket(call, request))}


@bucket_operation("DeleteBucketPolicy", "DeleteBucketPolicy")
def delete_bucket_policy(call: Call, request: Mapping[str, Any]) -> None:
    """The bucket has no policy."""
    bucket = find_bucket(call, request)
    if bucket.policy is not None:
        call.unit.save(replace(bucket, policy=None))


@bucket_operation("GetBucketPolicyStatus", "GetBucketPolicyStatus")
def get_bucket_policy_status(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the policy lets in just anybody."""
    return {"PolicyStatus": {"IsPublic": is_public(_policy(find_bucket(call, request)))}}


@bucket_operation("PutPublicAccessBlock", "PutBucketPublicAccessBlock", event_name="PutBucketPublicAccessBlock")
def put_public_access_block(call: Call, request: Mapping[str, Any]) -> None:
    """What is blocked is what the request says; what it leaves out is not."""
    bucket = find_bucket(call, request)
    wanted = request["PublicAccessBlockConfiguration"]
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    call.unit.save(replace(bucket, public_access_block={name: bool(wanted.get(name)) for name in names}))


@bucket_operation("GetPublicAccessBlock", "GetBucketPublicAccessBlock", event_name="GetBucketPublicAccessBlock")
def get_public_access_block(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """What is blocked."""
    bucket = find_bucket(call, request)
    if bucket.public_access_block is None:
        raise ApiError(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
            status=404,
            members={"BucketName": bucket.name},
        )
    return {"PublicAccessBlockConfiguration": bucket.public_access_block}


@bucket_operation("DeletePublicAccessBlock", "PutBucketPublicAccessBlock", event_name="DeleteBucketPublicAccessBlock")
def delete_public_access_block(call: Call, request: Mapping[str, Any]) -> None:
    """Nothing is blocked."""
    call.unit.save(replace(find_bucket(call, request), public_access_block=None))


def _policy(bucket: Bucket) -> str:
    if bucket.policy is None:
        raise ApiError(
            "NoSuchBucketPolicy",
            "The bucket policy does not exist",
            status=404,
            members={"BucketName": bucket.name},
        )
    return bucket.policy


def _check(call: Call, bucket: Bucket, text: str) -> None:
    if len(text.encode()) > LARGEST_BYTES:
        raise _malformed("Policies must be no larger than 20480 bytes.")
    try:
        document = parse_document(text, PolicyKind.RESOURCE)
    except MalformedPolicy as malformed:
        raise _malformed(malformed.message) from malformed
    for statement in document.statements:
        for action in statement.actions:
            if not _ACTION.fullmatch(action):
                raise _malformed("Policy has invalid action")
        for resource in statement.resources:
            if not _is_of(bucket, resource):
                raise _malformed("Policy has invalid resource")
    _check_principals(call, document)


def _is_of(bucket: Bucket, resource: str) -> bool:
    """Whether a resource of a policy is the bucket, or objects of it, as far as wildcards leave it open."""
    arn = parse_arn(resource)
    if resource == "*":
        return True
    if arn is None or arn.service not in ("s3", "*"):
        return False
    name = arn.resource.partition("/")[0]
    return name == bucket.name or "*" in name or "?" in name or "$" in name


def _check_principals(call: Call, document: Document) -> None:
    """Refuse principals of accounts held here that do not exist, as AWS does."""
    for statement in document.statements:
        for name in statement.principal.aws if statement.principal is not None else ():
            if not _exists(call, name):
                raise _malformed("Invalid principal in policy")


def _exists(call: Call, name: str) -> bool:
    arn = parse_arn(name)
    if arn is None or arn.service != "iam" or call.unit.get(Account, arn.account, account=arn.account) is None:
        return True  # an account id, a wildcard, a session, or an account that is not held here
    kind, _, rest = arn.resource.partition("/")
    found: type[User] | type[Role] | None = {"user": User, "role": Role}.get(kind)  # type: ignore[assignment]
    if found is None:
        return True
    return lookup(call.unit, found, rest.rsplit("/", 1)[-1], account=arn.account) is not None


def _malformed(message: str) -> ApiError:
    return ApiError("MalformedPolicy", message, status=400)
