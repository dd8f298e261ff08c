"""Collecting a stand-in account: items, what is tied to what, what could not be seen, the budget, and the executor."""

from __future__ import annotations

import json
import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import unquote

import pytest

from garrison.collect import Progress, Seen, Target, Wanted, collect, types
from garrison.collect.making import REDACTED
from garrison.errors import OperatorError
from garrison.items import Item

from .conftest import ALLOW, StandIn


def only(items: list[Item], resource_type: str) -> Item:
    (found,) = [item for item in items if item.resource_type == resource_type]
    return found


def ties(item: Item) -> set[tuple[str, str]]:
    return {(tie.name, tie.resource_id) for tie in item.relationships}


def test_a_bucket_comes_with_all_that_configures_it(stand_in: StandIn) -> None:
    s3 = stand_in.client("s3")
    s3.create_bucket(Bucket="ours")
    s3.put_bucket_policy(Bucket="ours", Policy='{"Version":"2012-10-17","Statement":[]}')
    s3.put_bucket_versioning(Bucket="ours", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="ours", Tagging={"TagSet": [{"Key": "team", "Value": "red"}]})
    s3.put_bucket_acl(Bucket="ours", ACL="public-read")
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket="ours", PublicAccessBlockConfiguration=block)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}
    s3.put_bucket_encryption(Bucket="ours", ServerSideEncryptionConfiguration={"Rules": [rule]})
    lifecycle = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "x"}, "Expiration": {"Days": 3}}
    s3.put_bucket_lifecycle_configuration(Bucket="ours", LifecycleConfiguration={"Rules": [lifecycle]})
    items, outcomes, _ = stand_in.collected("AWS::S3::*")
    assert {outcome.seen for outcome in outcomes} == {Seen.ALL}
    bucket = only(items, "AWS::S3::Bucket")
    assert (bucket.resource_id, bucket.arn, bucket.region) == ("ours", "arn:aws:s3:::ours", "us-east-1")
    assert bucket.tags == {"team": "red"} and bucket.unknown == () and bucket.created_at is not None
    told = bucket.supplementary
    assert json.loads(told["BucketPolicy"]["policyText"])["Version"] == "2012-10-17"
    assert told["BucketVersioningConfiguration"] == {"status": "Enabled", "isMfaDeleteEnabled": None}
    assert told["PublicAccessBlockConfiguration"]["blockPublicAcls"] is True
    grants = json.loads(told["AccessControlList"])["grantList"]
    assert {"grantee": "AllUsers", "permission": "Read"} in grants
    (encryption,) = told["ServerSideEncryptionConfiguration"]["rules"]
    assert encryption["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": "k"}
    (rule_told,) = told["BucketLifecycleConfiguration"]["rules"]
    assert rule_told["expirationInDays"] == 3
    assert rule_told["filter"]["predicate"] == {"type": "LifecyclePrefixPredicate", "prefix": "x"}
    assert only(items, "AWS::S3::AccountPublicAccessBlock").configuration["blockPublicAcls"] is False


def test_buckets_are_of_their_own_region_and_only_those_asked_for_cost_requests(stand_in: StandIn) -> None:
    stand_in.client("s3").create_bucket(Bucket="here")
    there = {"LocationConstraint": "eu-west-1"}
    stand_in.client("s3").create_bucket(Bucket="there", CreateBucketConfiguration=there)
    both, _, _ = stand_in.collected("AWS::S3::Bucket", regions=["us-east-1", "eu-west-1"])
    assert {(item.resource_id, item.region) for item in both} == {("here", "us-east-1"), ("there", "eu-west-1")}
    chosen = {"AWS::S3::Bucket": ["BucketPolicy"]}
    (one,), _, requests = stand_in.collected("AWS::S3::Bucket", regions=["eu-west-1"], parts=chosen)
    assert (one.resource_id, list(one.supplementary)) == ("there", ["BucketPolicy"])
    assert requests == 1 + 1 + 2 + 1  # identity, the list, where each lies, one part of one bucket


