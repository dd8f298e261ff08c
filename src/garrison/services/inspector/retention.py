"""Keep the file of assessments below its ceiling and its findings for their time. A run that loses its findings says so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from garrison.arn import parse_arn
from garrison.logs import get_logger
from garrison.services.inspector.assessing.excluding import excluded, title_of
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.naming import look_up
from garrison.services.inspector.resources import ENDED, AssessmentRun
from garrison.services.inspector.service import service
from garrison.services.inspector.storage import Assessments, agents, emptying

if TYPE_CHECKING:
    from garrison.services.background import Workplace

_PAGES = 500
_REMOVED = "removed"
_log = get_logger(__name__)


@service.task("retention", every=timedelta(seconds=5))
def keep_retention(place: Workplace) -> None:
    """Empty the runs that are too old, then the first ones while the file is too large; never one that is under way."""
    kept, settings = assessments_of(place.parts), place.parts.settings
    if not kept.exists:
        return
    if settings.assessment_retention_days:
        _expire(place, kept, settings.assessment_retention_days)
    if kept.used_bytes() > settings.assessment_ceiling_bytes:
        _keep_below(place, kept, settings.assessment_ceiling_bytes)
    kept.give_back(_PAGES)


def is_emptied(db: sqlite3.Connection, run: int) -> bool:
    """Whether a run's findings were removed."""
    return any(one.title == title_of(_REMOVED) for _, _, one in agents.exclusions(db, run, limit=1))


def _expire(place: Workplace, kept: Assessments, days: int) -> None:
    before = place.clock.now() - timedelta(days=days)
    for number, run in _runs(place, kept):
        if run.created_at >= before:
            return  # those after it are younger
        if run.completed_at is not None and run.completed_at < before:
            _empty(place, kept, number, run.arn, f"it ended more than {days} days before")


def _keep_below(place: Workplace, kept: Assessments, ceiling: int) -> None:
    for number, run in _runs(place, kept):
        _empty(place, kept, number, run.arn, f"the file of assessments was larger than {ceiling} bytes")
        if kept.used_bytes() <= ceiling:
            return
    _log.warning("assessments_above_the_ceiling", ceiling=ceiling)


def _runs(place: Workplace, kept: Assessments) -> Iterator[tuple[int, AssessmentRun]]:
    """The runs that hold something and are over, the first one first; those that were deleted go whole elsewhere."""
    for number, arn in emptying.full_runs(kept):
        parsed = parse_arn(arn)
        assert parsed is not None
        with place.parts.store.reading(parsed.account, parsed.region) as unit:
            run = look_up(unit, AssessmentRun, arn)
        if run is not None and run.state in ENDED and run.announced >= len(run.changes):
            yield number, run


def _empty(place: Workplace, kept: Assessments, number: int, arn: str, reason: str) -> None:
    told = excluded(_REMOVED, at=f"{place.clock.now():%Y-%m-%d %H:%M} UTC", reason=reason)
    removed = emptying.empty(kept, number, told)
    _log.warning("inspector_findings_removed", run=arn, findings=removed, reason=reason)
