"""Trails of an organization: every member's events in one bucket, proved by the AWS CLI, and out of the members' reach."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account, Principal
from garrison.testing.clients import Credentials

from .running import Trail, bucket_policy, text

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TRUSTED = "cloudtrail.amazonaws.com"


def refusal(what: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        what(**parameters)
    return str(caught.value.response["Error"]["Code"])


class OrganizationTrail(Trail):
    """A trail of the organization, whose bucket has the User Guide's policy for such."""

    def __init__(self, account: Account, name: str, organization_id: str, **settings: Any) -> None:
        self.organization_id = organization_id
        super().__init__(account, name, IsOrganizationTrail=True, **settings)

    def allow(self) -> None:
        """Let the files of the management account and of the organization in."""
        policy = json.loads(bucket_policy(self.account.account_id, self.bucket, self.arn))
        write = policy["Statement"][1]
        folder = f"arn:aws:s3:::{self.bucket}/AWSLogs/{self.organization_id}/*"
        policy["Statement"].append(write | {"Sid": "AWSCloudTrailOrganizationWrite20150319", "Resource": folder})
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(policy))

    def keys_in(self, folder: str, kind: str = "CloudTrail") -> list[str]:
        """The object keys of a kind of files in a folder."""
        return [key for key in self.keys(kind) if key.startswith(folder)]

    def names(self, account_id: str) -> set[str]:
        """The names of the events in the log files of an account."""
        folder = f"AWSLogs/{self.organization_id}/{account_id}/CloudTrail/"
        records = [record for key in self.keys_in(folder) for record in self.read(key)["Records"]]
        assert {record["recipientAccountId"] for record in records} <= {account_id}
        return {record["eventName"] for record in records}


class Company:
    """An organization with one member account, an hour ago: the AWS CLI comes when that is reached."""

    def __init__(self, account: Account) -> None:
        account.clock.shift(timedelta(hours=-1))
        self.account = account
        self.organizations = account.client("organizations")

    def found(self) -> None:
        """Make the organization and its member."""
        self.id: str = self.organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
        begun = self.organizations.create_account(Email="web@example.com", AccountName="web")["CreateAccountStatus"]
        status = self.organizations.describe_create_account_status(CreateAccountRequestId=begun["Id"])
        self.member_id: str = status["CreateAccountStatus"]["AccountId"]
        self.enter()

    def enter(self) -> None:
        """Begin a session in the member account, which lasts an hour."""
        role = f"arn:aws:iam::{self.member_id}:role/OrganizationAccountAccessRole"
        made = self.account.client("sts").assume_role(RoleArn=role, RoleSessionName="visit")
        keys = made["Credentials"]
        credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        self.member = Principal(self.account, made["AssumedRoleUser"]["Arn"], credentials, "visit")

    def group(self) -> dict[str, str]:
        """A log group and a role for the trail, as the User Guide's policy for an organization has it."""
        account, iam = self.account.account_id, self.account.client("iam")
        self.account.client("logs").create_log_group(logGroupName="org")
        group = f"arn:aws:logs:us-east-1:{account}:log-group:org:"
        trust = {"Effect": "Allow", "Principal": {"Service": TRUSTED}, "Action": "sts:AssumeRole"}
        stream = f"{group}log-stream:{self.id}_*"
        allowed = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": stream}
        role = iam.create_role(
            RoleName="org", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        )["Role"]["Arn"]
        document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        iam.put_role_policy(RoleName="org", PolicyName="deliver", PolicyDocument=document)
        return {"CloudWatchLogsLogGroupArn": f"{group}*", "CloudWatchLogsRoleArn": role}


@pytest.fixture(scope="module")
def company(pytestconfig: pytest.Config) -> Iterator[Company]:
    from garrison.testing.plugin import _account

    with _account(pytestconfig, trail_delivery_seconds=1) as account:
        yield Company(account)


@pytest.fixture(scope="module")
def trail(company: Company) -> OrganizationTrail:
    """The organization's trail, made once everything that refuses it is put right."""
    cloudtrail = company.account.client("cloudtrail")
    wanted = {"Name": "all", "S3BucketName": "some-bucket", "IsOrganizationTrail": True}
    assert refusal(cloudtrail.create_trail, **wanted) == "OrganizationsNotInUseException"
    company.found()
    assert refusal(cloudtrail.create_trail, **wanted) == "CloudTrailAccessNotEnabledException"
    members = company.member.client("cloudtrail")
    assert refusal(members.create_trail, **wanted) == "NotOrganizationMasterAccountException"
    company.organizations.enable_aws_service_access(ServicePrincipal=TRUSTED)
    return OrganizationTrail(
        company.account, "all", company.id, IsMultiRegionTrail=True, EnableLogFileValidation=True, **company.group()
    )


