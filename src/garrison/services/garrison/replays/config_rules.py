"""Replay a rule of Config over the recorded history of resources: who would have been non-compliant, since when, for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.confined import GuardRefused, NotConfined, Stopped
from garrison.rules import Compliance, InvalidParameters, Inventory, Trigger, Verdict, activate, managed_rules
from garrison.rules.engine import judge
from garrison.rules.past import MOST_ROUNDS, Asked, Lives, Past, Period, TooLong
from garrison.rules.verdict import insufficient_data
from garrison.services.config.rules.guarding import said_by_policy
from garrison.services.config.rules.recorded import history_of
from garrison.services.garrison.faults import invalid

if TYPE_CHECKING:
    from garrison.inventory import History
    from garrison.items import Item
    from garrison.services.background import Workplace
    from garrison.services.garrison.replays.resources import Replay

CONFIG_RULE = "CONFIG_RULE"
MOST_RESOURCES = 10_000
"""That are told of one by one; the totals count all."""
_TOLD = (Compliance.NON_COMPLIANT, Compliance.INSUFFICIENT_DATA)
_NOT_COLLECTED = "not collected by then"


class RuleDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="pascal"):
    """A managed rule by AWS's identifier, or a policy in Guard for resources of some types."""

    identifier: str | None = None
    parameters: dict[str, Any] = {}
    policy: str | None = None
    resource_types: tuple[str, ...] = ()


def asked_of(document: str) -> Asked:
    """What a draft asks of the past; raises ValidationException for what is no rule."""
    try:
        draft = msgspec.json.decode(document, type=RuleDraft)
    except msgspec.DecodeError as problem:
        raise invalid(f"The rule cannot be used: {problem}.") from problem
    if (draft.identifier is None) == (draft.policy is None):
        raise invalid("A rule has either the Identifier of a managed rule or a Policy in Guard.")
    return _managed(draft) if draft.identifier is not None else _policy(draft)


def _managed(draft: RuleDraft) -> Asked:
    rule = managed_rules().get(draft.identifier or "")
    if rule is None:
        raise invalid(f"{draft.identifier} is not the identifier of a managed rule that is built.")
    try:
        active = activate(rule, draft.parameters, scope=draft.resource_types)
    except InvalidParameters as problem:
        raise invalid(f"{problem}.") from problem
    return Asked(
        judge=lambda item, inventory: judge(active, item, inventory),
        resource_types=active.resource_types,
        reads=frozenset(rule.reads) | set(active.resource_types),
        looks_around=rule.looks_around,
        looks_at_clock=rule.trigger is Trigger.PERIODIC,
    )


def _policy(draft: RuleDraft) -> Asked:
    text = draft.policy or ""
    if not draft.resource_types:
        raise invalid("A Policy needs the ResourceTypes that it judges.")

    def by_policy(item: Item | None, inventory: Inventory) -> Verdict:
        assert item is not None, "policies judge resources"
        try:
            return said_by_policy(text, draft.parameters, item)
        except (GuardRefused, Stopped, NotConfined) as problem:
            return insufficient_data(str(problem))

    return Asked(judge=by_policy, resource_types=draft.resource_types, reads=frozenset(draft.resource_types))


def replay_rule(place: Workplace, replay: Replay) -> dict[str, Any]:
    """What a rule would have said of the recorded states of an account; raises ValidationException for too long a time."""
    asked, history = asked_of(replay.document or ""), history_of(place.parts)
    account = replay.of_account or replay.account
    began = history.began(account)
    if began is None:
        return {"Totals": {}, "Resources": [], "Events": 0}
    start, end = max(replay.start or began, began), replay.end or place.clock.now()
    lives = Lives(asked, _past(history, asked, account, start, end))
    try:
        lives.judge()
    except TooLong:
        raise invalid(
            f"More than {MOST_ROUNDS} states of the account would have to be judged: ask for a shorter time."
        ) from None
    totals, told = Counter[str](), list[dict[str, Any]]()
    for (resource_type, resource_id, region), periods in lives.periods.items():
        found = {period.compliance for period in periods}
        totals.update(one.value for one in _TOLD if one in found)
        if found.intersection(_TOLD) and len(told) < MOST_RESOURCES:
            told.append(
                {
                    "ResourceType": resource_type,
                    "ResourceId": resource_id,
                    "Region": region,
                    "NonCompliantSeconds": int(_seconds(periods, end)),
                    "Periods": [_shown(period) for period in periods],
                }
            )
    told.sort(key=lambda one: (-one["NonCompliantSeconds"], one["ResourceType"], one["ResourceId"]))
    answer = {"Totals": dict(totals), "Resources": told, "Events": lives.states}
    return answer | ({"UndeterminedUntil": _iso(began)} if replay.start is not None and replay.start < began else {})


def _past(history: History, asked: Asked, account: str, start: datetime, end: datetime) -> Past:
    types = asked.reads
    return Past(
        account=account,
        start=start,
        end=end,
        before=[item for kind in sorted(types) for item in history.as_of(account, start, resource_type=kind)],
        changes=(one.item for one in history.changed(account, start, end) if one.item.resource_type in types),
        unseen=lambda at: _unseen(history, types, account, at),
    )


def _unseen(history: History, types: frozenset[str], account: str, at: datetime) -> Mapping[str, str]:
    """Types of which not all was seen by a time."""
    coverage = history.coverage(account, at)
    known = {kind for kind, _ in coverage}
    partly = {kind: reason for (kind, _), reason in coverage.items() if reason}
    return dict.fromkeys(types - known, _NOT_COLLECTED) | partly


def _seconds(periods: list[Period], end: datetime) -> float:
    bad = (one for one in periods if one.compliance is Compliance.NON_COMPLIANT)
    return sum(((one.end or end) - one.start).total_seconds() for one in bad)


def _shown(period: Period) -> dict[str, Any]:
    shown = {"Compliance": period.compliance.value, "StartTime": _iso(period.start)}
    if period.annotation:
        shown["Annotation"] = period.annotation
    return shown | ({"EndTime": _iso(period.end)} if period.end is not None else {})


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
