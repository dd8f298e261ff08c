"""Organizational units: made, renamed, shown, listed and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.organizations import quotas
from garrison.services.organizations.aws_managed import FULL_ACCESS
from garrison.services.organizations.controls import branch
from garrison.services.organizations.finding import (
    find_parent,
    find_root,
    find_unit,
    managed_organization,
    named,
    random_id,
    tags_of,
)
from garrison.services.organizations.paging import page_of
from garrison.services.organizations.resources import MemberAccount, OrganizationalUnit
from garrison.services.organizations.service import service
from garrison.services.organizations.tags import checked_tags, request_tags

if TYPE_CHECKING:
    from types_boto3_organizations import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]


def _shown(call: Call, unit: OrganizationalUnit) -> Answer:
    path = "/".join((unit.organization_id, *(node.node_id for node in branch(call.unit, unit)), ""))
    return {"Id": unit.unit_id, "Arn": unit.arn, "Name": unit.name, "Path": path}


def _check_name(call: Call, parent_id: str, name: str) -> None:
    beside = call.unit.page(OrganizationalUnit, where={"parent_id": parent_id})
    if any(unit.name == name for unit in beside):
        raise ApiError("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")


@service.operation(
    "CreateOrganizationalUnit",
    needs={"organizations:CreateOrganizationalUnit": named("ParentId")},
    context=lambda call, request: request_tags(request) | tags_of("ParentId")(call, request),
)
def create_organizational_unit(call: Call, request: shapes.CreateOrganizationalUnitRequestTypeDef) -> Answer:
    """Make a unit under the root or another unit."""
    organization = managed_organization(call)
    tags = checked_tags(request.get("Tags"))
    parent, root = find_parent(call, request["ParentId"]), find_root(call, organization.root_id)
    _check_name(call, parent.node_id, request["Name"])
    quotas.check_quota("OU_DEPTH_LIMIT_EXCEEDED", len(branch(call.unit, parent)), quotas.DEPTH)
    quotas.check_quota("OU_NUMBER_LIMIT_EXCEEDED", call.unit.count(OrganizationalUnit) + 1, quotas.ORGANIZATIONAL_UNITS)
    made = call.unit.add(
        OrganizationalUnit(
            account=call.account,
            organization_id=organization.organization_id,
            unit_id=random_id(f"ou-{organization.root_id.removeprefix('r-')}-", 8),
            parent_id=parent.node_id,
            name=request["Name"],
            policies=tuple(FULL_ACCESS[policy_type].policy_id for policy_type in root.policy_types),
            tags=tags,
        )
    )
    return {"OrganizationalUnit": _shown(call, made)}


@service.operation(
    "UpdateOrganizationalUnit",
    needs={"organizations:UpdateOrganizationalUnit": named("OrganizationalUnitId")},
    context=tags_of("OrganizationalUnitId"),
)
def update_organizational_unit(call: Call, request: shapes.UpdateOrganizationalUnitRequestTypeDef) -> Answer:
    """Rename a unit; what is attached to it and in it stays."""
    managed_organization(call)
    unit = find_unit(call, request["OrganizationalUnitId"])
    name = request.get("Name") or unit.name
    if name != unit.name:
        _check_name(call, unit.parent_id, name)
        unit = call.unit.save(replace(unit, name=name))
    return {"OrganizationalUnit": _shown(call, unit)}


@service.operation(
    "DescribeOrganizationalUnit",
    needs={"organizations:DescribeOrganizationalUnit": named("OrganizationalUnitId")},
    context=tags_of("OrganizationalUnitId"),
)
def describe_organizational_unit(call: Call, request: shapes.DescribeOrganizationalUnitRequestTypeDef) -> Answer:
    """Show a unit."""
    managed_organization(call)
    return {"OrganizationalUnit": _shown(call, find_unit(call, request["OrganizationalUnitId"]))}


@service.operation(
    "ListOrganizationalUnitsForParent",
    needs={"organizations:ListOrganizationalUnitsForParent": named("ParentId")},
    context=tags_of("ParentId"),
)
def list_organizational_units_for_parent(
    call: Call, request: shapes.ListOrganizationalUnitsForParentRequestTypeDef
) -> Answer:
    """List the units directly under the root or a unit."""
    managed_organization(call)
    parent = find_parent(call, request["ParentId"])
    return page_of(
        call,
        request,
        "OrganizationalUnits",
        call.unit.page(OrganizationalUnit, where={"parent_id": parent.node_id}),
        key=lambda unit: unit.unit_id,
        render=lambda unit: _shown(call, unit),
    )


@service.operation(
    "DeleteOrganizationalUnit",
    needs={"organizations:DeleteOrganizationalUnit": named("OrganizationalUnitId")},
    context=tags_of("OrganizationalUnitId"),
)
def delete_organizational_unit(call: Call, request: shapes.DeleteOrganizationalUnitRequestTypeDef) -> None:
    """Delete a unit that has neither accounts nor units in it."""
    managed_organization(call)
    unit = find_unit(call, request["OrganizationalUnitId"])
    inside = {"parent_id": unit.unit_id}
    if call.unit.count(MemberAccount, inside) or call.unit.count(OrganizationalUnit, inside):
        raise ApiError(
            "OrganizationalUnitNotEmptyException",
            "The specified OU is not empty. Move all accounts to another root or to other OUs, "
            "remove all child OUs, and try the operation again.",
        )
    call.unit.remove(unit)
