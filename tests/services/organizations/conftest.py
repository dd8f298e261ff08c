"""An organization for tests, and its refusals as a client sees them."""

from __future__ import annotations

import pytest

from garrison.testing import Account, Principal
from garrison.testing.clients import Credentials


class Company:
    """An organization with both types of policies in force and one created account, on a running server."""

    def __init__(self, account: Account) -> None:
        self.management = account
        self.client = account.client("organizations")
        self.client.create_organization(FeatureSet="ALL")
        self.root_id = self.client.list_roots()["Roots"][0]["Id"]
        for policy_type in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
            self.client.enable_policy_type(RootId=self.root_id, PolicyType=policy_type)
        begun = self.client.create_account(Email="web@example.com", AccountName="web")["CreateAccountStatus"]
        ended = self.client.describe_create_account_status(CreateAccountRequestId=begun["Id"])["CreateAccountStatus"]
        self.member_id: str = ended["AccountId"]

    def enter(self, role: str = "OrganizationAccountAccessRole", by: Principal | None = None) -> Principal:
        """A session of a role of the created account."""
        sts = (by or self.management.administrator).client("sts")
        answer = sts.assume_role(RoleArn=f"arn:aws:iam::{self.member_id}:role/{role}", RoleSessionName="visit")
        made = answer["Credentials"]
        credentials = Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        return Principal(self.management, answer["AssumedRoleUser"]["Arn"], credentials, "visit")

    def policy(self, content: str, policy_type: str = "SERVICE_CONTROL_POLICY") -> str:
        """Make a policy; gives its id."""
        name = f"policy-{len(self.client.list_policies(Filter=policy_type)['Policies'])}"
        made = self.client.create_policy(Name=name, Description="", Type=policy_type, Content=content)
        policy_id: str = made["Policy"]["PolicySummary"]["Id"]
        return policy_id

    def control(self, content: str, target: str, policy_type: str = "SERVICE_CONTROL_POLICY") -> str:
        """Make a policy and attach it; gives its id."""
        policy_id = self.policy(content, policy_type)
        self.client.attach_policy(PolicyId=policy_id, TargetId=target)
        return policy_id


@pytest.fixture
def company(garrison: Account) -> Company:
    """An organization on a running server."""
    return Company(garrison)
