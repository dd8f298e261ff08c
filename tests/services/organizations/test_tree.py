"""The organization itself, its units and its accounts, as clients see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., tuple[str, str]]


@pytest.fixture
def root_id(api: Any) -> str:
    """An organization of the calling account; gives the id of its root."""
    api.organizations.create_organization(FeatureSet="ALL")
    found: str = api.organizations.list_roots()["Roots"][0]["Id"]
    return found


def _create(api: Any, name: str, **more: Any) -> str:
    begun = api.organizations.create_account(Email=f"{name}@example.com", AccountName=name, **more)
    begun = begun["CreateAccountStatus"]
    assert (begun["State"], "AccountId" in begun) == ("IN_PROGRESS", False)
    ended = api.organizations.describe_create_account_status(CreateAccountRequestId=begun["Id"])
    account_id: str = ended["CreateAccountStatus"]["AccountId"]
    return account_id


def test_an_organization_has_all_features_and_a_root_without_policies_in_force(api: Any, refused: Refused) -> None:
    assert refused(api.organizations.describe_organization)[0] == "AWSOrganizationsNotInUseException"
    made = api.organizations.create_organization(FeatureSet="ALL")["Organization"]
    assert made["Arn"] == f"arn:aws:organizations::123456789012:organization/{made['Id']}"
    assert (made["FeatureSet"], made["MasterAccountId"]) == ("ALL", "123456789012")
    assert api.organizations.describe_organization()["Organization"] == made
    (root,) = api.organizations.list_roots()["Roots"]
    assert (root["Name"], root["PolicyTypes"]) == ("Root", [])
    assert refused(api.organizations.create_organization)[0] == "AlreadyInOrganizationException"
    (account,) = api.organizations.list_accounts()["Accounts"]
    assert (account["Id"], account["JoinedMethod"], account["Status"]) == ("123456789012", "INVITED", "ACTIVE")


def test_an_organization_is_dissolved_when_nothing_is_left_in_it(api: Any, root_id: str, refused: Refused) -> None:
    unit = api.organizations.create_organizational_unit(ParentId=root_id, Name="a")["OrganizationalUnit"]
    member = _create(api, "web")
    assert refused(api.organizations.delete_organization)[0] == "OrganizationNotEmptyException"
    api.organizations.remove_account_from_organization(AccountId=member)
    api.organizations.delete_organizational_unit(OrganizationalUnitId=unit["Id"])
    api.organizations.delete_organization()
    assert refused(api.organizations.list_roots)[0] == "AWSOrganizationsNotInUseException"
    api.organizations.create_organization()


def test_a_created_account_stands_under_the_root_with_its_tags(api: Any, root_id: str, refused: Refused) -> None:
    member = _create(api, "web", Tags=[{"Key": "stage", "Value": "live"}])
    shown = api.organizations.describe_account(AccountId=member)["Account"]
    assert (shown["Name"], shown["Email"], shown["JoinedMethod"]) == ("web", "web@example.com", "CREATED")
    assert api.organizations.list_parents(ChildId=member)["Parents"] == [{"Id": root_id, "Type": "ROOT"}]
    tags = api.organizations.list_tags_for_resource(ResourceId=member)["Tags"]
    assert tags == [{"Key": "stage", "Value": "live"}]
    assert refused(api.organizations.describe_account, AccountId="000000000000")[0] == "AccountNotFoundException"


def test_a_second_account_of_the_same_address_fails(api: Any, root_id: str) -> None:
    _create(api, "web")
    begun = api.organizations.create_account(Email="WEB@example.com", AccountName="again")["CreateAccountStatus"]
    ended = api.organizations.describe_create_account_status(CreateAccountRequestId=begun["Id"])["CreateAccountStatus"]
    assert (ended["State"], ended["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")
    (failed,) = api.organizations.list_create_account_status(States=["FAILED"])["CreateAccountStatuses"]
    assert failed["Id"] == begun["Id"]
    assert len(api.organizations.list_accounts()["Accounts"]) == 2


def test_units_nest_five_deep_and_names_are_unique_among_siblings(api: Any, root_id: str, refused: Refused) -> None:
    create, parent = api.organizations.create_organizational_unit, root_id
    for depth in range(5):
        parent = create(ParentId=parent, Name=f"level-{depth}")["OrganizationalUnit"]["Id"]
    code, _ = refused(create, ParentId=parent, Name="too deep")
    assert code == "ConstraintViolationException"
    assert refused(create, ParentId=root_id, Name="level-0")[0] == "DuplicateOrganizationalUnitException"
    create(ParentId=root_id, Name="level-1")
    assert refused(create, ParentId=f"ou-{root_id[2:]}-00000000", Name="x")[0] == "ParentNotFoundException"
    shown = api.organizations.describe_organizational_unit(OrganizationalUnitId=parent)["OrganizationalUnit"]
    assert shown["Path"].count("/ou-") == 5


def test_a_unit_is_renamed_and_deleted_when_empty(api: Any, root_id: str, refused: Refused) -> None:
    unit = api.organizations.create_organizational_unit(ParentId=root_id, Name="a")["OrganizationalUnit"]["Id"]
    member = _create(api, "web")
    api.organizations.move_account(AccountId=member, SourceParentId=root_id, DestinationParentId=unit)
    delete = api.organizations.delete_organizational_unit
    assert refused(delete, OrganizationalUnitId=unit)[0] == "OrganizationalUnitNotEmptyException"
    renamed = api.organizations.update_organizational_unit(OrganizationalUnitId=unit, Name="b")
    assert renamed["OrganizationalUnit"]["Name"] == "b"
    (listed,) = api.organizations.list_organizational_units_for_parent(ParentId=root_id)["OrganizationalUnits"]
    assert listed["Name"] == "b"
    api.organizations.move_account(AccountId=member, SourceParentId=unit, DestinationParentId=root_id)
    delete(OrganizationalUnitId=unit)
    assert refused(delete, OrganizationalUnitId=unit)[0] == "OrganizationalUnitNotFoundException"


def test_a_move_names_where_the_account_is_and_where_it_goes(api: Any, root_id: str, refused: Refused) -> None:
    unit = api.organizations.create_organizational_unit(ParentId=root_id, Name="a")["OrganizationalUnit"]["Id"]
    nowhere = f"ou-{root_id[2:]}-00000000"
    member, move = _create(api, "web"), api.organizations.move_account
    for source, destination, code in (
        (unit, root_id, "DuplicateAccountException"),
        (nowhere, unit, "SourceParentNotFoundException"),
        (root_id, nowhere, "DestinationParentNotFoundException"),
    ):
        refusal = refused(move, AccountId=member, SourceParentId=source, DestinationParentId=destination)
        assert refusal[0] == code
    before = api.store.policy_generation(member)
    move(AccountId=member, SourceParentId=root_id, DestinationParentId=unit)
    assert api.store.policy_generation(member) > before
    assert [child["Id"] for child in api.organizations.list_accounts_for_parent(ParentId=unit)["Accounts"]] == [member]
    children = api.organizations.list_children(ParentId=root_id, ChildType="ORGANIZATIONAL_UNIT")["Children"]
    assert children == [{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}]


def test_a_closed_account_is_suspended_and_the_management_account_stays(
    api: Any, root_id: str, refused: Refused
) -> None:
    member, close = _create(api, "web"), api.organizations.close_account
    close(AccountId=member)
    assert api.organizations.describe_account(AccountId=member)["Account"]["Status"] == "SUSPENDED"
    assert refused(close, AccountId=member)[0] == "AccountAlreadyClosedException"
    assert refused(close, AccountId="123456789012")[0] == "ConstraintViolationException"
    remove = api.organizations.remove_account_from_organization
    assert refused(remove, AccountId="123456789012")[0] == "MasterCannotLeaveOrganizationException"


def test_listings_come_in_pages_whose_tokens_belong_to_the_listing(api: Any, root_id: str, refused: Refused) -> None:
    made = {_create(api, f"a{number}") for number in range(4)} | {"123456789012"}
    pages = list(api.organizations.get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["Accounts"]) for page in pages] == [2, 2, 1]
    assert {account["Id"] for page in pages for account in page["Accounts"]} == made
    for token in ("AAAA", "%", "é", pages[0]["NextToken"] + "x"):
        code, _ = refused(api.organizations.list_accounts, NextToken=token)
        assert code == "InvalidInputException"
    assert refused(api.organizations.list_roots, NextToken=pages[0]["NextToken"])[0] == "InvalidInputException"


def test_tags_are_added_replaced_and_removed_on_every_part(api: Any, root_id: str, refused: Refused) -> None:
    client = api.organizations
    unit = client.create_organizational_unit(ParentId=root_id, Name="a", Tags=[{"Key": "k", "Value": "1"}])
    for part in (root_id, unit["OrganizationalUnit"]["Id"], "123456789012"):
        client.tag_resource(ResourceId=part, Tags=[{"Key": "k", "Value": "2"}, {"Key": "l", "Value": ""}])
        client.untag_resource(ResourceId=part, TagKeys=["l", "missing"])
        assert client.list_tags_for_resource(ResourceId=part)["Tags"] == [{"Key": "k", "Value": "2"}]
    twice = [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]
    assert refused(client.tag_resource, ResourceId=root_id, Tags=twice)[0] == "InvalidInputException"
    many = [{"Key": f"k{number}", "Value": ""} for number in range(51)]
    assert refused(client.tag_resource, ResourceId=root_id, Tags=many)[0] == "ConstraintViolationException"
    assert refused(client.tag_resource, ResourceId="p-FullAWSAccess", Tags=[])[0] == "TargetNotFoundException"
