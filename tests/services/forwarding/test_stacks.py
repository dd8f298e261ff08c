"""Stacks of what an upstream has: made, changed and deleted by calls that are decided and recorded here and carried out there."""

from __future__ import annotations

import copy
import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest

from garrison.testing.plugin import _account

from ..cloudformation.conftest import Stacks, eventually
from ..refusals import refused


def there(upstream: Any, service: str) -> Any:
    """The upstream itself."""
    return boto3.client(
        service, endpoint_url=upstream.url, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )


@pytest.fixture(scope="module")
def stacks(forwarding: Any) -> Stacks:
    return Stacks(forwarding)


def typed(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


WEB = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0", "Description": "the web"}
OUT = {"IpProtocol": "tcp", "FromPort": "443", "ToPort": "443", "CidrIp": "10.0.0.0/8"}


def network(image: str) -> dict[str, Any]:
    """A VPC with all that a machine in it needs, and a queue."""
    return {
        "Resources": {
            "Vpc": typed("AWS::EC2::VPC", CidrBlock="10.7.0.0/16", EnableDnsHostnames=True),
            "Subnet": typed("AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.7.1.0/24", MapPublicIpOnLaunch="true"),
            "Gateway": typed("AWS::EC2::InternetGateway"),
            "Attachment": typed("AWS::EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Gateway")),
            "Table": typed("AWS::EC2::RouteTable", VpcId=ref("Vpc")),
            "Route": typed(
                "AWS::EC2::Route",
                RouteTableId=ref("Table"),
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId=ref("Gateway"),
            )
            | {"DependsOn": "Attachment"},
            "Association": typed(
                "AWS::EC2::SubnetRouteTableAssociation", SubnetId=ref("Subnet"), RouteTableId=ref("Table")
            ),
            "Group": typed(
                "AWS::EC2::SecurityGroup",
                GroupDescription="web",
                VpcId=ref("Vpc"),
                SecurityGroupIngress=[WEB],
                SecurityGroupEgress=[OUT],
            ),
            "Among": typed(
                "AWS::EC2::SecurityGroupIngress",
                GroupId={"Fn::GetAtt": "Group.GroupId"},
                IpProtocol="-1",
                SourceSecurityGroupId=ref("Group"),
            ),
            "Machine": typed(
                "AWS::EC2::Instance",
                ImageId=image,
                InstanceType="t3.micro",
                SubnetId=ref("Subnet"),
                SecurityGroupIds=[ref("Group")],
                UserData={"Fn::Base64": "#!/bin/sh\necho hello"},
            ),
            "Address": typed("AWS::EC2::EIP", Domain="vpc", InstanceId=ref("Machine")) | {"DependsOn": "Attachment"},
            "Disk": typed("AWS::EC2::Volume", AvailabilityZone={"Fn::GetAtt": "Machine.AvailabilityZone"}, Size=8),
            "Mounted": typed(
                "AWS::EC2::VolumeAttachment", Device="/dev/sdh", InstanceId=ref("Machine"), VolumeId=ref("Disk")
            ),
            "Jobs": typed("AWS::SQS::Queue", VisibilityTimeout=60, SqsManagedSseEnabled=False),
            "MaySend": typed(
                "AWS::SQS::QueuePolicy",
                Queues=[ref("Jobs")],
                PolicyDocument={
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "sns.amazonaws.com"},
                            "Action": "sqs:SendMessage",
                            "Resource": {"Fn::GetAtt": "Jobs.Arn"},
                        }
                    ],
                },
            ),
        },
        "Outputs": {"Url": {"Value": ref("Jobs")}, "Arn": {"Value": {"Fn::GetAtt": "Jobs.Arn"}}},
    }


def drifted(stacks: Stacks, name: str) -> dict[str, Any]:
    """The resources of a stack that are not as it made them."""
    asked = stacks.api.detect_stack_drift(StackName=name)["StackDriftDetectionId"]

    def ended() -> Any:
        found = stacks.api.describe_stack_drift_detection_status(StackDriftDetectionId=asked)
        return found if found["DetectionStatus"] != "DETECTION_IN_PROGRESS" else None

    assert eventually(ended)["DetectionStatus"] == "DETECTION_COMPLETE"
    found = stacks.api.describe_stack_resource_drifts(StackName=name)["StackResourceDrifts"]
    return {
        one["LogicalResourceId"]: one.get("PropertyDifferences")
        for one in found
        if one["StackResourceDriftStatus"] not in ("IN_SYNC", "NOT_CHECKED")
    }


