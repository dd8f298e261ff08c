"""Carry out the actions of alarms: each is kept with the change of state that asks for it, and published to its topic once.

The publishing itself and the mark that it was done are one transaction of SNS's (`once`), so that neither a crash before it loses
a message nor one after it makes two.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from garrison import codec
from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.background import Workplace
from garrison.services.cloudwatch.naming import metric_data
from garrison.services.cloudwatch.notices import GIVEN_UP_AFTER, TOPICS, Notice, decode, finish, is_due, postpone
from garrison.services.cloudwatch.resources import alarm_arn
from garrison.services.cloudwatch.service import service
from garrison.services.inside import call_as_service

if TYPE_CHECKING:
    from garrison.store import StateEntry

PRINCIPAL = "cloudwatch.amazonaws.com"
_TOO_MANY, _SERVERS_FAULT = 429, 500
_BATCH = 200

_log = get_logger(__name__)


@service.task("alarm-actions", every=timedelta(seconds=0.5))
def carry_out(place: Workplace) -> None:
    """Publish what waits and is due, the oldest first."""
    for account, region in metric_data(place.parts).places():
        with place.parts.store.reading(account, region) as unit:
            waiting = unit.state_page(TOPICS, limit=_BATCH, region=region)
        for entry in waiting:
            notice = decode(entry.value)
            if is_due(place, notice):
                _publish(place, account, region, entry, notice)


def _publish(place: Workplace, account: str, region: str, entry: StateEntry, notice: Notice) -> None:
    try:
        _call(place, account, region, entry, notice)
    except ApiError as error:
        cause = f"{error.code}: {error.message}"
        may_pass = error.status is not None and (error.status == _TOO_MANY or error.status >= _SERVERS_FAULT)
        if may_pass and place.clock.now() - notice.at < GIVEN_UP_AFTER:
            postpone(place, TOPICS, account, region, entry, notice)
            return
        _log.warning("alarm_action_failed", alarm=notice.alarm, action=notice.action, cause=cause)
        finish(place, TOPICS, account, region, entry, notice, error=cause)
        return
    finish(place, TOPICS, account, region, entry, notice, error=None)


def _call(place: Workplace, account: str, region: str, entry: StateEntry, notice: Notice) -> None:
    topic = parse_arn(notice.action)
    call_as_service(
        place.parts,
        PRINCIPAL,
        account,
        topic.region if topic is not None else region,
        "sns",
        "Publish",
        {
            "TopicArn": notice.action,
            "Subject": notice.subject,
            "MessageStructure": "json",
            "Message": codec.encode({"default": notice.message, "email": notice.text}).decode(),
        },
        source_arn=alarm_arn(region, account, notice.alarm),
        once=f"{TOPICS}/{entry.key}",
    )
