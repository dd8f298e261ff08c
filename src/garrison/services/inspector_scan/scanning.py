"""ScanSbom: a CycloneDX document in, its vulnerabilities out.

Source: Inspector API reference, "ScanSbom"; Inspector user guide, "Amazon Inspector Scan API" (formats, limits).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.errors import ApiError
from garrison.services.inspector2.scanning.assessing import database_of
from garrison.services.inspector_scan.formats import Judged, as_cyclonedx, as_inspector
from garrison.services.inspector_scan.service import service

if TYPE_CHECKING:
    from garrison.scan.inventory.facts import Inventory, Package
    from garrison.scan.vulnerabilities.database import Database
    from garrison.services.call import Call

MOST_COMPONENTS = 5000
_VERSIONS = ("1.4", "1.5", "1.6")
_FORMATS = {"CYCLONE_DX_1_5": as_cyclonedx, "INSPECTOR": as_inspector}
_DEFAULT = "CYCLONE_DX_1_5"


@service.operation("ScanSbom", needs={"inspector-scan:ScanSbom": "*"}, read_only=True, long=True, hidden=("sbom",))
def scan_sbom(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The vulnerabilities of a document's components. What there is no data for is said."""
    form = request.get("outputFormat") or _DEFAULT
    if form not in _FORMATS:
        raise _invalid(f"The output format {form} is not supported here.", "FIELD_VALIDATION_FAILED")
    inventory = _read(request["sbom"])
    database = database_of(call.parts.settings.home_path)
    found, _ = database.match(inventory)
    judged = Judged(inventory, tuple(found), tuple(_skipped(database, inventory)), call.at)
    return {"sbom": _FORMATS[form](judged)}


def _read(document: Any) -> Inventory:
    from garrison.scan.sbom.reading import NotABill, read

    if not isinstance(document, Mapping) or document.get("bomFormat") != "CycloneDX":
        raise _invalid("The SBOM must be a CycloneDX document.", "UNSUPPORTED_SBOM_TYPE")
    if document.get("specVersion") not in _VERSIONS:
        raise _invalid(
            f"CycloneDX {document.get('specVersion')} is not read, only {', '.join(_VERSIONS)}.",
            "UNSUPPORTED_SBOM_TYPE",
        )
    try:
        inventory = read(codec.encode(document))
    except NotABill as problem:
        raise _invalid(f"The SBOM cannot be read: {problem}.", "CANNOT_PARSE") from None
    if len(inventory.packages) > MOST_COMPONENTS:
        raise _invalid(f"The SBOM has more than {MOST_COMPONENTS} components.", "FIELD_VALIDATION_FAILED")
    return inventory


def _skipped(database: Database, inventory: Inventory) -> list[tuple[Package, str]]:
    """The packages that nothing is known of the kind of, each with the reason."""
    from garrison.scan.vulnerabilities.ecosystems import target_of

    if not database.is_there:
        return [(one, "there is no vulnerability database.") for one in inventory.packages]
    known = {one.name for one in database.ecosystems()}
    found = []
    for package in inventory.packages:
        target = target_of(package, inventory.platform)
        if target is None or target.ecosystem not in known:
            found.append((package, "no rules found."))
    return found


def _invalid(message: str, reason: str) -> ApiError:
    return ApiError("ValidationException", message, members={"reason": reason})