def test_a_network_with_a_machine_and_a_queue(stacks: Stacks, forwarding: Any, upstream: Any) -> None:
    ec2, sqs = there(upstream, "ec2"), there(upstream, "sqs")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    template, since = network(image), forwarding.position()
    made = stacks.create("network", template, Tags=[{"Key": "Team", "Value": "ops"}])
    assert made["StackStatus"] == "CREATE_COMPLETE", stacks.reasons("network")
    ids = {name: identifier for name, (identifier, _) in stacks.resources("network").items()}
    [group] = ec2.describe_security_groups(GroupIds=[ids["Group"]])["SecurityGroups"]
    assert {one["IpProtocol"] for one in group["IpPermissions"]} == {"tcp", "-1"}
    assert [one["IpRanges"][0]["CidrIp"] for one in group["IpPermissionsEgress"]] == ["10.0.0.0/8"]
    [table] = ec2.describe_route_tables(RouteTableIds=[ids["Table"]])["RouteTables"]
    assert {"0.0.0.0/0"} <= {one["DestinationCidrBlock"] for one in table["Routes"]}
    assert table["Associations"][0]["SubnetId"] == ids["Subnet"]
    [machine] = ec2.describe_instances(InstanceIds=[ids["Machine"]])["Reservations"][0]["Instances"]
    assert (machine["SubnetId"], machine["PublicIpAddress"]) == (ids["Subnet"], ids["Address"])
    assert {"Key": "Team", "Value": "ops"} in machine["Tags"]
    attributes = sqs.get_queue_attributes(QueueUrl=ids["Jobs"], AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "60"
    assert "sns.amazonaws.com" in attributes["Policy"]
    assert {one["OutputKey"]: one["OutputValue"] for one in made["Outputs"]} == {
        "Url": ids["Jobs"],
        "Arn": attributes["QueueArn"],
    }
    for name in ("CreateVpc", "RunInstances", "AttachInternetGateway", "CreateQueue"):
        [event] = forwarding.events(name, since=since)
        assert event["userIdentity"]["invokedBy"] == "cloudformation.amazonaws.com"
        assert event["userIdentity"]["userName"] == "administrator"
        assert "hello" not in str(event)
    assert drifted(stacks, "network") == {}

    changed = copy.deepcopy(template)["Resources"]
    changed["Jobs"]["Properties"]["VisibilityTimeout"] = 90  # in place
    changed["Machine"]["Properties"]["InstanceType"] = "t3.small"  # in place, stopped for it
    changed["Group"]["Properties"]["SecurityGroupIngress"] = [WEB | {"FromPort": 80, "ToPort": 80}]
    changed["Group"]["Properties"].pop("SecurityGroupEgress")
    changed["Disk"]["Properties"]["Encrypted"] = True  # by a new one
    changed["Mounted"]["Properties"]["Device"] = "/dev/sdi"
    since = forwarding.position()
    assert stacks.update("network", {"Resources": changed})["StackStatus"] == "UPDATE_COMPLETE"
    now = {name: identifier for name, (identifier, _) in stacks.resources("network").items()}
    assert {name for name in ids if ids[name] != now[name]} == {"Disk", "Mounted"}
    assert [one["VolumeId"] for one in ec2.describe_volumes()["Volumes"] if one["VolumeId"] == ids["Disk"]] == []
    [machine] = ec2.describe_instances(InstanceIds=[ids["Machine"]])["Reservations"][0]["Instances"]
    assert (machine["InstanceType"], machine["State"]["Name"]) == ("t3.small", "running")
    [group] = ec2.describe_security_groups(GroupIds=[ids["Group"]])["SecurityGroups"]
    assert {one.get("FromPort") for one in group["IpPermissions"]} == {80, None}
    assert [one["IpProtocol"] for one in group["IpPermissionsEgress"]] == ["-1"]
    assert (
        sqs.get_queue_attributes(QueueUrl=now["Jobs"], AttributeNames=["All"])["Attributes"]["VisibilityTimeout"]
        == "90"
    )
    assert len(forwarding.events("RunInstances", since=since)) == 0

    gone = stacks.delete("network")
    assert gone["StackStatus"] == "DELETE_COMPLETE", stacks.reasons(gone["StackId"])
    assert ids["Vpc"] not in [one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"]]
    assert ids["Jobs"] not in sqs.list_queues().get("QueueUrls", [])
    assert ids["Address"] not in [one["PublicIp"] for one in ec2.describe_addresses()["Addresses"]]


def test_the_rights_are_the_callers_and_what_was_made_is_taken_back(forwarding: Any, upstream: Any) -> None:
    rights = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["cloudformation:*", "ec2:*"], "Resource": "*"},
            {"Effect": "Deny", "Action": "ec2:CreateSubnet", "Resource": "*"},
        ],
    }
    stacks, ec2 = Stacks(forwarding.user("networker", [rights])), there(upstream, "ec2")
    before = len(ec2.describe_vpcs()["Vpcs"])
    template = {
        "Resources": {
            "Vpc": typed("AWS::EC2::VPC", CidrBlock="10.8.0.0/16"),
            "Subnet": typed("AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.8.1.0/24"),
        }
    }
    assert stacks.create("refused", template)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "not authorized" in stacks.reasons("refused")[0]
    assert len(ec2.describe_vpcs()["Vpcs"]) == before


