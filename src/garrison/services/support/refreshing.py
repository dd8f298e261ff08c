"""RefreshTrustedAdvisorCheck and DescribeTrustedAdvisorCheckRefreshStatuses.

However many ask, and however often: a check is refreshed once in its interval. Source: AWS Support API reference,
"TrustedAdvisorCheckRefreshStatus".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from garrison.advised import Refresh, refreshing
from garrison.advised.kept import NONE
from garrison.services.support.faults import check_of, checks_of
from garrison.services.support.service import service
from garrison.services.trustedadvisor.catalog import interval_of
from garrison.services.trustedadvisor.service import advice_of

if TYPE_CHECKING:
    from types_boto3_support import type_defs as shapes

    from garrison.services.call import Call

_MILLISECOND = timedelta(milliseconds=1)


@service.operation("RefreshTrustedAdvisorCheck", needs={"support:RefreshTrustedAdvisorCheck": "*"}, stored_apart=True)
def refresh_check(call: Call, request: shapes.RefreshTrustedAdvisorCheckRequestTypeDef) -> dict[str, Any]:
    """Have a check refreshed, unless it is being so, or was just now."""
    check_id, kept = check_of(request["checkId"]).id, advice_of(call.parts)
    if kept.exists:
        with kept.reading() as db:
            state = refreshing.state_of(db, call.account, check_id, now=call.at)
            if not refreshing.may_ask(state, interval_of(state), call.at):
                return {"status": _shown(state, call.at)}
    with kept.writing() as db:
        state = refreshing.state_of(db, call.account, check_id, now=call.at)
        if refreshing.may_ask(state, interval_of(state), call.at):
            refreshing.ask(db, call.account, [check_id], now=call.at)
            state = refreshing.state_of(db, call.account, check_id, now=call.at)
    return {"status": _shown(state, call.at)}


@service.operation(
    "DescribeTrustedAdvisorCheckRefreshStatuses",
    needs={"support:DescribeTrustedAdvisorCheckRefreshStatuses": "*"},
    long=True,
)
def describe_refresh_statuses(
    call: Call, request: shapes.DescribeTrustedAdvisorCheckRefreshStatusesRequestTypeDef
) -> dict[str, Any]:
    """How far the refreshes of checks are."""
    checks, kept = checks_of(request["checkIds"]), advice_of(call.parts)
    if not kept.exists:
        return {"statuses": [{"checkId": one.id, "status": NONE, "millisUntilNextRefreshable": 0} for one in checks]}
    with kept.reading() as db:
        states = [refreshing.state_of(db, call.account, one.id, now=call.at) for one in checks]
    return {"statuses": [_shown(state, call.at) for state in states]}


def _shown(state: Refresh, now: datetime) -> dict[str, Any]:
    interval = interval_of(state)
    left = state.asked_at + interval - now if refreshing.is_recent(state, interval, now) else timedelta()
    return {
        "checkId": state.check_id,
        "status": state.status,
        "millisUntilNextRefreshable": min(left, interval) // _MILLISECOND,
    }
