"""How long advice takes: every check over 20,000 resources with their metrics; beside Cloud Custodian on the checks that both have.

    python benchmarks/advise.py

20,000 items of 20 types are made, with all metrics that checks ask for, and every check looks at them in a process of its own; the target is
10 s of its one processor and 500 MB. Then eleven checks that Cloud Custodian can say as filters (without a call to AWS) judge the same
resources in either form: the ratio is of resources judged a second of CPU. (Cloud Custodian says which resources match; a check makes a row
of AWS's columns, with reason, savings and commands, of each.) Prowler cannot be given resources: it asks AWS for them, which `assess.py`
measures. Who flags what of a whole account is told by `advise_agreement.py`.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from _peers import answer_of

ACCOUNT, REGION = "123456789012", "us-east-1"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
MOST_SECONDS, MOST_MEGABYTES, FEWEST_CHECKS = 10.0, 500.0, 60
COUNTS = {
    "AWS::EC2::Volume": 4000, "AWS::EC2::Instance": 3000, "AWS::EC2::EIP": 1500, "AWS::EC2::Snapshot": 2500,
    "AWS::EC2::SecurityGroup": 2000, "AWS::Lambda::Function": 1500, "AWS::S3::Bucket": 1500, "AWS::DynamoDB::Table": 500,
    "AWS::Logs::LogGroup": 1000, "AWS::RDS::DBInstance": 500, "AWS::EC2::NatGateway": 200, "AWS::EC2::VPCEndpoint": 300,
    "AWS::ElasticLoadBalancing::LoadBalancer": 200, "AWS::ElasticLoadBalancingV2::LoadBalancer": 200,
    "AWS::EFS::FileSystem": 200, "AWS::IAM::User": 500, "AWS::AutoScaling::AutoScalingGroup": 200, "AWS::ECS::Service": 100,
    "AWS::Redshift::Cluster": 50, "AWS::EC2::Image": 50,
}  # fmt: skip
SAME = {
    "unassociated-elastic-ip-addresses": ("aws.elastic-ip", [{"AssociationId": "absent"}]),
    "underutilized-ebs-volumes": ("aws.ebs", [{"type": "value", "key": "length(Attachments)", "value": 0}]),
    "gp2-volumes": ("aws.ebs", [{"VolumeType": "gp2"}]),
    "ec2-instances-stopped": ("aws.ec2", [{"State.Name": "stopped"}, {"type": "state-age", "op": "gt", "days": 30}]),
    "ebs-optimization-not-enabled": ("aws.ec2", [{"EbsOptimized": False}]),
    "ec2-paravirtual-instances": ("aws.ec2", [{"VirtualizationType": "paravirtual"}]),
    "large-number-of-rules-in-a-security-group": (
        "aws.security-group", [{"type": "value", "key": "length(IpPermissions[].IpRanges[])", "op": "gt", "value": 50}],
    ),
    "logs-without-retention": ("aws.log-group", [{"retentionInDays": "absent"}]),
    "rds-magnetic-volumes": ("aws.rds", [{"StorageType": "standard"}]),
    "efs-throughput-mode": ("aws.efs", [{"ThroughputMode": "bursting"}]),
    "autoscaling-groups-without-launch-template": (
        "aws.asg", [{"LaunchTemplate": "absent"}, {"MixedInstancesPolicy": "absent"}],
    ),
}  # fmt: skip
"""Checks that Cloud Custodian can say as filters over what Describe calls answer."""
CUSTODIAN = """
import json, sys, time, logging
logging.disable(logging.CRITICAL)
from c7n.config import Config
from c7n.policy import PolicyCollection
from c7n.resources import load_resources
asked = json.load(open(sys.argv[1]))
load_resources(tuple({one["resource"] for one in asked["policies"]}))
options = Config.empty(region="us-east-1", account_id="123456789012")
policies = list(PolicyCollection.from_data({"policies": asked["policies"]}, options))
found, judged, begin = {}, 0, time.process_time()
for policy in policies:
    resources = asked["resources"][policy.data["resource"]]
    judged += len(resources)
    found[policy.name] = len(policy.resource_manager.filter_resources(list(resources)))
