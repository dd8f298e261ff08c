"""Tell topics of what happens in runs: kept with what happens, published once, and what became of it shown with the run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison import codec
from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.inside import call_as_service
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.naming import look_up
from garrison.services.inspector.resources import (
    CREATED,
    ENDED,
    AssessmentRun,
    EventSubscription,
    StateChange,
    Told,
)
from garrison.services.inspector.service import PRINCIPAL, service
from garrison.services.pauses import pause_after
from garrison.store import Conflict
from garrison.verdicts.kept import number_of, time_of

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.store import Unit

STARTED, COMPLETED = "ASSESSMENT_RUN_STARTED", "ASSESSMENT_RUN_COMPLETED"
STATE_CHANGED, REPORTED = "ASSESSMENT_RUN_STATE_CHANGED", "FINDING_REPORTED"
GIVEN_UP_AFTER = timedelta(hours=1)
MOST_TOLD = 50
"""Of the notifications that a run shows: the latest (Amazon Inspector API reference, "AssessmentRun")."""
_BATCH = 200
_SERVERS_FAULT, _TOO_MANY = 500, 429
_log = get_logger(__name__)


def topics_of(unit: Unit, run: AssessmentRun) -> dict[str, list[str]]:
    """The topics to tell, by event."""
    found: dict[str, list[str]] = {}
    for subscription in unit.page(EventSubscription, where={"template": run.template_arn}):
        found.setdefault(subscription.event, []).append(subscription.topic)
    return found


def tell_of_change(
    db: sqlite3.Connection,
    place: int,
    run: AssessmentRun,
    topics: dict[str, list[str]],
    before: StateChange,
    now: StateChange,
    counts: dict[str, int],
) -> None:
    """Keep what is to be told of a change of state."""
    details = {"oldstate": before.state, "newstate": now.state}
    _tell(db, place, run, topics, STATE_CHANGED, now.state, now.at, details)
    if before.state == CREATED:
        _tell(db, place, run, topics, STARTED, "", now.at, {})
    if now.state in ENDED:
        shown = ", ".join(f"{package}={count}" for package, count in sorted(counts.items()))
        _tell(db, place, run, topics, COMPLETED, "", now.at, {"findingsCount": f"{{{shown}}}"})


def tell_of_findings(
    db: sqlite3.Connection,
    place: int,
    run: AssessmentRun,
    topics: dict[str, list[str]],
    names: Iterable[str],
    at: datetime,
) -> None:
    """Keep what is to be told of new findings."""
    if REPORTED in topics:
        for name in names:
            _tell(db, place, run, topics, REPORTED, name, at, {"finding": f"{run.arn}/finding/{name}"})


def _tell(
    db: sqlite3.Connection,
    place: int,
    run: AssessmentRun,
    topics: dict[str, list[str]],
    event: str,
    what: str,
    at: datetime,
    details: dict[str, Any],
) -> None:
    facts = {
        "template": run.template_arn,
        "target": run.target_arn,
        "run": run.arn,
        "event": event,
        "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    message = codec.encode(facts | details).decode()
    moment = number_of(at)
    for topic in topics.get(event, ()):
        db.execute(
            "INSERT INTO notice (key, place, run, event, topic, message, at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (f"{run.arn}/{event}/{what}/{topic}", place, run.arn, event, topic, message, moment, moment),
        )


@service.task("notices", every=timedelta(seconds=1))
def send_notices(place: Workplace) -> None:
    """Publish what is due, the oldest first."""
    kept = assessments_of(place.parts)
    if not kept.exists:
        return
    with kept.reading() as db:
        due = db.execute(
            "SELECT id, key, run, event, topic, message, at, failures FROM notice WHERE due_at <= ? ORDER BY due_at, id LIMIT ?",
            (number_of(place.clock.now()), _BATCH),
        ).fetchall()
    for row in due:
        _send(place, *row)


def _send(
    place: Workplace, number: int, key: str, run: str, event: str, topic: str, message: str, at: int, failures: int
) -> None:
    error: ApiError | None = None
    try:
        _publish(place, key, run, topic, message)
    except ApiError as problem:
        may_pass = problem.status is not None and (problem.status >= _SERVERS_FAULT or problem.status == _TOO_MANY)
        now = place.clock.now()
        if may_pass and now - time_of(at) < GIVEN_UP_AFTER:
            with assessments_of(place.parts).writing() as db:
                due = number_of(now + pause_after(failures))
                db.execute("UPDATE notice SET due_at = ?, failures = failures + 1 WHERE id = ?", (due, number))
            return
        error = problem
        _log.warning("inspector_notice_failed", run=run, topic=topic, cause=f"{problem.code}: {problem.message}")
    _remember(place, run, event, topic, error)
    with assessments_of(place.parts).writing() as db:
        db.execute("DELETE FROM notice WHERE id = ?", (number,))


def _publish(place: Workplace, key: str, run: str, topic: str, message: str) -> None:
    of_run, of_topic = parse_arn(run), parse_arn(topic)
    assert of_run is not None and of_topic is not None
    call_as_service(
        place.parts,
        PRINCIPAL,
        of_run.account,
        of_topic.region,
        "sns",
        "Publish",
        {"TopicArn": topic, "Message": message},
        source_arn=run.partition("/run/")[0],
        once=f"inspector/{key}",
    )


def _remember(place: Workplace, run: str, event: str, topic: str, error: ApiError | None) -> None:
    """Show with the run what became of a notification; those of findings only where they failed."""
    if event == REPORTED and error is None:
        return
    arn, now = parse_arn(run), place.clock.now()
    assert arn is not None
    told = Told(at=now, event=event, topic=topic, status=status_of(error), message=error.message if error else "")
    try:
        with place.parts.store.writing(arn.account, arn.region, at=now) as unit:
            current = look_up(unit, AssessmentRun, run)
            if current is not None:
                unit.save(replace(current, told=(*current.told, told)[-MOST_TOLD:]))
    except Conflict:
        _log.info("inspector_notice_not_shown", run=run, topic=topic)


def status_of(error: ApiError | None) -> str:
    """AWS's word for what became of a notification."""
    if error is None:
        return "SUCCESS"
    if error.code in ("NotFound", "NotFoundException"):
        return "TOPIC_DOES_NOT_EXIST"
    return "ACCESS_DENIED" if error.code in ("AuthorizationError", "AccessDenied") else "INTERNAL_ERROR"
