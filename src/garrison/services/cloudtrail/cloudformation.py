"""Trails and event data stores as CloudFormation makes them (CloudFormation Template Reference, "AWS CloudTrail")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import TagStyle, Work, kind

_SETTINGS = (
    *("S3BucketName", "S3KeyPrefix", "SnsTopicName", "IncludeGlobalServiceEvents", "IsMultiRegionTrail"),
    *("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn", "IsOrganizationTrail"),
)
_EMPTYABLE = ("S3KeyPrefix", "SnsTopicName", "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn")

trail = kind(
    "AWS::CloudTrail::Trail",
    "TrailName IsLogging EnableLogFileValidation KMSKeyId EventSelectors AdvancedEventSelectors InsightSelectors "
    + " ".join(_SETTINGS),
    required="IsLogging S3BucketName",
    create_only="TrailName",
    attributes="Arn SnsTopicArn",
    name_property="TrailName",
    tags=TagStyle.ALL,
    gone="TrailNotFound TrailNotFoundException",
    write_only="InsightSelectors EventSelectors AdvancedEventSelectors",
)


def _call(work: Work, operation: str, member: str = "Name", **parameters: Any) -> dict[str, Any]:
    return work.call("cloudtrail", operation, **{member: work.physical_id}, **parameters)


def _settings(work: Work) -> dict[str, Any]:
    renamed = {
        "KmsKeyId": work.properties.get("KMSKeyId"),
        "EnableLogFileValidation": work.properties.get("EnableLogFileValidation"),
    }
    return work.given(*_SETTINGS) | {name: value for name, value in renamed.items() if value is not None}


def _is_logging(work: Work) -> bool:
    return str(work.properties["IsLogging"]).lower() == "true"


@trail.create
def create_trail(work: Work) -> None:
    """The trail, what it selects, and then it logs."""
    answer = work.call(
        "cloudtrail",
        "CreateTrail",
        Name=work.name("TrailName", 128),
        TagsList=work.listed("Tags") or None,
        **_settings(work),
    )
    work.made(answer["Name"], Arn=answer["TrailARN"], SnsTopicArn=answer.get("SnsTopicARN") or "")
    _put_selectors(work)
    if _is_logging(work):
        _call(work, "StartLogging")


def _put_selectors(work: Work) -> None:
    if work.properties.get("AdvancedEventSelectors") or work.properties.get("EventSelectors"):
        selectors = work.given("EventSelectors", "AdvancedEventSelectors")
        _call(work, "PutEventSelectors", "TrailName", **selectors)
    if work.properties.get("InsightSelectors"):
        _call(work, "PutInsightSelectors", "TrailName", **work.given("InsightSelectors"))


@trail.update
def update_trail(work: Work) -> None:
    """Settings, selectors, logging and tags that are others now."""
    if work.has_changed(*_SETTINGS, "KMSKeyId", "EnableLogFileValidation"):
        emptied = {name: "" for name in _EMPTYABLE if work.before.get(name) and not work.properties.get(name)}
        if work.before.get("KMSKeyId") and not work.properties.get("KMSKeyId"):
            emptied["KmsKeyId"] = ""
        answer = _call(work, "UpdateTrail", **emptied | _settings(work))
        work.made(work.physical_id, SnsTopicArn=answer.get("SnsTopicARN") or "")
    if work.has_changed("EventSelectors", "AdvancedEventSelectors", "InsightSelectors"):
        if not work.properties.get("EventSelectors") and not work.properties.get("AdvancedEventSelectors"):
            every = {"ReadWriteType": "All", "IncludeManagementEvents": True}
            _call(work, "PutEventSelectors", "TrailName", EventSelectors=[every])
        _put_selectors(work)
    if work.has_changed("IsLogging"):
        _call(work, "StartLogging" if _is_logging(work) else "StopLogging")
    _change_tags(work, work.attributes["Arn"])


def _change_tags(work: Work, arn: str) -> None:
    tags, keys = work.tag_changes()
    if keys:
        work.call("cloudtrail", "RemoveTags", ResourceId=arn, TagsList=[{"Key": key} for key in keys])
    if tags:
        work.call("cloudtrail", "AddTags", ResourceId=arn, TagsList=tags)


@trail.delete
def delete_trail(work: Work) -> None:
    """The trail; its log files stay."""
    _call(work, "DeleteTrail")


@trail.read
def read_trail(work: Work) -> Mapping[str, Any] | None:
    """What it is set to, and whether it logs."""
    answer = work.call_if_there("cloudtrail", "GetTrail", Name=work.physical_id)
    if answer is None:
        return None
    found = answer["Trail"]
    return {name: found.get(name) for name in _SETTINGS} | {
        "TrailName": found["Name"],
        "EnableLogFileValidation": found.get("LogFileValidationEnabled"),
        "KMSKeyId": found.get("KmsKeyId"),
        "IsLogging": _call(work, "GetTrailStatus")["IsLogging"],
        "Tags": _tags(work, found["TrailARN"]),
    }


def _tags(work: Work, arn: str) -> list[Any]:
    tags = work.call("cloudtrail", "ListTags", ResourceIdList=[arn])["ResourceTagList"]
    return list(tags[0]["TagsList"]) if tags else []


_STORE_SETTINGS = (
    *("AdvancedEventSelectors", "BillingMode", "KmsKeyId", "MultiRegionEnabled", "OrganizationEnabled"),
    *("RetentionPeriod", "TerminationProtectionEnabled"),
)

event_data_store = kind(
    "AWS::CloudTrail::EventDataStore",
    "Name IngestionEnabled " + " ".join(_STORE_SETTINGS),
    attributes="CreatedTimestamp EventDataStoreArn Status UpdatedTimestamp",
    name_property="Name",
    tags=TagStyle.OF_STACK,
    gone="EventDataStoreNotFound EventDataStoreNotFoundException InactiveEventDataStore InactiveEventDataStoreException",
)


def _takes_events(work: Work) -> bool:
    return str(work.properties.get("IngestionEnabled", True)).lower() == "true"


def _store_made(work: Work, answer: Mapping[str, Any]) -> None:
    arn, made, changed = (answer[name] for name in ("EventDataStoreArn", "CreatedTimestamp", "UpdatedTimestamp"))
    work.made(
        arn,
        EventDataStoreArn=arn,
        Status=answer["Status"],
        CreatedTimestamp=str(made),
        UpdatedTimestamp=str(changed),
    )


@event_data_store.create
def create_store(work: Work) -> None:
    """The store."""
    answer = work.call(
        "cloudtrail",
        "CreateEventDataStore",
        Name=work.name("Name", 128),
        StartIngestion=_takes_events(work),
        TagsList=work.listed("Tags") or None,
        **work.given(*_STORE_SETTINGS),
    )
    _store_made(work, answer)


@event_data_store.update
def update_store(work: Work) -> None:
    """Settings, whether it takes events in, and tags. What is no longer set stays as it is, as in AWS."""
    if work.has_changed("Name", *_STORE_SETTINGS):
        given = work.given("Name", *_STORE_SETTINGS)
        _store_made(work, work.call("cloudtrail", "UpdateEventDataStore", EventDataStore=work.physical_id, **given))
    if work.has_changed("IngestionEnabled"):
        operation = "StartEventDataStoreIngestion" if _takes_events(work) else "StopEventDataStoreIngestion"
        found = work.call("cloudtrail", "GetEventDataStore", EventDataStore=work.physical_id)
        if (found["Status"] == "ENABLED") is not _takes_events(work):
            work.call("cloudtrail", operation, EventDataStore=work.physical_id)
    _change_tags(work, work.physical_id)


@event_data_store.delete
def delete_store(work: Work) -> None:
    """The store, unless it is protected; it can be restored for seven days."""
    work.call("cloudtrail", "DeleteEventDataStore", EventDataStore=work.physical_id)


@event_data_store.read
def read_store(work: Work) -> Mapping[str, Any] | None:
    """What it is set to, and whether it takes events in."""
    found = work.call_if_there("cloudtrail", "GetEventDataStore", EventDataStore=work.physical_id)
    if found is None or found["Status"] == "PENDING_DELETION":
        return None
    return {name: found.get(name) for name in _STORE_SETTINGS} | {
        "Name": found["Name"],
        "IngestionEnabled": found["Status"] == "ENABLED",
        "Tags": _tags(work, work.physical_id),
    }
