"""The delivery channel: which bucket gets snapshots and history files, and which topic hears of changes.

Source: AWS Config API reference, "PutDeliveryChannel"; AWS Config Developer Guide, "Permissions for the Amazon S3 Bucket".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.identifiers import request_id
from garrison.services.config.recorder.finding import (
    channel_of,
    needed_recorder,
    no_such_channel,
    recorder_of,
    running_recorder,
)
from garrison.services.config.recorder.places import HISTORY_EVERY, folder_of, snapshot_every
from garrison.services.config.recorder.resources import DeliveryChannel
from garrison.services.config.recorder.standing import (
    HISTORY,
    SNAPSHOT,
    STREAM,
    Export,
    export_of,
    put_export,
    standing_of,
)
from garrison.services.config.rules.recorded import history_of
from garrison.services.config.service import PRINCIPAL, service
from garrison.services.inside import call_as_service

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call
    from garrison.store import Unit

DEFAULT_NAME = "default"
_PREFIX = re.compile(r"[A-Za-z0-9!_.*'()/-]{1,512}")


def _try_bucket(call: Call, request: Mapping[str, Any]) -> None:
    """Put the file by which Config tries whether it may write, before anything is kept."""
    asked = request["DeliveryChannel"]
    bucket, prefix = asked.get("s3BucketName"), asked.get("s3KeyPrefix")
    if not bucket:
        raise ApiError("NoSuchBucketException", "Cannot find a S3 bucket with an empty bucket name.")
    if prefix is not None and not _PREFIX.fullmatch(prefix):
        raise ApiError("InvalidS3KeyPrefixException", f"The s3 key prefix '{prefix}' is not valid.")
    key = f"{folder_of(prefix, call.account)}ConfigWritabilityCheckFile"
    try:
        call_as_service(
            call.parts,
            PRINCIPAL,
            call.account,
            call.region,
            "s3",
            "PutObject",
            {"Bucket": bucket, "Key": key, "Body": b"", "ACL": "bucket-owner-full-control"},
            source_arn=f"arn:aws:config:{call.region}:{call.account}:*",
        )
    except ApiError as error:
        if error.code == "NoSuchBucket":
            raise ApiError("NoSuchBucketException", f"Cannot find a S3 bucket with the name '{bucket}'.") from None
        raise ApiError(
            "InsufficientDeliveryPolicyException",
            f"Insufficient delivery policy to s3 bucket: {bucket}, unable to write to bucket, provided s3 key prefix is '{prefix}'.",
        ) from None


@service.operation("PutDeliveryChannel", needs={"config:PutDeliveryChannel": "*"}, prepare=_try_bucket)
def put_delivery_channel(call: Call, request: shapes.PutDeliveryChannelRequestTypeDef) -> None:
    """A new channel, or the one that there is with other settings."""
    asked: Mapping[str, Any] = request["DeliveryChannel"]
    name = asked.get("name") or DEFAULT_NAME
    needed_recorder(call.unit)
    for member, service_name, code in (
        ("snsTopicARN", "sns", "InvalidSNSTopicARNException"),
        ("s3KmsKeyArn", "kms", "InvalidS3KmsKeyArnException"),
    ):
        arn = parse_arn(asked[member]) if asked.get(member) else None
        if asked.get(member) and (arn is None or arn.service != service_name):
            raise ApiError(code, f"The {member} '{asked[member]}' is not valid.")
    present = channel_of(call.unit)
    if present is not None and present.name != name:
        raise ApiError(
            "MaxNumberOfDeliveryChannelsExceededException",
            f"Failed to put delivery channel '{name}' because the maximum number of delivery channels: 1 is reached.",
        )
    made = DeliveryChannel(
        account=call.account,
        region=call.region,
        name=name,
        bucket=asked["s3BucketName"],
        prefix=asked.get("s3KeyPrefix"),
        key_arn=asked.get("s3KmsKeyArn"),
        topic_arn=asked.get("snsTopicARN"),
        snapshot_frequency=(asked.get("configSnapshotDeliveryProperties") or {}).get("deliveryFrequency"),
    )
    if present is None:
        call.unit.add(made)
        begun = Export(number=history_of(call.parts).last_number)  # only what is recorded from now on
        for kind in (STREAM, HISTORY):
            put_export(call.unit, call.region, kind, begun)
    else:
        call.unit.save(made)


@service.operation("DescribeDeliveryChannels", needs={"config:DescribeDeliveryChannels": "*"})
def describe_delivery_channels(call: Call, request: shapes.DescribeDeliveryChannelsRequestTypeDef) -> dict[str, Any]:
    """The channels' settings."""
    return {"DeliveryChannels": [_shown(one) for one in _asked(call.unit, request)]}