def test_everybody_and_every_policy_come_with_one_bulk_call(stand_in: StandIn) -> None:
    iam = stand_in.client("iam")
    iam.create_user(UserName="ann", Tags=[{"Key": "team", "Value": "red"}])
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="ann")
    policy = iam.create_policy(PolicyName="all-of-s3", PolicyDocument=ALLOW)["Policy"]["Arn"]
    iam.attach_user_policy(UserName="ann", PolicyArn=policy)
    iam.put_user_policy(UserName="ann", PolicyName="inline", PolicyDocument=ALLOW)
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=ALLOW)
    names = ("AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy")
    items, outcomes, requests = stand_in.collected(*names)
    assert {outcome.seen for outcome in outcomes} == {Seen.ALL}
    assert requests == 4  # identity, GetAccountAuthorizationDetails, and the credential report's two
    user, group = only(items, "AWS::IAM::User"), only(items, "AWS::IAM::Group")
    assert (user.resource_name, user.region, user.tags) == ("ann", "global", {"team": "red"})
    (inline,) = user.configuration["userPolicyList"]
    assert json.loads(unquote(inline["policyDocument"]))["Version"] == "2012-10-17"
    assert ("Is attached to Group", group.resource_id) in ties(user)
    assert ("Is attached to User", user.resource_id) in ties(group)
    assert any(name == "Is attached to CustomerManagedPolicy" for name, _ in ties(user))
    assert user.supplementary["CredentialReport"]["mfa_active"] == "false"
    assert only(items, "AWS::IAM::Role").configuration["roleName"] == "worker"


def test_a_network_is_tied_together_from_both_ends(stand_in: StandIn) -> None:
    ec2 = stand_in.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="open", Description="d", VpcId=vpc)["GroupId"]
    anyone = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=anyone)
    (started,) = ec2.run_instances(
        ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group]
    )["Instances"]
    types = ("Instance", "Volume", "VPC", "Subnet", "SecurityGroup", "NetworkInterface", "NetworkAcl", "RouteTable")
    items, outcomes, _ = stand_in.collected(*(f"AWS::EC2::{name}" for name in types))
    assert {outcome.seen for outcome in outcomes} == {Seen.ALL}
    by_id = {item.resource_id: item for item in items}
    instance = by_id[started["InstanceId"]]
    assert instance.configuration["state"]["name"] == "running"
    assert instance.arn == f"arn:aws:ec2:us-east-1:123456789012:instance/{instance.resource_id}"
    assert instance.availability_zone and instance.created_at
    assert {("Is contained in Vpc", vpc), ("Is contained in Subnet", subnet)} <= ties(instance)
    assert ("Is associated with SecurityGroup", group) in ties(instance)
    assert {("Contains Instance", instance.resource_id), ("Contains SecurityGroup", group)} <= ties(by_id[vpc])
    (permission,) = by_id[group].configuration["ipPermissions"]
    assert permission["ipRanges"] == ["0.0.0.0/0"] and permission["ipv4Ranges"] == [{"cidrIp": "0.0.0.0/0"}]
    volume = only([item for item in items if item.resource_type == "AWS::EC2::Volume"], "AWS::EC2::Volume")
    assert volume.configuration["state"] == {"value": "in-use"}


def test_what_may_be_secret_is_withheld_unless_it_is_asked_for(stand_in: StandIn) -> None:
    stand_in.client("ec2").create_launch_template(
        LaunchTemplateName="t", LaunchTemplateData={"ImageId": "ami-12345678", "UserData": "c2VjcmV0"}
    )
    items, _, _ = stand_in.collected("AWS::EC2::LaunchTemplate")
    data = items[0].configuration["LaunchTemplateData"]
    assert data == {"ImageId": "ami-12345678", "UserData": REDACTED}
    items, _, _ = stand_in.collected("AWS::EC2::LaunchTemplate", with_secrets=True)
    assert items[0].configuration["LaunchTemplateData"]["UserData"] == "c2VjcmV0"


def test_when_the_budget_is_spent_the_rest_is_unknown_and_nothing_more_is_called(stand_in: StandIn) -> None:
    for name in ("one", "two", "three"):
        stand_in.client("s3").create_bucket(Bucket=name)
    items, outcomes, requests = stand_in.collected("AWS::S3::*", most_requests=20)
    assert requests <= 20
    assert any(outcome.seen is Seen.UNKNOWN and outcome.reason == "BudgetSpent" for outcome in outcomes)
    assert len(items) < 4


def test_an_account_that_cannot_be_reached_is_unknown_and_keeps_nothing_else_away(stand_in: StandIn) -> None:
    gone = Target(endpoint_url="http://127.0.0.1:9", attempts=1)
    _, outcomes, _ = stand_in.collected("AWS::EC2::VPC", targets=[gone, stand_in.target])
    assert sorted((one.seen, one.reason) for one in outcomes) == [("all", ""), ("unknown", "EndpointConnectionError")]


