"""Reports of findings: CreateFindingsReport, GetFindingsReportStatus, CancelFindingsReport.

Source: Inspector API reference; Inspector user guide, "Exporting Amazon Inspector findings reports".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.inspector2.external.asking import FINDINGS, ask, cancel, destination, report_of, status
from garrison.services.inspector2.filters import shown_criteria
from garrison.services.inspector2.service import service

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call


@service.operation("CreateFindingsReport", needs={"inspector2:CreateFindingsReport": "*"})
def create_findings_report(call: Call, request: shapes.CreateFindingsReportRequestTypeDef) -> dict[str, Any]:
    """Have the findings that meet criteria written into a bucket, as CSV or JSON."""
    criteria: Any = request.get("filterCriteria") or {}
    return ask(call, FINDINGS, request, criteria)


@service.operation("GetFindingsReportStatus", needs={"inspector2:GetFindingsReportStatus": "*"})
def get_findings_report_status(call: Call, request: shapes.GetFindingsReportStatusRequestTypeDef) -> dict[str, Any]:
    """How far a report is, the last one where none is named."""
    found = report_of(call, FINDINGS, request)
    return status(found) | {
        "destination": destination(found),
        "filterCriteria": shown_criteria(found.criteria),
    }


@service.operation("CancelFindingsReport", needs={"inspector2:CancelFindingsReport": "*"})
def cancel_findings_report(call: Call, request: shapes.CancelFindingsReportRequestTypeDef) -> dict[str, Any]:
    """Have a report made no further."""
    return cancel(call, FINDINGS, request)
