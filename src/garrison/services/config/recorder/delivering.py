"""Deliver what is recorded: each change to the channel's topic, changes of six hours as history files, and snapshots.

Source: AWS Config Developer Guide, "Notifications that AWS Config Sends to an Amazon SNS topic".
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison import codec
from garrison.errors import ApiError
from garrison.identifiers import request_id
from garrison.inventory import Version
from garrison.inventory.differences import differences
from garrison.items import DELETED, DISCOVERED, GLOBAL
from garrison.logs import get_logger
from garrison.rules.custom.events import OVERSIZED, VERSION, shown_time
from garrison.rules.custom.events import SNAPSHOT as SNAPSHOT_DELIVERED
from garrison.services.config.recorder.finding import channel_of, recorder_of
from garrison.services.config.recorder.places import HISTORY_EVERY, history_key, snapshot_every, snapshot_key
from garrison.services.config.recorder.resources import DeliveryChannel
from garrison.services.config.recorder.shapes import item_in_file
from garrison.services.config.recorder.standing import (
    HISTORY,
    SNAPSHOT,
    STREAM,
    Export,
    export_of,
    put_export,
    recorded_regions,
)
from garrison.services.config.rules.recorded import history_of
from garrison.services.config.rules.snapshots import ask_on_snapshot
from garrison.services.config.service import PRINCIPAL, service
from garrison.services.inside import call_as_service
from garrison.services.organizations.members import accounts_here
from garrison.services.subjects import plain_subject

if TYPE_CHECKING:
    from garrison.services.background import Workplace

FILE_VERSION = "1.0"
MOST_ITEMS = 100_000
"""Of one history file."""
LARGEST_MESSAGE = 256 * 1024
_BATCH = 500
_KINDS = {DISCOVERED: "CREATE", DELETED: "DELETE"}
_PAUSE = timedelta(seconds=30)

_log = get_logger(__name__)


@service.task("config-delivery", every=timedelta(seconds=1))
def deliver(place: Workplace) -> None:
    """Deliver what is due; one channel that fails holds up no other."""
    for account in accounts_here(place.parts):
        with place.parts.store.reading(account, place.parts.settings.region) as unit:
            regions = recorded_regions(unit)
        for region in regions:
            with place.parts.store.reading(account, region) as unit:
                channel, recorder = channel_of(unit), recorder_of(unit)
            if channel is not None:
                delivery = Delivery(place, channel)
                delivery.stream()
                if recorder is not None and recorder.is_recording:
                    delivery.history(recorder.started_at or place.clock.now())
                    delivery.snapshot(recorder.started_at or place.clock.now())


class Delivery:
    """One channel's deliveries."""

    def __init__(self, place: Workplace, channel: DeliveryChannel) -> None:
        self._place, self._channel = place, channel
        self._recorded = history_of(place.parts)

    def stream(self) -> None:
        """Tell of each change, once."""
        export = self._export(STREAM)
        if self._is_resting(export) or self._recorded.last_number <= export.number:
            return
        if self._channel.topic_arn is None:
            self._keep(STREAM, replace(export, number=self._recorded.last_number))
            return
        while changes := self._recorded.changes(after=export.number, limit=_BATCH):
            for version in changes:
                if self._is_here(version):
                    export = self._tell(export, version)
                    if export.error is not None:
                        return
                export = replace(export, number=version.number)
            self._keep(STREAM, export)

    def _tell(self, export: Export, version: Version) -> Export:
        now = self._place.clock.now()
        try:
            self._publish(change_message(version, now), f"config-change/{version.number}", _subject(version))
        except ApiError as error:
            failed = replace(export, attempted_at=now, error=error.code, message=error.message)
            self._keep(STREAM, failed)
            return failed
        return replace(export, attempted_at=now, done_at=now, error=None, message=None)

    def history(self, since: datetime) -> None:
        """Put the changes of the last six hours into files, one a type."""
        export, now = self._export(HISTORY), self._place.clock.now()
        first = export.attempted_at or since
        if now < first + HISTORY_EVERY:
            return
        number, found = export.number, dict[str, list[Version]]()
        while changes := self._recorded.changes(after=number, limit=_BATCH):
            for version in filter(self._is_here, changes):
                found.setdefault(version.item.resource_type, []).append(version)
            number = changes[-1].number
        try:
            for resource_type, versions in found.items():
                for part in range(0, len(versions), MOST_ITEMS):
                    key = history_key(self._channel, now, first, resource_type, part // MOST_ITEMS + 1)
                    self._put(key, _file(versions[part : part + MOST_ITEMS]))
                    self._announce("ConfigurationHistoryDeliveryCompleted", now, {"s3ObjectKey": key})
        except ApiError as error:
            self._failed(HISTORY, export, error)
            return
        self._keep(HISTORY, Export(number=number, attempted_at=now, done_at=now))

    def snapshot(self, since: datetime) -> None:
        """Put everything as it is into one file, where that was asked for or its time has come."""
        export, now = self._export(SNAPSHOT), self._place.clock.now()
        every = snapshot_every(self._channel)
        is_due = every is not None and now >= (export.attempted_at or since) + every
        if (not is_due and export.asked is None) or (export.error is not None and self._is_resting(export)):
            return
        snapshot = export.asked or request_id()
        told = {"configSnapshotId": snapshot}
        try:
            self._announce("ConfigurationSnapshotDeliveryStarted", now, told)
            key = snapshot_key(self._channel, now, snapshot)
            self._put(key, _file(self._present(), configSnapshotId=snapshot))
            self._announce(SNAPSHOT_DELIVERED, now, told | {"s3ObjectKey": key})
            ask_on_snapshot(self._place, self._channel, told | {"s3ObjectKey": key, "s3Bucket": self._channel.bucket})
        except ApiError as error:
            self._failed(SNAPSHOT, replace(export, asked=snapshot), error)
            return
        self._keep(SNAPSHOT, Export(attempted_at=now, done_at=now))

    def _present(self) -> Iterator[Version]:
        for region in (self._channel.region, GLOBAL):
            for item in self._recorded.current(self._channel.account, region=region):
                yield Version(number=int(item.captured_at.timestamp() * 1000), item=item)

    def _is_here(self, version: Version) -> bool:
        item = version.item
        return item.account == self._channel.account and item.region in (self._channel.region, GLOBAL)

    def _is_resting(self, export: Export) -> bool:
        now = self._place.clock.now()
        return export.error is not None and export.attempted_at is not None and now < export.attempted_at + _PAUSE

    def _put(self, key: str, content: bytes) -> None:
        encryption: dict[str, Any] = {}
        if self._channel.key_arn:
            encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self._channel.key_arn}
        parameters = {"Bucket": self._channel.bucket, "Key": key, "Body": content, "ACL": "bucket-owner-full-control"}
        self._call("s3", "PutObject", parameters | encryption, once=None)

    def _announce(self, kind: str, now: datetime, told: dict[str, Any]) -> None:
        """Tell of a file; that nobody hears it does not undo the delivery."""
        if self._channel.topic_arn is None:
            return
        if "s3ObjectKey" in told:
            told = told | {"s3Bucket": self._channel.bucket}
        message = told | {
            "notificationCreationTime": shown_time(now),
            "messageType": kind,
            "recordVersion": "1.1",
        }
        subject = f"[AWS Config:{self._channel.region}] {kind} Account {self._channel.account}"
        try:
            self._publish(message, None, subject)
        except ApiError as error:
            _log.warning("config_delivery_not_told", topic=self._channel.topic_arn, cause=error.code)

    def _publish(self, message: dict[str, Any], once: str | None, subject: str) -> None:
        parameters = {
            "TopicArn": self._channel.topic_arn,
            "Subject": plain_subject(subject),
            "Message": codec.encode(message).decode(),
        }
        self._call("sns", "Publish", parameters, once=once)

    def _call(self, to: str, operation: str, parameters: dict[str, Any], *, once: str | None) -> None:
        account, region = self._channel.account, self._channel.region
        source = f"arn:aws:config:{region}:{account}:*"
        call_as_service(
            self._place.parts, PRINCIPAL, account, region, to, operation, parameters, source_arn=source, once=once
        )

    def _export(self, kind: str) -> Export:
        with self._place.parts.store.reading(self._channel.account, self._channel.region) as unit:
            return export_of(unit, self._channel.region, kind)

    def _failed(self, kind: str, export: Export, error: ApiError) -> None:
        now = self._place.clock.now()
        _log.warning("config_not_delivered", kind=kind, bucket=self._channel.bucket, cause=error.code)
        self._keep(kind, replace(export, attempted_at=now, error=error.code, message=error.message))

    def _keep(self, kind: str, export: Export) -> None:
        at = self._place.clock.now()
        with self._place.parts.store.writing(self._channel.account, self._channel.region, event_id=None, at=at) as unit:
            put_export(unit, self._channel.region, kind, export)


