"""Have rules judge: what changed, what their time has come for, what was asked.

Managed rules judge a batch of changes at once, and all that is recorded in one go. Each other rule has a thread of its own while it has
something to do: one that hangs holds up no other. What is to be done is in the file of verdicts until it is done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.items import Item
from garrison.logs import get_logger
from garrison.services.config.rules.active import Active
from garrison.services.config.rules.evaluating import evaluate
from garrison.services.config.rules.judging import Outcome
from garrison.services.config.rules.managed import evaluate_managed, judge_managed
from garrison.services.config.rules.naming import verdicts_of
from garrison.services.config.rules.recorded import history_of, inventory_for, is_in_place
from garrison.services.config.rules.rulebook import Rulebook, rulebook_of
from garrison.services.config.service import service
from garrison.verdicts import Judged, Rule, Verdicts, recording, work

if TYPE_CHECKING:
    import sqlite3

    from garrison.services.background import Workplace

CHANGES = "changes"
"""What the place in the recorded changes is kept under."""
BATCH = 500
MOST_THREADS = 8

_log = get_logger(__name__)


@service.task("rules", every=timedelta(seconds=0.5))
def apply_rules(place: Workplace) -> None:
    """Begin, or do, what is to be done now."""
    kept = verdicts_of(place.parts)
    if not kept.exists:
        return
    book = rulebook_of(place.home)
    book.refresh(place, kept)
    book.ask_due(kept, place.clock.now())
    while follow_changes(place, kept, book):
        pass
    _dispatch(place, kept, book)


def follow_changes(place: Workplace, kept: Verdicts, book: Rulebook) -> int:
    """Take a batch of what was recorded: have managed rules judge it, and ask it of the others; gives how many there were."""
    with kept.reading() as db:
        after = work.cursor(db, CHANGES)
    if after is None:  # what was recorded before there were rules is judged as new rules judge all that there is
        with kept.writing() as db:
            work.put_cursor(db, CHANGES, history_of(place.parts).last_number)
        return 0
    changes = history_of(place.parts).changes(after=after, limit=BATCH)
    if not changes:
        return 0
    items = list({version.resource: version.item for version in changes}.values())
    on_change = [active for active in book.rules.values() if active.error is None and active.is_on_change]
    said = list(_judge_changes(place, on_change, items))
    now = place.clock.now()
    with kept.writing() as db:
        for key, judged in said:
            recording.record(db, key, judged, at=now)
        for active in on_change:
            if not active.is_managed and (meant := _meant(active, items)):
                work.ask(db, active.key, [(item.resource_type, item.resource_id) for item in meant])
            _drop_out_of_scope(db, active, items)
        work.put_cursor(db, CHANGES, changes[-1].number)
    return len(changes)


def _meant(active: Active, items: list[Item]) -> list[Item]:
    """The items that a rule judges."""
    return [item for item in items if is_in_place(active.rule, item) and active.means(item)]


def _judge_changes(place: Workplace, on_change: list[Active], items: list[Item]) -> Iterator[tuple[Rule, list[Judged]]]:
    """What the managed rules of each place say of the items of there."""
    by_place: dict[tuple[str, str], list[Active]] = {}
    for active in on_change:
        if active.is_managed and _meant(active, items):
            by_place.setdefault(active.key[:2], []).append(active)
    for actives in by_place.values():
        here = [item for item in items if is_in_place(actives[0].rule, item)]
        outcomes = {active.key: Outcome() for active in actives}
        yield from judge_managed(actives, here, inventory_for(place, actives, here), outcomes)


def _drop_out_of_scope(db: sqlite3.Connection, active: Active, items: list[Item]) -> None:
    """What a rule has said of items that no longer have the tag that it is confined to is over."""
    scope = active.rule.scope
    if scope is not None and scope.tag_key is not None:
        for item in items:
            if is_in_place(active.rule, item) and not active.means(item):
                recording.drop(db, active.key, item.resource_type, item.resource_id, at=item.captured_at)


@dataclass(slots=True)
class _Turns:
    """Who is judging: rules by themselves, and the managed rules of places."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    busy: set[tuple[str, ...]] = field(default_factory=set)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="config-rule")
    )

    def begin(self, who: tuple[str, ...], work: Callable[[], None]) -> None:
        """Do work in a thread, unless that one is at work already: then the next round begins it."""
        with self.lock:
            if who in self.busy:
                return
            self.busy.add(who)
        self.threads.submit(self._do, who, work)

    def _do(self, who: tuple[str, ...], work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            _log.exception("rules_failed", who=who)
        finally:
            with self.lock:
                self.busy.discard(who)


@lru_cache(maxsize=4)
def _turns_of(_home: Path) -> _Turns:
    return _Turns()


def _dispatch(place: Workplace, kept: Verdicts, book: Rulebook) -> None:
    """Begin what is asked: of managed rules of a place together, of each other rule by itself."""
    turns, managed = _turns_of(place.home), dict[tuple[str, str], list[Active]]()
    with kept.reading() as db:
        asked = work.rules_asked(db)
    for key in asked:
        active = book.rules.get(key)
        if active is None or not active.judges:
            with kept.writing() as db:  # it does not judge, or is gone
                work.done(db, work.asked_of(db, key, -1))
        elif active.is_managed:
            managed.setdefault(key[:2], []).append(active)
        else:
            turns.begin(key, partial(evaluate, place, kept, active))
    for where, actives in managed.items():
        turns.begin(where, partial(evaluate_managed, place, kept, actives))