print(json.dumps({"seconds": time.process_time() - begin, "judged": judged, "found": found}))
"""


def made(kind: str, number: int, dice: random.Random) -> dict[str, Any]:
    """A resource as its Describe call answers it, some in order and some not."""
    volume = {
        "VolumeId": f"vol-{number}",
        "Size": 100,
        "VolumeType": dice.choice(["gp2", "gp3", "io1", "standard"]),
        "Iops": 3000,
    }
    permissions = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [
        {"CidrIp": f"10.0.{one}.0/24"} for one in range(dice.choice([1, 5, 60]))]}]  # fmt: skip
    state = dice.choice(["running", "running", "stopped"])
    return {
        "AWS::EC2::Volume": lambda: volume | {"Attachments": [] if number % 5 == 0 else [
            {"InstanceId": f"i-{number % 3000}", "Device": "/dev/sdf"}]},
        "AWS::EC2::Instance": lambda: {
            "InstanceId": f"i-{number}", "InstanceType": "m5.large", "State": {"Name": state}, "EbsOptimized": bool(number % 3),
            "StateTransitionReason": "User initiated (2026-01-02 03:04:05 GMT)" if state == "stopped" else "",
            "VirtualizationType": "paravirtual" if number % 50 == 0 else "hvm", "LaunchTime": "2025-12-01T00:00:00+00:00",
            "SecurityGroups": [{"GroupId": f"sg-{number % 2000}"}],
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": f"vol-{number}"}}]},
        "AWS::EC2::EIP": lambda: {"AllocationId": f"eipalloc-{number}", "PublicIp": "192.0.2.1"} | (
            {"AssociationId": "a", "NetworkInterfaceId": "eni-1"} if number % 4 else {}),
        "AWS::EC2::Snapshot": lambda: {"SnapshotId": f"snap-{number}", "VolumeId": f"vol-{number * 2}", "State": "completed"},
        "AWS::EC2::SecurityGroup": lambda: {"GroupId": f"sg-{number}", "GroupName": "g", "VpcId": "vpc-1",
                                            "IpPermissions": permissions},
        "AWS::Logs::LogGroup": lambda: {"logGroupName": f"g{number}"} | ({"retentionInDays": 30} if number % 3 else {}),
        "AWS::RDS::DBInstance": lambda: {
            "DBInstanceIdentifier": f"db-{number}", "DBInstanceStatus": "available", "DBInstanceClass": "db.m5.large",
            "Engine": "mysql", "StorageType": dice.choice(["gp2", "standard"]), "MultiAZ": bool(number % 2)},
        "AWS::EFS::FileSystem": lambda: {"FileSystemId": f"fs-{number}", "ThroughputMode": dice.choice(["bursting", "elastic"])},
        "AWS::AutoScaling::AutoScalingGroup": lambda: {"AutoScalingGroupName": f"asg-{number}"} | (
            {"LaunchTemplate": {"LaunchTemplateId": "lt-1"}} if number % 2 else {"LaunchConfigurationName": "lc"}),
        "AWS::Lambda::Function": lambda: {"FunctionName": f"f{number}", "MemorySize": 512, "Timeout": 3},
        "AWS::DynamoDB::Table": lambda: {"TableName": f"t{number}", "ProvisionedThroughput": {
            "ReadCapacityUnits": 100, "WriteCapacityUnits": 100}},
        "AWS::EC2::NatGateway": lambda: {"NatGatewayId": f"nat-{number}", "State": {"value": "available"}},
        "AWS::EC2::VPCEndpoint": lambda: {"VpcEndpointId": f"vpce-{number}", "VpcEndpointType": "Interface",
                                          "State": {"value": "available"}},
        "AWS::ElasticLoadBalancing::LoadBalancer": lambda: {"Instances": [{"InstanceId": "i-1"}]},
        "AWS::ElasticLoadBalancingV2::LoadBalancer": lambda: {"Type": "application", "State": {"Code": "active"}},
        "AWS::Redshift::Cluster": lambda: {"ClusterStatus": "available", "NodeType": "dc2.large", "NumberOfNodes": 2},
    }.get(kind, lambda: {"Name": f"r{number}"})()  # fmt: skip


def items_of(kind: str, resources: list[dict[str, Any]]) -> Iterator[Any]:
    """The items that collectors make of them, by the collectors' own names."""
    from botocore.session import Session

    from garrison.collect.catalog import services
    from garrison.collect.names import names_of, written
    from garrison.collect.paths import shape_at
    from garrison.items import Item

    names = names_of(kind)
    service, call = next((one, each.call) for one in services() for each in one.types if each.name == kind)
    model = Session().get_service_model(call.service or service.name).operation_model(call.operation)
    shape = shape_at(model.output_shape, call.rows)
    for number, one in enumerate(resources):
        identifier = next(
            (str(value) for name, value in one.items() if name.endswith(("Id", "Name", "Identifier"))), f"r{number}"
        )
        yield Item(
            account=ACCOUNT, region=REGION, resource_type=kind, resource_id=identifier, resource_name=identifier,
            arn=f"arn:aws:x:{REGION}:{ACCOUNT}:{kind}/{identifier}", captured_at=NOW, created_at=NOW - timedelta(days=400),
            configuration=written(one, shape, names, {}), supplementary={},
        )  # fmt: skip


