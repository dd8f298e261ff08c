"""What is sealed by keys, watched by Inspector and CloudTrail Lake, and joined to others; a pack as it was published."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing.plugin import _account

from ..iam.test_saml_providers import metadata
from .conftest import Stacks, eventually, resources, text_of, topic

COMMAND = "arn:aws:lambda:us-east-1:${AWS::AccountId}:function:take"
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:${AWS::AccountId}:loadbalancer/app/front/0123456789abcdef"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]


@pytest.fixture(scope="module")
def stacks(pytestconfig: pytest.Config) -> Iterator[Stacks]:
    """Stacks of an account where log events may go to a command."""
    with _account(pytestconfig, log_commands={"take": ("/bin/true",)}) as account:
        yield Stacks(account)


def of(kind: str, **properties: Any) -> dict[str, Any]:
    """A resource; types are named without AWS."""
    return {"Type": f"AWS::{kind}", "Properties": properties}


def attribute(name: str) -> dict[str, str]:
    """An attribute of another resource."""
    return {"Fn::GetAtt": name}


def allow(services: list[str], actions: Any, where: Any) -> dict[str, Any]:
    """A statement for services."""
    return {"Effect": "Allow", "Principal": {"Service": services}, "Action": actions, "Resource": where}


def sealed() -> dict[str, Any]:
    """A key, and all that it seals."""
    owner = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "AWS::AccountId"}}, "Action": "kms:*", "Resource": "*"}
    users = allow(["cloudtrail.amazonaws.com", "logs.amazonaws.com", "logs.us-east-1.amazonaws.com"], "kms:*", "*")
    by_key = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": attribute("Key.Arn")}
    objects = [attribute("Bucket.Arn"), {"Fn::Sub": "${Bucket.Arn}/*"}]
    return {
        "Key": of(
            "KMS::Key",
            EnableKeyRotation=True,
            RotationPeriodInDays="180",
            PendingWindowInDays=7,
            KeyPolicy={"Version": "2012-10-17", "Statement": [owner, users]},
            Tags=[{"Key": "team", "Value": "blue"}],
        ),
        "Bucket": of(
            "S3::Bucket",
            ObjectLockEnabled=True,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
            VersioningConfiguration={"Status": "Enabled"},
            BucketEncryption={
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": by_key, "BucketKeyEnabled": True}
                ]
            },
            LifecycleConfiguration={
                "Rules": [
                    {"Id": "all", "Status": "Enabled", "ExpirationInDays": 400},
                    {
                        "Id": "logs",
                        "Status": "Enabled",
                        "Prefix": "logs/",
                        "TagFilters": [{"Key": "a", "Value": "b"}],
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 2},
                    },
                    {
                        "Id": "parts",
                        "Status": "Enabled",
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                    },
                ]
            },
        )
        | {"DeletionPolicy": "Retain"},
        "BucketPolicy": of(
            "S3::BucketPolicy",
            Bucket={"Ref": "Bucket"},
            PolicyDocument={
                "Version": "2012-10-17",
                "Statement": [allow(["cloudtrail.amazonaws.com"], ["s3:GetBucketAcl", "s3:PutObject"], objects)],
            },
        ),
        "Topic": of("SNS::Topic", KmsMasterKeyId={"Ref": "Key"}),
        "Group": of("Logs::LogGroup", LogGroupName="aws-waf-logs-front", KmsKeyId=attribute("Key.Arn")),
        "Trail": of("CloudTrail::Trail", S3BucketName={"Ref": "Bucket"}, IsLogging=True, KMSKeyId=attribute("Key.Arn"))
        | {"DependsOn": "BucketPolicy"},
    }


def watched() -> dict[str, Any]:
    """An event data store, a filter of findings, scans by CIS benchmarks."""
    return {
        "Store": of(
            "CloudTrail::EventDataStore",
            Name="events",
            RetentionPeriod="90",
            TerminationProtectionEnabled=False,
            AdvancedEventSelectors=[
                {"Name": "all", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
            ],
            Tags=[{"Key": "team", "Value": "blue"}],
        ),
        "Filter": of(
            "InspectorV2::Filter",
            Name="low",
            FilterAction="SUPPRESS",
            FilterCriteria={
                "Severity": [{"Comparison": "EQUALS", "Value": "LOW"}],
                "InspectorScore": [{"LowerInclusive": 0, "UpperInclusive": 4}],
                "FirstObservedAt": [{"StartInclusive": 1_700_000_000}],
            },
            Tags={"team": "blue"},
        ),
        "Scans": of(
            "InspectorV2::CisScanConfiguration",
            ScanName="weekly",
            SecurityLevel="LEVEL_1",
            Schedule={"Weekly": {"StartTime": {"TimeOfDay": "03:30", "TimeZone": "Europe/Berlin"}, "Days": ["MON"]}},
            Targets={"AccountIds": ["SELF"], "TargetResourceTags": {"scan": ["yes"]}},
        ),
    }


def joined() -> dict[str, Any]:
    """A web ACL with what it protects and writes, a filter that sends on, providers of identities, a service's role."""
    visible = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
    return {
        "WebAcl": of(
            "WAFv2::WebACL", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible, Rules=[]
        ),
        "Protected": of(
            "WAFv2::WebACLAssociation", ResourceArn={"Fn::Sub": BALANCER}, WebACLArn=attribute("WebAcl.Arn")
        ),
        "Logging": of(
            "WAFv2::LoggingConfiguration",
            ResourceArn=attribute("WebAcl.Arn"),
            LogDestinationConfigs=[attribute("Group.Arn")],
            RedactedFields=[{"SingleHeader": {"Name": "authorization"}}],
            LoggingFilter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Requirement": "MEETS_ANY",
                        "Conditions": [{"ActionCondition": {"Action": "BLOCK"}}],
                    }
                ],
            },
        ),
        "SentOn": of(
            "Logs::SubscriptionFilter",
            LogGroupName={"Ref": "Group"},
            FilterPattern="ERROR",
            DestinationArn={"Fn::Sub": COMMAND},
        ),
        "Oidc": of(
            "IAM::OIDCProvider",
            Url="https://idp.example.com",
            ClientIdList=["one"],
            ThumbprintList=["a" * 40],
            Tags=[{"Key": "team", "Value": "blue"}],
        ),
        "Saml": of(
            "IAM::SAMLProvider", Name="corp", SamlMetadataDocument=metadata(), Tags=[{"Key": "a", "Value": "b"}]
        ),
        "Linked": of("IAM::ServiceLinkedRole", AWSServiceName="ecs.amazonaws.com", Description="one"),
    }