def test_trusted_access_is_for_the_management_account_to_give_and_to_see(
    company: Company, trail: OrganizationTrail
) -> None:
    (enabled,) = company.organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert enabled["ServicePrincipal"] == TRUSTED
    company.organizations.enable_aws_service_access(ServicePrincipal=TRUSTED)
    (again,) = company.organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert again == enabled
    enable = company.organizations.enable_aws_service_access
    assert refusal(enable, ServicePrincipal="nobody") == "InvalidInputException"
    members = company.member.client("organizations")
    assert refusal(members.enable_aws_service_access, ServicePrincipal=TRUSTED) == "AccessDeniedException"


def test_members_see_the_trail_and_cannot_change_it(company: Company, trail: OrganizationTrail) -> None:
    cloudtrail = company.member.client("cloudtrail")
    (shown,) = cloudtrail.describe_trails()["trailList"]
    assert (shown["TrailARN"], shown["IsOrganizationTrail"], shown["HomeRegion"]) == (trail.arn, True, "us-east-1")
    assert cloudtrail.describe_trails(includeShadowTrails=False)["trailList"] == []
    assert cloudtrail.describe_trails(trailNameList=["all"])["trailList"] == []
    assert cloudtrail.describe_trails(trailNameList=[trail.arn])["trailList"] == [shown]
    assert [each["TrailARN"] for each in cloudtrail.list_trails()["Trails"]] == [trail.arn]
    assert cloudtrail.get_trail(Name=trail.arn)["Trail"] == shown
    assert cloudtrail.get_trail_status(Name=trail.arn)["IsLogging"]
    assert cloudtrail.get_event_selectors(TrailName=trail.arn)["TrailARN"] == trail.arn
    assert cloudtrail.list_tags(ResourceIdList=[trail.arn])["ResourceTagList"][0]["TagsList"] == []
    for name in ("get_trail", "get_trail_status"):
        assert refusal(getattr(cloudtrail, name), Name="all") == "TrailNotFoundException"
    tags = [{"Key": "a", "Value": "b"}]
    selectors = [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]
    for operation, parameters in (
        ("update_trail", {"Name": trail.arn, "IsMultiRegionTrail": False}),
        ("delete_trail", {"Name": trail.arn}),
        ("stop_logging", {"Name": trail.arn}),
        ("start_logging", {"Name": trail.arn}),
        ("put_event_selectors", {"TrailName": trail.arn, "EventSelectors": selectors}),
        ("add_tags", {"ResourceId": trail.arn, "TagsList": tags}),
        ("remove_tags", {"ResourceId": trail.arn, "TagsList": tags}),
    ):
        code = refusal(getattr(cloudtrail, operation), **parameters)
        assert code == "NotOrganizationMasterAccountException", operation


def test_every_members_events_are_delivered_and_proved_and_a_member_that_left_is_let_alone(
    company: Company, trail: OrganizationTrail
) -> None:
    own_id, member_id, clock = company.account.account_id, company.member_id, company.account.clock
    start = text(clock.now() - timedelta(minutes=5))
    company.member.client("iam").create_user(UserName="of-the-member")
    company.account.client("iam").create_group(GroupName="of-the-manager")
    trail.wait_for(lambda: "CreateUser" in trail.names(member_id) and "CreateGroup" in trail.names(own_id))
    assert not trail.keys_in(f"AWSLogs/{own_id}/")

    logs = company.account.client("logs")
    stream = f"{company.id}_{member_id}_CloudTrail_us-east-1"
    found = trail.wait_for(
        lambda: logs.filter_log_events(
            logGroupName="org", logStreamNamePrefix=stream, filterPattern='{ $.eventName = "CreateUser" }'
        )["events"]
    )
    assert json.loads(found[0]["message"])["requestParameters"] == {"userName": "of-the-member"}

    clock.shift(timedelta(hours=1))
    digested = f"AWSLogs/{company.id}/{member_id}/CloudTrail-Digest/us-east-1/"
    trail.wait_for(lambda: trail.keys_in(digested, "CloudTrail-Digest"))
    status, said = trail.validate(start, "--account-id", member_id)
    assert status == 0, said
    assert "1/1 digest files valid" in said
    assert "log files valid" in said

    company.enter()
    company.organizations.remove_account_from_organization(AccountId=member_id)
    company.member.client("iam").create_group(GroupName="on-its-own")
    company.account.client("iam").create_user(UserName="later")
    trail.wait_for(lambda: "CreateUser" in trail.names(own_id))
    assert "CreateGroup" not in trail.names(member_id)
    assert company.member.client("cloudtrail").describe_trails()["trailList"] == []

    company.organizations.disable_aws_service_access(ServicePrincipal=TRUSTED)
    assert not trail.cloudtrail.get_trail(Name="all")["Trail"]["IsOrganizationTrail"]
    company.account.client("iam").delete_group(GroupName="of-the-manager")
    trail.wait_for(lambda: trail.keys_in(f"AWSLogs/{own_id}/"))
