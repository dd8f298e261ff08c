"""How hosts and images are scanned.

Source: Inspector API reference, "UpdateConfiguration", "UpdateEc2DeepInspectionConfiguration".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.inspector2.enabling import enablement_of, keep
from garrison.services.inspector2.faults import denied, invalid
from garrison.services.inspector2.service import service

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.inspector2.resources import Enablement


@service.operation("GetConfiguration", needs={"inspector2:GetConfiguration": "*"})
def get_configuration(call: Call, request: shapes.GetConfigurationRequestTypeDef) -> dict[str, Any]:
    """How images and instances are scanned."""
    _check_account(call, request.get("accountId"))
    kept = enablement_of(call.unit)
    ecr = {
        "rescanDuration": kept.ecr_rescan,
        "status": "SUCCESS",
        "pullDateRescanDuration": kept.ecr_pull_rescan,
        "pullDateRescanMode": kept.ecr_pull_mode,
    }
    if kept.ecr_updated_at is not None:
        ecr["updatedAt"] = kept.ecr_updated_at  # type: ignore[assignment]
    scanner: dict[str, Any] = {"activated": kept.vm_scanner_at is not None, "status": "SUCCESS"}
    if kept.vm_scanner_at is not None:
        scanner["activatedAt"] = kept.vm_scanner_at
    return {
        "ecrConfiguration": {"rescanDurationState": ecr},
        "ec2Configuration": {
            "scanModeState": {"scanMode": kept.ec2_mode, "scanModeStatus": "SUCCESS"},
            "vmScannerState": scanner,
        },
    }


@service.operation("UpdateConfiguration", needs={"inspector2:UpdateConfiguration": "*"})
def update_configuration(call: Call, request: shapes.UpdateConfigurationRequestTypeDef) -> None:
    """Change how images and instances are scanned."""
    _check_account(call, request.get("accountId"))
    if request.get("updateConfigurationInheritance"):
        raise invalid("There is no administrator to inherit from.", "updateConfigurationInheritance")
    kept = enablement_of(call.unit)
    ecr, ec2 = request.get("ecrConfiguration"), request.get("ec2Configuration")
    if not ecr and not ec2:
        raise invalid("Either ecrConfiguration or ec2Configuration must be given.")
    if ecr:
        kept = replace(
            kept,
            ecr_rescan=ecr["rescanDuration"],
            ecr_pull_rescan=ecr.get("pullDateRescanDuration", kept.ecr_pull_rescan),
            ecr_pull_mode=ecr.get("pullDateRescanMode", kept.ecr_pull_mode),
            ecr_updated_at=call.at,
        )
    if ec2:
        kept = replace(kept, ec2_mode=ec2["scanMode"])
        if "activateVMScanner" in ec2:
            kept = replace(kept, vm_scanner_at=(kept.vm_scanner_at or call.at) if ec2["activateVMScanner"] else None)
    keep(call.unit, kept)


@service.operation("GetEc2DeepInspectionConfiguration", needs={"inspector2:GetEc2DeepInspectionConfiguration": "*"})
def get_ec2_deep_inspection_configuration(call: Call, _request: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the packages of languages are judged too."""
    return _shown(enablement_of(call.unit))


@service.operation(
    "UpdateEc2DeepInspectionConfiguration", needs={"inspector2:UpdateEc2DeepInspectionConfiguration": "*"}
)
def update_ec2_deep_inspection_configuration(
    call: Call, request: shapes.UpdateEc2DeepInspectionConfigurationRequestTypeDef
) -> dict[str, Any]:
    """Judge the packages of languages too, or those of distributions only."""
    kept = enablement_of(call.unit)
    paths = request.get("packagePaths")
    kept = replace(
        kept,
        deep_inspection=request.get("activateDeepInspection", kept.deep_inspection),
        package_paths=kept.package_paths if paths is None else tuple(dict.fromkeys(paths)),
    )
    keep(call.unit, kept)
    return _shown(kept)


@service.operation(
    "UpdateOrgEc2DeepInspectionConfiguration", needs={"inspector2:UpdateOrgEc2DeepInspectionConfiguration": "*"}
)
def update_org_ec2_deep_inspection_configuration(
    call: Call, request: shapes.UpdateOrgEc2DeepInspectionConfigurationRequestTypeDef
) -> None:
    """The paths that an organization looks at besides: here, those of the account that asks."""
    keep(
        call.unit, replace(enablement_of(call.unit), org_package_paths=tuple(dict.fromkeys(request["orgPackagePaths"])))
    )


def _shown(kept: Enablement) -> dict[str, Any]:
    return {
        "packagePaths": list(kept.package_paths),
        "orgPackagePaths": list(kept.org_package_paths),
        "status": "ACTIVATED" if kept.deep_inspection else "DEACTIVATED",
    }


def _check_account(call: Call, account: str | None) -> None:
    if account not in (None, call.account):
        raise denied("Inspector is not managed for this account from here.")
