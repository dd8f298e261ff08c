"""ListAdvice, ListAdviceRuns, ListAdviceChanges and the preferences: what AWS's APIs of Trusted Advisor have no place for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.advised import Change, Run, Standing, listing
from garrison.advised.refreshing import ask, may_ask, state_of
from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.garrison.faults import invalid, not_found
from garrison.services.garrison.service import service
from garrison.services.page_tokens import key_of, page_token
from garrison.services.trustedadvisor.accounts import advised_accounts, checks_for
from garrison.services.trustedadvisor.catalog import catalog, interval_of
from garrison.services.trustedadvisor.inputs import prices_of
from garrison.services.trustedadvisor.preferences import Preferences, preferences_in
from garrison.services.trustedadvisor.service import advice_of

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]
Shown = dict[str, Any]

DEFAULT_RESULTS = 100


@service.operation("ListAdvice", needs={"garrison:ListAdvice": "*"}, long=True)
def list_advice(call: Call, request: Request) -> Shown:
    """How it stands with each check, and what all of it saves."""
    account, kept, category = _account(call, request), advice_of(call.parts), request.get("Category")
    standings: dict[str, Standing] = {}
    savings = saved = 0.0
    if kept.exists:
        with kept.reading() as db:
            standings = listing.standings(db, account)
            savings, saved = listing.savings_now(db, account), listing.saved_now(db, account)
    found = [
        one
        for one in standings.values()
        if one.check_id in catalog() and category in (None, catalog()[one.check_id].category.value)
    ]
    at = prices_of(call.parts).at
    return {
        "Advice": [_standing(one) for one in found],
        "MonthlySavings": round(savings, 2),
        "MonthlySaved": round(saved, 2),
        "PricesAt": at.isoformat() if at is not None else "",
    }


@service.operation("ListAdviceRuns", needs={"garrison:ListAdviceRuns": "*"}, long=True)
def list_advice_runs(call: Call, request: Request) -> Shown:
    """Runs, the latest first."""
    account, kept = _account(call, request), advice_of(call.parts)
    if not kept.exists:
        return {"Runs": [], "MonthlySaved": 0.0}
    limit, before = request.get("MaxResults") or DEFAULT_RESULTS, _position(call, request)
    with kept.reading() as db:
        found = listing.runs(db, account, before=before, limit=limit + 1)
        saved = listing.saved_now(db, account)
    rest = {"NextToken": page_token(call, str(found[limit - 1].number))} if len(found) > limit else {}
    return {"Runs": [_run(one) for one in found[:limit]], "MonthlySaved": round(saved, 2)} | rest


@service.operation("ListAdviceChanges", needs={"garrison:ListAdviceChanges": "*"}, long=True)
def list_advice_changes(call: Call, request: Request) -> Shown:
    """Changes, the oldest first."""
    account, kept = _account(call, request), advice_of(call.parts)
    if not kept.exists:
        return {"Changes": []}
    limit, after = request.get("MaxResults") or DEFAULT_RESULTS, _position(call, request) or 0
    with kept.reading() as db:
        found = listing.changes(db, account=account, run=request.get("RunId"), after=after, limit=limit + 1)
    rest = {"NextToken": page_token(call, str(found[limit - 1].number))} if len(found) > limit else {}
    return {"Changes": [_change(one) for one in found[:limit]]} | rest


@service.operation("RefreshAdvice", needs={"garrison:RefreshAdvice": "*"}, stored_apart=True)
def refresh_advice(call: Call, request: Request) -> Shown:
    """Ask for checks that are not being refreshed, and were not within their interval."""
    account, kept = _account(call, request), advice_of(call.parts)
    if account not in advised_accounts(call.parts):
        raise not_found(f"Account {account} is neither kept here nor among `collected_accounts`.")
    possible = checks_for(call.parts, account)
    unknown = [check_id for check_id in request.get("CheckIds") or () if check_id not in possible]
    if unknown:
        raise invalid(f"There is no check {unknown[0]} for account {account}.")
    with kept.writing() as db:
        asked = dict.fromkeys(request.get("CheckIds") or possible)
        states = [state_of(db, account, check_id, now=call.at) for check_id in asked]
        wanted = [one.check_id for one in states if may_ask(one, interval_of(one), call.at)]
        ask(db, account, wanted, now=call.at)
    return {"CheckIds": wanted}


@service.operation("GetAdvicePreferences", needs={"garrison:GetAdvicePreferences": "*"})
def get_advice_preferences(call: Call, request: Request) -> Shown:
    """The account's preferences."""
    return _preferences(preferences_in(call.unit, call.account))


