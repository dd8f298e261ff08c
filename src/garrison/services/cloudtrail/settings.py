"""Check where a trail is to deliver: bucket, prefix, topic, log group, key.

Rules: CloudTrail User Guide, "Naming requirements for CloudTrail resources, S3 buckets, and KMS keys"; S3 User Guide,
"General purpose bucket naming rules". Whether bucket, topic and log group are there is asked in `destinations`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.cloudtrail.names import is_address
from garrison.services.cloudtrail.organization import checked_organization
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import Role
from garrison.services.kms.finding import lookup_key

if TYPE_CHECKING:
    from garrison.services.call import Call

LONGEST_PREFIX = 200
LONGEST_TOPIC = 256

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_TOPIC_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}(\.fifo)?")
_LOG_GROUP = re.compile(r"log-group:[A-Za-z0-9_/.#-]{1,512}:\*")
_KEY_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}", re.IGNORECASE)
_ALIAS = re.compile(r"alias/[A-Za-z0-9/_-]{1,250}")


def checked_settings(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The delivery settings that a request names, checked, by the trail's fields; an empty text takes a setting away."""
    settings: dict[str, Any] = {}
    for member, (field, check) in _CHECKS.items():
        value = request.get(member)
        if value is None:
            continue
        settings[field] = check(call, value) if value != "" or member == "S3BucketName" else None
    return settings


def check_log_destination(log_group_arn: str | None, role_arn: str | None) -> None:
    """Refuse a log group without a role and a role without a log group."""
    if log_group_arn and not role_arn:
        raise ApiError("InvalidCloudWatchLogsRoleArnException", "You must specify a role ARN as well as a log group.")
    if role_arn and not log_group_arn:
        raise ApiError(
            "InvalidCloudWatchLogsLogGroupArnException", "You must specify a log group as well as a role ARN."
        )


def check_regions(is_multi_region: bool, includes_global_events: bool) -> None:
    """Refuse a multi-Region trail without the events of global services."""
    if is_multi_region and not includes_global_events:
        raise ApiError("InvalidParameterCombinationException", "Multi-Region trail must include global service events.")


def _bucket(call: Call, name: str) -> str:
    valid = (
        _BUCKET.fullmatch(name)
        and ".." not in name
        and not name.startswith(_RESERVED_PREFIXES)
        and not name.endswith(_RESERVED_SUFFIXES)
        and not is_address(name)
    )
    if not valid:
        raise ApiError("InvalidS3BucketNameException", f"{name} is not a valid S3 bucket name.")
    return name


def _prefix(call: Call, prefix: str) -> str:
    if len(prefix) > LONGEST_PREFIX:
        raise ApiError(
            "InvalidS3PrefixException", f"The prefix is too long. Maximum allowed length: {LONGEST_PREFIX} characters."
        )
    return prefix


def _topic(call: Call, topic: str) -> str:
    arn = parse_arn(topic) if topic.startswith("arn:") else None
    name = arn.resource if arn is not None and arn.service == "sns" else topic
    if len(topic) > LONGEST_TOPIC or not _TOPIC_NAME.fullmatch(name):
        raise ApiError("InvalidSnsTopicNameException", f"{topic} is not a valid SNS topic name or ARN.")
    return topic


def _log_group(call: Call, text: str) -> str:
    arn = parse_arn(text)
    if arn is None or arn.service != "logs" or not _LOG_GROUP.fullmatch(arn.resource):
        raise ApiError(
            "InvalidCloudWatchLogsLogGroupArnException", "CloudTrail cannot validate the specified log group ARN."
        )
    return text


def _log_role(call: Call, text: str) -> str:
    arn = parse_arn(text)
    role = None
    if arn is not None and arn.service == "iam" and arn.account == call.account and arn.resource.startswith("role/"):
        role = lookup(call.unit, Role, arn.name)
    if role is None or role.arn != text:
        raise ApiError(
            "InvalidCloudWatchLogsRoleArnException", "Access denied. Check the trust relationships for your role."
        )
    return text


def _key(call: Call, text: str) -> str:
    arn = parse_arn(text)
    name = text
    if arn is not None and arn.service == "kms":
        name = arn.resource.removeprefix("key/")
    if not _KEY_ID.fullmatch(name) and not _ALIAS.fullmatch(name):
        raise ApiError(
            "InvalidKmsKeyIdException", f"{text} is not a valid KMS key ID, key ARN, alias name or alias ARN."
        )
    try:
        key = lookup_key(call, text)
    except ApiError as error:
        raise ApiError("KmsKeyNotFoundException", error.message) from None
    return text if arn is not None else key.arn


def _as_given(call: Call, value: bool) -> bool:
    return value


_CHECKS: dict[str, tuple[str, Callable[[Call, Any], Any]]] = {
    "S3BucketName": ("bucket", _bucket),
    "S3KeyPrefix": ("key_prefix", _prefix),
    "SnsTopicName": ("topic", _topic),
    "CloudWatchLogsLogGroupArn": ("log_group_arn", _log_group),
    "CloudWatchLogsRoleArn": ("log_role_arn", _log_role),
    "KmsKeyId": ("kms_key_id", _key),
    "IncludeGlobalServiceEvents": ("includes_global_events", _as_given),
    "IsMultiRegionTrail": ("is_multi_region", _as_given),
    "IsOrganizationTrail": ("organization_id", checked_organization),
    "EnableLogFileValidation": ("validates_log_files", _as_given),
    "RecursiveLogging": ("records_recursively", _as_given),
}
"""Request members to the trail's fields and what checks them."""
