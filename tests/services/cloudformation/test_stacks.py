"""Stacks by their API: created, updated, rolled back, deleted; what comes of each resource, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..refusals import refused
from .conftest import Stacks, resources, topic

ALARMED = {
    "UnauthorizedCalls": '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    "ConsoleSignInWithoutMfa": '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }',
    "RootUse": '{ $.userIdentity.type = "Root" && $.eventType != "AwsServiceEvent" }',
    "PolicyChanges": "{ ($.eventName = PutUserPolicy) || ($.eventName = AttachRolePolicy) }",
    "TrailChanges": "{ ($.eventName = StopLogging) || ($.eventName = DeleteTrail) }",
    "SignInFailures": '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
    "KeysDisabled": "{ ($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion) }",
    "BucketPolicyChanges": "{ ($.eventSource = s3.amazonaws.com) && ($.eventName = PutBucketPolicy) }",
    "RecorderChanges": "{ ($.eventName = StopConfigurationRecorder) || ($.eventName = DeleteDeliveryChannel) }",
    "GroupChanges": "{ ($.eventName = CreateGroup) || ($.eventName = DeleteGroup) }",
}


def ten_alarms() -> dict[str, Any]:
    """A template in the shape of AWS's for alarms on CloudTrail's events: a topic, ten filters, ten alarms."""
    made: dict[str, Any] = {
        "AlarmNotificationTopic": topic(
            Subscription=[{"Endpoint": {"Ref": "Email"}, "Protocol": "http"}], DisplayName="alarms"
        )
    }
    for name, pattern in ALARMED.items():
        made[f"{name}Filter"] = {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": {"Ref": "LogGroupName"},
                "FilterPattern": pattern,
                "MetricTransformations": [
                    {"MetricNamespace": "CloudTrailMetrics", "MetricName": f"{name}Count", "MetricValue": "1"}
                ],
            },
        }
        made[f"{name}Alarm"] = {
            "Type": "AWS::CloudWatch::Alarm",
            "DependsOn": f"{name}Filter",
            "Properties": {
                "AlarmName": {"Fn::Sub": "${AWS::StackName}-" + name},
                "AlarmDescription": f"Alarms on {name}.",
                "AlarmActions": [{"Ref": "AlarmNotificationTopic"}],
                "MetricName": f"{name}Count",
                "Namespace": "CloudTrailMetrics",
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "EvaluationPeriods": "1",
                "Period": "300",
                "Statistic": "Sum",
                "Threshold": "1",
            },
        }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Alarms on what CloudTrail records.",
        "Parameters": {"LogGroupName": {"Type": "String", "Default": "trail"}, "Email": {"Type": "String"}},
        "Resources": made,
        "Outputs": {"Topic": {"Value": {"Ref": "AlarmNotificationTopic"}, "Export": {"Name": "alarm-topic"}}},
    }


@pytest.fixture
def trail(stacks: Stacks) -> Any:
    logs = stacks.account.client("logs")
    logs.create_log_group(logGroupName="trail")
    yield "trail"
    logs.delete_log_group(logGroupName="trail")


def test_ten_alarms_on_the_trail_are_made_changed_and_deleted(stacks: Stacks, trail: str) -> None:
    template = ten_alarms()
    template["Resources"]["AlarmNotificationTopic"]["Properties"].pop("Subscription")
    since = stacks.account.position()
    made = stacks.create(
        "alarms", template, Parameters={"Email": "a@example.com"}, Tags=[{"Key": "team", "Value": "x"}]
    )
    assert (made["StackStatus"], made["Description"]) == ("CREATE_COMPLETE", "Alarms on what CloudTrail records.")
    [output] = made["Outputs"]
    assert (output["ExportName"], output["OutputKey"]) == ("alarm-topic", "Topic")
    found = stacks.resources("alarms")
    assert len(found) == 21
    assert {status for _, status in found.values()} == {"CREATE_COMPLETE"}
    alarms = stacks.account.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {alarm["AlarmActions"][0] for alarm in alarms} == {output["OutputValue"]}
    tags = stacks.account.client("sns").list_tags_for_resource(ResourceArn=output["OutputValue"])["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "aws:cloudformation:stack-name": "alarms",
        "aws:cloudformation:stack-id": made["StackId"],
        "aws:cloudformation:logical-id": "AlarmNotificationTopic",
        "team": "x",
    }
    stacks.account.wait_until_recorded()
    events = [one for one in stacks.account.events("PutMetricAlarm", since=since) if "errorCode" not in one]
    assert len(events) == 10
    assert events[0]["userIdentity"]["invokedBy"] == "cloudformation.amazonaws.com"
    assert events[0]["userIdentity"]["userName"] == "administrator"
    assert stacks.differences("alarms") == {}
    template["Resources"]["RootUseAlarm"]["Properties"]["Threshold"] = "5"
    template["Resources"]["GroupChangesAlarm"]["Properties"]["AlarmName"] = "renamed"
    del template["Resources"]["KeysDisabledAlarm"]
    changed = stacks.update("alarms", template, Parameters={"Email": None})
    assert changed["StackStatus"] == "UPDATE_COMPLETE"
    alarms = {one["AlarmName"]: one for one in stacks.account.client("cloudwatch").describe_alarms()["MetricAlarms"]}
    assert alarms["alarms-RootUse"]["Threshold"] == 5
    assert alarms.keys() == {f"alarms-{name}" for name in ALARMED} - {"alarms-KeysDisabled", "alarms-GroupChanges"} | {
        "renamed"
    }
    assert stacks.delete("alarms")["StackStatus"] == "DELETE_COMPLETE"
    assert not stacks.account.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert not stacks.account.client("sns").list_topics()["Topics"]
    assert not stacks.account.client("logs").describe_metric_filters()["metricFilters"]


def test_a_failure_rolls_back_what_was_made_and_nothing_else(stacks: Stacks) -> None:
    stacks.account.client("sns").create_topic(Name="others")
    template = resources(
        Good=topic(),
        Taken=topic(TopicName="others") | {"DependsOn": "Good"},
        Never=topic(DisplayName={"Ref": "Taken"}),
    )
    failed = stacks.create("failing", template)
    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "already exists" in stacks.reasons("failing")[0]
    names = [one["TopicArn"].rpartition(":")[2] for one in stacks.account.client("sns").list_topics()["Topics"]]
    assert names == ["others"]
    happened = stacks.events("failing")
    assert ("Never", "CREATE_IN_PROGRESS") not in happened
    assert happened.index(("failing", "ROLLBACK_IN_PROGRESS")) < happened.index(("Good", "DELETE_COMPLETE"))
    code, message = refused(stacks.api.update_stack, StackName="failing", TemplateBody=json.dumps(template))
    assert (code, "is in ROLLBACK_COMPLETE state and can not be updated" in message) == ("ValidationError", True)
    stacks.delete("failing")
    kept = stacks.create("kept", template, OnFailure="DO_NOTHING")
    assert (kept["StackStatus"], kept["StackStatusReason"]) == (
        "CREATE_FAILED",
        "The following resource(s) failed to create: [Taken]. ",
    )
    stacks.delete("kept")
    stacks.account.client("sns").delete_topic(TopicArn=failed["StackId"].replace("cloudformation", "sns"))


def test_an_update_that_fails_goes_back(stacks: Stacks) -> None:
    before = resources(
        Kept=topic(DisplayName="one"), Replaced=topic(TopicName="first"), Removed=topic(TopicName="gone")
    )
    stacks.create("back", before)
    was = stacks.resources("back")
    after = resources(
        Kept=topic(DisplayName="two"),
        Replaced=topic(TopicName="second"),
        New=topic(TopicName="new"),
        Broken={
            "Type": "AWS::SNS::Subscription",
            "DependsOn": ["Kept", "Replaced", "New"],
            "Properties": {"TopicArn": {"Ref": "Replaced"}, "Protocol": "nonsense", "Endpoint": "x"},
        },
    )
    failed = stacks.update("back", after)
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert {name: each[0] for name, each in stacks.resources("back").items()} == {
        name: each[0] for name, each in was.items()
    }
    sns = stacks.account.client("sns")
    assert sns.get_topic_attributes(TopicArn=was["Kept"][0])["Attributes"]["DisplayName"] == "one"
    names = {one["TopicArn"].rpartition(":")[2] for one in sns.list_topics()["Topics"]}
    assert {"first", "gone"} <= names
    assert not {"second", "new"} & names
    code, message = refused(stacks.api.update_stack, StackName="back", TemplateBody=json.dumps(before))
    assert (code, message) == ("ValidationError", "No updates are to be performed.")
    stacks.delete("back")


def test_roles_users_and_policies(stacks: Stacks) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    look = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
    template = {
        "Parameters": {"Password": {"Type": "String", "NoEcho": True}},
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": trust,
                    "ManagedPolicyArns": [{"Ref": "Managed"}],
                    "Policies": [{"PolicyName": "inline", "PolicyDocument": look}],
                    "Tags": [{"Key": "own", "Value": "1"}],
                },
            },
            "Managed": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": look}},
            "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}},
            "Group": {"Type": "AWS::IAM::Group"},
            "User": {
                "Type": "AWS::IAM::User",
                "Properties": {
                    "Groups": [{"Ref": "Group"}],
                    "LoginProfile": {"Password": {"Ref": "Password"}, "PasswordResetRequired": True},
                },
            },
            "Policy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "shared",
                    "PolicyDocument": look,
                    "Users": [{"Ref": "User"}],
                    "Groups": [{"Ref": "Group"}],
                },
            },
            "Key": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": {"Ref": "User"}}},
        },
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }
    secret = "correct-Horse-7-battery"
    code, message = refused(
        stacks.api.create_stack,
        StackName="people",
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": "Password", "ParameterValue": secret}],
    )
    assert (code, message) == ("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]")
    made = stacks.create("people", template, Parameters={"Password": secret}, Capabilities=["CAPABILITY_IAM"])
    assert made["StackStatus"] == "CREATE_COMPLETE", stacks.reasons("people")
    assert stacks.differences("people") == {}
    assert made["Parameters"][0]["ParameterValue"] == "****"
    assert secret not in json.dumps(stacks.api.describe_stack_events(StackName="people"), default=str)
    iam, found = stacks.account.client("iam"), stacks.resources("people")
    role = iam.get_role(RoleName=found["Role"][0])["Role"]
    assert made["Outputs"][0]["OutputValue"] == role["Arn"]
    assert [tag["Key"] for tag in role["Tags"]] == ["own"]
    assert iam.get_login_profile(UserName=found["User"][0])["LoginProfile"]["PasswordResetRequired"]
    template["Resources"]["Role"]["Properties"] |= {"ManagedPolicyArns": [], "MaxSessionDuration": 7200}
    template["Resources"]["Managed"]["Properties"]["Users"] = [{"Ref": "User"}]
    changed = stacks.update("people", template, Parameters={"Password": None}, Capabilities=["CAPABILITY_IAM"])
    assert changed["StackStatus"] == "UPDATE_COMPLETE"
    assert iam.get_role(RoleName=found["Role"][0])["Role"]["MaxSessionDuration"] == 7200
    assert not iam.list_attached_role_policies(RoleName=found["Role"][0])["AttachedPolicies"]
    assert stacks.resources("people")["Role"][0] == found["Role"][0]
    assert stacks.delete("people")["StackStatus"] == "DELETE_COMPLETE"
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["administrator"]
    assert not iam.list_policies(Scope="Local")["Policies"]