CHANGES: dict[str, dict[str, Any]] = {
    "Bucket": {"LifecycleConfiguration": None},
    "Store": {"RetentionPeriod": 100, "IngestionEnabled": False, "Tags": [{"Key": "team", "Value": "red"}]},
    "Filter": {"FilterAction": "NONE", "Tags": {"cost": "1"}},
    "Scans": {"SecurityLevel": "LEVEL_2", "Schedule": {"OneTime": {}}},
    "Logging": {"RedactedFields": [{"UriPath": {}}]},
    "SentOn": {"FilterPattern": "FATAL"},
    "Oidc": {"ClientIdList": ["two"], "ThumbprintList": ["b" * 40]},
    "Saml": {"SamlMetadataDocument": metadata()},
    "Linked": {"Description": "two"},
    "Topic": {"KmsMasterKeyId": None},
    "Group": {"KmsKeyId": None},
    "Trail": {"KMSKeyId": None},
}
POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "LogicalResourceId/Key"},
    ]
}


def changed(template: dict[str, Any], **changes: dict[str, Any]) -> dict[str, Any]:
    """The template with other properties."""
    made = {}
    for name, one in template["Resources"].items():
        properties = {**one["Properties"], **changes.get(name, {})}
        made[name] = one | {"Properties": {key: value for key, value in properties.items() if value is not None}}
    return resources(**made)


def execute(stacks: Stacks, name: str, template: dict[str, Any]) -> str:
    """Update a stack by a change set: its status then, or the refusal."""
    made = stacks.api.create_change_set(
        StackName=name,
        ChangeSetName="change",
        TemplateBody=text_of(template),
        Capabilities=CAPABILITIES,
    )
    stacks.api.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"])
    stacks.api.execute_change_set(ChangeSetName=made["Id"])
    return str(stacks.settled(name)["StackStatus"])