def _file(versions: Iterable[Version], **more: str) -> bytes:
    items = [item_in_file(one.item, one.number, [cause.event_id for cause in one.causes]) for one in versions]
    return gzip.compress(codec.encode({"fileVersion": FILE_VERSION, **more, "configurationItems": items}), mtime=0)


def change_message(version: Version, now: datetime) -> dict[str, Any]:
    """A change as AWS tells it; without the item where that is larger than a message may be."""
    item = item_in_file(version.item, version.number, [cause.event_id for cause in version.causes])
    told = {
        "configurationItemDiff": {
            "changedProperties": _changed(version),
            "changeType": _KINDS.get(version.item.status, "UPDATE"),
        },
        "configurationItem": item,
        "notificationCreationTime": shown_time(now),
        "messageType": "ConfigurationItemChangeNotification",
        "recordVersion": VERSION,
    }
    if len(codec.encode(told)) <= LARGEST_MESSAGE:
        return told
    large = ("relationships", "configuration", "supplementaryConfiguration", "tags")
    summary = {name: value for name, value in item.items() if name not in large}
    return {
        "configurationItemSummary": summary | {"changeType": _KINDS.get(version.item.status, "UPDATE")},
        "notificationCreationTime": shown_time(now),
        "messageType": OVERSIZED,
        "recordVersion": "1.0",
    }


def _changed(version: Version) -> dict[str, Any]:
    if version.before is None:
        return {}
    told: dict[str, Any] = {}
    for number, one in enumerate(differences(version.before, version.item)):
        place = one.path[:1].upper() + one.path[1:]
        kind = "CREATE" if one.old is None else "DELETE" if one.new is None else "UPDATE"
        told[f"{place}.{number}" if "[]" in place else place] = {
            "previousValue": one.old,
            "updatedValue": one.new,
            "changeType": kind,
        }
    return told


def _subject(version: Version) -> str:
    item = version.item
    verb = {DISCOVERED: "Created", DELETED: "Deleted"}.get(item.status, "Updated")
    return f"[AWS Config:{item.region}] {item.resource_type} {item.resource_id} {verb} in Account {item.account}"
