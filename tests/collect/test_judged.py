"""Rules judge what is really collected: of an account with good and bad resources each rule finds out which is which."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from garrison.collect import Seen
from garrison.rules import Inventory, RuleSet, activate, managed_rules, needs

from .conftest import StandIn

GOOD, BAD = "COMPLIANT", "NON_COMPLIANT"
ROLE = "arn:aws:iam::123456789012:role/r"
BUCKET, FUNCTION, GROUP = "AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::EC2::SecurityGroup"
EXPECTED: dict[str, dict[str, str]] = {
    "S3_BUCKET_VERSIONING_ENABLED": {"good-bucket": GOOD, "bad-bucket": BAD},
    "S3_BUCKET_SSL_REQUESTS_ONLY": {"good-bucket": GOOD, "bad-bucket": BAD},
    "S3_BUCKET_PUBLIC_READ_PROHIBITED": {"good-bucket": GOOD, "bad-bucket": BAD},
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED": {"good-trail": GOOD},
    "CLOUD_TRAIL_ENABLED": {"": GOOD},
    "MULTI_REGION_CLOUD_TRAIL_ENABLED": {"": GOOD},
    "CLOUDTRAIL_S3_DATAEVENTS_ENABLED": {"": GOOD},
    "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED": {"good": GOOD, "bad": BAD},
    "LAMBDA_CONCURRENCY_CHECK": {"good": GOOD, "bad": BAD},
    "LAMBDA_FUNCTION_SETTINGS_CHECK": {"good": GOOD, "bad": BAD},
    "INCOMING_SSH_DISABLED": {"good": GOOD, "bad": BAD},
    "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS": {"good": GOOD, "bad": BAD},
    "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED": {},
    "CMK_BACKING_KEY_ROTATION_ENABLED": {},
    "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS": {"good": GOOD, "bad": BAD},
    "IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS": {"good": GOOD, "bad": BAD},
    "IAM_GROUP_HAS_USERS_CHECK": {"good": GOOD, "bad": BAD},
    "IAM_USER_MFA_ENABLED": {"somebody": BAD},
    "SNS_ENCRYPTED_KMS": {"good": GOOD, "bad": BAD},
    "KINESIS_STREAM_ENCRYPTED": {"bad": BAD},
    "DYNAMODB_PITR_ENABLED": {"good": GOOD, "bad": BAD},
    "EFS_ENCRYPTED_CHECK": {"good": GOOD, "bad": BAD},
    "RDS_INSTANCE_DELETION_PROTECTION_ENABLED": {"good": GOOD},
    "RDS_STORAGE_ENCRYPTED": {"good": GOOD},
    "RDS_LOGGING_ENABLED": {"good": GOOD},
    "CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK": {"good": GOOD, "bad": BAD},
    "ECR_PRIVATE_IMAGE_SCANNING_ENABLED": {"good": GOOD, "bad": BAD},
    "ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED": {"good": GOOD, "bad": BAD},
    "SECRETSMANAGER_USING_CMK": {"good": GOOD, "bad": BAD},
    "CW_LOGGROUP_RETENTION_PERIOD_CHECK": {"good": GOOD, "bad": BAD},
    "SECURITYHUB_ENABLED": {"": GOOD},
}
"""By rule: what it says of the resources of these names; of the account by the empty name."""
GIVEN = {
    "LAMBDA_FUNCTION_SETTINGS_CHECK": {"runtime": "python3.12"},
    "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS": {"authorizedTcpPorts": "443"},
    "IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS": {"blockedActionsPatterns": "kms:Decrypt"},
}


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def buckets(client: Callable[[str], Any]) -> None:
    s3, own = client("s3"), ["arn:aws:s3:::good-bucket", "arn:aws:s3:::good-bucket/*"]
    for name in ("good-bucket", "bad-bucket"):
        s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket="good-bucket", VersioningConfiguration={"Status": "Enabled"})
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    deny = document(Effect="Deny", Principal="*", Action="s3:*", Resource=own, Condition=plain)
    s3.put_bucket_policy(Bucket="good-bucket", Policy=deny)
    s3.put_bucket_acl(Bucket="bad-bucket", ACL="public-read")
    trails = client("cloudtrail")
    trails.create_trail(
        Name="good-trail", S3BucketName="good-bucket", IsMultiRegionTrail=True, EnableLogFileValidation=True
    )
    objects = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [objects]}
    trails.put_event_selectors(TrailName="good-trail", EventSelectors=[selector])
    trails.start_logging(Name="good-trail")


def computing(client: Callable[[str], Any]) -> None:
    archive, role = io.BytesIO(), client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("f.py", "x = 1")
    functions, code = client("lambda"), {"ZipFile": archive.getvalue()}
    for name, runtime in (("good", "python3.12"), ("bad", "python3.9")):
        functions.create_function(FunctionName=name, Runtime=runtime, Role=role, Handler="f.h", Code=code)
    functions.put_function_concurrency(FunctionName="good", ReservedConcurrentExecutions=5)
    functions.add_permission(FunctionName="bad", StatementId="all", Action="lambda:InvokeFunction", Principal="*")
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    for name, port in (("good", 443), ("bad", 22)):
        group = ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="0.0.0.0/0"
        )
    for name, kind in (("good", "PARAMETER_STORE"), ("bad", "PLAINTEXT")):
        client("codebuild").create_project(
            name=name,
            source={"type": "S3", "location": "good-bucket/source.zip"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "i",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [{"name": "AWS_ACCESS_KEY_ID", "value": "v", "type": kind}],
            },
            serviceRole=ROLE,
        )
    for name in ("good", "bad"):
        scanning = {"scanOnPush": name == "good"}
        client("ecr").create_repository(repositoryName=name, imageScanningConfiguration=scanning)
    rule = {
        "rulePriority": 1,
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 5},
        "action": {"type": "expire"},
    }
    client("ecr").put_lifecycle_policy(repositoryName="good", lifecyclePolicyText=json.dumps({"rules": [rule]}))


def identities(client: Callable[[str], Any]) -> None:
    iam = client("iam")
    for name, action in (("good", "s3:GetObject"), ("bad", "*")):
        iam.create_policy(PolicyName=name, PolicyDocument=document(Effect="Allow", Action=action, Resource="*"))
        iam.create_group(GroupName=name)
    iam.create_user(UserName="somebody")
    iam.add_user_to_group(UserName="somebody", GroupName="good")


def stores(client: Callable[[str], Any]) -> None:
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    client("sns").create_topic(Name="good", Attributes={"KmsMasterKeyId": key})
    client("sns").create_topic(Name="bad")
    client("kinesis").create_stream(StreamName="bad", ShardCount=1)
    tables, rds, logs = client("dynamodb"), client("rds"), client("logs")
    for name in ("good", "bad"):
        is_good = name == "good"
        tables.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        client("efs").create_file_system(CreationToken=name, Tags=[{"Key": "Name", "Value": name}], Encrypted=is_good)
        client("secretsmanager").create_secret(Name=name, SecretString="s", **({"KmsKeyId": key} if is_good else {}))
        logs.create_log_group(logGroupName=name)
    rds.create_db_instance(  # one alone: the stand-in gives all the same resource id
        DBInstanceIdentifier="good",
        DBInstanceClass="db.t3.micro",
        Engine="mysql",
        AllocatedStorage=20,
        MasterUsername="u",
        MasterUserPassword="hunter2hunter2",
        StorageEncrypted=True,
        DeletionProtection=True,
        EnableCloudwatchLogsExports=["audit", "error", "general", "slowquery"],
    )
    logs.put_retention_policy(logGroupName="good", retentionInDays=400)
    tables.update_continuous_backups(
        TableName="good", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    client("securityhub").enable_security_hub()


def test_rules_tell_good_resources_from_bad_ones(stand_in: StandIn) -> None:
    client = cache(stand_in.client)
    for make in (buckets, computing, identities, stores):
        make(client)
    active = [activate(managed_rules()[name], GIVEN.get(name)) for name in EXPECTED]
    wanted = needs(active)
    items, outcomes, _ = stand_in.collected(*wanted, parts=wanted)
    unseen = {one.resource_type: one.reason or "" for one in outcomes if one.seen is not Seen.ALL}
    assert unseen == {}
    inventory = Inventory("123456789012", items, at=datetime.now(UTC), unseen=unseen)
    found: dict[str, dict[str, str]] = {name: {} for name in EXPECTED}
    for one in RuleSet(active).judge_all(inventory):
        assert not one.verdict.is_error, one.verdict
        name = one.item.resource_name or one.item.resource_id if one.item else ""
        found[one.active.name][name.rsplit("/", 1)[-1]] = one.verdict.compliance
    for rule, verdicts in EXPECTED.items():
        assert verdicts.items() <= found[rule].items(), (rule, found[rule])
