"""Let a service act for the organization in all of its accounts (trusted access), and take that back.

Source: Organizations API reference, EnableAWSServiceAccess; User Guide, "Using AWS Organizations with other AWS services".
CloudTrail is the one service here that asks for it; what is granted to others is kept and shown, and has no effect.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.organizations.finding import managed_organization, refused
from garrison.services.organizations.paging import page_of
from garrison.services.organizations.service import service

if TYPE_CHECKING:
    from types_boto3_organizations import type_defs as shapes

    from garrison.services.call import Call
    from garrison.store import Unit

Answer = dict[str, Any]

_PRINCIPAL = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*\.amazonaws\.com")
_CLOUDTRAIL = "cloudtrail.amazonaws.com"


def _context(call: Call, request: Any) -> Answer:
    return {"organizations:ServicePrincipal": request["ServicePrincipal"]}


@service.operation("EnableAWSServiceAccess", needs={"organizations:EnableAWSServiceAccess": "*"}, context=_context)
def enable_aws_service_access(call: Call, request: shapes.EnableAWSServiceAccessRequestTypeDef) -> None:
    """Let a service in; one that is let in already keeps the time at which it was."""
    organization, principal = managed_organization(call), _checked(request["ServicePrincipal"])
    if principal not in organization.trusted_services:
        call.unit.save(replace(organization, trusted_services=organization.trusted_services | {principal: call.at}))


@service.operation("DisableAWSServiceAccess", needs={"organizations:DisableAWSServiceAccess": "*"}, context=_context)
def disable_aws_service_access(call: Call, request: shapes.DisableAWSServiceAccessRequestTypeDef) -> None:
    """Let a service in no longer: CloudTrail's organization trails are then for the management account alone, as in AWS."""
    organization, principal = managed_organization(call), _checked(request["ServicePrincipal"])
    if principal not in organization.trusted_services:
        return
    left = {name: since for name, since in organization.trusted_services.items() if name != principal}
    call.unit.save(replace(organization, trusted_services=left))
    if principal == _CLOUDTRAIL:
        end_access(call.unit)


@service.operation(
    "ListAWSServiceAccessForOrganization", needs={"organizations:ListAWSServiceAccessForOrganization": "*"}
)
def list_aws_service_access(call: Call, request: shapes.ListAWSServiceAccessForOrganizationRequestTypeDef) -> Answer:
    """List the services that are let in."""
    enabled = managed_organization(call).trusted_services.items()
    return page_of(call, request, "EnabledServicePrincipals", enabled, key=lambda each: each[0], render=_shown)


def end_access(unit: Unit) -> None:
    """Have CloudTrail no longer look beyond the account that managed the organization."""
    from garrison.services.cloudtrail.organization import (
        end_organization_trails,
    )  # which itself asks about organizations

    end_organization_trails(unit)


def _shown(enabled: tuple[str, datetime]) -> Answer:
    return {"ServicePrincipal": enabled[0], "DateEnabled": enabled[1]}


def _checked(principal: str) -> str:
    if not _PRINCIPAL.fullmatch(principal):
        raise refused(
            "InvalidInputException",
            "INVALID_PATTERN",
            f"You specified an invalid service principal: {principal}.",
        )
    return principal
