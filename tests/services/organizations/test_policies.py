"""Control policies: what may stand in them, where they hang, and what their changes reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., tuple[str, str]]

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}'
RCP_DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"*"}]}'


@pytest.fixture
def root_id(api: Any) -> str:
    """An organization with service control policies in force; gives the id of its root."""
    api.organizations.create_organization()
    found: str = api.organizations.list_roots()["Roots"][0]["Id"]
    api.organizations.enable_policy_type(RootId=found, PolicyType=SCP)
    return found


def _create(api: Any, name: str = "no-iam", content: str = DENY, policy_type: str = SCP) -> str:
    made = api.organizations.create_policy(Name=name, Description="", Type=policy_type, Content=content)
    policy_id: str = made["Policy"]["PolicySummary"]["Id"]
    return policy_id


def _attached(api: Any, target: str, policy_type: str = SCP) -> list[str]:
    found = api.organizations.list_policies_for_target(TargetId=target, Filter=policy_type)["Policies"]
    return [policy["Id"] for policy in found]


def test_a_type_put_in_force_begins_with_full_access_everywhere(api: Any, root_id: str, refused: Refused) -> None:
    client = api.organizations
    unit = client.create_organizational_unit(ParentId=root_id, Name="a")["OrganizationalUnit"]["Id"]
    for target in (root_id, unit, "123456789012"):
        assert _attached(api, target) == ["p-FullAWSAccess"]
        assert _attached(api, target, RCP) == []
    client.enable_policy_type(RootId=root_id, PolicyType=RCP)
    assert _attached(api, unit, RCP) == ["p-RCPFullAWSAccess"]
    assert refused(client.enable_policy_type, RootId=root_id, PolicyType=RCP)[0] == "PolicyTypeAlreadyEnabledException"
    client.attach_policy(PolicyId=_create(api), TargetId=unit)
    shown = client.disable_policy_type(RootId=root_id, PolicyType=SCP)["Root"]["PolicyTypes"]
    assert shown == [{"Type": RCP, "Status": "ENABLED"}]
    assert _attached(api, unit) == []
    assert _attached(api, unit, RCP) == ["p-RCPFullAWSAccess"]
    assert refused(client.disable_policy_type, RootId=root_id, PolicyType=SCP)[0] == "PolicyTypeNotEnabledException"
    code, _ = refused(client.enable_policy_type, RootId=root_id, PolicyType="TAG_POLICY")
    assert code == "PolicyTypeNotAvailableForOrganizationException"


def test_a_policy_is_made_shown_changed_and_deleted(api: Any, root_id: str, refused: Refused) -> None:
    client, policy_id = api.organizations, _create(api)
    shown = client.describe_policy(PolicyId=policy_id)["Policy"]
    assert shown["Content"] == DENY
    assert shown["PolicySummary"]["Arn"].endswith(f"/service_control_policy/{policy_id}")
    other = DENY.replace("iam", "s3")
    changed = client.update_policy(PolicyId=policy_id, Name="no-s3", Description="why", Content=other)["Policy"]
    assert (changed["PolicySummary"]["Name"], changed["Content"]) == ("no-s3", other)
    listed = [policy["Name"] for policy in client.list_policies(Filter=SCP)["Policies"]]
    assert sorted(listed) == ["FullAWSAccess", "no-s3"]
    create = client.create_policy
    twice = {"Name": "no-s3", "Description": "", "Type": SCP, "Content": DENY}
    assert refused(create, **twice)[0] == "DuplicatePolicyException"
    client.delete_policy(PolicyId=policy_id)
    assert refused(client.describe_policy, PolicyId=policy_id)[0] == "PolicyNotFoundException"


def test_aws_s_own_policies_cannot_be_changed(api: Any, root_id: str, refused: Refused) -> None:
    for operation in (api.organizations.update_policy, api.organizations.delete_policy):
        assert refused(operation, PolicyId="p-FullAWSAccess")[0] == "InvalidInputException"
    shown = api.organizations.describe_policy(PolicyId="p-FullAWSAccess")["Policy"]["PolicySummary"]
    assert shown["Arn"] == "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
    assert shown["AwsManaged"] is True


@pytest.mark.parametrize(
    ("policy_type", "content"),
    [
        (SCP, "{"),
        (SCP, "[]"),
        (SCP, "[" * 4000),
        (SCP, RCP_DENY),
        (SCP, DENY.replace('"Resource":"*"', '"Resource":"bucket"')),
        (RCP, DENY),
        (RCP, RCP_DENY.replace("Deny", "Allow")),
        (RCP, RCP_DENY.replace('"Action"', '"NotAction"')),
    ],
)
def test_what_is_no_policy_of_its_type_is_refused(
    api: Any, root_id: str, refused: Refused, policy_type: str, content: str
) -> None:
    code, _ = refused(api.organizations.create_policy, Name="bad", Description="", Type=policy_type, Content=content)
    assert code == "MalformedPolicyDocumentException"


def test_a_policy_has_at_most_5120_characters(api: Any, root_id: str, refused: Refused) -> None:
    code, _ = refused(api.organizations.create_policy, Name="big", Description="", Type=SCP, Content=DENY + " " * 5120)
    assert code == "ConstraintViolationException"


def test_attachments_are_counted_and_the_last_one_stays(api: Any, root_id: str, refused: Refused) -> None:
    client = api.organizations
    first, *more = (_create(api, f"policy-{number}") for number in range(5))
    client.attach_policy(PolicyId=first, TargetId=root_id)
    twice = refused(client.attach_policy, PolicyId=first, TargetId=root_id)
    assert twice[0] == "DuplicatePolicyAttachmentException"
    for policy_id in more[:3]:
        client.attach_policy(PolicyId=policy_id, TargetId=root_id)
    assert refused(client.attach_policy, PolicyId=more[3], TargetId=root_id)[0] == "ConstraintViolationException"
    (target,) = client.list_targets_for_policy(PolicyId=first)["Targets"]
    assert (target["TargetId"], target["Type"], target["Name"]) == (root_id, "ROOT", "Root")
    assert refused(client.delete_policy, PolicyId=first)[0] == "PolicyInUseException"
    for policy_id in (first, *more[:3]):
        client.detach_policy(PolicyId=policy_id, TargetId=root_id)
    last = refused(client.detach_policy, PolicyId="p-FullAWSAccess", TargetId=root_id)
    assert last[0] == "ConstraintViolationException"
    assert refused(client.detach_policy, PolicyId=first, TargetId=root_id)[0] == "PolicyNotAttachedException"


def test_a_policy_of_a_type_that_is_not_in_force_cannot_be_attached(api: Any, root_id: str, refused: Refused) -> None:
    policy_id = _create(api, content=RCP_DENY, policy_type=RCP)
    code, _ = refused(api.organizations.attach_policy, PolicyId=policy_id, TargetId=root_id)
    assert code == "PolicyTypeNotEnabledException"
    api.organizations.enable_policy_type(RootId=root_id, PolicyType=RCP)
    code, _ = refused(api.organizations.detach_policy, PolicyId="p-RCPFullAWSAccess", TargetId=root_id)
    assert code == "InvalidInputException"
    code, _ = refused(api.organizations.attach_policy, PolicyId=policy_id, TargetId="000000000000")
    assert code == "TargetNotFoundException"


def test_changes_reach_the_accounts_beneath_and_no_others(api: Any, root_id: str) -> None:
    client = api.organizations
    unit = client.create_organizational_unit(ParentId=root_id, Name="a")["OrganizationalUnit"]["Id"]
    members = []
    for name in ("inside", "outside"):
        client.create_account(Email=f"{name}@example.com", AccountName=name)
        accounts = {account["Name"]: account["Id"] for account in client.list_accounts()["Accounts"]}
        members.append(accounts[name])
    client.move_account(AccountId=members[0], SourceParentId=root_id, DestinationParentId=unit)

    def generations() -> list[int]:
        return [api.store.policy_generation(account) for account in (*members, "123456789012")]

    policy_id = _create(api)
    for change in (
        lambda: client.attach_policy(PolicyId=policy_id, TargetId=unit),
        lambda: client.update_policy(PolicyId=policy_id, Content=json.dumps(json.loads(DENY))),
        lambda: client.detach_policy(PolicyId=policy_id, TargetId=unit),
    ):
        before = generations()
        change()
        after = generations()
        assert after[0] > before[0]
        assert after[1:] == before[1:]