def test_a_role_is_assumed_and_any_executor_does_the_work(stand_in: StandIn) -> None:
    other = Target(endpoint_url=stand_in.url, attempts=1, role_arn="arn:aws:iam::111122223333:role/auditor")
    wanted = Wanted(targets=[stand_in.target, other], regions=["us-east-1", "eu-west-1"], types=["AWS::EC2::VPC"])
    told: list[Progress] = []
    with ThreadPoolExecutor(2) as executor:
        results = list(collect(wanted, executor=executor, progress=told.append))
    places = {(item.account, item.region) for result in results for item in result.items}
    assert places == {
        (account, region) for account in ("123456789012", "111122223333") for region in ("us-east-1", "eu-west-1")
    }
    assert (told[-1].done, told[-1].total) == (4, 4)
    assert told[-1].requests == sum(result.requests for result in results)


@pytest.mark.parametrize("pattern", ["AWS::No::Such", "s3"])
def test_a_type_that_is_not_known_is_said_at_once(pattern: str) -> None:
    with pytest.raises(Exception, match="No resource type"):
        list(collect(Wanted(types=[pattern])))


def test_items_are_written_as_json_lines_by_the_command(stand_in: StandIn, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from garrison.cli.application import application

    stand_in.client("s3").create_bucket(Bucket="ours")
    asked = ["collect", "--endpoint", stand_in.url, "--types", "AWS::S3::*", "--json"]
    done = CliRunner().invoke(application(["collect", "version"]), [*asked, "--output", str(tmp_path / "items")])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["types"] == {"AWS::S3::AccountPublicAccessBlock": 1, "AWS::S3::Bucket": 1}
    written = [json.loads(line) for line in (tmp_path / "items").read_text().splitlines()]
    assert {each["resource_type"] for each in written} == {"AWS::S3::AccountPublicAccessBlock", "AWS::S3::Bucket"}
    planned = CliRunner().invoke(application(["collect", "version"]), [*asked, "--dry-run"])
    calls = {call["operation"] for call in json.loads(planned.stdout)["calls"]}
    assert {"ListBuckets", "GetBucketPolicy", "GetPublicAccessBlock"} <= calls


def test_the_manual_lists_every_type() -> None:
    page = (Path(__file__).parents[2] / "docs" / "collect.md").read_text()
    assert set(re.findall(r"`(AWS::\w*::\w+)` ?[,|]", page.split("## What is collected")[1])) == set(types())


def test_work_and_results_go_to_other_processes_and_back(stand_in: StandIn) -> None:
    wanted = Wanted(targets=[stand_in.target], types=["AWS::EC2::VPC", "AWS::IAM::*"], most_requests=40)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        results = list(collect(wanted, executor=executor))
    assert {item.resource_type for result in results for item in result.items} >= {"AWS::EC2::VPC"}
    assert sum(result.requests for result in results) > 1


def test_the_workers_of_a_dask_cluster_collect_where_the_setting_names_its_scheduler(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import LocalCluster
    from typer.testing import CliRunner

    from garrison.cli.application import application

    stand_in.client("s3").create_bucket(Bucket="ours")
    monkeypatch.setenv("GARRISON_HOME", str(tmp_path / "none"))
    asked = ["collect", "--endpoint", stand_in.url, "--types", "AWS::S3::Bucket,AWS::EC2::VPC", "--json"]
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster:
        monkeypatch.setenv("GARRISON_DASK_SCHEDULER", cluster.scheduler_address)
        done = CliRunner().invoke(application(["collect", "version"]), asked)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["types"] == {"AWS::EC2::VPC": 1, "AWS::S3::Bucket": 1}


def test_a_scheduler_that_is_not_there_is_said() -> None:
    from garrison.collect import executors

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executors, "CONNECT_SECONDS", 0.2)
        with (
            pytest.raises(OperatorError, match="There is no Dask scheduler"),
            executors.executor_at("tcp://127.0.0.1:9", 1),
        ):
            pass


def test_a_trail_over_all_regions_is_told_once_also_where_its_own_is_not_looked_at(stand_in: StandIn) -> None:
    stand_in.client("s3").create_bucket(Bucket="logs")
    trail = {"Name": "all", "S3BucketName": "logs", "IsMultiRegionTrail": True}
    stand_in.client("cloudtrail").create_trail(**trail)
    for regions in (["us-east-1"], ["eu-west-1", "eu-west-2"], ["eu-west-1", "us-east-1"]):
        (item,), _, _ = stand_in.collected("AWS::CloudTrail::Trail", regions=regions)
        assert (item.resource_name, item.region, item.unknown) == ("all", "us-east-1", ())
