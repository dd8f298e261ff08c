"""Have rules judge: what changed, what their time has come for, what was asked.

Managed rules judge a batch of changes at once. All else, and what is asked of them, is done rule by rule, each rule in a thread of its
own while it has something to do: one that hangs holds up no other. What is to be done is in the file of verdicts until it is done.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.items import Item
from garrison.logs import get_logger
from garrison.services.config.rules.active import Active
from garrison.services.config.rules.evaluating import evaluate
from garrison.services.config.rules.judging import Outcome, by_managed
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
    changes = history_of(place.parts).changes(after=after, limit=BATCH)
    if not changes:
        return 0
    items = list({version.resource: version.item for version in changes}.values())
    said = [
        (active.key, list(_judge_changes(place, active, meant)))
        for active in book.rules.values()
        if active.is_managed and active.is_on_change and (meant := _meant(active, items))
    ]
    now = place.clock.now()
    with kept.writing() as db:
        for key, judged in said:
            recording.record(db, key, judged, at=now)
        for active in book.rules.values():
            if active.error is None and active.is_on_change:
                if not active.is_managed and (meant := _meant(active, items)):
                    work.ask(db, active.key, [(item.resource_type, item.resource_id) for item in meant])
                _drop_out_of_scope(db, active, items)
        work.put_cursor(db, CHANGES, changes[-1].number)
    return len(changes)


def _meant(active: Active, items: list[Item]) -> list[Item]:
    """The items that a rule judges."""
    return [item for item in items if is_in_place(active.rule, item) and active.means(item)]


def _judge_changes(place: Workplace, active: Active, items: list[Item]) -> Iterator[Judged]:
    yield from by_managed(active, items, inventory_for(place, active, items), Outcome())


def _drop_out_of_scope(db: sqlite3.Connection, active: Active, items: list[Item]) -> None:
    """What a rule has said of items that no longer have the tag that it is confined to is over."""
    scope = active.rule.scope
    if scope is not None and scope.tag_key is not None:
        for item in items:
            if is_in_place(active.rule, item) and not active.means(item):
                recording.drop(db, active.key, item.resource_type, item.resource_id, at=item.captured_at)


@dataclass(slots=True)
class _Turns:
    """The rules that are judging."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    busy: set[Rule] = field(default_factory=set)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="config-rule")
    )

    def take(self, key: Rule) -> bool:
        """Whether a rule is not judging already; then it is."""
        with self.lock:
            if key in self.busy:
                return False
            self.busy.add(key)
            return True

    def end(self, key: Rule) -> None:
        """It is done."""
        with self.lock:
            self.busy.discard(key)


@lru_cache(maxsize=4)
def _turns_of(_home: Path) -> _Turns:
    return _Turns()


def _dispatch(place: Workplace, kept: Verdicts, book: Rulebook) -> None:
    turns = _turns_of(place.home)
    with kept.reading() as db:
        asked = work.rules_asked(db)
    for key in asked:
        active = book.rules.get(key)
        if active is None or active.error is not None:
            with kept.writing() as db:  # it cannot judge, or is gone
                work.done(db, work.asked_of(db, key, -1))
        elif turns.take(key):
            turns.threads.submit(_serve, place, kept, active, turns)


def _serve(place: Workplace, kept: Verdicts, active: Active, turns: _Turns) -> None:
    try:
        evaluate(place, kept, active)
    except Exception:
        _log.exception("rule_failed", rule=active.rule.arn)
    finally:
        turns.end(active.key)
