"""Have a policy or a program judge items: what it says of each, or why it says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.confined import Confinement, GuardRefused, Limits, NotConfined, Stopped
from garrison.items import DELETED, Item
from garrison.rules import Inventory, Verdict
from garrison.rules.custom import (
    Given,
    Occasion,
    RuleNames,
    UnusableAnswer,
    event_of,
    read_answer,
)
from garrison.rules.registry import ACCOUNT
from garrison.rules.verdict import insufficient_data, not_applicable
from garrison.services.config.rules.active import Active
from garrison.services.config.rules.guarding import said_by_policy
from garrison.services.config.service import PRINCIPAL
from garrison.verdicts import Judged, State, Verdicts, work

if TYPE_CHECKING:
    from garrison.services.background import Workplace

MOST_STOPS = 3
"""How often a policy or program may be stopped at a limit in one go; what is left is not tried then."""


@dataclass(slots=True)
class Outcome:
    """How a rule's judging went."""

    error: tuple[str, str] | None = None
    """Code and message of the last failure."""
    stops: int = 0
    debug: list[tuple[Item, str]] = field(default_factory=list)
    """What is to be logged of a policy that says so."""


def judged(item: Item | None, verdict: Verdict, inventory: Inventory) -> Judged:
    """A verdict as it is kept."""
    return Judged(
        resource_type=item.resource_type if item is not None else ACCOUNT,
        resource_id=item.resource_id if item is not None else inventory.account,
        compliance=verdict.compliance.value,
        annotation=verdict.annotation,
        ordered_at=item.captured_at if item is not None else inventory.at,
    )


def after(state: State, outcome: Outcome, now: datetime, *, is_whole: bool) -> State:
    """A rule's state after it has judged."""
    state = replace(state, has_started=state.has_started or is_whole)
    if outcome.error is None:
        return replace(state, evaluated_at=now, error_code=None, error_message=None)
    code, message = outcome.error
    is_invocation = outcome.stops > 0 or code == "NotConfined"
    return replace(
        state,
        error_code=code,
        error_message=message,
        failed_evaluation_at=now,
        failed_invocation_at=now if is_invocation else state.failed_invocation_at,
    )


def by_policy(active: Active, items: Iterable[Item], inventory: Inventory, outcome: Outcome) -> Iterator[Judged]:
    """What a policy says of items."""
    for item in items:
        if item.status == DELETED:
            verdict = not_applicable("The resource was deleted.")
        else:
            verdict = _by_policy(active, item, outcome)
        if active.rule.logs_debug:
            outcome.debug.append((item, f"{verdict.compliance.value} {verdict.annotation}".rstrip()))
        yield judged(item, verdict, inventory)


def _by_policy(active: Active, item: Item, outcome: Outcome) -> Verdict:
    with _failing(outcome) as failure:
        if outcome.stops < MOST_STOPS:
            return said_by_policy(active.rule.policy_text or "", active.rule.parameters, item)
    return insufficient_data(failure.reason or f"Not tried, since it was stopped {MOST_STOPS} times: {outcome.error}")


def by_program(
    active: Active, items: Iterable[Item], inventory: Inventory, outcome: Outcome, place: Workplace, kept: Verdicts
) -> Iterator[Judged]:
    """What a program says of items: it is run for each."""
    for item in items:
        found: list[Given] | None = None
        with _failing(outcome) as failure:
            if outcome.stops < MOST_STOPS:
                found = run_program(active, item, place, kept)
        if found is None:
            reason = failure.reason or f"Not tried, since it was stopped {MOST_STOPS} times."
            yield judged(item, insufficient_data(reason), inventory)
            continue
        if item.status == DELETED:
            yield judged(item, not_applicable("The resource was deleted."), inventory)
        yield from (as_judged(each, item.captured_at) for each in found)


def run_program(
    active: Active,
    item: Item | None,
    place: Workplace,
    kept: Verdicts,
    snapshot: Mapping[str, str] | None = None,
) -> list[Given]:
    """What a program answers on an item, on a snapshot, or when its time has come; raises `NotConfined`, `Stopped`, `UnusableAnswer`."""
    assert active.program is not None
    now, rule, settings = place.clock.now(), active.rule, place.parts.settings
    with kept.writing() as db:
        token = work.new_token(db, active.key, now)
    role = f"arn:aws:iam::{rule.account}:role/aws-service-role/{PRINCIPAL}/AWSServiceRoleForConfig"
    names = RuleNames(rule.name, rule.rule_id, rule.arn, rule.account, role, rule.parameters)
    limits = Limits(
        seconds=active.program.seconds,
        cpu_seconds=active.program.cpu_seconds,
        memory_bytes=active.program.memory_bytes,
        processes=active.program.processes,
    )
    confinement = Confinement(settings.custom_rules_may_lack)
    finished = confinement.run(active.program.command, event_of(names, Occasion(now, token, item, snapshot)), limits)
    found = read_answer(finished.output, token)
    for each in found:
        each.ordered_at(now)  # refuses what is no time
    return found


def as_judged(given: Given, at: datetime) -> Judged:
    """An evaluation that a program gave, as it is kept."""
    return Judged(
        resource_type=given.compliance_resource_type,
        resource_id=given.compliance_resource_id,
        compliance=given.compliance_type.value,
        annotation=given.annotation or "",
        ordered_at=given.ordered_at(at),
    )


@dataclass(slots=True)
class _Failure:
    reason: str = ""


@contextmanager
def _failing(outcome: Outcome) -> Iterator[_Failure]:
    """Make of what goes wrong a reason, and count what had to be stopped."""
    failure = _Failure()
    try:
        yield failure
    except GuardRefused as error:
        failure.reason = f"The policy cannot be applied: {error}"
        outcome.error = ("PolicyError", failure.reason)
    except (Stopped, NotConfined, UnusableAnswer) as error:
        failure.reason = str(error)
        outcome.stops += isinstance(error, Stopped)
        outcome.error = (type(error).__name__, failure.reason)
