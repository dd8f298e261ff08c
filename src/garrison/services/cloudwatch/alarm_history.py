"""Keep what happened to alarms for 30 days, in the transaction in which it happens, and show it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.identifiers import event_id
from garrison.services.cloudwatch.faults import validation
from garrison.services.cloudwatch.naming import alarms_in
from garrison.services.cloudwatch.paging import position_of, token_of
from garrison.services.cloudwatch.resources import Alarm, AlarmHistoryItem
from garrison.services.cloudwatch.service import service

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import DescribeAlarmHistoryInputTypeDef

    from garrison.services.call import Call
    from garrison.store import Store, Unit

KEPT_FOR = timedelta(days=30)
"""How long items are kept (CloudWatch User Guide, alarms: history is available for 30 days)."""
LONGEST_SUMMARY, LONGEST_DATA = 255, 4095
DEFAULT_RECORDS = 50
_FAR_FUTURE = 2**62
_BATCH = 500


def add_item(unit: Unit, alarm: Alarm, at: datetime, kind: str, summary: str, data: dict[str, Any]) -> None:
    """Keep what happens to an alarm in this unit of work."""
    text = codec.encode(data).decode()
    if len(text) > LONGEST_DATA:
        text = codec.encode({"version": "1.0", "type": data.get("type"), "omitted": True}).decode()
    unit.add(
        AlarmHistoryItem(
            account=alarm.account,
            region=alarm.region,
            recency=_recency(at),
            id=event_id(),
            alarm_name=alarm.name,
            at=at,
            kind=kind,
            summary=summary[:LONGEST_SUMMARY],
            data=text,
        )
    )


@service.operation("DescribeAlarmHistory", needs={"cloudwatch:DescribeAlarmHistory": alarms_in("AlarmName")}, long=True)
def describe_alarm_history(call: Call, request: DescribeAlarmHistoryInputTypeDef) -> dict[str, Any]:
    """What happened to one alarm or all, the newest first unless asked otherwise."""
    if "AlarmContributorId" in request:
        raise validation("AlarmContributorId belongs to alarms of several contributors, which are not built.")
    types = request.get("AlarmTypes")
    if types and "MetricAlarm" not in types:
        return {"AlarmHistoryItems": []}
    start, end = request.get("StartDate"), request.get("EndDate")
    after = position_of(call, request, tuple[int, str])
    limit = request.get("MaxRecords") or DEFAULT_RECORDS
    where: dict[str, Any] = {}
    if "AlarmName" in request:
        where["alarm_name"] = request["AlarmName"]
    if "HistoryItemType" in request:
        where["kind"] = request["HistoryItemType"]
    newest_first = request.get("ScanBy") != "TimestampAscending"
    earliest = start if isinstance(start, datetime) else call.at - KEPT_FOR
    latest = end if isinstance(end, datetime) else datetime.max.replace(tzinfo=UTC)
    items = _newest_first(call, where, earliest, latest, after, limit) if newest_first else []
    if not newest_first:
        items = _oldest_first(call, where, earliest, latest, after, limit)
    page = items[:limit]
    answer: dict[str, Any] = {"AlarmHistoryItems": [_shown(item) for item in page]}
    if len(items) > limit:
        answer["NextToken"] = token_of(call, (page[-1].recency, page[-1].id))
    return answer


def _newest_first(
    call: Call, where: dict[str, Any], earliest: datetime, latest: datetime, after: Any, limit: int
) -> list[AlarmHistoryItem]:
    """One more than a page, where there are more."""
    found: list[AlarmHistoryItem] = []
    position = after or (max(_recency(latest) - 1, 0) if latest < datetime.max.replace(tzinfo=UTC) else 0, "\uffff")
    while len(found) <= limit:
        batch = call.unit.page(AlarmHistoryItem, where=where, after=tuple(position), limit=_BATCH)
        found += [item for item in batch if earliest <= item.at <= latest]
        if len(batch) < _BATCH or batch[-1].at < earliest:
            break
        position = (batch[-1].recency, batch[-1].id)
    return found[: limit + 1]


def _oldest_first(
    call: Call, where: dict[str, Any], earliest: datetime, latest: datetime, after: Any, limit: int
) -> list[AlarmHistoryItem]:
    everything = [item for item in call.unit.page(AlarmHistoryItem, where=where) if earliest <= item.at <= latest]
    everything.reverse()
    if after is not None:
        everything = [item for item in everything if (item.recency, item.id) < tuple(after)]
    return everything[: limit + 1]


def forget_old(store: Store, account: str, region: str, now: datetime) -> None:
    """Forget the items that are older than they are kept."""
    while True:
        with store.writing(account, region, at=now) as unit:
            old = unit.page(AlarmHistoryItem, after=(_recency(now - KEPT_FOR), "\uffff"), limit=_BATCH)
            for item in old:
                unit.remove(item)
        if len(old) < _BATCH:
            return


def _recency(at: datetime) -> int:
    return _FAR_FUTURE - int(at.timestamp() * 1_000_000)


def _shown(item: AlarmHistoryItem) -> dict[str, Any]:
    return {
        "AlarmName": item.alarm_name,
        "AlarmType": "MetricAlarm",
        "Timestamp": item.at,
        "HistoryItemType": item.kind,
        "HistorySummary": item.summary,
        "HistoryData": item.data,
    }
