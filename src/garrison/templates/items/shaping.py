"""Types whose items differ from their properties by more than names: what one property says, several resources say, or Config nests otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from garrison.templates.items.buckets import shape_bucket
from garrison.templates.items.shapes import Made, listed
from garrison.templates.presence import Evaluated
from garrison.templates.scope import Scope

Shape = Callable[[Made, Evaluated, Scope, Iterable[Evaluated]], None]


def _key(made: Made, one: Evaluated, scope: Scope, others: Iterable[Evaluated]) -> None:
    made.supplementary["KeyRotationStatus"] = one.properties.get("EnableKeyRotation") in (True, "true")


def _function(made: Made, one: Evaluated, scope: Scope, others: Iterable[Evaluated]) -> None:
    made.supplementary["Concurrency"] = {
        "reservedConcurrentExecutions": one.properties.get("ReservedConcurrentExecutions")
    }


def _managed_policy(made: Made, one: Evaluated, scope: Scope, others: Iterable[Evaluated]) -> None:
    document = json.dumps(one.properties.get("PolicyDocument", {}))
    made.configuration["policyVersionList"] = [{"versionId": "v1", "isDefaultVersion": True, "document": document}]


_OF_PRINCIPAL = {
    "AWS::IAM::User": ("userPolicyList", "Users", "AWS::IAM::UserPolicy", "UserName"),
    "AWS::IAM::Group": ("groupPolicyList", "Groups", "AWS::IAM::GroupPolicy", "GroupName"),
    "AWS::IAM::Role": ("rolePolicyList", "Roles", "AWS::IAM::RolePolicy", "RoleName"),
}
"""The place of inline policies, and how other resources name whom they are of."""


def _principal(made: Made, one: Evaluated, scope: Scope, others: Iterable[Evaluated]) -> None:
    place, plural, own, singular = _OF_PRINCIPAL[one.type]
    name = scope.ref(one.logical_id)
    policies = list(listed(one.properties.get("Policies")))
    for other in others:
        named = listed(other.properties.get(plural)) if other.type == "AWS::IAM::Policy" else ()
        if name in named or (other.type == own and other.properties.get(singular) == name):
            policies.append(other.properties)
    made.configuration[place] = [
        {"policyName": each.get("PolicyName"), "policyDocument": json.dumps(each.get("PolicyDocument", {}))}
        for each in policies
        if isinstance(each, dict)
    ]
    made.configuration["attachedManagedPolicies"] = [
        {"policyArn": each, "policyName": str(each).rsplit("/", 1)[-1]}
        for each in listed(one.properties.get("ManagedPolicyArns"))
    ]
    made.configuration["groupList"] = list(listed(one.properties.get("Groups")))


_ENDS = {"http/s": "HTTP", "sqs": "SQS", "lambda": "Lambda", "firehose": "Firehose", "application": "Application"}


def _topic(made: Made, one: Evaluated, scope: Scope, others: Iterable[Evaluated]) -> None:
    for each in listed(one.properties.get("DeliveryStatusLogging")):
        if isinstance(each, dict):
            kind = _ENDS.get(str(each.get("Protocol")).lower(), "HTTP")
            for end in ("Success", "Failure"):
                if role := each.get(f"{end}FeedbackRoleArn"):
                    made.configuration[f"{kind}{end}FeedbackRoleArn"] = role


def _security_group(made: Made, one: Evaluated, scope: Scope, others: Iterable[Evaluated]) -> None:
    names = (scope.ref(one.logical_id), scope.attribute(one.logical_id, "GroupId"))
    rules = list(listed(one.properties.get("SecurityGroupIngress")))
    rules += [
        other.properties
        for other in others
        if other.type == "AWS::EC2::SecurityGroupIngress" and other.properties.get("GroupId") in names
    ]
    made.configuration["ipPermissions"] = [_permission(each) for each in rules if isinstance(each, dict)]


def _permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    ranges = [{"cidrIp": rule["CidrIp"]}] if "CidrIp" in rule else []
    six = [{"cidrIpv6": rule["CidrIpv6"]}] if "CidrIpv6" in rule else []
    made: dict[str, Any] = {"ipProtocol": str(rule.get("IpProtocol")), "ipv4Ranges": ranges, "ipv6Ranges": six}
    for place, name in (("fromPort", "FromPort"), ("toPort", "ToPort")):
        if name in rule:
            made[place] = rule[name]
    return made


def _instance(made: Made, one: Evaluated, scope: Scope, others: Iterable[Evaluated]) -> None:
    made.configuration["monitoring"] = {
        "state": "enabled" if one.properties.get("Monitoring") in (True, "true") else "disabled"
    }
    if profile := one.properties.get("IamInstanceProfile"):
        made.configuration["iamInstanceProfile"] = {"arn": profile}


SHAPES: Mapping[str, Shape] = {
    "AWS::EC2::Instance": _instance,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::IAM::Group": _principal,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Role": _principal,
    "AWS::IAM::User": _principal,
    "AWS::KMS::Key": _key,
    "AWS::Lambda::Function": _function,
    "AWS::S3::Bucket": shape_bucket,
    "AWS::SNS::Topic": _topic,
}
