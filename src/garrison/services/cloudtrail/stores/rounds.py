"""What CloudTrail Lake does besides answering calls: put the journal into the lake, run queries, and look after both."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.logs import get_logger
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.stores.finding import is_gone
from garrison.services.cloudtrail.stores.query_answers import answer_file
from garrison.services.cloudtrail.stores.resources import (
    ANSWERS_KEPT,
    FAILED,
    QUEUED,
    RUNNING,
    EventDataStore,
    LakeQuery,
)
from garrison.services.cloudtrail.stores.selection import condition_of
from garrison.services.organizations.members import accounts_here
from garrison.store import GLOBAL_REGION, Conflict

if TYPE_CHECKING:
    from garrison.lake.journaling import JournalFeed
    from garrison.services.background import Workplace

MOST_RUNNING = 2
"""Queries that run at once, each in a process of its own; the others wait."""
QUERY_SECONDS = 600.0
QUERY_MEMORY_BYTES = 1024**3
_log = get_logger(__name__)


@service.task("lake", every=timedelta(seconds=1))
def put_into_lake(place: Workplace) -> None:
    """Commit to the lake what the journal has, when it is old or large enough."""
    settings = place.parts.settings
    every = timedelta(seconds=settings.lake_commit_seconds)
    _feed(place).come_round(place.clock.now(), every, settings.lake_commit_bytes)


@service.task("lake-care", every=timedelta(minutes=10))
def look_after_lake(place: Workplace) -> None:
    """Rewrite closed days, and let go what is old: of the lake, of queries, of deleted stores."""
    from garrison.lake.care import look_after
    from garrison.lake.lake import Lake, now
    from garrison.lake.place import place_of
    from garrison.lake.shapes import WAF

    forget_old(place)
    lake_place = place_of(place.parts.settings, place.node)
    if lake_place.exists:
        keep = timedelta(days=place.parts.settings.lake_retention_days)
        for lake in (Lake(lake_place), Lake(lake_place, WAF)):
            if lake.shape is not WAF or lake.is_made:
                look_after(lake, place.clock.now(), keep, now())


@service.task("lake-queries", every=timedelta(seconds=0.25))
def run_queries(place: Workplace) -> None:
    """Begin queries that wait, and take the answers of those that have ended."""
    runners = _runners(place.home)
    for account in accounts_here(place.parts):
        with place.parts.store.reading(account, GLOBAL_REGION) as unit:
            running = unit.page(LakeQuery, where={"status": RUNNING})
            waiting = unit.page(LakeQuery, where={"status": QUEUED})
        runners.end(place, account, {query.query_id: query for query in running})
        for query in sorted(waiting, key=lambda query: query.created_at):
            if len(runners.processes) < MOST_RUNNING:
                runners.begin(place, query)


@dataclass(slots=True)
class _Runner:
    account: str
    process: subprocess.Popen[bytes]


@dataclass(slots=True)
class _Runners:
    """The processes of queries that run."""

    processes: dict[str, _Runner] = field(default_factory=dict)

    def begin(self, place: Workplace, query: LakeQuery) -> None:
        """Start a query's process."""
        at = place.clock.now()
        with place.parts.store.reading(query.account, GLOBAL_REGION) as unit:
            stores = [unit.get(EventDataStore, query.home_region, store_id) for store_id in query.store_ids]
        if any(store is None or is_gone(store, at) for store in stores):
            _save(place, query, status=FAILED, problem="An event data store of the query is gone.")
            return
        if not _save(place, query, status=RUNNING):
            return
        asked = {
            "home": str(place.home),
            "node": place.node,
            "statement": query.statement,
            "views": {store.store_id: condition_of(store, at) for store in stores if store is not None},
            "seconds": QUERY_SECONDS,
            "memory_bytes": QUERY_MEMORY_BYTES,
            "output": str(answer_file(place.home, query.query_id)),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "garrison.lake.asked"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin is not None
        with suppress(BrokenPipeError), process.stdin:
            process.stdin.write(codec.encode(asked))
        self.processes[query.query_id] = _Runner(query.account, process)

    def end(self, place: Workplace, account: str, running: dict[str, LakeQuery]) -> None:
        """Stop what was cancelled, keep what ended, and queue again what another process left running."""
        for query_id, runner in list(self.processes.items()):
            if runner.account != account:
                continue
            query = running.get(query_id)
            if query is None:
                runner.process.kill()
            elif runner.process.poll() is None:
                continue
            del self.processes[query_id]
            assert runner.process.stdout is not None
            with runner.process.stdout as stream:
                told = stream.read()
            runner.process.wait()
            if query is not None:
                _save(place, query, **_outcome(told))
        for query in running.values():
            if query.query_id not in self.processes:
                _save(place, query, status=QUEUED)


def _outcome(told: bytes) -> dict[str, Any]:
    """What a query's process said when it ended."""
    try:
        return dict(codec.decode(told))
    except msgspec.DecodeError:
        return {"status": FAILED, "problem": "The query ended without an answer: it needed more than it may."}


def _save(place: Workplace, query: LakeQuery, **changes: Any) -> bool:
    """Keep how a query stands; False where it was cancelled meanwhile."""
    at = place.clock.now()
    try:
        with place.parts.store.writing(query.account, GLOBAL_REGION, event_id=None, at=at) as unit:
            unit.save(msgspec.structs.replace(query, **changes))
    except Conflict:
        return False
    return True


def forget_old(place: Workplace) -> None:
    """Forget queries with their answers after seven days, and stores that can no longer be restored."""
    at = place.clock.now()
    for account in accounts_here(place.parts):
        with place.parts.store.writing(account, GLOBAL_REGION, event_id=None, at=at) as unit:
            for query in unit.page(LakeQuery):
                if at - query.created_at > ANSWERS_KEPT:
                    unit.remove(query)
                    answer_file(place.home, query.query_id).unlink(missing_ok=True)
            for store in unit.page(EventDataStore):
                if is_gone(store, at):
                    unit.remove(store)


@cache
def _runners(home: Path) -> _Runners:
    return _Runners()


_feeds: dict[Path, JournalFeed] = {}


def _feed(place: Workplace) -> JournalFeed:
    from garrison.lake.journaling import JournalFeed
    from garrison.lake.lake import Lake
    from garrison.lake.place import place_of

    if place.home not in _feeds:
        node = place.node
        lake = Lake(place_of(place.parts.settings, node))
        is_kept = not place.parts.settings.ephemeral
        _feeds[place.home] = JournalFeed(lake, place.journal, node, place.home / "offsets", sync=is_kept)
    return _feeds[place.home]
