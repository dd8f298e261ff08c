"""An account with one resource of many kinds, made by real boto3."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

SECRET = "hunter2hunter2"
TAGS = [{"Key": "team", "Value": "red"}]
KEYED = {"team": "red"}


def fill(client: Callable[[str], Any]) -> None:
    """Make them all."""
    client("s3").create_bucket(Bucket="ours")
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(("us-east-1a", "us-east-1b"))
    ]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    role = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    topic = client("sns").create_topic(Name="alarms", Tags=TAGS)["TopicArn"]
    watched(client, topic)
    databases(client, subnets, topic)
    balanced(client, vpc, subnets, group)
    computed(client, role, group, subnets)


def watched(client: Callable[[str], Any], topic: str) -> None:
    client("sqs").create_queue(QueueName="q", tags=KEYED)
    client("cloudtrail").create_trail(Name="main", S3BucketName="ours", TagsList=TAGS)
    key = client("kms").create_key(Tags=[{"TagKey": "team", "TagValue": "red"}])["KeyMetadata"]["KeyId"]
    client("kms").create_alias(AliasName="alias/ours", TargetKeyId=key)
    client("cloudwatch").put_metric_alarm(
        AlarmName="calls",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="m",
        Namespace="n",
        Period=60,
        Statistic="Sum",
        Threshold=1,
        AlarmActions=[topic],
        OKActions=[topic],
        Tags=TAGS,
    )
    client("logs").create_log_group(logGroupName="trail", tags=KEYED)
    value = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    client("logs").put_metric_filter(
        logGroupName="trail", filterName="root", filterPattern="x", metricTransformations=[value]
    )
    client("acm").request_certificate(DomainName="example.com", Tags=TAGS)


def databases(client: Callable[[str], Any], subnets: list[str], topic: str) -> None:
    rds, user = client("rds"), {"MasterUsername": "u", "MasterUserPassword": SECRET}
    rds.create_db_subnet_group(DBSubnetGroupName="sg", DBSubnetGroupDescription="d", SubnetIds=subnets)
    rds.create_db_instance(
        DBInstanceIdentifier="db",
        DBInstanceClass="db.t3.micro",
        Engine="mysql",
        AllocatedStorage=20,
        DBSubnetGroupName="sg",
        Tags=TAGS,
        **user,
    )
    rds.create_db_cluster(DBClusterIdentifier="cl", Engine="aurora-mysql", Tags=TAGS, **user)
    rds.create_db_snapshot(DBSnapshotIdentifier="snap", DBInstanceIdentifier="db")
    rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="csnap", DBClusterIdentifier="cl")
    rds.create_event_subscription(SubscriptionName="es", SnsTopicArn=topic)
    client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=TAGS,
    )


def balanced(client: Callable[[str], Any], vpc: str, subnets: list[str], group: str) -> None:
    listener = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
    client("elb").create_load_balancer(
        LoadBalancerName="classic", Listeners=[listener], AvailabilityZones=["us-east-1a"], Tags=TAGS
    )
    elb = client("elbv2")
    (made,) = elb.create_load_balancer(Name="alb", Subnets=subnets, SecurityGroups=[group], Tags=TAGS)["LoadBalancers"]
    (target,) = elb.create_target_group(Name="tg", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"]
    elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target["TargetGroupArn"]}],
    )


def computed(client: Callable[[str], Any], role: str, group: str, subnets: list[str]) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("f.py", "x = 1")
    client("lambda").create_function(
        FunctionName="fn",
        Runtime="python3.12",
        Role=role,
        Handler="f.h",
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": {"PASSWORD": SECRET}},
        Tags=KEYED,
    )
    scaling = client("autoscaling")
    scaling.create_launch_configuration(
        LaunchConfigurationName="lc", ImageId="ami-12345678", InstanceType="t3.micro", UserData=SECRET
    )
    tags = [{**TAGS[0], "PropagateAtLaunch": True}]
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="asg",
        LaunchConfigurationName="lc",
        MinSize=0,
        MaxSize=1,
        VPCZoneIdentifier=subnets[0],
        Tags=tags,
    )
