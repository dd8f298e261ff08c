"""How long advice takes: every check over 20,000 resources with their metrics; beside Cloud Custodian on the checks that both have.

    python benchmarks/advise.py [speed] [agree] [prowler]

`speed` makes 20,000 items of 20 types, all metrics that checks ask for among them, and has every check look at them in a process of its
own; the target is 10 s of its one processor and 500 MB. Then ten checks that Cloud Custodian can say as filters (without a call to AWS) judge the same resources in
either form: the ratio is of resources judged a second of CPU. (Cloud Custodian says which resources match; a check makes a row of AWS's columns, with
reason, savings and commands, of each.) Prowler cannot be given resources: it asks AWS for them, which `assess.py` measures.

`agree` makes an account in moto with resources on both sides of checks that the three have in common, and prints who flags what; Prowler, which takes minutes to
install, is asked where `prowler` is named too.
Peers are installed into environments of their own below `build/peers`.
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
from pathlib import Path
from typing import Any

import yaml
from _peers import answer_of, environment

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
    "log-groups-without-retention": ("aws.log-group", [{"retentionInDays": "absent"}]),
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


COMMON: dict[str, tuple[str | None, dict[str, Any] | None]] = {
    "unassociated-elastic-ip-addresses": ("ec2_elastic_ip_unassigned", {
        "resource": "aws.elastic-ip", "filters": [{"AssociationId": "absent"}]}),
    "underutilized-ebs-volumes": (None, {"resource": "aws.ebs", "filters": [{"Attachments": []}]}),
    "gp2-volumes": (None, {"resource": "aws.ebs", "filters": [{"VolumeType": "gp2"}]}),
    "log-groups-without-retention": ("cloudwatch_log_group_retention_policy_specific_days_enabled", {
        "resource": "aws.log-group", "filters": [{"retentionInDays": "absent"}]}),
    "ecr-repository-without-lifecycle-policy": ("ecr_repositories_lifecycle_policy_enabled", {
        "resource": "aws.ecr", "filters": [{"type": "lifecycle-rule", "state": False}]}),
    "s3-bucket-lifecycle-policy": ("s3_bucket_lifecycle_enabled", {
        "resource": "aws.s3", "filters": [{"Lifecycle.Rules": "absent"}]}),
    "efs-throughput-mode": (None, {"resource": "aws.efs", "filters": [{"ThroughputMode": "bursting"}]}),
    "large-number-of-rules-in-a-security-group": ("ec2_securitygroup_with_many_ingress_egress_rules", {
        "resource": "aws.security-group",
        "filters": [{"type": "value", "key": "length(IpPermissions[].IpRanges[])", "op": "gt", "value": 50}]}),
    "rds-magnetic-volumes": (None, {"resource": "aws.rds", "filters": [{"StorageType": "standard"}]}),
    "amazon-rds-multi-az": ("rds_instance_multi_az", {"resource": "aws.rds", "filters": [{"MultiAZ": False}]}),
    "amazon-rds-backups": ("rds_instance_backup_enabled", {"resource": "aws.rds", "filters": [{"BackupRetentionPeriod": 0}]}),
    "amazon-s3-bucket-versioning": ("s3_bucket_object_versioning", {
        "resource": "aws.s3", "filters": [{"not": [{"Versioning.Status": "Enabled"}]}]}),
    "amazon-s3-bucket-logging": ("s3_bucket_server_access_logging_enabled", {
        "resource": "aws.s3", "filters": [{"type": "bucket-logging", "op": "disabled"}]}),
    "autoscaling-groups-without-launch-template": ("autoscaling_group_using_ec2_launch_template", {
        "resource": "aws.asg", "filters": [{"LaunchTemplate": "absent"}, {"MixedInstancesPolicy": "absent"}]}),
    "amazon-ebs-public-snapshots": ("ec2_ebs_public_snapshot", None),
    "iam-access-key-rotation": ("iam_rotate_access_key_90_days", None),
}  # fmt: skip
"""By our check: Prowler's, and Cloud Custodian's as a policy."""


def fill(stand: Any) -> None:
    """Resources on both sides of each check."""
    ec2, s3, logs, ecr = (stand.client(name) for name in ("ec2", "s3", "logs", "ecr"))
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    instance = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    for tie in ({}, {"NetworkInterfaceId": interface}, {"InstanceId": instance}):
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        if tie:
            ec2.associate_address(AllocationId=address, **tie)
    for kind in ("gp2", "gp3", "gp2"):
        volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=10, VolumeType=kind)["VolumeId"]
    ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdg")
    shared = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=shared, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )
    ec2.create_snapshot(VolumeId=volume)
    ec2.stop_instances(InstanceIds=[instance])
    for name, count in (("few", 5), ("many", 60)):
        group = ec2.create_security_group(GroupName=name, Description="x")["GroupId"]
        ranges = [{"CidrIp": f"10.1.{one}.0/24"} for one in range(count)]
        permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": ranges}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    for name, days in (("forever", 0), ("month", 30), ("decade", 3653)):
        logs.create_log_group(logGroupName=name)
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    rule = {
        "rulePriority": 1,
        "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1},
    }
    policy = json.dumps({"rules": [rule | {"action": {"type": "expire"}}]})
    for name in ("kept", "tidied"):
        ecr.create_repository(repositoryName=name)
    ecr.put_lifecycle_policy(repositoryName="tidied", lifecyclePolicyText=policy)
    for name in ("plain", "ruled", "off"):
        s3.create_bucket(Bucket=name)
    for name, status in (("ruled", "Enabled"), ("off", "Disabled")):
        rules = [{"ID": "r", "Status": status, "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    s3.put_bucket_versioning(Bucket="ruled", VersioningConfiguration={"Status": "Enabled"})
    fill_more(stand)


def fill_more(stand: Any) -> None:
    """Databases, file systems, groups and keys."""
    rds, efs, scaling, iam = (stand.client(name) for name in ("rds", "efs", "autoscaling", "iam"))
    for name, more in (
        ("good", {"MultiAZ": True, "BackupRetentionPeriod": 7, "StorageType": "gp2"}),
        ("bad", {"MultiAZ": False, "BackupRetentionPeriod": 0, "StorageType": "standard"}),
    ):
        rds.create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.m5.large", Engine="mysql", AllocatedStorage=20,
            MasterUsername="admin", MasterUserPassword="correct-horse", **more,
        )  # fmt: skip
    for token, mode in (("a", "bursting"), ("b", "elastic")):
        efs.create_file_system(CreationToken=token, ThroughputMode=mode)
    scaling.create_launch_configuration(LaunchConfigurationName="lc", ImageId="ami-12345678", InstanceType="t3.micro")
    template = stand.client("ec2").create_launch_template(
        LaunchTemplateName="lt", LaunchTemplateData={"ImageId": "ami-12345678", "InstanceType": "t3.micro"}
    )["LaunchTemplate"]["LaunchTemplateId"]
    for name, made_of in (
        ("old", {"LaunchConfigurationName": "lc"}),
        ("new", {"LaunchTemplate": {"LaunchTemplateId": template, "Version": "$Latest"}}),
    ):
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name, MinSize=0, MaxSize=0, AvailabilityZones=[f"{REGION}a"], **made_of
        )
    iam.create_user(UserName="fresh")
    iam.create_access_key(UserName="fresh")


def ours_of(stand: Any) -> dict[str, set[str]]:
    """What `garrison advise` flags, by check."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "garrison",
            "advise",
            "--endpoint",
            stand.url,
            "--check",
            ",".join(COMMON),
            "--json",
        ]
        _, output = stand.run(command, Path(folder), GARRISON_HOME=str(Path(folder) / "none"))
    (account,) = json.loads(output)["accounts"]
    for one in account["checks"]:
        if one["reason"]:
            print(f"garrison, {one['key']}: {one['reason']}")
    return {
        one["key"]: {_name(row["resource"]) for row in one["resources"] if row["status"] in ("warning", "error")}
        for one in account["checks"]
    }


