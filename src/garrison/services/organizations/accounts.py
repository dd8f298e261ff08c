"""Make accounts in the organization, show them, close them and let them go."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.identifiers import ROLE, unique_id
from garrison.services.iam.resources import Account, Role
from garrison.services.organizations import quotas
from garrison.services.organizations.aws_managed import FULL_ACCESS
from garrison.services.organizations.controls import branch
from garrison.services.organizations.finding import (
    find_account,
    find_root,
    managed_organization,
    named,
    random_id,
    refused,
    tags_of,
)
from garrison.services.organizations.paging import page_of
from garrison.services.organizations.resources import AccountCreation, MemberAccount, Root
from garrison.services.organizations.service import service
from garrison.services.organizations.tags import checked_tags, request_tags

if TYPE_CHECKING:
    from types_boto3_organizations import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]

ACCESS_ROLE = "OrganizationAccountAccessRole"
"""The role by which the management account reaches a created account, where the request names no other."""
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def shown_account(call: Call, member: MemberAccount) -> Answer:
    """An account as listings show it."""
    status = "SUSPENDED" if member.is_closed else "ACTIVE"
    path = "/".join((member.organization_id, *(node.node_id for node in branch(call.unit, member)), ""))
    return {
        "Id": member.account_id,
        "Arn": member.arn,
        "Email": member.email,
        "Name": member.name,
        "Status": status,
        "State": status,
        "Paths": [path],
        "JoinedMethod": member.joined_method,
        "JoinedTimestamp": member.joined_at,
    }


def _creation(made: AccountCreation) -> Answer:
    shown: Answer = {
        "Id": made.request_id,
        "AccountName": made.account_name,
        "State": "SUCCEEDED" if made.failure is None else "FAILED",
        "RequestedTimestamp": made.requested_at,
        "CompletedTimestamp": made.requested_at,
    }
    return shown | ({"AccountId": made.account_id} if made.failure is None else {"FailureReason": made.failure})


def _creation_context(call: Call, request: Any) -> Answer:
    return request_tags(request)


@service.operation("CreateAccount", needs={"organizations:CreateAccount": "*"}, context=_creation_context)
def create_account(call: Call, request: shapes.CreateAccountRequestTypeDef) -> Answer:
    """Make an account with a role for its management account; how it went is asked with DescribeCreateAccountStatus."""
    organization = managed_organization(call)
    tags = checked_tags(request.get("Tags"))
    made = AccountCreation(
        account=call.account,
        request_id=random_id("car-", 32),
        account_name=request["AccountName"],
        requested_at=call.at,
    )
    members = call.unit.page(MemberAccount)
    if any(member.email.lower() == request["Email"].lower() for member in members):
        made = replace(made, failure="EMAIL_ALREADY_EXISTS")
    elif len(members) >= quotas.ACCOUNTS:
        made = replace(made, failure="ACCOUNT_LIMIT_EXCEEDED")
    else:
        root = find_root(call, organization.root_id)
        account = _found_account(call, request.get("RoleName") or ACCESS_ROLE)
        made = replace(made, account_id=account.account)
        call.unit.add(_member(call, request, root, account.account, tags))
    call.unit.add(made)
    begun = {key: value for key, value in _creation(made).items() if key in ("Id", "AccountName", "RequestedTimestamp")}
    return {"CreateAccountStatus": begun | {"State": "IN_PROGRESS"}}


def _member(call: Call, request: Any, root: Root, account_id: str, tags: dict[str, str]) -> MemberAccount:
    return MemberAccount(
        account=call.account,
        organization_id=root.organization_id,
        account_id=account_id,
        parent_id=root.root_id,
        name=request["AccountName"],
        email=request["Email"],
        joined_method="CREATED",
        joined_at=call.at,
        policies=tuple(FULL_ACCESS[policy_type].policy_id for policy_type in root.policy_types),
        tags=tags,
    )


def _found_account(call: Call, role_name: str) -> Account:
    """A new account with nothing in it but the way in for its management account."""
    account_id = f"{secrets.randbelow(9 * 10**11) + 10**11}"
    while call.unit.get(Account, account_id, account=account_id) is not None:
        account_id = f"{secrets.randbelow(9 * 10**11) + 10**11}"
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{call.account}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    account = call.unit.add(
        Account(account=account_id, created_at=call.at, is_management_account=False, management_account=call.account)
    )
    call.unit.add(
        Role(
            account=account_id,
            name=role_name,
            folded=role_name.lower(),
            unique_id=unique_id(ROLE),
            created_at=call.at,
            trust_policy=json.dumps(trust, separators=(",", ":")),
            attached_policies=(_ADMINISTRATOR,),
        )
    )
    call.unit.raise_policy_generation(account_id)
    call.unit.raise_policy_generation()  # what is kept of which accounts there are is told by it
    return account


@service.operation("DescribeCreateAccountStatus", needs={"organizations:DescribeCreateAccountStatus": "*"})
def describe_create_account_status(call: Call, request: shapes.DescribeCreateAccountStatusRequestTypeDef) -> Answer:
    """Say how a request for an account ended."""
    managed_organization(call)
    made = call.unit.get(AccountCreation, request["CreateAccountRequestId"])
    if made is None:
        raise ApiError(
            "CreateAccountStatusNotFoundException", "You specified an account creation request that doesn't exist."
        )
    return {"CreateAccountStatus": _creation(made)}


@service.operation("ListCreateAccountStatus", needs={"organizations:ListCreateAccountStatus": "*"})
def list_create_account_status(call: Call, request: shapes.ListCreateAccountStatusRequestTypeDef) -> Answer:
    """List the requests for accounts that ended in one of the states."""
    managed_organization(call)
    states = request.get("States") or ["SUCCEEDED", "FAILED"]
    found = [made for made in call.unit.page(AccountCreation) if _creation(made)["State"] in states]
    return page_of(call, request, "CreateAccountStatuses", found, key=lambda made: made.request_id, render=_creation)


@service.operation("ListAccounts", needs={"organizations:ListAccounts": "*"})
def list_accounts(call: Call, request: shapes.ListAccountsRequestTypeDef) -> Answer:
    """List all accounts of the organization."""
    managed_organization(call)
    return page_of_accounts(call, request, call.unit.page(MemberAccount))


def page_of_accounts(call: Call, request: Any, members: list[MemberAccount]) -> Answer:
    """The answer of the operations that list accounts."""
    return page_of(
        call,
        request,
        "Accounts",
        members,
        key=lambda member: member.account_id,
        render=lambda member: shown_account(call, member),
    )


@service.operation(
    "DescribeAccount", needs={"organizations:DescribeAccount": named("AccountId")}, context=tags_of("AccountId")
)
def describe_account(call: Call, request: shapes.DescribeAccountRequestTypeDef) -> Answer:
    """Show an account."""
    managed_organization(call)
    return {"Account": shown_account(call, find_account(call, request["AccountId"]))}


@service.operation(
    "CloseAccount", needs={"organizations:CloseAccount": named("AccountId")}, context=tags_of("AccountId")
)
def close_account(call: Call, request: shapes.CloseAccountRequestTypeDef) -> None:
    """Close an account: from now on nobody in it may do anything, and nobody reaches it."""
    managed_organization(call)
    member = find_account(call, request["AccountId"])
    if member.account_id == call.account:
        raise refused(
            "ConstraintViolationException",
            "CANNOT_CLOSE_MANAGEMENT_ACCOUNT",
            "You cannot close the management account of an organization.",
        )
    if member.is_closed:
        raise ApiError("AccountAlreadyClosedException", "The provided account is already closed.")
    call.unit.save(replace(member, is_closed=True))
    _change_settings(call, member, is_closed=True)


@service.operation(
    "RemoveAccountFromOrganization",
    needs={"organizations:RemoveAccountFromOrganization": named("AccountId")},
    context=tags_of("AccountId"),
)
def remove_account_from_organization(call: Call, request: shapes.RemoveAccountFromOrganizationRequestTypeDef) -> None:
    """Let an account go: it stands on its own, and the organization's policies reach it no more."""
    managed_organization(call)
    member = find_account(call, request["AccountId"])
    if member.account_id == call.account:
        raise ApiError(
            "MasterCannotLeaveOrganizationException", "The management account cannot be removed from its organization."
        )
    call.unit.remove(member)
    call.unit.raise_policy_generation()
    _change_settings(call, member, management_account=None)


def _change_settings(call: Call, member: MemberAccount, **changes: Any) -> None:
    kept = call.unit.get(Account, member.account_id, account=member.account_id)
    assert kept is not None
    call.unit.save(replace(kept, **changes))
    call.unit.raise_policy_generation(member.account_id)
