"""Shape a trail as CloudTrail's answers show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from garrison.services.cloudtrail.resources import Trail


def settings_shown(trail: Trail) -> dict[str, Any]:
    """What CreateTrail and UpdateTrail answer; members that have no value are left out."""
    members = {
        "Name": trail.name,
        "S3BucketName": trail.bucket,
        "S3KeyPrefix": trail.key_prefix,
        "SnsTopicName": trail.topic,
        "SnsTopicARN": trail.topic_arn,
        "IncludeGlobalServiceEvents": trail.includes_global_events,
        "IsMultiRegionTrail": trail.is_multi_region,
        "TrailARN": trail.arn,
        "LogFileValidationEnabled": trail.validates_log_files,
        "CloudWatchLogsLogGroupArn": trail.log_group_arn,
        "CloudWatchLogsRoleArn": trail.log_role_arn,
        "KmsKeyId": trail.kms_key_id,
        "IsOrganizationTrail": trail.organization_id is not None,
        "RecursiveLogging": trail.records_recursively,
    }
    return {member: value for member, value in members.items() if value is not None}


def trail_shown(trail: Trail) -> dict[str, Any]:
    """What DescribeTrails and GetTrail answer."""
    return settings_shown(trail) | {
        "HomeRegion": trail.home_region,
        "HasCustomEventSelectors": bool(trail.event_selectors or trail.advanced_event_selectors),
        "HasInsightSelectors": False,
    }
