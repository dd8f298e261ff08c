"""Ask for a report, have it made, and learn where it lies."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.logs import get_logger
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.faults import in_progress, without_findings
from garrison.services.inspector.naming import find
from garrison.services.inspector.reports.contents import contents_of
from garrison.services.inspector.reports.document import document
from garrison.services.inspector.reports.links import link_to
from garrison.services.inspector.reports.page import page
from garrison.services.inspector.resources import ENDED, AssessmentRun
from garrison.services.inspector.retention import is_emptied
from garrison.services.inspector.service import service
from garrison.services.inspector.storage import reports, runs
from garrison.services.inspector.storage.reports import Asked

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.background import Workplace
    from garrison.services.call import Call

_FORMS = {"HTML": page, "PDF": document}
_log = get_logger(__name__)


@service.operation("GetAssessmentReport", needs={"inspector:GetAssessmentReport": "*"}, stored_apart=True)
def get_assessment_report(call: Call, request: shapes.GetAssessmentReportRequestTypeDef) -> dict[str, Any]:
    """The report's address once it is made; the first call has it made."""
    run = find(call.unit, AssessmentRun, request["assessmentRunArn"])
    if run.state not in ENDED:
        raise in_progress([run.arn])
    kind, form = request["reportType"], request["reportFileFormat"]
    with assessments_of(call.parts).writing() as db:
        number = runs.put_run(db, run.account, run.region, run.arn)
        if is_emptied(db, number):
            raise without_findings(run.arn)
        status = reports.status(db, number, kind, form)
        if status in (None, reports.FAILED):
            reports.ask(db, number, kind, form, call.at)
    if status == reports.MADE:
        return {"status": status, "url": link_to(call.parts, number, kind, form, call.at)}
    return {"status": status or reports.WAITING}


@service.task("reports", every=timedelta(seconds=1))
def make_reports(place: Workplace) -> None:
    """Make every report that is asked for."""
    kept = assessments_of(place.parts)
    if not kept.exists:
        return
    with kept.reading() as db:
        asked = reports.waiting(db)
    for one in asked:
        try:
            body = _made(place, one)
        except Exception:
            _log.exception("inspector_report_failed", run=one.arn)
            body = None
        with kept.writing() as db:
            reports.put(db, one, body)


def _made(place: Workplace, asked: Asked) -> bytes | None:
    arn = parse_arn(asked.arn)
    assert arn is not None
    contents = contents_of(place, asked.run, asked.arn, arn.account, arn.region, is_full=asked.kind == "FULL")
    return _FORMS[asked.format](contents) if contents is not None else None
