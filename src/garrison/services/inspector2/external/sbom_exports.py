"""Exports of SBOMs: CreateSbomExport, GetSbomExport, CancelSbomExport.

Source: Inspector API reference; Inspector user guide, "Exporting SBOMs with Amazon Inspector".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.inspector2.external.asking import SBOM, ask, cancel, destination, report_of, status
from garrison.services.inspector2.service import service

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call


@service.operation("CreateSbomExport", needs={"inspector2:CreateSbomExport": "*"})
def create_sbom_export(call: Call, request: shapes.CreateSbomExportRequestTypeDef) -> dict[str, Any]:
    """Have the bill of material of each covered resource that meets criteria written into a bucket."""
    criteria: Any = request.get("resourceFilterCriteria") or {}
    return ask(call, SBOM, request, criteria)


@service.operation("GetSbomExport", needs={"inspector2:GetSbomExport": "*"})
def get_sbom_export(call: Call, request: shapes.GetSbomExportRequestTypeDef) -> dict[str, Any]:
    """How far an export is."""
    found = report_of(call, SBOM, request)
    return status(found) | {
        "format": found.format,
        "s3Destination": destination(found),
        "filterCriteria": found.criteria,
    }


@service.operation("CancelSbomExport", needs={"inspector2:CancelSbomExport": "*"})
def cancel_sbom_export(call: Call, request: shapes.CancelSbomExportRequestTypeDef) -> dict[str, Any]:
    """Have an export made no further."""
    return cancel(call, SBOM, request)
