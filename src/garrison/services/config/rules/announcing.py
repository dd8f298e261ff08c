"""Tell of changes of compliance: in the journal as an event of Config's own, and through the delivery channel's topic.

The message is AWS's ComplianceChangeNotification, the detail of EventBridge's "Config Rules Compliance Change". A change's event has
the id that its notice was kept with, and is published under that name once, so that no crash loses or doubles one. Sources: AWS Config
Developer Guide, "Example Compliance Change Notification"; CloudTrail User Guide, "AWS service events".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.rules.custom.events import shown_time
from garrison.services.config.rules.channel import topic_of
from garrison.services.config.rules.naming import by_id, verdicts_of
from garrison.services.config.rules.resources import ConfigRule
from garrison.services.config.service import PRINCIPAL, service
from garrison.services.inside import call_as_service
from garrison.services.service_events import service_event
from garrison.services.subjects import plain_subject
from garrison.verdicts import Kept
from garrison.verdicts.recording import Notice, forget_notices, waiting_notices

if TYPE_CHECKING:
    from garrison.services.background import Workplace

BATCH = 200
EVENT_NAME = "ConfigRulesComplianceChange"

_log = get_logger(__name__)
_Waiting = tuple[int, str, str, str, Notice]


@service.task("compliance-changes", every=timedelta(seconds=0.5))
def tell_changes(place: Workplace) -> None:
    """Tell of what waits, the oldest first."""
    kept = verdicts_of(place.parts)
    if not kept.exists:
        return
    while True:
        with kept.reading() as db:
            waiting = waiting_notices(db, BATCH)
        if not waiting:
            return
        for (account, region), group in groupby(waiting, key=lambda each: each[1:3]):
            notices = list(group)
            _tell(place, account, region, notices)
            with kept.writing() as db:
                forget_notices(db, [number for number, *_ in notices])


def _tell(place: Workplace, account: str, region: str, waiting: list[_Waiting]) -> None:
    now = place.clock.now()
    with place.parts.store.reading(account, region) as unit:
        find = by_id(unit.page(ConfigRule))
        topic = topic_of(unit)
    messages = [
        (name, message_of(rule, notice, now))
        for *_, name, notice in waiting
        if (rule := find(notice.rule_id)) is not None
    ]
    _append(place, account, region, messages, now)
    if topic is not None:
        for name, message in messages:
            _publish(place, account, region, topic, name, message)


def message_of(rule: ConfigRule, notice: Notice, now: datetime) -> dict[str, Any]:
    """A change as AWS tells it."""
    return {
        "awsAccountId": rule.account,
        "configRuleName": rule.name,
        "configRuleARN": rule.arn,
        "resourceType": notice.new.resource_type,
        "resourceId": notice.new.resource_id,
        "awsRegion": rule.region,
        "newEvaluationResult": _result(rule, notice.new),
        "oldEvaluationResult": _result(rule, notice.old) if notice.old is not None else None,
        "notificationCreationTime": shown_time(now),
        "messageType": "ComplianceChangeNotification",
        "recordVersion": "1.0",
    }


def _result(rule: ConfigRule, one: Kept) -> dict[str, Any]:
    return {
        "evaluationResultIdentifier": {
            "evaluationResultQualifier": {
                "configRuleName": rule.name,
                "resourceType": one.resource_type,
                "resourceId": one.resource_id,
                "evaluationMode": "DETECTIVE",
            },
            "orderingTimestamp": shown_time(one.ordered_at),
        },
        "complianceType": one.compliance,
        "resultRecordedTime": shown_time(one.recorded_at),
        "configRuleInvokedTime": shown_time(one.invoked_at),
        "annotation": one.annotation or None,
        "resultToken": None,
    }


def _append(
    place: Workplace, account: str, region: str, messages: Iterable[tuple[str, dict[str, Any]]], now: datetime
) -> None:
    """Put the events into the outbox; one that is there already falls by its id."""
    with place.parts.store.writing(account, region, at=now) as unit:
        for name, message in messages:
            unit.append_event(name, _event(account, region, name, message, now))


def _event(account: str, region: str, name: str, message: dict[str, Any], now: datetime) -> bytes:
    rule = {"ARN": message["configRuleARN"], "accountId": account, "type": "AWS::Config::ConfigRule"}
    return service_event(PRINCIPAL, account, region, name, EVENT_NAME, now, resources=[rule], details=message)


def _publish(place: Workplace, account: str, region: str, topic: str, name: str, message: dict[str, Any]) -> None:
    subject = f"[AWS Config:{region}] {message['resourceType']} {message['resourceId']} is now {message['newEvaluationResult']['complianceType']}"
    try:
        call_as_service(
            place.parts,
            PRINCIPAL,
            account,
            region,
            "sns",
            "Publish",
            {"TopicArn": topic, "Subject": plain_subject(subject), "Message": codec.encode(message).decode()},
            source_arn=message["configRuleARN"],
            once=f"config-compliance/{name}",
        )
    except ApiError as error:
        _log.warning("compliance_change_not_told", topic=topic, rule=message["configRuleName"], cause=str(error))