def resources(scale: float = 1.0) -> dict[str, list[dict[str, Any]]]:
    dice = random.Random(11)
    return {kind: [made(kind, number, dice) for number in range(int(count * scale))] for kind, count in COUNTS.items()}


def _inputs() -> Any:
    from garrison.advising import load_prices
    from garrison.rules import Inventory
    from garrison.rules.advice import Inputs, Series, checks, needs, queries

    items = [item for kind, found in resources().items() for item in items_of(kind, found)]
    inventory = Inventory(ACCOUNT, items, at=NOW)
    every = list(checks().values())
    dice = random.Random(12)
    wanted = queries((metric for one in every for metric in one.metrics), inventory)
    measured = {}
    for query in wanted:
        level = dice.choice([0.0, 1.0, 50.0, 1e6])
        measured[query] = Series(tuple(level + number for number in range(query.periods)))
    return every, Inputs(inventory, measured, load_prices()), len(items), needs(every)


def run_alone() -> None:
    """In a process of its own: every check over everything."""
    from garrison.rules.advice import Status, advise_all

    every, inputs, count, _ = _inputs()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begin, begin_cpu = time.perf_counter(), time.process_time()
    results = list(advise_all(every, inputs))
    seconds, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
    told = {
        "seconds": seconds, "cpu": cpu, "checks": len(results), "items": count, "series": len(inputs.measured), "before": before,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "broken": [one.reason for one in results if one.is_broken],
        "flagged": sum(len(one.flagged) for one in results),
        "available": sum(one.status is not Status.NOT_AVAILABLE for one in results),
    }  # fmt: skip
    print(json.dumps(told))


def beside_custodian() -> float:
    """How many times as many resources a second as Cloud Custodian judges by the checks that both have; 0 where results differ."""
    from garrison.rules import Inventory
    from garrison.rules.advice import Inputs, advise, checks

    found = resources()
    kinds = {key: next(one for one in checks().values() if one.key == key) for key in SAME}
    named = {SAME[key][0]: found[check.resource_types[0]] for key, check in kinds.items()}
    policies = [{"name": key, "resource": kind, "filters": filters} for key, (kind, filters) in SAME.items()]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"policies": policies, "resources": named}, file)
        file.flush()
        theirs = answer_of("c7n", CUSTODIAN, file.name)
    types = {check.resource_types[0] for check in kinds.values()}
    items = [item for kind in types for item in items_of(kind, found[kind])]
    inputs = Inputs(Inventory(ACCOUNT, items, at=NOW))
    begin, judged, ours = time.process_time(), 0, {}
    for key, check in kinds.items():
        result = advise(check, inputs)
        judged += len(found[check.resource_types[0]])
        ours[key] = len(result.flagged)
    seconds = time.process_time() - begin
    ratio = (judged / seconds) / (theirs["judged"] / theirs["seconds"])
    print(f"{'':<46}{'garrison':>10}{'c7n':>10}")
    for key in SAME:
        print(f"{key:<46}{ours[key]:>10}{theirs['found'][key]:>10}")
    print(f"resources judged a second: {judged / seconds:,.0f}, Cloud Custodian {theirs['judged'] / theirs['seconds']:,.0f}: "
          f"ratio {ratio:.1f}")  # fmt: skip
    return ratio if ours == theirs["found"] else 0.0


def speed() -> bool:
    done = subprocess.run([sys.executable, __file__, "alone"], check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{told['checks']} checks over {told['items']:,} items and {told['series']:,} series: {told['cpu']:.2f} s of CPU, {told['seconds']:.2f} s by "
        f"the clock, peak "
        f"{told['megabytes']:.0f} MB ({told['before']:.0f} MB of them the items and series); {told['flagged']:,} flagged, "
        f"{told['available']} checks could tell"
    )
    for one in told["broken"]:
        print(f"BROKE: {one}")
    met = told["cpu"] < MOST_SECONDS and told["megabytes"] < MOST_MEGABYTES and told["checks"] >= FEWEST_CHECKS
    print(f"target of {MOST_SECONDS:.0f} s and {MOST_MEGABYTES:.0f} MB: {'met' if met else 'MISSED'}")
    ratio = beside_custodian()
    return met and not told["broken"] and ratio > 0


if __name__ == "__main__":
    if sys.argv[1:] == ["alone"]:
        run_alone()
    else:
        raise SystemExit(0 if speed() else 1)
