"""Do what is asked of a policy or a program: on everything, or on some resources; keep what it says, and how that went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.batches import batched
from garrison.confined import NotConfined, Stopped
from garrison.items import Item
from garrison.rules.custom import UnusableAnswer
from garrison.rules.custom.events import SNAPSHOT
from garrison.services.config.rules.active import Active
from garrison.services.config.rules.debugging import deliver_debug
from garrison.services.config.rules.judging import Outcome, after, as_judged, by_policy, by_program, run_program
from garrison.services.config.rules.recorded import inventory_for, item_of, items_of
from garrison.services.config.rules.snapshots import snapshots_of
from garrison.verdicts import Judged, Verdicts, recording, work
from garrison.verdicts.work import Asked

if TYPE_CHECKING:
    from garrison.services.background import Workplace

BATCH = 100
"""Items that are judged before what was said of them is kept."""


def evaluate(place: Workplace, kept: Verdicts, active: Active) -> None:
    """Do all that is asked of a rule; what is asked meanwhile is done in the next round."""
    with kept.reading() as db:
        asked = work.asked_of(db, active.key, 10_000)
    outcome, begun = Outcome(), place.clock.now()
    with kept.writing() as db:
        work.put_state(db, active.key, replace(work.state_of(db, active.key), invoked_at=begun))
    for snapshot in snapshots_of(asked):
        _judge_by_time(place, kept, active, outcome, begun, snapshot)
    if any(not one.resource_type for one in asked):
        _evaluate_everything(place, kept, active, outcome, begun)
        _finish(place, kept, active, asked, outcome, is_whole=True)
        return
    found = [(one, _item(place, active, one)) for one in asked if one.resource_type != SNAPSHOT]
    items = [item for _, item in found if item is not None and active.means(item)]
    for batch in batched(items, BATCH):
        _judge(place, kept, active, batch, outcome, begun)
    with kept.writing() as db:
        for one, item in found:
            if item is None:
                recording.drop(db, active.key, one.resource_type, one.resource_id, at=begun)
    _finish(place, kept, active, asked, outcome, is_whole=False)


def _item(place: Workplace, active: Active, asked: Asked) -> Item | None:
    return item_of(place.parts, active.rule, asked.resource_type, asked.resource_id)


def _evaluate_everything(place: Workplace, kept: Verdicts, active: Active, outcome: Outcome, begun: datetime) -> None:
    if active.is_on_change:
        for batch in batched(_everything(place, active), BATCH):
            _judge(place, kept, active, batch, outcome, begun)
    if active.program is not None and active.period is not None:
        _judge_by_time(place, kept, active, outcome, begun)
    if not (active.is_on_change or active.period):
        return  # what it says of snapshots stands until the next
    if active.program is None or outcome.error is None:
        with kept.writing() as db:
            recording.sweep(db, active.key, before=begun, at=begun)


def _everything(place: Workplace, active: Active) -> Iterator[Item]:
    """All that a rule judges, each item as it is when its turn comes."""
    found = items_of(place.parts, active.rule, active.resource_types)
    for resource_type, resource_id in [(item.resource_type, item.resource_id) for item in found if active.means(item)]:
        item = item_of(place.parts, active.rule, resource_type, resource_id)
        if item is not None and active.means(item):
            yield item


def _judge(
    place: Workplace, kept: Verdicts, active: Active, items: list[Item], outcome: Outcome, begun: datetime
) -> None:
    """Judge items, and keep what is said."""
    inventory = inventory_for(place, [active], items)
    if active.is_policy:
        said = by_policy(active, items, inventory, outcome)
    else:
        said = by_program(active, items, inventory, outcome, place, kept)
    _keep(place, kept, active, list(said), begun)


def _judge_by_time(
    place: Workplace,
    kept: Verdicts,
    active: Active,
    outcome: Outcome,
    begun: datetime,
    snapshot: Mapping[str, str] | None = None,
) -> None:
    """Run a program since its time has come, or a snapshot was delivered; where it fails, what it said before stands."""
    try:
        found = run_program(active, None, place, kept, snapshot)
    except (NotConfined, Stopped, UnusableAnswer) as error:
        outcome.error = (type(error).__name__, str(error))
        return
    _keep(place, kept, active, [as_judged(each, begun) for each in found], begun)


def _keep(place: Workplace, kept: Verdicts, active: Active, said: list[Judged], begun: datetime) -> None:
    with kept.writing() as db:
        recording.record(db, active.key, said, at=place.clock.now(), invoked_at=begun)


def _finish(
    place: Workplace, kept: Verdicts, active: Active, asked: list[Asked], outcome: Outcome, *, is_whole: bool
) -> None:
    debug = deliver_debug(place, active, outcome.debug) if outcome.debug else {}
    now = place.clock.now()
    with kept.writing() as db:
        state = work.state_of(db, active.key)
        work.put_state(db, active.key, replace(after(state, outcome, now, is_whole=is_whole), **debug))
        work.done(db, asked)
