"""Tell of changes: in the journal as events of Trusted Advisor's own, and through the topic that the account's preferences name.

The message is the event that Trusted Advisor gives EventBridge, "Trusted Advisor Check Item Refresh Notification". A change's event has the
id that the change was kept with, and is published under that name once, so that no crash loses or doubles one; what people have excluded
is not told. Source: AWS Support User Guide, "Monitoring AWS Trusted Advisor check results with Amazon EventBridge".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.advised import Change, listing, refreshing
from garrison.advised.kept import ERROR, WARNING
from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.inside import call_as_service
from garrison.services.service_events import service_event
from garrison.services.subjects import plain_subject
from garrison.services.trustedadvisor.accounts import teller_of
from garrison.services.trustedadvisor.catalog import catalog
from garrison.services.trustedadvisor.naming import check_arn
from garrison.services.trustedadvisor.preferences import preferences_of
from garrison.services.trustedadvisor.service import PRINCIPAL, advice_of, service

if TYPE_CHECKING:
    from garrison.services.background import Workplace

BATCH = 200
DETAIL_TYPE = "Trusted Advisor Check Item Refresh Notification"
EVENT_NAME = "TrustedAdvisorCheckItemRefreshNotification"
_TOLD = "told"
"""What the place in the changes is kept under."""
_COLOURS = {ERROR: "ERROR", WARNING: "WARN"}

_log = get_logger(__name__)


@service.task("changes-told", every=timedelta(seconds=1))
def tell(place: Workplace) -> None:
    """Tell of what has changed, the oldest first."""
    kept = advice_of(place.parts)
    while kept.exists:
        with kept.reading() as db:
            found = listing.changes(db, after=refreshing.cursor(db, _TOLD), limit=BATCH)
            wanted = [change for change in found if not _is_excluded(listing.resource(db, *change.place))]
        if not found:
            return
        for account, group in groupby(wanted, key=lambda change: change.account):
            _tell(place, account, list(group))
        with kept.writing() as db:
            refreshing.put_cursor(db, _TOLD, found[-1].number)


def _is_excluded(found: Any) -> bool:
    return found is not None and found.is_excluded


def _tell(place: Workplace, account: str, changes: Sequence[Change]) -> None:
    region, now = place.parts.settings.region, place.clock.now()
    teller = teller_of(place.parts, account)
    topic = preferences_of(place.parts, teller).event_topic
    known = [change for change in changes if change.check_id in catalog()]
    with place.parts.store.writing(teller, region, at=now) as unit:
        for change in known:
            check = {"ARN": check_arn(change.check_id), "accountId": account, "type": "AWS::TrustedAdvisor::Check"}
            event = service_event(
                PRINCIPAL, teller, region, change.id, EVENT_NAME, now, resources=[check], details=detail_of(change)
            )
            unit.append_event(change.id, event)
    for change in known if topic else ():
        _publish(place, topic, teller, region, change)


def detail_of(change: Change) -> dict[str, Any]:
    """A change as the detail of AWS's event."""
    check = catalog()[change.check_id]
    columns = zip(check.columns, change.metadata, strict=False)
    return {
        "check-name": check.name,
        "check-item-detail": {name: value for name, value in columns if value is not None},
        "status": _COLOURS.get(change.status, "OK"),
        "resource_id": change.arn or change.resource_id,
        "uuid": change.id,
    }


def event_of(change: Change, region: str, at: datetime) -> dict[str, Any]:
    """A change as EventBridge would have it."""
    return {
        "version": "0",
        "id": change.id,
        "detail-type": DETAIL_TYPE,
        "source": "aws.trustedadvisor",
        "account": change.account,
        "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "region": region,
        "resources": [],
        "detail": detail_of(change),
    }


def _publish(place: Workplace, topic: str, teller: str, region: str, change: Change) -> None:
    check = catalog()[change.check_id]
    subject = f"{_COLOURS.get(change.status, 'OK')}: {check.name}: {change.resource_id}"
    message = codec.encode(event_of(change, region, change.at)).decode()
    publish(place, topic, teller, subject, message, once=f"trustedadvisor-change/{change.id}")


def publish(place: Workplace, topic: str, account: str, subject: str, message: str, *, once: str) -> None:
    """Publish to a topic of an account, once under a name; a topic that refuses is told in the log."""
    parameters = {"TopicArn": topic, "Subject": plain_subject(subject), "Message": message}
    try:
        call_as_service(
            place.parts,
            PRINCIPAL,
            account,
            topic.split(":")[3],
            "sns",
            "Publish",
            parameters,
            source_arn=f"arn:aws:trustedadvisor::{account}:preferences",
            once=once,
        )
    except ApiError as error:
        _log.warning("advice_not_told", topic=topic, cause=str(error))