def test_a_type_without_its_upstream_names_the_setting(garrison_module: Any) -> None:
    stacks = Stacks(garrison_module)
    stacks.create("none", {"Resources": {"Jobs": typed("AWS::SQS::Queue")}})
    assert "[upstreams.sqs]" in stacks.reasons("none")[0]
    code, words = refused(garrison_module.client("ec2").create_vpc, CidrBlock="10.0.0.0/16")
    assert code == "InvalidAction"
    assert "[upstreams.ec2]" in words


def test_a_function_and_who_may_call_it(stacks: Stacks, forwarding: Any, upstream: Any) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    functions = there(upstream, "lambda")
    forwarding.role("worker", trust=trust)
    iam = there(upstream, "iam")
    role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    assert role.split(":")[4] == forwarding.account_id
    work = typed(
        "AWS::Lambda::Function",
        Runtime="python3.12",
        Handler="index.handle",
        Role=role,
        Code={"ZipFile": "def handle(event, context): return 1"},
        Environment={"Variables": {"TOKEN": "nobody-reads-me"}},
        Tags=[{"Key": "Team", "Value": "ops"}],
    )
    may = typed(
        "AWS::Lambda::Permission",
        FunctionName={"Fn::GetAtt": "Work.Arn"},
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
    )
    since = forwarding.position()
    made = stacks.create("function", {"Resources": {"Work": work, "May": may}})
    assert made["StackStatus"] == "CREATE_COMPLETE", stacks.reasons("function")
    name = stacks.resources("function")["Work"][0]
    assert "sns.amazonaws.com" in functions.get_policy(FunctionName=name)["Policy"]
    [event] = forwarding.events("CreateFunction20150331", since=since)
    assert event["userIdentity"]["invokedBy"] == "cloudformation.amazonaws.com"
    assert "nobody-reads-me" not in str(event)
    assert "zipFile" not in str(event)
    assert drifted(stacks, "function") == {}
    changed = copy.deepcopy(work)
    changed["Properties"] |= {"Timeout": 30, "Code": {"ZipFile": "def handle(event, context): return 2"}}
    changed["Properties"]["Tags"] = [{"Key": "Team", "Value": "dev"}]
    before = functions.get_function(FunctionName=name)["Configuration"]["CodeSha256"]
    updated = stacks.update("function", {"Resources": {"Work": changed, "May": may}})
    assert updated["StackStatus"] == "UPDATE_COMPLETE", stacks.reasons("function")
    shown = functions.get_function(FunctionName=name)
    assert (shown["Configuration"]["Timeout"], shown["Tags"]["Team"]) == (30, "dev")
    assert shown["Configuration"]["CodeSha256"] != before
    passing = {"Effect": "Allow", "Action": ["cloudformation:*", "lambda:*"], "Resource": "*"}
    other = Stacks(forwarding.user("without-pass-role", [{"Version": "2012-10-17", "Statement": [passing]}]))
    other.create("unpassed", {"Resources": {"Work": work}})
    assert "iam:PassRole" in other.reasons("unpassed")[0]
    assert stacks.delete("function")["StackStatus"] == "DELETE_COMPLETE"
    assert name not in [one["FunctionName"] for one in functions.list_functions()["Functions"]]


@pytest.fixture
def forgetful(upstream: Any) -> Iterator[str]:
    """The URL of an upstream that makes a VPC and hangs up before it says so."""

    class Between(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            passed = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            with urllib.request.urlopen(urllib.request.Request(upstream.url, body, passed)) as answer:
                told = answer.read()
            if b"Action=CreateVpc&" in body:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_an_upstream_made_without_saying_so_is_found_and_not_made_again(
    forgetful: str, upstream: Any, pytestconfig: pytest.Config
) -> None:
    ec2 = there(upstream, "ec2")
    table = {"ec2": {"endpoint": forgetful, "credentials_file": str(upstream.credentials)}}
    with _account(pytestconfig, upstreams=table) as account:
        stacks = Stacks(account)
        made = stacks.create("silent", {"Resources": {"Vpc": typed("AWS::EC2::VPC", CidrBlock="10.9.0.0/16")}})
        assert made["StackStatus"] == "CREATE_COMPLETE", stacks.reasons("silent")
        [vpc] = [one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"] if one["CidrBlock"] == "10.9.0.0/16"]
        assert stacks.resources("silent")["Vpc"][0] == vpc
        [event] = account.events("CreateVpc")
        assert "UpstreamUnavailable" in event["errorCode"]
        assert stacks.delete("silent")["StackStatus"] == "DELETE_COMPLETE"
    assert vpc not in [one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"]]