@service.operation("DescribeDeliveryChannelStatus", needs={"config:DescribeDeliveryChannelStatus": "*"})
def describe_delivery_channel_status(
    call: Call, request: shapes.DescribeDeliveryChannelStatusRequestTypeDef
) -> dict[str, Any]:
    """How the last snapshots, history files and notifications went."""
    return {"DeliveryChannelsStatus": [_status(call, one) for one in _asked(call.unit, request)]}


@service.operation("DeleteDeliveryChannel", needs={"config:DeleteDeliveryChannel": "*"})
def delete_delivery_channel(call: Call, request: shapes.DeleteDeliveryChannelRequestTypeDef) -> None:
    """Nothing is delivered any more; refused while the recorder records."""
    (found,) = _asked(call.unit, {"DeliveryChannelNames": [request["DeliveryChannelName"]]})
    recorder = recorder_of(call.unit)
    if recorder is not None and recorder.is_recording:
        raise ApiError(
            "LastDeliveryChannelDeleteFailedException",
            f"Failed to delete last specified delivery channel with name '{found.name}', because there, because there is a running configuration recorder.",
        )
    call.unit.remove(found)


@service.operation("DeliverConfigSnapshot", needs={"config:DeliverConfigSnapshot": "*"}, read_only=False)
def deliver_config_snapshot(call: Call, request: shapes.DeliverConfigSnapshotRequestTypeDef) -> dict[str, Any]:
    """Have a snapshot of what is recorded put into the channel's bucket, shortly after."""
    _asked(call.unit, {"DeliveryChannelNames": [request["deliveryChannelName"]]})
    needed_recorder(call.unit)
    running_recorder(call.unit)
    export = export_of(call.unit, call.region, SNAPSHOT)
    snapshot = export.asked or request_id()
    put_export(call.unit, call.region, SNAPSHOT, replace(export, asked=snapshot))
    return {"configSnapshotId": snapshot}


def _asked(unit: Unit, request: Mapping[str, Any]) -> list[DeliveryChannel]:
    """The channels that a request names; all where it names none."""
    found = channel_of(unit)
    names = request.get("DeliveryChannelNames")
    for name in names or ():
        if found is None or name != found.name:
            raise no_such_channel(name)
    return [found] if found is not None else []


def _shown(channel: DeliveryChannel) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": channel.name,
        "s3BucketName": channel.bucket,
        "s3KeyPrefix": channel.prefix,
        "s3KmsKeyArn": channel.key_arn,
        "snsTopicARN": channel.topic_arn,
    }
    if channel.snapshot_frequency:
        made["configSnapshotDeliveryProperties"] = {"deliveryFrequency": channel.snapshot_frequency}
    return {name: value for name, value in made.items() if value is not None}


def _status(call: Call, channel: DeliveryChannel) -> dict[str, Any]:
    every = snapshot_every(channel)
    is_recording = (recorder := recorder_of(call.unit)) is not None and recorder.is_recording
    stream = export_of(call.unit, call.region, STREAM)
    told: dict[str, Any] = {"lastStatus": stream.status} | _error(stream)
    if stream.attempted_at is not None:
        told["lastStatusChangeTime"] = stream.attempted_at
    return {
        "name": channel.name,
        "configSnapshotDeliveryInfo": _info(call, SNAPSHOT, every if is_recording else None),
        "configHistoryDeliveryInfo": _info(call, HISTORY, HISTORY_EVERY if is_recording else None),
        "configStreamDeliveryInfo": told,
    }


def _info(call: Call, kind: str, every: timedelta | None) -> dict[str, Any]:
    export = export_of(call.unit, call.region, kind)
    made: dict[str, Any] = {"lastStatus": export.status} | _error(export)
    if export.attempted_at is not None:
        made["lastAttemptTime"] = export.attempted_at
    if export.done_at is not None:
        made["lastSuccessfulTime"] = export.done_at
    if every is not None:
        since: datetime = export.attempted_at or standing_of(call.unit, call.region).whole_at or call.at
        made["nextDeliveryTime"] = since + every
    return made


def _error(export: Export) -> dict[str, Any]:
    if export.error is None:
        return {}
    return {"lastErrorCode": export.error, "lastErrorMessage": export.message or ""}
