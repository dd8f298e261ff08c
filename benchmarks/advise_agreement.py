"""Who flags what of one account: `garrison advise` beside Cloud Custodian and Prowler, on the checks that they have in common.

    python benchmarks/advise_agreement.py [prowler]

An account in moto has resources on both sides of each check. Cloud Custodian has filters, which are written as policies that mean the same;
Prowler, which takes minutes to install, is asked where it is named. Both are installed into environments of their own below `build/peers`.
docs/advice.md explains each difference.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import assess
import yaml
from _peers import environment

REGION = "us-east-1"
COMMON: dict[str, tuple[str | None, dict[str, Any] | None]] = {
    "unassociated-elastic-ip-addresses": ("ec2_elastic_ip_unassigned", {
        "resource": "aws.elastic-ip", "filters": [{"AssociationId": "absent"}]}),
    "underutilized-ebs-volumes": (None, {"resource": "aws.ebs", "filters": [{"Attachments": []}]}),
    "gp2-volumes": (None, {"resource": "aws.ebs", "filters": [{"VolumeType": "gp2"}]}),
    "logs-without-retention": ("cloudwatch_log_group_retention_policy_specific_days_enabled", {
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
    return told.removesuffix(":*").rpartition("/")[2].rpartition(":")[2]


def main() -> int:
    """Print who flags what."""
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
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