@service.operation("PutAdvicePreferences", needs={"garrison:PutAdvicePreferences": "*"})
def put_advice_preferences(call: Call, request: Request) -> Shown:
    """Set preferences; topics must be of the account."""
    for member in ("EventTopic", "DigestTopic"):
        arn = parse_arn(request[member]) if request.get(member) else None
        if arn is not None and arn.account != call.account:
            raise invalid(f"{member} must be a topic of account {call.account}.")
    old = preferences_in(call.unit, call.account)
    new = replace(old, **{field: request[member] for member, field in _MEMBERS.items() if member in request})
    if new.digest_topic != old.digest_topic:
        new = replace(new, digest_since=call.at)
    kept = call.unit.save(new) if old.revision else call.unit.add(new)
    return _preferences(kept)


_MEMBERS = {
    "RefreshHours": "refresh_hours",
    "EventTopic": "event_topic",
    "DigestTopic": "digest_topic",
    "DigestDay": "digest_day",
    "DigestHour": "digest_hour",
    "Language": "language",
}


def _preferences(kept: Preferences) -> Shown:
    return {member: getattr(kept, field) for member, field in _MEMBERS.items()}


def _account(call: Call, request: Request) -> str:
    """The account that is asked about; raises AccessDeniedException where it is none of the caller's business."""
    account: str = request.get("AccountId") or call.account
    if call.account not in {account, call.parts.settings.account_id}:
        raise ApiError("AccessDeniedException", "Only the account that the server was made for may ask about others.")
    return account


def _position(call: Call, request: Request) -> int | None:
    token = request.get("NextToken")
    if token is None:
        return None
    key = key_of(call, token)
    if key is None or not key.isdecimal():
        raise invalid("The token is not valid.")
    return int(key)


def _standing(one: Standing) -> Shown:
    check = catalog()[one.check_id]
    return {
        "CheckId": check.id,
        "Name": check.name,
        "ChineseName": check.chinese_name,
        "Category": check.category.value,
        "Ours": check.is_ours,
        "Status": one.status,
        "Reason": one.reason,
        "Fix": check.fix,
        "RefreshedAt": one.at,
        "Ok": one.ok,
        "Warnings": one.warning,
        "Errors": one.error,
        "Excluded": one.excluded,
        "Unseen": one.unseen,
        "MonthlySavings": round(one.savings, 2),
    }


def _run(one: Run) -> Shown:
    ended = {"EndedAt": one.ended_at} if one.ended_at is not None else {}
    return ended | {
        "RunId": one.number,
        "Origin": one.origin,
        "StartedAt": one.at,
        "Checks": one.checks,
        "Flagged": one.flagged,
        "MonthlySavings": round(one.savings, 2),
        "Found": one.found,
        "Fixed": one.fixed,
        "Returned": one.returned,
        "MonthlySaved": round(one.saved, 2),
    }


def _change(one: Change) -> Shown:
    told: Shown = {"Arn": one.arn} if one.arn else {}
    if one.savings is not None:
        told["MonthlySavings"] = round(one.savings, 2)
    return told | {
        "RunId": one.run,
        "CheckId": one.check_id,
        "Kind": one.kind,
        "ResourceId": one.resource_id,
        "Region": one.region,
        "Was": one.was,
        "Status": one.status,
        "At": one.at,
    }
