"""Calls that an upstream answers: authenticated, decided, written down here; carried out there, once."""

from __future__ import annotations

import base64
from typing import Any

import boto3
import pytest

from ..refusals import refused


def allow(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"} | each for each in statements]}


@pytest.fixture(scope="module")
def image(upstream: Any) -> str:
    there = boto3.client(
        "ec2", endpoint_url=upstream.url, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    return str(there.describe_images()["Images"][0]["ImageId"])


def test_instances_are_run_described_and_recorded(forwarding: Any, image: str) -> None:
    ec2 = forwarding.client("ec2")
    since = forwarding.position()
    script = "#!/bin/sh\necho hello"
    made = ec2.run_instances(
        ImageId=image,
        MinCount=1,
        MaxCount=1,
        InstanceType="t3.micro",
        UserData=script,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Owner", "Value": "ops"}]}],
    )["Instances"][0]
    [found] = ec2.describe_instances(InstanceIds=[made["InstanceId"]])["Reservations"][0]["Instances"]
    assert found["InstanceType"] == "t3.micro"
    assert found["Tags"] == [{"Key": "Owner", "Value": "ops"}]
    kept = ec2.describe_instance_attribute(InstanceId=made["InstanceId"], Attribute="userData")["UserData"]["Value"]
    assert base64.b64decode(kept).decode() == script, "encoded once, by the caller's SDK"
    [event] = forwarding.events("RunInstances", since=since)
    assert event["eventSource"] == "ec2.amazonaws.com"
    assert event["readOnly"] is False
    assert event["userIdentity"]["userName"] == "administrator"
    assert event["requestParameters"]["instanceType"] == "t3.micro"
    assert event["responseElements"]["instances"][0]["instanceId"] == made["InstanceId"]
    assert "errorCode" not in event
    assert "hello" not in str(event)
    assert forwarding.events("DescribeInstances", since=since)[0]["readOnly"] is True


def test_networks_and_security_groups(forwarding: Any) -> None:
    ec2 = forwarding.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    ec2.create_tags(Resources=[vpc, group], Tags=[{"Key": "a", "Value": "b"}])
    [shown] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert shown["IpPermissions"][0]["FromPort"] == 443
    assert shown["Tags"] == [{"Key": "a", "Value": "b"}]
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=vpc)


def test_the_upstreams_refusal_is_the_answer_and_recorded_once(forwarding: Any) -> None:
    since = forwarding.position()
    code, _ = refused(forwarding.client("ec2").terminate_instances, InstanceIds=["i-0123456789abcdef0"])
    assert code == "InvalidInstanceID.NotFound"
    [event] = forwarding.events("TerminateInstances", since=since)
    assert event["errorCode"] == "Client.InvalidInstanceID.NotFound"


def test_without_a_policy_nothing_is_forwarded(forwarding: Any) -> None:
    nobody = forwarding.user("nobody").client("ec2")
    since = forwarding.position()
    before = len(forwarding.client("ec2").describe_vpcs()["Vpcs"])
    assert refused(nobody.create_vpc, CidrBlock="10.2.0.0/16")[0] == "UnauthorizedOperation"
    assert refused(nobody.describe_instances)[0] == "UnauthorizedOperation"
    assert len(forwarding.client("ec2").describe_vpcs()["Vpcs"]) == before
    forwarding.assert_denied("CreateVpc", "nobody", since=since)


def test_resources_are_decided_one_by_one(forwarding: Any, image: str) -> None:
    arn = f"arn:aws:ec2:us-east-1:{forwarding.account_id}"
    ec2 = forwarding.client("ec2")
    mine, other = (
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"] for _ in range(2)
    )
    only = forwarding.user("only-mine", [allow({"Action": "ec2:StopInstances", "Resource": f"{arn}:instance/{mine}"})])
    assert refused(only.client("ec2").stop_instances, InstanceIds=[mine, other])[0] == "UnauthorizedOperation"
    only.client("ec2").stop_instances(InstanceIds=[mine])


def test_a_policy_that_needs_what_garrison_cannot_know_denies(forwarding: Any, image: str) -> None:
    known = allow({"Action": "ec2:RunInstances", "Condition": {"StringEquals": {"ec2:Region": "us-east-1"}}})
    forwarding.user("known", [known]).client("ec2").run_instances(ImageId=image, MinCount=1, MaxCount=1)
    for name, extra in {
        "negated": {"StringNotEquals": {"ec2:ResourceTag/Owner": "security"}},
        "if-exists": {"StringEqualsIfExists": {"aws:ResourceTag/Owner": "me"}},
        "absent": {"Null": {"ec2:Owner": "true"}},
    }.items():
        unknown = allow({"Action": "ec2:RunInstances", "Condition": extra})
        caller = forwarding.user(name, [unknown]).client("ec2")
        assert refused(caller.run_instances, ImageId=image, MinCount=1, MaxCount=1)[0] == "UnauthorizedOperation"
    protected = {
        "Effect": "Deny",
        "Action": "ec2:TerminateInstances",
        "Condition": {"StringEquals": {"ec2:ResourceTag/Protected": "yes"}},
    }
    careful = forwarding.user("careful", [allow({"Action": "ec2:*"}, protected)]).client("ec2")
    made = careful.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    assert refused(careful.terminate_instances, InstanceIds=[made])[0] == "UnauthorizedOperation"


def test_who_hands_an_instance_profile_over_must_be_allowed_to_pass_its_role(forwarding: Any, image: str) -> None:
    iam = forwarding.client("iam")
    role = forwarding.role(
        "web-host",
        trust={
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ]
        },
    )
    iam.create_instance_profile(InstanceProfileName="web-host")
    iam.add_role_to_instance_profile(InstanceProfileName="web-host", RoleName="web-host")
    run = allow({"Action": "ec2:RunInstances"})
    asked = {"ImageId": image, "MinCount": 1, "MaxCount": 1}
    without = forwarding.user("without-pass", [run]).client("ec2")
    for profile in ({"Name": "web-host"}, {"Name": "upstreams-own"}):
        since = forwarding.position()
        assert refused(without.run_instances, IamInstanceProfile=profile, **asked)[0] == "UnauthorizedOperation"
        decided = forwarding.assert_denied("RunInstances", since=since)
        assert "iam:PassRole" in str(decided)
    passing = allow({"Action": "iam:PassRole", "Resource": role.arn})
    caller = forwarding.user("with-pass", [run, passing]).client("ec2")
    assert (
        refused(caller.run_instances, IamInstanceProfile={"Name": "upstreams-own"}, **asked)[0]
        == "UnauthorizedOperation"
    )
    # What the policies let pass goes to the upstream, which has no such profile.
    assert refused(caller.run_instances, IamInstanceProfile={"Name": "web-host"}, **asked)[0] not in (
        "UnauthorizedOperation",
    )


def test_what_is_not_known_here_is_not_forwarded(forwarding: Any) -> None:
    code, _ = refused(
        forwarding.client("ec2").create_fleet,
        LaunchTemplateConfigs=[{}],
        TargetCapacitySpecification={"TotalTargetCapacity": 1},
    )
    assert code == "InvalidAction"


def test_an_upstream_that_is_down_is_told_and_recorded(forwarding: Any, upstream: Any) -> None:
    upstream.stop()
    try:
        since = forwarding.position()
        code, message = refused(forwarding.client("ec2").create_vpc, CidrBlock="10.3.0.0/16")
        assert code == "UpstreamUnavailable"
        assert "not known" in message
        assert refused(forwarding.client("ec2").describe_vpcs)[0] == "UpstreamUnavailable"
        [event] = forwarding.events("CreateVpc", since=since)
        assert event["errorCode"] == "Client.UpstreamUnavailable"
    finally:
        upstream.start()
