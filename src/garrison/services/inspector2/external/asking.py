"""What reports and exports share: where they go, how they are kept, shown and cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.identifiers import request_id
from garrison.scan_findings import progress
from garrison.scan_findings.criteria import storable
from garrison.services.inspector2.faults import invalid, not_found
from garrison.services.inspector2.resources import ExternalReport
from garrison.services.inspector2.service import findings_of

if TYPE_CHECKING:
    from garrison.services.call import Call

IN_PROGRESS, SUCCEEDED, CANCELLED, FAILED = "IN_PROGRESS", "SUCCEEDED", "CANCELLED", "FAILED"
FINDINGS, SBOM = "findings", "sbom"
MOST_KEPT = 100
"""Ended reports of an account in a region that can be asked after."""


def ask(call: Call, kind: str, request: Mapping[str, Any], criteria: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what is asked for; the background makes it. One of a kind at a time."""
    to = request["s3Destination"]
    if call.unit.page(ExternalReport, where={"status": IN_PROGRESS, "kind": kind}, limit=1):
        raise invalid("A report is in progress already: only one is made at a time.")
    if not to["bucketName"]:
        raise invalid("The bucketName must be given.", "s3Destination.bucketName")
    _forget_old(call)
    made = ExternalReport(
        account=call.account,
        report_id=request_id(),
        kind=kind,
        format=request["reportFormat"],
        bucket=to["bucketName"],
        prefix=to.get("keyPrefix"),
        key_arn=to["kmsKeyArn"],
        criteria=storable(criteria),
        asked_at=call.at,
    )
    with findings_of(call.parts).writing() as db:
        progress.put_place(db, call.account, call.region)
    call.unit.add(made)
    return {"reportId": made.report_id}


def _forget_old(call: Call) -> None:
    ended = [one for one in call.unit.page(ExternalReport) if one.status != IN_PROGRESS]
    for one in sorted(ended, key=lambda each: each.asked_at)[:-MOST_KEPT]:
        call.unit.remove(one)


def report_of(call: Call, kind: str, request: Mapping[str, Any]) -> ExternalReport:
    """The report of an id, or the last one where none is given."""
    name = request.get("reportId")
    if name is not None:
        found = call.unit.get(ExternalReport, name)
        if found is None or found.kind != kind:
            raise not_found(f"There is no report {name}.")
        return found
    reports = call.unit.page(ExternalReport, where={"kind": kind})
    if not reports:
        raise not_found("There is no report.")
    return max(reports, key=lambda each: each.asked_at)


def cancel(call: Call, kind: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Have a report made no further."""
    found = report_of(call, kind, request)
    if found.status != IN_PROGRESS:
        raise invalid("Only a report that is in progress can be cancelled.", "reportId")
    call.unit.save(replace(found, status=CANCELLED))
    return {"reportId": found.report_id}


def destination(report: ExternalReport) -> dict[str, Any]:
    """A `Destination`."""
    to = {"bucketName": report.bucket, "keyPrefix": report.prefix, "kmsKeyArn": report.key_arn}
    return {name: value for name, value in to.items() if value is not None}


def status(report: ExternalReport) -> dict[str, Any]:
    """How far it is, and what went wrong."""
    members = {
        "reportId": report.report_id,
        "status": report.status,
        "errorCode": report.error_code,
        "errorMessage": report.error_message,
    }
    return {name: value for name, value in members.items() if value is not None}


def check_key(report: ExternalReport) -> None:
    """A key has to be one of the region; raises `ApiError` with a ReportingErrorCode."""
    arn = parse_arn(report.key_arn)
    if arn is None or arn.service != "kms" or arn.region != report.region or not arn.resource.startswith("key/"):
        raise ApiError("MALFORMED_KMS_KEY", f"{report.key_arn} is no key of {report.region}.")
