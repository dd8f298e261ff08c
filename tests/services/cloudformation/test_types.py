"""Every type of resource: made as its template says, without drift right after, changed, and gone with its stack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from garrison.clock import SystemClock

from ..rolesanywhere.authority import Authority
from .conftest import Stacks, resources, text_of, topic


def service_role(service: str, *actions: str) -> dict[str, Any]:
    """A role of a service."""
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
            },
            "Policies": [
                {
                    "PolicyName": "work",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
                    },
                }
            ],
        },
    }


def recording() -> dict[str, Any]:
    """A trail with its bucket and group, a recorder with its channel, a rule, an analyzer."""
    writers = {"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]}
    return {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "Retain",
            "Properties": {
                "VersioningConfiguration": {"Status": "Enabled"},
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": "true",
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                },
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
                },
                "LifecycleConfiguration": {"Rules": [{"Id": "old", "Status": "Enabled", "ExpirationInDays": 400}]},
            },
        },
        "BucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": writers,
                            "Action": ["s3:GetBucketAcl", "s3:ListBucket", "s3:PutObject"],
                            "Resource": [{"Fn::GetAtt": "Bucket.Arn"}, {"Fn::Sub": "${Bucket.Arn}/*"}],
                        }
                    ],
                },
            },
        },
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}},
        "TrailRole": service_role("cloudtrail.amazonaws.com", "logs:CreateLogStream", "logs:PutLogEvents"),
        "Trail": {
            "Type": "AWS::CloudTrail::Trail",
            "DependsOn": "BucketPolicy",
            "Properties": {
                "S3BucketName": {"Ref": "Bucket"},
                "IsLogging": True,
                "EnableLogFileValidation": True,
                "IsMultiRegionTrail": True,
                "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["Group", "Arn"]},
                "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["TrailRole", "Arn"]},
            },
        },
        "ConfigRole": service_role("config.amazonaws.com", "s3:*", "config:*"),
        "Recorder": {
            "Type": "AWS::Config::ConfigurationRecorder",
            "Properties": {
                "RoleARN": {"Fn::GetAtt": ["ConfigRole", "Arn"]},
                "RecordingGroup": {"AllSupported": True, "IncludeGlobalResourceTypes": True},
            },
        },
        "Channel": {
            "Type": "AWS::Config::DeliveryChannel",
            "DependsOn": "BucketPolicy",
            "Properties": {
                "S3BucketName": {"Ref": "Bucket"},
                "ConfigSnapshotDeliveryProperties": {"DeliveryFrequency": "Six_Hours"},
            },
        },
        "Rule": {
            "Type": "AWS::Config::ConfigRule",
            "DependsOn": "Recorder",
            "Properties": {
                "ConfigRuleName": "keys-rotate",
                "InputParameters": {"maxAccessKeyAge": 90},
                "Source": {"Owner": "AWS", "SourceIdentifier": "ACCESS_KEYS_ROTATED"},
            },
        },
        "Pack": {
            "Type": "AWS::Config::ConformancePack",
            "DependsOn": "Recorder",
            "Properties": {
                "ConformancePackName": "basics",
                "TemplateBody": json.dumps(
                    resources(
                        Mfa={
                            "Type": "AWS::Config::ConfigRule",
                            "Properties": {
                                "ConfigRuleName": "mfa",
                                "Source": {"Owner": "AWS", "SourceIdentifier": "ROOT_ACCOUNT_MFA_ENABLED"},
                            },
                        }
                    )
                ),
            },
        },
        "Analyzer": {"Type": "AWS::AccessAnalyzer::Analyzer", "Properties": {"Type": "ACCOUNT"}},
    }


def guarding() -> dict[str, Any]:
    """A web ACL with what it refers to; a key with an alias; what is assessed by Inspector."""

    def visible(metric: str) -> dict[str, Any]:
        return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": metric}

    by_address = {"IPSetReferenceStatement": {"Arn": {"Fn::GetAtt": ["Addresses", "Arn"]}}}
    by_text = {
        "ByteMatchStatement": {
            "SearchString": "/admin",
            "FieldToMatch": {"UriPath": {}},
            "PositionalConstraint": "STARTS_WITH",
            "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
        }
    }
    return {
        "Addresses": {
            "Type": "AWS::WAFv2::IPSet",
            "Properties": {"Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": ["192.0.2.0/24"]},
        },
        "Patterns": {
            "Type": "AWS::WAFv2::RegexPatternSet",
            "Properties": {"Scope": "REGIONAL", "RegularExpressionList": ["^/secret"]},
        },
        "RuleGroup": {
            "Type": "AWS::WAFv2::RuleGroup",
            "Properties": {
                "Scope": "REGIONAL",
                "Capacity": "50",
                "VisibilityConfig": visible("m1"),
                "Rules": [
                    {
                        "Name": "admin",
                        "Priority": 0,
                        "Statement": by_text,
                        "Action": {"Block": {}},
                        "VisibilityConfig": visible("m2"),
                    }
                ],
            },
        },
        "WebAcl": {
            "Type": "AWS::WAFv2::WebACL",
            "Properties": {
                "Name": "front",
                "Scope": "REGIONAL",
                "DefaultAction": {"Allow": {}},
                "VisibilityConfig": visible("m3"),
                "Rules": [
                    {
                        "Name": "addresses",
                        "Priority": 1,
                        "Statement": by_address,
                        "Action": {"Block": {}},
                        "VisibilityConfig": visible("m4"),
                    },
                    {
                        "Name": "group",
                        "Priority": 2,
                        "Statement": {"RuleGroupReferenceStatement": {"Arn": {"Fn::GetAtt": ["RuleGroup", "Arn"]}}},
                        "OverrideAction": {"None": {}},
                        "VisibilityConfig": visible("m5"),
                    },
                ],
            },
        },
        "Anchor": {
            "Type": "AWS::RolesAnywhere::TrustAnchor",
            "Properties": {
                "Name": "own",
                "Enabled": True,
                "Source": {
                    "SourceType": "CERTIFICATE_BUNDLE",
                    "SourceData": {"X509CertificateData": Authority(SystemClock().now()).pem},
                },
            },
        },
        "Entered": service_role("rolesanywhere.amazonaws.com", "s3:ListAllMyBuckets"),
        "Profile": {
            "Type": "AWS::RolesAnywhere::Profile",
            "Properties": {"Name": "p", "RoleArns": [{"Fn::GetAtt": ["Entered", "Arn"]}], "Enabled": True},
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"Description": "ours"}},
        "Alias": {
            "Type": "AWS::KMS::Alias",
            "Properties": {"AliasName": "alias/ours", "TargetKeyId": {"Ref": "Key"}},
        },
        "Hosts": {
            "Type": "AWS::Inspector::ResourceGroup",
            "Properties": {"ResourceGroupTags": [{"Key": "scan", "Value": "yes"}]},
        },
        "Target": {
            "Type": "AWS::Inspector::AssessmentTarget",
            "Properties": {"ResourceGroupArn": {"Ref": "Hosts"}},
        },
    }


@pytest.mark.parametrize("made", [recording, guarding])
def test_types_are_made_without_drift_changed_and_deleted(stacks: Stacks, made: Any) -> None:
    name, template = made.__name__, resources(**made())
    stack = stacks.create(name, template, Capabilities=["CAPABILITY_IAM"])
    assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.reasons(name)
    assert stacks.differences(name) == {}
    changed = stacks.update(
        name, changes_of(template), Capabilities=["CAPABILITY_IAM"], Tags=[{"Key": "team", "Value": "blue"}]
    )
    assert changed["StackStatus"] == "UPDATE_COMPLETE", stacks.reasons(name)
    gone = stacks.delete(name)
    assert gone["StackStatus"] == "DELETE_COMPLETE", stacks.reasons(gone["StackId"])
    left = {
        key: status for key, (_, status) in stacks.resources(gone["StackId"]).items() if status != "DELETE_COMPLETE"
    }
    assert left == ({"Bucket": "DELETE_SKIPPED"} if "Bucket" in template["Resources"] else {})


CHANGES: dict[str, dict[str, Any]] = {
    "Bucket": {"VersioningConfiguration": {"Status": "Suspended"}},
    "Group": {"RetentionInDays": 60},
    "Trail": {"IncludeGlobalServiceEvents": True, "IsLogging": False},
    "Rule": {"InputParameters": {"maxAccessKeyAge": "30"}},
    "Analyzer": {
        "ArchiveRules": [{"RuleName": "ours", "Filter": [{"Property": "isPublic", "Eq": ["false"]}]}],
    },
    "Addresses": {"Addresses": ["198.51.100.0/24"]},
    "Patterns": {"RegularExpressionList": ["^/other"]},
    "WebAcl": {"Description": "changed"},
    "Anchor": {"Enabled": False},
    "Profile": {"DurationSeconds": 1800, "Enabled": False},
    "Key": {"Description": "changed", "Enabled": "false"},
}


def changes_of(template: dict[str, Any]) -> dict[str, Any]:
    """The template with other values."""
    made = json.loads(json.dumps(template))
    for name, properties in CHANGES.items():
        if name in made["Resources"]:
            made["Resources"][name]["Properties"] |= properties
    return made


def test_nested_stacks(stacks: Stacks) -> None:
    s3 = stacks.account.client("s3")
    s3.create_bucket(Bucket="templates")
    inner = resources(Inner=topic(DisplayName={"Ref": "Label"})) | {
        "Parameters": {"Label": {"Type": "String"}},
        "Outputs": {"Arn": {"Value": {"Ref": "Inner"}}},
    }
    s3.put_object(Bucket="templates", Key="a/inner.json", Body=text_of(inner).encode())
    outer = resources(
        Child={
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {
                "TemplateURL": "https://templates.s3.us-east-1.amazonaws.com/a/inner.json",
                "Parameters": {"Label": "one"},
            },
        },
        User=topic(DisplayName={"Fn::Select": [0, {"Fn::Split": [":", {"Fn::GetAtt": ["Child", "Outputs.Arn"]}]}]}),
    )
    made = stacks.create("outer", outer)
    assert made["StackStatus"] == "CREATE_COMPLETE", stacks.reasons("outer")
    child = stacks.resources("outer")["Child"][0]
    assert (stacks.show(child)["ParentId"], stacks.show(child)["RootId"]) == (made["StackId"], made["StackId"])
    outer["Resources"]["Child"]["Properties"]["Parameters"]["Label"] = "two"
    assert stacks.update("outer", outer)["StackStatus"] == "UPDATE_COMPLETE"
    inner_topic = stacks.resources(child)["Inner"][0]
    attributes = stacks.account.client("sns").get_topic_attributes(TopicArn=inner_topic)["Attributes"]
    assert attributes["DisplayName"] == "two"
    assert stacks.delete("outer")["StackStatus"] == "DELETE_COMPLETE"
    assert stacks.show(child)["StackStatus"] == "DELETE_COMPLETE"


def test_policies_and_units_of_an_organization(stacks: Stacks) -> None:
    api = stacks.account.client("organizations")
    api.create_organization(FeatureSet="ALL")
    root = api.list_roots()["Roots"][0]["Id"]
    api.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    denying = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*"}],
    }
    template = resources(
        Unit={"Type": "AWS::Organizations::OrganizationalUnit", "Properties": {"Name": "team", "ParentId": root}},
        Policy={
            "Type": "AWS::Organizations::Policy",
            "Properties": {
                "Name": "keep-logging",
                "Type": "SERVICE_CONTROL_POLICY",
                "Content": denying,
                "TargetIds": [{"Ref": "Unit"}],
            },
        },
    )
    made = stacks.create("organization", template)
    assert made["StackStatus"] == "CREATE_COMPLETE", stacks.reasons("organization")
    assert stacks.differences("organization") == {}
    unit, policy = (stacks.resources("organization")[name][0] for name in ("Unit", "Policy"))
    assert [one["TargetId"] for one in api.list_targets_for_policy(PolicyId=policy)["Targets"]] == [unit]
    template["Resources"]["Policy"]["Properties"]["TargetIds"] = []
    assert stacks.update("organization", template)["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.delete("organization")["StackStatus"] == "DELETE_COMPLETE"
