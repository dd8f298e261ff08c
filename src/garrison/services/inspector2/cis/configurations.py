"""Configurations of CIS scans: what is scanned, at which level, and when.

Source: Inspector API reference, "CreateCisScanConfiguration", "UpdateCisScanConfiguration", "ListCisScanConfigurations".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.identifiers import request_id
from garrison.scan_findings import progress
from garrison.services.inspector2.cis import schedules
from garrison.services.inspector2.faults import invalid, not_found
from garrison.services.inspector2.paging import page_of_all
from garrison.services.inspector2.resources import CisScanConfiguration, owned_arn
from garrison.services.inspector2.service import findings_of, service
from garrison.services.inspector2.tags import checked_tags, request_tags, resource_tags, taggable

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call

DEFAULT_CONFIGURATIONS = 100
MOST_CONFIGURATIONS = 500
"""Of an account in a region (Inspector user guide, "Quotas")."""
SELF, ALL = "SELF", "ALL_ACCOUNTS"

taggable("cis-configuration", CisScanConfiguration)


def _any(call: Call, _request: Mapping[str, Any]) -> str:
    return f"{owned_arn(call.region, call.account)}cis-configuration/*"


def _named(_call: Call, request: Mapping[str, Any]) -> str:
    return str(request["scanConfigurationArn"])


def _given(_call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    return request_tags(request.get("tags"))


def _kept(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    return resource_tags(call.unit.by_arn(CisScanConfiguration, request["scanConfigurationArn"]))


@service.operation("CreateCisScanConfiguration", needs={"inspector2:CreateCisScanConfiguration": _any}, context=_given)
def create_cis_scan_configuration(
    call: Call, request: shapes.CreateCisScanConfigurationRequestTypeDef
) -> dict[str, Any]:
    """Have hosts scanned at the times of a schedule."""
    if call.unit.count(CisScanConfiguration) >= MOST_CONFIGURATIONS:
        raise invalid(f"An account can have no more than {MOST_CONFIGURATIONS} CIS scan configurations in a region.")
    targets = request["targets"]
    made = CisScanConfiguration(
        account=call.account,
        configuration_id=request_id(),
        name=request["scanName"],
        level=request["securityLevel"],
        schedule=schedules.schedule_of(request["schedule"]),
        accounts=_accounts(call, targets["accountIds"]),
        target_tags=_tags(targets["targetResourceTags"]),
        tags=checked_tags(request.get("tags") or {}),
        created_at=call.at,
        scheduled_from=call.at,
    )
    with findings_of(call.parts).writing() as db:
        progress.put_place(db, call.account, call.region)
    return {"scanConfigurationArn": call.unit.add(made).arn}


@service.operation("UpdateCisScanConfiguration", needs={"inspector2:UpdateCisScanConfiguration": _named}, context=_kept)
def update_cis_scan_configuration(
    call: Call, request: shapes.UpdateCisScanConfigurationRequestTypeDef
) -> dict[str, Any]:
    """Change what is given of a configuration; a new schedule counts from now on."""
    kept = _found(call, request["scanConfigurationArn"])
    targets: Mapping[str, Any] = request.get("targets") or {}
    schedule = request.get("schedule")
    changed = replace(
        kept,
        name=request.get("scanName") or kept.name,
        level=request.get("securityLevel") or kept.level,
        schedule=kept.schedule if schedule is None else schedules.schedule_of(schedule),
        scheduled_from=kept.scheduled_from if schedule is None else call.at,
        accounts=_accounts(call, targets["accountIds"]) if targets.get("accountIds") else kept.accounts,
        target_tags=_tags(targets["targetResourceTags"]) if targets.get("targetResourceTags") else kept.target_tags,
    )
    return {"scanConfigurationArn": call.unit.save(changed).arn}


@service.operation("DeleteCisScanConfiguration", needs={"inspector2:DeleteCisScanConfiguration": _named}, context=_kept)
def delete_cis_scan_configuration(
    call: Call, request: shapes.DeleteCisScanConfigurationRequestTypeDef
) -> dict[str, Any]:
    """Make no more of these scans; those that were made stay."""
    kept = _found(call, request["scanConfigurationArn"])
    call.unit.remove(kept)
    return {"scanConfigurationArn": kept.arn}


@service.operation("ListCisScanConfigurations", needs={"inspector2:ListCisScanConfigurations": "*"})
def list_cis_scan_configurations(call: Call, request: shapes.ListCisScanConfigurationsRequestTypeDef) -> dict[str, Any]:
    """Configurations, by name or ARN."""
    criteria: Mapping[str, Any] = request.get("filterCriteria") or {}
    found = [one for one in call.unit.page(CisScanConfiguration) if _meets(one, criteria)]
    by_name = request.get("sortBy") == "SCAN_NAME"
    found.sort(key=lambda one: (one.name, one.arn) if by_name else (one.arn, ""))
    if request.get("sortOrder") == "DESC":
        found.reverse()
    return page_of_all(call, request, found, DEFAULT_CONFIGURATIONS, "scanConfigurations", _shown)


def _meets(one: CisScanConfiguration, criteria: Mapping[str, Any]) -> bool:
    tags = criteria.get("targetResourceTagFilters")
    return (
        _matches(one.name, criteria.get("scanNameFilters"))
        and _matches(one.arn, criteria.get("scanConfigurationArnFilters"))
        and (not tags or any(each["value"] in one.target_tags.get(each["key"], ()) for each in tags))
    )


def _matches(value: str, filters: list[Mapping[str, str]] | None) -> bool:
    """As findings match StringFilters: one of EQUALS and PREFIX, and every NOT_EQUALS."""
    wanted = [one for one in filters or () if one["comparison"] != "NOT_EQUALS"]
    if any(one["comparison"] == "NOT_EQUALS" and one["value"] == value for one in filters or ()):
        return False
    return not wanted or any(
        value == one["value"] if one["comparison"] == "EQUALS" else value.startswith(one["value"]) for one in wanted
    )


def _accounts(call: Call, given: list[str] | Any) -> tuple[str, ...]:
    accounts = tuple(dict.fromkeys(given))
    if any(one not in (SELF, ALL, call.account) for one in accounts):
        raise invalid("Only hosts of the own account can be scanned.", "targets.accountIds")
    return accounts


def _tags(given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(dict.fromkeys(values)) for key, values in given.items()}


def _found(call: Call, arn: str) -> CisScanConfiguration:
    found = call.unit.by_arn(CisScanConfiguration, arn)
    if found is None or (found.account, found.region) != (call.account, call.region):
        raise not_found(f"The CIS scan configuration {arn} does not exist.")
    return found


def targets_shown(one: CisScanConfiguration) -> dict[str, Any]:
    """A `CisTargets`."""
    return {
        "accountIds": [one.account],
        "targetResourceTags": {key: list(values) for key, values in one.target_tags.items()},
    }


def _shown(one: CisScanConfiguration) -> dict[str, Any]:
    return {
        "scanConfigurationArn": one.arn,
        "ownerId": one.account,
        "scanName": one.name,
        "securityLevel": one.level,
        "schedule": schedules.shown(one.schedule),
        "targets": targets_shown(one),
        "tags": one.tags,
    }