def prowlers(stand: Any) -> dict[str, set[str]]:
    """What Prowler fails, by its check; those that it judged at all are there."""
    if "prowler" not in sys.argv[1:]:
        return {}
    program = environment("prowler") / "bin" / "prowler"
    names = [name for name, _ in COMMON.values() if name]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(program),
            "aws",
            "--region",
            REGION,
            "--checks",
            *names,
            "--no-banner",
            "--output-formats",
            "json-ocsf",
        ]
        command += ["--output-directory", folder, "--output-filename", "result"]
        stand.run(command, Path(folder), AWS_ENDPOINT_URL=stand.url, HOME=folder)
        results = [each for path in Path(folder).rglob("result*.json") for each in json.loads(path.read_text())]
    found: dict[str, set[str]] = {}
    for one in results:
        failing = found.setdefault(one["metadata"]["event_code"], set())
        if one["status_code"] == "FAIL":
            failing.add(_name(one["resources"][0]["uid"]))
    return found


def custodians(stand: Any) -> dict[str, set[str]]:
    """What Cloud Custodian's policies match, by check."""
    program = environment("c7n") / "bin" / "custodian"
    policies = [{"name": key, **policy} for key, (_, policy) in COMMON.items() if policy]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policies.yml"
        path.write_text(yaml.safe_dump({"policies": policies}))
        command = [str(program), "run", "--region", REGION, "--cache-period", "0", "--output-dir", folder, str(path)]
        stand.run(command, Path(folder), AWS_ENDPOINT_URL=stand.url, HOME=folder)
        for policy in policies:
            written = Path(folder) / policy["name"] / "resources.json"
            if written.exists():
                found[policy["name"]] = {_identifier(one) for one in json.loads(written.read_text())}
    return found