def test_what_is_sealed_watched_and_joined_is_made_changed_by_change_sets_and_deleted(stacks: Stacks) -> None:
    template, client = resources(**sealed(), **watched(), **joined()), stacks.account.client
    stack = stacks.create("all", template, Capabilities=CAPABILITIES, StackPolicyBody=text_of(POLICY))
    assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.reasons("all")
    assert stacks.differences("all") == {}
    ids = {name: physical for name, (physical, _) in stacks.resources("all").items()}
    balancer = BALANCER.replace("${AWS::AccountId}", stacks.account.account_id)
    rotation = client("kms").get_key_rotation_status(KeyId=ids["Key"])
    assert (rotation["KeyRotationEnabled"], rotation["RotationPeriodInDays"]) == (True, 180)
    tags = {tag["TagKey"]: tag["TagValue"] for tag in client("kms").list_resource_tags(KeyId=ids["Key"])["Tags"]}
    assert (tags["team"], tags["aws:cloudformation:logical-id"]) == ("blue", "Key")
    found = client("wafv2").get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]["ARN"]
    assert found == ids["Logging"] and found.split("/")[-1] in ids["WebAcl"]
    put = client("s3").put_object(Bucket=ids["Bucket"], Key="k", Body=b"x")
    assert (put["ServerSideEncryption"], put["BucketKeyEnabled"]) == ("aws:kms", True)
    assert client("s3").head_object(Bucket=ids["Bucket"], Key="k")["ObjectLockMode"] == "GOVERNANCE"
    rules = client("s3").get_bucket_lifecycle_configuration(Bucket=ids["Bucket"])["Rules"]
    assert [rule["ID"] for rule in rules] == ["all", "logs", "parts"]
    with pytest.raises(ClientError, match="Action denied by stack policy"):
        execute(stacks, "all", changed(template, Key={"Description": "other"}))
    stacks.api.delete_change_set(StackName="all", ChangeSetName="change")
    after = changed(template, **CHANGES)
    assert execute(stacks, "all", after) == "UPDATE_COMPLETE", stacks.reasons("all")
    assert stacks.differences("all") == {}
    assert client("cloudtrail").get_event_data_store(EventDataStore=ids["Store"])["Status"] == "STOPPED_INGESTION"
    assert client("inspector2").list_filters()["filters"][0]["tags"].keys() >= {"cost", "aws:cloudformation:stack-id"}
    assert client("iam").get_role(RoleName=ids["Linked"])["Role"]["Description"] == "two"
    gone = stacks.delete("all")
    assert gone["StackStatus"] == "DELETE_COMPLETE", stacks.reasons(gone["StackId"])
    assert "WebACL" not in client("wafv2").get_web_acl_for_resource(ResourceArn=balancer)
    assert not client("inspector2").list_cis_scan_configurations()["scanConfigurations"]


def test_a_published_conformance_pack_is_deployed(stacks: Stacks, suites: Path) -> None:
    with tarfile.open(suites / "config" / "conformance-packs.tar.gz") as archive:
        file = archive.extractfile("aws-config-conformance-packs/Security-Best-Practices-for-CloudTrail.yaml")
        assert file is not None
        pack = file.read().decode()
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "config.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    template = resources(
        Role=of("IAM::Role", AssumeRolePolicyDocument=trust),
        Recorder=of("Config::ConfigurationRecorder", RoleARN=attribute("Role.Arn")),
        Pack=of("Config::ConformancePack", ConformancePackName="trails", TemplateBody=pack) | {"DependsOn": "Recorder"},
    )
    made = stacks.create("pack", template, Capabilities=CAPABILITIES)
    assert made["StackStatus"] == "CREATE_COMPLETE", stacks.reasons("pack")
    config = stacks.account.client("config")
    [status] = eventually(lambda: config.describe_conformance_pack_status()["ConformancePackStatusDetails"])
    assert status["ConformancePackState"] == "CREATE_COMPLETE", status
    rules = config.describe_conformance_pack_compliance(ConformancePackName="trails")[
        "ConformancePackRuleComplianceList"
    ]
    assert len(rules) == pack.count("Type: AWS::Config::ConfigRule")
    assert stacks.delete("pack")["StackStatus"] == "DELETE_COMPLETE"
    assert not config.describe_conformance_packs()["ConformancePackDetails"]


def test_a_stack_that_takes_too_long_is_rolled_back(stacks: Stacks) -> None:
    chain = {f"T{number}": topic() | {"DependsOn": [f"T{number - 1}"][:number]} for number in range(60)}
    stacks.api.create_stack(StackName="slow", TemplateBody=text_of(resources(**chain)), TimeoutInMinutes=1)
    stacks.account.clock.shift(timedelta(minutes=2))
    assert stacks.settled("slow")["StackStatus"] == "ROLLBACK_COMPLETE"
    events = stacks.api.describe_stack_events(StackName="slow")["StackEvents"]
    assert any("exceeded the specified timeout" in one.get("ResourceStatusReason", "") for one in events)
    topics = stacks.account.client("sns").list_topics()["Topics"]
    assert not [one for one in topics if ":slow-" in one["TopicArn"]]
    assert stacks.delete("slow")["StackStatus"] == "DELETE_COMPLETE"
