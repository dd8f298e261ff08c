"""Have managed rules judge: all that there is of the types that they mean, or a batch of changes; many rules in one go over the items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.batches import batched
from garrison.items import Item
from garrison.rules import Inventory
from garrison.rules.engine import judge
from garrison.services.config.rules.active import Active
from garrison.services.config.rules.judging import Outcome, after, judged
from garrison.services.config.rules.recorded import inventory_for, items_of
from garrison.verdicts import Judged, Rule, Verdicts, recording, work

if TYPE_CHECKING:
    from garrison.services.background import Workplace

BATCH = 500
"""Items that are judged before what was said of them is kept."""


def evaluate_managed(place: Workplace, kept: Verdicts, actives: Sequence[Active]) -> None:
    """Have rules of one place judge all that is recorded; what is no longer there has no verdicts after."""
    begun = place.clock.now()
    with kept.reading() as db:
        asked = {active.key: work.asked_of(db, active.key, -1) for active in actives}
    with kept.writing() as db:
        for active in actives:
            work.put_state(db, active.key, replace(work.state_of(db, active.key), invoked_at=begun))
    outcomes = {active.key: Outcome() for active in actives}
    inventory = inventory_for(place, actives, ())
    for batch in _batches(place, actives):
        said = judge_managed(actives, batch, inventory, outcomes)
        with kept.writing() as db:
            for key, verdicts in said:
                recording.record(db, key, verdicts, at=place.clock.now(), invoked_at=begun)
    now = place.clock.now()
    with kept.writing() as db:
        for active in actives:
            recording.sweep(db, active.key, before=begun, at=now)
            state = after(work.state_of(db, active.key), outcomes[active.key], now, is_whole=True)
            work.put_state(db, active.key, state)
            work.done(db, asked[active.key])


def _batches(place: Workplace, actives: Sequence[Active]) -> Iterator[Sequence[Item | None]]:
    """The account, then the items of all types that any of the rules judges."""
    yield [None]
    types = {kind for active in actives for kind in active.resource_types or ()}
    yield from batched(items_of(place.parts, actives[0].rule, sorted(types)), BATCH)


def judge_managed(
    actives: Iterable[Active], items: Iterable[Item | None], inventory: Inventory, outcomes: dict[Rule, Outcome]
) -> list[tuple[Rule, list[Judged]]]:
    """What each of the rules says of the items that it means; None among them is the account."""
    found = list(items)
    return [
        (active.key, verdicts)
        for active in actives
        if (verdicts := [one for item in found if (one := _judge(active, item, inventory, outcomes)) is not None])
    ]


def _judge(active: Active, item: Item | None, inventory: Inventory, outcomes: dict[Rule, Outcome]) -> Judged | None:
    if active.managed is None or (not active.is_of_account if item is None else not active.means(item)):
        return None
    verdict = judge(active.managed, item, inventory)
    if verdict.is_error:
        outcomes[active.key].error = ("InternalError", verdict.annotation)
    return judged(item, verdict, inventory)