_NAMES = (
    "AllocationId", "VolumeId", "SnapshotId", "GroupId", "logGroupName", "repositoryName", "FileSystemId",
    "DBInstanceIdentifier", "AutoScalingGroupName", "Name",
)  # fmt: skip


def _identifier(one: dict[str, Any]) -> str:
    return str(next(one[name] for name in _NAMES if name in one))


def _name(told: str) -> str:
    """The end of an ARN, or the id as it stands; RDS's resource ids are told by name elsewhere."""
    return told.rpartition("/")[2].rpartition(":")[2]


def agree() -> bool:
    """Print who flags what."""
    import assess

    assess.fill = fill
    with assess.account() as stand:
        databases = {
            one["DbiResourceId"]: one["DBInstanceIdentifier"]
            for one in stand.client("rds").describe_db_instances()["DBInstances"]
        }
        ours = {key: {databases.get(one, one) for one in found} for key, found in ours_of(stand).items()}
        theirs, policies = prowlers(stand), custodians(stand)
    for key, (check, policy) in COMMON.items():
        sides = [("Prowler", theirs.get(check) if check else None), ("c7n", policies.get(key) if policy else None)]
        for peer, found in sides:
            if found is None:
                continue
            only, missing = sorted(ours[key] - found), sorted(found - ours[key])
            told = "same" if not only and not missing else f"only garrison: {only}, only {peer}: {missing}"
            print(f"{key:<46}{peer:<9}{len(ours[key]):>3}  {told}")
    return True


def main() -> int:
    if sys.argv[1:] == ["alone"]:
        run_alone()
        return 0
    asked = [one for one in sys.argv[1:] if one != "prowler"] or ["speed", "agree"]
    done = [{"speed": speed, "agree": agree}[one]() for one in asked]
    return 0 if all(done) else 1


if __name__ == "__main__":
    raise SystemExit(main())
