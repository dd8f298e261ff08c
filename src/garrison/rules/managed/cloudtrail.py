"""Rules about CloudTrail's trails."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Literal

from garrison.items import Item
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, flag, listed, moment, objects, part, text, texts
from garrison.rules.registry import ACCOUNT, Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant

TRAIL = "AWS::CloudTrail::Trail"


class Destinations(Parameters, frozen=True, rename="camel"):
    """Where a trail has to deliver, where it matters."""

    s3_bucket_name: str | None = None
    sns_topic_arn: str | None = None
    cloud_watch_logs_log_group_arn: str | None = None

    def met_by(self, trail: Item) -> bool:
        """Whether a trail delivers there."""
        return (
            self.s3_bucket_name in (None, text(trail, "s3BucketName"))
            and self.sns_topic_arn in (None, text(trail, "snsTopicARN"))
            and self.cloud_watch_logs_log_group_arn in (None, text(trail, "cloudWatchLogsLogGroupArn"))
        )


class MultiRegion(Destinations, frozen=True, rename="camel"):
    """And what it has to record, where it matters."""

    include_management_events: bool | None = None
    read_write_type: Literal["ReadOnly", "WriteOnly", "ALL", "All"] | None = None


class Delivery(Parameters, frozen=True, rename="camel"):
    """How many hours ago CloudWatch Logs may at most have been delivered to, where it matters."""

    expected_delivery_window_age: int | None = None


class Buckets(Parameters, frozen=True, rename="pascal"):
    """The buckets whose data events have to be recorded; all where none is given."""

    s3_bucket_names: str = ""


@rule(
    "CLOUD_TRAIL_ENABLED", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.HIGH,
    also={TRAIL: ("TrailStatus",)},
    fix="Create a trail and start its logging.",
)  # fmt: skip
def enabled(account: Inventory, parameters: Destinations) -> Verdict:
    """The account has a trail that is logging and delivers where the parameters say.

    Source: AWS Config Developer Guide, "cloudtrail-enabled".
    """
    return _any(account, lambda trail: parameters.met_by(trail) and _is_logging(trail), "is logging as demanded")


@rule(
    "MULTI_REGION_CLOUD_TRAIL_ENABLED", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.HIGH,
    also={TRAIL: ("TrailStatus", "EventSelectors")},
    fix="Make a trail that covers all regions and start its logging.",
)  # fmt: skip
def multi_region_enabled(account: Inventory, parameters: MultiRegion) -> Verdict:
    """The account has a trail over all regions that is logging, and delivers and records what the parameters say.

    Source: AWS Config Developer Guide, "multi-region-cloudtrail-enabled".
    """

    def fits(trail: Item) -> bool:
        return (
            flag(trail, "isMultiRegionTrail") is True
            and parameters.met_by(trail)
            and _is_logging(trail)
            and _records(trail, parameters)
        )

    return _any(account, fits, "covers all regions as demanded")


@rule(
    "CLOUDTRAIL_SECURITY_TRAIL_ENABLED", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    also={TRAIL: ("EventSelectors",)},
    fix="Have one trail over all regions with global events, validation, a KMS key and all management events.",
)  # fmt: skip
def security_trail_enabled(account: Inventory) -> Verdict:
    """One trail has it all: global events, all regions, validation, a KMS key, every management event read or written.

    Source: AWS Config Developer Guide, "cloudtrail-security-trail-enabled".
    """

    def fits(trail: Item) -> bool:
        flags = ("includeGlobalServiceEvents", "isMultiRegionTrail", "logFileValidationEnabled")
        return all(flag(trail, name) for name in flags) and bool(text(trail, "kmsKeyId")) and _records_everything(trail)

    return _any(account, fits, "meets every criterion")


@rule(
    "CLOUDTRAIL_S3_DATAEVENTS_ENABLED", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.LOW,
    also={TRAIL: ("EventSelectors",)},
    fix="Have a trail record data events of all buckets (PutEventSelectors).",
)  # fmt: skip
def s3_data_events_enabled(account: Inventory, parameters: Buckets) -> Verdict:
    """One trail records the data events of all buckets, or of all that are given.

    Source: AWS Config Developer Guide, "cloudtrail-s3-dataevents-enabled".
    """
    wanted = listed(parameters.s3_bucket_names)
    return _any(account, lambda trail: _records_objects(trail, wanted), "records S3 data events as demanded")


@rule(
    "CLOUD_TRAIL_ENCRYPTION_ENABLED", on=TRAIL, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Set a KMS key for the trail's log files (UpdateTrail with KmsKeyId).",
)  # fmt: skip
def encryption_enabled(trail: Item) -> Verdict:
    """A trail encrypts its log files by a KMS key.

    Source: AWS Config Developer Guide, "cloud-trail-encryption-enabled".
    """
    return expect(bool(text(trail, "kmsKeyId")), "kmsKeyId", text(trail, "kmsKeyId"))


@rule(
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", on=TRAIL, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Turn log file validation on (UpdateTrail with EnableLogFileValidation).",
)  # fmt: skip
def log_file_validation_enabled(trail: Item) -> Verdict:
    """A trail writes signed digests of its log files.

    Source: AWS Config Developer Guide, "cloud-trail-log-file-validation-enabled".
    """
    found = flag(trail, "logFileValidationEnabled")
    return expect(found is True, "logFileValidationEnabled", found)


@rule(
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED", on=TRAIL, trigger=Trigger.PERIODIC, severity=Severity.LOW,
    parts=("TrailStatus",),
    fix="Give the trail a log group and a role to write to it (UpdateTrail).",
)  # fmt: skip
def cloud_watch_logs_enabled(trail: Item, parameters: Delivery, inventory: Inventory) -> Verdict:
    """A trail delivers to CloudWatch Logs, and did so within the given number of hours.

    Source: AWS Config Developer Guide, "cloud-trail-cloud-watch-logs-enabled".
    """
    group = text(trail, "cloudWatchLogsLogGroupArn")
    if not group or parameters.expected_delivery_window_age is None:
        return expect(bool(group), "cloudWatchLogsLogGroupArn", group)
    at = moment(part(trail, "TrailStatus"), "latestCloudWatchLogsDeliveryTime")
    is_recent = at is not None and inventory.at - at <= timedelta(hours=parameters.expected_delivery_window_age)
    return expect(is_recent, "TrailStatus.latestCloudWatchLogsDeliveryTime", at and at.isoformat())


def _any(account: Inventory, fits: Any, what: str) -> Verdict:
    """Compliant where one trail fits; what could not be seen of one matters only where no other fits."""
    trails, unseen = account.of_type(TRAIL), None
    for trail in trails:
        try:
            if fits(trail):
                return COMPLIANT
        except Unseen as reason:
            unseen = reason
    if unseen is not None:
        raise unseen
    return non_compliant(f"None of {len(trails)} trails {what}" if trails else "The account has no trail")


def _is_logging(trail: Item) -> bool:
    status = part(trail, "TrailStatus")
    if "isLogging" not in status:
        raise Unseen("TrailStatus: not collected")
    return flag(status, "isLogging") is True


def _records(trail: Item, wanted: MultiRegion) -> bool:
    if wanted.include_management_events is None and wanted.read_write_type is None:
        return True
    for selector in _selectors(trail):
        kinds = text(selector, "readWriteType") or "All"
        has_management = flag(selector, "includeManagementEvents") is not False
        if wanted.include_management_events in (None, has_management) and (
            wanted.read_write_type is None or kinds.lower() == wanted.read_write_type.lower()
        ):
            return True
    return False


def _records_everything(trail: Item) -> bool:
    return any(
        (text(one, "readWriteType") or "All") == "All"
        and flag(one, "includeManagementEvents") is not False
        and not one.get("excludeManagementEventSources")
        for one in _selectors(trail)
    ) or any(
        _is_everything(objects(one, "fieldSelectors"))
        for one in objects(part(trail, "EventSelectors"), "advancedEventSelectors")
    )


def _is_everything(fields: Iterable[Any]) -> bool:
    """Whether an advanced selector asks for management events and narrows them no further."""
    rows = list(fields)
    return len(rows) == 1 and rows[0].get("field") == "eventCategory" and rows[0].get("equals") == ["Management"]


def _records_objects(trail: Item, buckets: tuple[str, ...]) -> bool:
    """Whether a trail records the data events of these buckets; of all, where none is given."""
    found = part(trail, "EventSelectors")
    if not found:
        raise Unseen("EventSelectors: not collected")
    starts = [
        one
        for selector in objects(found, "eventSelectors")
        for resource in objects(selector, "dataResources")
        if text(resource, "type") == "AWS::S3::Object"
        for one in texts(resource, "values")
    ]
    for selector in objects(found, "advancedEventSelectors"):
        fields = {text(one, "field"): one for one in objects(selector, "fieldSelectors")}
        kind = fields.get("resources.type")
        if kind is not None and "AWS::S3::Object" in texts(kind, "equals"):
            if fields.keys() <= {"eventCategory", "resources.type"}:
                starts.append("arn:aws:s3")
            elif fields.keys() <= {"eventCategory", "resources.type", "resources.ARN"}:
                starts += texts(fields["resources.ARN"], "startsWith")
    wanted = [f"arn:aws:s3:::{one}/" for one in buckets] or ["arn:aws:s3:::"]
    return all(any(one.startswith(start) for start in starts) for one in wanted)


def _selectors(trail: Item) -> list[Any]:
    found = part(trail, "EventSelectors")
    if not found:
        raise Unseen("EventSelectors: not collected")
    return objects(found, "eventSelectors")
