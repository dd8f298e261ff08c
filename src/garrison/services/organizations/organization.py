"""Make the caller's account the management account of an organization, show the organization, and dissolve it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.iam.resources import Account
from garrison.services.organizations.controls import organization_of
from garrison.services.organizations.finding import (
    find_account,
    find_root,
    managed_organization,
    own_organization,
    random_id,
    refused,
    settings_of,
)
from garrison.services.organizations.resources import (
    SCP,
    ControlPolicy,
    MemberAccount,
    Organization,
    OrganizationalUnit,
    Root,
)
from garrison.services.organizations.service import service
from garrison.services.organizations.service_access import end_access

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_organizations import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]


def _shown(organization: Organization) -> Answer:
    return {
        "Id": organization.organization_id,
        "Arn": organization.arn,
        "FeatureSet": "ALL",
        "MasterAccountArn": f"arn:aws:organizations::{organization.account}:account/"
        f"{organization.organization_id}/{organization.account}",
        "MasterAccountId": organization.account,
        "MasterAccountEmail": organization.email,
        # AWS shows no other type here, whatever is enabled on the root (API reference, Organization).
        "AvailablePolicyTypes": [{"Type": SCP, "Status": "ENABLED"}],
    }


@service.operation("CreateOrganization", needs={"organizations:CreateOrganization": "*"})
def create_organization(call: Call, request: shapes.CreateOrganizationRequestTypeDef) -> Answer:
    """Make an organization that the caller's account manages."""
    if organization_of(call.unit, call.account) is not None:
        raise ApiError("AlreadyInOrganizationException", "The provided account is already a member of an organization.")
    if request.get("FeatureSet") == "CONSOLIDATED_BILLING":
        raise refused(
            "ConstraintViolationException",
            "CREATE_ORGANIZATION_IN_BILLING_MODE_UNSUPPORTED_REGION",
            "There is no billing to consolidate here: organizations have all features.",
        )
    organization_id, root_id = random_id("o-", 10), random_id("r-", 4)
    email = f"root@{call.account}.invalid"
    organization = Organization(
        account=call.account, organization_id=organization_id, root_id=root_id, email=email, created_at=call.at
    )
    call.unit.add(organization)
    call.unit.add(Root(account=call.account, organization_id=organization_id, root_id=root_id, name="Root"))
    call.unit.add(
        MemberAccount(
            account=call.account,
            organization_id=organization_id,
            account_id=call.account,
            parent_id=root_id,
            name="management",
            email=email,
            joined_method="INVITED",
            joined_at=call.at,
        )
    )
    kept = settings_of(call)
    if kept is None:
        call.unit.add(Account(account=call.account, created_at=call.at, management_account=call.account))
    else:
        call.unit.save(replace(kept, is_management_account=True, management_account=call.account))
    call.unit.raise_policy_generation()
    return {"Organization": _shown(organization)}


@service.operation("DescribeOrganization", needs={"organizations:DescribeOrganization": "*"})
def describe_organization(call: Call, request: Mapping[str, Any]) -> Answer:
    """Show the organization; its member accounts may ask, too."""
    return {"Organization": _shown(own_organization(call))}


@service.operation("DeleteOrganization", needs={"organizations:DeleteOrganization": "*"})
def delete_organization(call: Call, request: Mapping[str, Any]) -> None:
    """Dissolve an organization that has nothing left but its management account."""
    organization = managed_organization(call)
    unit = call.unit
    if unit.count(MemberAccount) > 1 or unit.count(OrganizationalUnit) or unit.count(ControlPolicy):
        raise ApiError(
            "OrganizationNotEmptyException",
            "The organization isn't empty. To delete an organization, you must first remove all accounts except the "
            "management account, delete all organizational units (OUs), and delete all policies.",
        )
    unit.remove(find_account(call, call.account))
    unit.remove(find_root(call, organization.root_id))
    end_access(unit)
    unit.remove(organization)
    kept = settings_of(call)
    if kept is not None:
        unit.save(replace(kept, management_account=None))
    unit.raise_policy_generation()
