"""Find out, before a trail is made or changed, whether CloudTrail may deliver where it is to.

Asked of the services themselves, as CloudTrail and for the trail: what the policies of bucket, topic and role say then is what
they will say of every delivery. Source: CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail", "Amazon SNS topic
policy for CloudTrail".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import services
from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.cloudtrail.delivery.state import TrailId
from garrison.services.cloudtrail.delivery.to_bucket import put_object
from garrison.services.cloudtrail.delivery.to_logs import group_of, make_stream, stream_name
from garrison.services.cloudtrail.names import checked_name, named_arn
from garrison.services.cloudtrail.resources import Trail
from garrison.services.cloudtrail.settings import check_log_destination, checked_settings
from garrison.services.inside import call_as_service
from garrison.trails import marker_key
from garrison.trails.scope import CLOUDTRAIL

if TYPE_CHECKING:
    from garrison.services.call import Call

VALIDATION_MESSAGE = "CloudTrail validation message."
"""What a topic gets when a trail is to tell it of deliveries."""

_ABSENT = frozenset({"NoSuchBucket", "NotFound"})
_BUCKET_SETTINGS = ("bucket", "key_prefix", "validates_log_files", "organization_id", "kms_key_id")
_LOG_SETTINGS = ("log_group_arn", "log_role_arn", "organization_id")


def check_new_trail(call: Call, request: Mapping[str, Any]) -> None:
    """Refuse a new trail that could not deliver."""
    name = checked_name(request["Name"])
    settings = _settings(call, request)
    trail = Trail(account=call.account, name=name, home_region=call.region, created_at=call.at, **settings)
    _check(call, trail, settings)


def check_changed_trail(call: Call, request: Mapping[str, Any]) -> None:
    """Refuse a change of a trail after which it could not deliver; what the request leaves as it is, is not asked about."""
    arn = named_arn(call, request["Name"])
    settings = _settings(call, request)
    with call.parts.store.reading(call.account, call.region) as unit:
        parts = parse_arn(arn)
        trail = unit.get(Trail, parts.region, parts.name) if parts is not None else None
    if trail is not None and trail.home_region == call.region:  # else the operation itself refuses
        _check(call, msgspec.structs.replace(trail, **settings), settings)


def _settings(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    before = call.unit
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        try:
            return checked_settings(call, request)
        finally:
            call.unit = before


def _check(call: Call, trail: Trail, changed: Mapping[str, Any]) -> None:
    check_log_destination(trail.log_group_arn, trail.log_role_arn)
    if "s3" in services.REGISTERED and any(name in changed for name in _BUCKET_SETTINGS):
        _check_bucket(call, trail)
    if "sns" in services.REGISTERED and trail.topic_arn is not None and "topic" in changed:
        _check_topic(call, trail)
    if "logs" in services.REGISTERED and trail.log_group_arn and any(changed.get(name) for name in _LOG_SETTINGS):
        _check_logs(call, trail)


def _check_bucket(call: Call, trail: Trail) -> None:
    """Ask for the bucket's ACL, and put an empty object into each folder that files will come into.

    Another store that the settings name is asked with the operator's own key, which owns the bucket: its ACL says nothing.
    """
    identity = TrailId(trail.account, trail.home_region, trail.name)
    kinds = ("CloudTrail", "CloudTrail-Digest") if trail.validates_log_files else ("CloudTrail",)
    try:
        if not call.parts.settings.archive_endpoint:
            _ask_for_acl(call, trail)
        for kind in kinds:
            key = marker_key(trail.key_prefix, trail.account, kind, trail.organization_id)
            put_object(call.parts, identity, trail.bucket, key, b"", encoding=None, kms_key=trail.kms_key_id)
    except ApiError as error:
        if error.code in _ABSENT:
            raise ApiError("S3BucketDoesNotExistException", f"S3 bucket {trail.bucket} does not exist!") from None
        if error.code == "ServiceUnavailable":
            raise
        if trail.kms_key_id and (error.code.startswith("KMS.") or "kms:" in error.message):
            raise _of_key(error, trail) from None
        raise ApiError(
            "InsufficientS3BucketPolicyException",
            f"Incorrect S3 bucket policy is detected for bucket: {trail.bucket}",
        ) from None


def _of_key(error: ApiError, trail: Trail) -> ApiError:
    """Why nothing can be encrypted by the trail's key, in CloudTrail's errors."""
    if error.code == "KMS.NotFoundException":
        return ApiError("KmsKeyNotFoundException", error.message)
    if error.code.startswith("KMS."):
        return ApiError("KmsException", f"{error.code.removeprefix('KMS.')}: {error.message}")
    return ApiError(
        "InsufficientEncryptionPolicyException",
        f"Insufficient permissions to access S3 bucket {trail.bucket} or KMS key {trail.kms_key_id}.",
    )


def _ask_for_acl(call: Call, trail: Trail) -> None:
    call_as_service(
        call.parts,
        CLOUDTRAIL,
        trail.account,
        trail.home_region,
        "s3",
        "GetBucketAcl",
        {"Bucket": trail.bucket},
        source_arn=trail.arn,
    )


def _check_topic(call: Call, trail: Trail) -> None:
    topic = parse_arn(trail.topic_arn or "")
    try:
        call_as_service(
            call.parts,
            CLOUDTRAIL,
            trail.account,
            topic.region if topic is not None else trail.home_region,
            "sns",
            "Publish",
            {"TopicArn": trail.topic_arn, "Message": VALIDATION_MESSAGE},
            source_arn=trail.arn,
        )
    except ApiError:
        raise ApiError(
            "InsufficientSnsTopicPolicyException", "SNS Topic does not exist or the topic policy is incorrect!"
        ) from None


def _check_logs(call: Call, trail: Trail) -> None:
    """Make the stream of the trail's own region, as its role."""
    group, role = trail.log_group_arn or "", trail.log_role_arn or ""
    identity = TrailId(trail.account, trail.home_region, trail.name)
    try:
        stream = stream_name(trail.account, trail.home_region, trail.organization_id)
        make_stream(call.parts, identity, group, role, stream, call.at)
    except ApiError as error:
        if error.code == "ResourceNotFoundException":
            raise ApiError(
                "InvalidCloudWatchLogsLogGroupArnException",
                f"The log group {group_of(group).name} does not exist: CloudTrail cannot validate the specified log group ARN.",
            ) from None
        raise ApiError(
            "InvalidCloudWatchLogsRoleArnException", "Access denied. Check the permissions for your role."
        ) from None
