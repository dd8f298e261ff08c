"""The policy simulator through a client: results, statements with their places, ceilings, resource and trust policies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"
OTHER = "999988887777"
OBJECT = "arn:aws:s3:::logs/a"
BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"


def policy(*statements: dict[str, Any], indent: int | None = None) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=indent)


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def custom(api: Any, *policies: str, actions: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """The one result of SimulateCustomPolicy."""
    answer = api.iam.simulate_custom_policy(
        PolicyInputList=list(policies), ActionNames=actions or ["s3:GetObject"], **more
    )
    assert not answer["IsTruncated"]
    return answer["EvaluationResults"][0]


def invalid(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["Error"]["Code"] == "InvalidInput"
    return str(caught.value.response["Error"]["Message"])


@pytest.fixture
def alice(api: Any) -> str:
    """A user with an inline policy, a group with another, and a role that trusts nobody but bob."""
    api.iam.create_user(UserName="alice", Tags=[{"Key": "team", "Value": "red"}])
    api.iam.create_user(UserName="bob")
    api.iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=policy(allow("s3:Get*"), indent=4))
    api.iam.create_group(GroupName="staff")
    api.iam.add_user_to_group(GroupName="staff", UserName="alice")
    api.iam.put_group_policy(
        GroupName="staff", PolicyName="queues", PolicyDocument=policy(allow(["sqs:*", "sts:AssumeRole"]))
    )
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": BOB}, "Action": "sts:AssumeRole"}],
    }
    api.iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=json.dumps(trust))
    return f"arn:aws:iam::{ACCOUNT}:user/alice"


def simulated(api: Any, arn: str, action: str, resource: str | None = None, **more: Any) -> dict[str, Any]:
    resources = {"ResourceArns": [resource]} if resource else {}
    answer = api.iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=[action], **resources, **more)
    return answer["EvaluationResults"][0]


def test_a_result_names_the_policy_and_the_place_of_the_deciding_statement(api: Any) -> None:
    text = policy(allow("s3:List*"), allow("s3:GetObject"), indent=4)
    result = custom(api, policy(allow("sqs:*")), text)
    assert result["EvalDecision"] == "allowed"
    assert result["EvalResourceName"] == "*"
    assert "ResourceSpecificResults" not in result
    assert result["MatchedStatements"] == [
        {
            "SourcePolicyId": "PolicyInputList.2",
            "SourcePolicyType": "IAM Policy",
            "StartPosition": {"Line": 8, "Column": 10},
            "EndPosition": {"Line": 13, "Column": 10},
        }
    ]
    lines = text.splitlines()
    assert lines[7][9:] == "," and lines[12] == "        }", "it begins behind the statement before, as in AWS"


def test_an_explicit_deny_shows_the_denies_only(api: Any) -> None:
    result = custom(api, policy(allow("s3:*"), deny("s3:GetObject")))
    assert result["EvalDecision"] == "explicitDeny"
    assert [each["StartPosition"]["Column"] for each in result["MatchedStatements"]] == [95]
    assert custom(api, policy(allow("sqs:*")))["MatchedStatements"] == []


def test_one_result_an_action_holds_the_decisions_on_each_resource(api: Any) -> None:
    result = custom(
        api,
        policy(allow("s3:GetObject", "arn:aws:s3:::logs/*")),
        ResourceArns=[OBJECT, "arn:aws:s3:::private/a"],
    )
    assert result["EvalDecision"] == "implicitDeny"
    assert result["EvalResourceName"] == "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
    assert result["EvalDecisionDetails"] == {}
    decided = {each["EvalResourceName"]: each["EvalResourceDecision"] for each in result["ResourceSpecificResults"]}
    assert decided == {OBJECT: "allowed", "arn:aws:s3:::private/a": "implicitDeny"}
    assert len(result["ResourceSpecificResults"][0]["MatchedStatements"]) == 1
    assert result["MatchedStatements"] == []


def test_missing_context_values_are_those_that_could_have_mattered(api: Any) -> None:
    text = policy(
        allow("s3:GetObject", "arn:aws:s3:::logs/${aws:username}", Condition={"Bool": {"aws:SecureTransport": "true"}}),
        allow("sqs:SendMessage", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        deny("s3:GetObject", "arn:aws:s3:::other/*", Condition={"StringEquals": {"aws:PrincipalTag/team": "blue"}}),
    )
    result = custom(api, text, ResourceArns=["arn:aws:s3:::logs/alice"])
    assert result["MissingContextValues"] == ["aws:username", "aws:SecureTransport"]
    entries = [
        {"ContextKeyName": "aws:username", "ContextKeyValues": ["alice"], "ContextKeyType": "string"},
        {"ContextKeyName": "AWS:securetransport", "ContextKeyValues": ["true"], "ContextKeyType": "boolean"},
    ]
    result = custom(api, text, ResourceArns=["arn:aws:s3:::logs/alice"], ContextEntries=entries)
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("allowed", [])


def test_a_boundary_and_an_organization_are_told_apart(api: Any) -> None:
    everything = policy(allow("*"))
    result = custom(api, everything, PermissionsBoundaryPolicyInputList=[policy(allow("sqs:*"))])
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    assert "OrganizationsDecisionDetail" not in result
    levels = [
        {"ServiceControlPolicyInputList": [everything]},
        {"ServiceControlPolicyInputList": [policy(allow("*"), deny("s3:*"))]},
    ]
    result = custom(api, everything, OrderedOrganizationPolicyInputList=levels)
    assert result["EvalDecision"] == "explicitDeny"
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": False}
    assert result["MatchedStatements"] == [], "statements of SCPs are not shown"
    result = custom(api, everything, OrderedOrganizationPolicyInputList=levels[:1])
    assert (result["EvalDecision"], result["OrganizationsDecisionDetail"]) == (
        "allowed",
        {"AllowedByOrganizations": True},
    )


def test_across_accounts_the_parts_of_the_decision_are_shown(api: Any) -> None:
    on_bucket = policy({**allow("s3:GetObject"), "Principal": {"AWS": OTHER}})
    parameters = {
        "ResourceArns": [OBJECT],
        "ResourcePolicy": on_bucket,
        "ResourceOwner": f"arn:aws:iam::{ACCOUNT}:root",
        "CallerArn": f"arn:aws:iam::{OTHER}:user/carol",
    }
    result = custom(api, policy(allow("sqs:*")), **parameters)
    assert result["EvalDecision"] == "implicitDeny"
    expected = {"IAM Policy": "implicitDeny", "Resource Policy": "allowed"}
    assert result["EvalDecisionDetails"] == expected
    assert result["ResourceSpecificResults"][0]["EvalDecisionDetails"] == expected
    result = custom(api, policy(allow("s3:*")), **parameters)
    assert result["EvalDecision"] == "allowed"
    shown = [(each["SourcePolicyId"], each["SourcePolicyType"]) for each in result["MatchedStatements"]]
    assert shown == [("PolicyInputList.1", "IAM Policy"), ("ResourcePolicy", "Resource Policy")]


def test_a_user_is_simulated_with_its_groups_and_inline_policies(api: Any, alice: str) -> None:
    own = simulated(api, alice, "s3:GetObject")
    assert own["EvalDecision"] == "allowed"
    assert own["MatchedStatements"][0]["SourcePolicyId"] == "user_alice_own"
    assert own["MatchedStatements"][0]["StartPosition"] == {"Line": 3, "Column": 19}
    of_group = simulated(api, alice, "sqs:SendMessage")
    assert of_group["MatchedStatements"][0]["SourcePolicyId"] == "group_staff_queues"
    group = simulated(api, f"arn:aws:iam::{ACCOUNT}:group/staff", "s3:GetObject")
    assert group["EvalDecision"] == "implicitDeny"
    assert api.asked.needs == {"iam:SimulatePrincipalPolicy": [f"arn:aws:iam::{ACCOUNT}:group/staff"]}


def test_attached_policies_are_named_and_the_users_own_keys_are_known(api: Any, alice: str) -> None:
    made = api.iam.create_policy(
        PolicyName="by-team",
        PolicyDocument=policy(allow("ec2:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})),
    )["Policy"]
    api.iam.attach_user_policy(UserName="alice", PolicyArn=made["Arn"])
    result = simulated(api, alice, "ec2:RunInstances")
    assert result["EvalDecision"] == "allowed"
    assert result["MatchedStatements"][0]["SourcePolicyId"] == "by-team"
    other = {"ContextKeyName": "aws:PrincipalTag/team", "ContextKeyValues": ["blue"], "ContextKeyType": "string"}
    assert simulated(api, alice, "ec2:RunInstances", ContextEntries=[other])["EvalDecision"] == "implicitDeny"


def test_a_boundary_of_the_user_counts_until_another_is_given(api: Any, alice: str) -> None:
    arn = api.iam.create_policy(PolicyName="edge", PolicyDocument=policy(allow("sqs:*")))["Policy"]["Arn"]
    api.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=arn)
    result = simulated(api, alice, "s3:GetObject")
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    wide = simulated(api, alice, "s3:GetObject", PermissionsBoundaryPolicyInputList=[policy(allow("s3:*"))])
    assert wide["EvalDecision"] == "allowed"
    without = simulated(api, alice, "s3:GetObject", PolicyExclusionList=[{"PolicyType": "permission-boundary"}])
    assert without["EvalDecision"] == "allowed" and "PermissionsBoundaryDecisionDetail" not in without


def test_policies_can_be_added_and_left_out(api: Any, alice: str) -> None:
    added = simulated(api, alice, "s3:GetObject", PolicyInputList=[policy(deny("s3:*"))])
    assert added["MatchedStatements"][0]["SourcePolicyId"] == "PolicyInputList.1"
    own = {"PolicyName": "own", "AttachmentType": "user", "AttachmentName": "alice"}
    for left_out in ({"PolicyType": "inline"}, {"InlinePolicyIdentifier": own}):
        assert simulated(api, alice, "s3:GetObject", PolicyExclusionList=[left_out])["EvalDecision"] == "implicitDeny"
    api.iam.attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    by_arn = {"PolicyArn": "arn:aws:iam::aws:policy/Read*"}
    assert simulated(api, BOB, "iam:ListUsers")["EvalDecision"] == "allowed"
    assert simulated(api, BOB, "iam:ListUsers", PolicyExclusionList=[by_arn])["EvalDecision"] == "implicitDeny"


def test_a_roles_trust_policy_takes_part(api: Any, alice: str) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/deployer"
    untrusted = simulated(api, alice, "sts:AssumeRole", role)
    assert untrusted["EvalDecision"] == "implicitDeny", "alice's policies allow it, but the role does not trust her"
    trusted = simulated(api, BOB, "sts:AssumeRole", role)
    assert trusted["EvalDecision"] == "allowed"
    assert trusted["MatchedStatements"] == [
        {
            "SourcePolicyId": "deployer",
            "SourcePolicyType": "Resource Policy",
            "StartPosition": {"Line": 1, "Column": 41},
            "EndPosition": {"Line": 1, "Column": 148},
        }
    ]


def test_a_role_is_simulated_as_its_sessions_would_be(api: Any, alice: str) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/deployer"
    condition = {"ArnEquals": {"aws:PrincipalArn": role}, "StringLike": {"aws:userid": "*:ci"}}
    document = policy(allow("s3:GetObject", Condition=condition))
    api.iam.put_role_policy(RoleName="deployer", PolicyName="own", PolicyDocument=document)
    assert simulated(api, role, "s3:GetObject")["MissingContextValues"] == ["aws:userid"]
    entry = {"ContextKeyName": "aws:userid", "ContextKeyValues": ["AROA1:ci"], "ContextKeyType": "string"}
    assert simulated(api, role, "s3:GetObject", ContextEntries=[entry])["EvalDecision"] == "allowed"


def test_the_caller_may_be_another_than_whose_policies_are_simulated(api: Any, alice: str) -> None:
    on_bucket = policy({**allow("s3:PutObject"), "Principal": {"AWS": BOB}})
    as_herself = simulated(api, alice, "s3:PutObject", OBJECT, ResourcePolicy=on_bucket)
    assert as_herself["EvalDecision"] == "implicitDeny"
    as_bob = simulated(api, alice, "s3:PutObject", OBJECT, ResourcePolicy=on_bucket, CallerArn=BOB)
    assert as_bob["EvalDecision"] == "allowed"


def test_results_come_in_pages_in_the_order_of_the_actions(api: Any) -> None:
    actions = [f"s3:Action{number}" for number in range(25)]
    pages = api.iam.get_paginator("simulate_custom_policy").paginate(
        PolicyInputList=[policy(allow("s3:*"))], ActionNames=actions, PaginationConfig={"PageSize": 10}
    )
    seen = [[each["EvalActionName"] for each in page["EvaluationResults"]] for page in pages]
    assert [len(page) for page in seen] == [10, 10, 5]
    assert [name for page in seen for name in page] == actions


def test_an_ec2_scenario_wants_its_resources(api: Any) -> None:
    def arns(*kinds: str) -> list[str]:
        return [f"arn:aws:ec2:us-east-1:{ACCOUNT}:{kind}/x" for kind in kinds]

    parameters = {"PolicyInputList": [policy(allow("ec2:*"))], "ActionNames": ["ec2:RunInstances"]}
    message = invalid(
        api.iam.simulate_custom_policy,
        **parameters,
        ResourceArns=arns("instance", "image"),
        ResourceHandlingOption="EC2-VPC-EBS",
    )
    assert "security-group, network-interface, volume" in message
    whole = arns("instance", "image", "security-group", "network-interface", "volume")
    result = custom(
        api,
        policy(allow("ec2:*")),
        actions=["ec2:RunInstances"],
        ResourceArns=whole,
        ResourceHandlingOption="EC2-VPC-EBS",
    )
    assert result["EvalDecision"] == "allowed" and len(result["ResourceSpecificResults"]) == 5


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"PolicyInputList": ["{"]}, "PolicyInputList.1: Syntax errors in policy."),
        ({"ActionNames": ["s3:Get*"]}, "Invalid action name"),
        ({"ResourceArns": ["nonsense"]}, "Invalid resource ARN"),
        ({"ResourcePolicy": policy({**allow("s3:*"), "Principal": "*"})}, "ResourcePolicy needs ResourceArns"),
        (
            {"ResourcePolicy": policy({**allow("s3:*"), "Principal": "*"}), "ResourceArns": [OBJECT]},
            "CallerArn is required",
        ),
        ({"CallerArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/a/b"}, "Invalid Entity Arn"),
        ({"ResourceOwner": "me"}, "Invalid ResourceOwner"),
        ({"PermissionsBoundaryPolicyInputList": [policy(allow("*"))] * 2}, "one permissions boundary"),
        (
            {
                "ContextEntries": [
                    {"ContextKeyName": "k:numeric", "ContextKeyValues": ["x"], "ContextKeyType": "numeric"}
                ]
            },
            "is no numeric",
        ),
        (
            {
                "ContextEntries": [
                    {"ContextKeyName": "k:text", "ContextKeyValues": ["x", "y"], "ContextKeyType": "string"}
                ]
            },
            "takes one value",
        ),
        ({"ResourceHandlingOption": "EC2-Moon"}, "Invalid ResourceHandlingOption"),
    ],
)
def test_what_cannot_be_simulated_is_refused(api: Any, wrong: dict[str, Any], words: str) -> None:
    parameters = {"PolicyInputList": [policy(allow("*"))], "ActionNames": ["s3:GetObject"]} | wrong
    assert words in invalid(api.iam.simulate_custom_policy, **parameters)


def test_only_entities_of_the_account_can_be_simulated(api: Any, alice: str) -> None:
    call = api.iam.simulate_principal_policy
    for arn in (f"{alice}x", alice.replace("user/", "user/path/")):
        with pytest.raises(ClientError) as caught:
            call(PolicySourceArn=arn, ActionNames=["s3:GetObject"])
        assert caught.value.response["Error"]["Code"] == "NoSuchEntity"
    assert "Invalid Entity Arn" in invalid(call, PolicySourceArn=OBJECT + "/long-enough", ActionNames=["s3:GetObject"])
    wild = [{"PolicyArn": f"arn:aws:iam::{ACCOUNT}:pol*cy/x"}]
    invalid(call, PolicySourceArn=alice, ActionNames=["s3:GetObject"], PolicyExclusionList=wild)


def test_context_keys_are_those_of_conditions_and_variables(api: Any, alice: str) -> None:
    text = policy(
        allow("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/team, 'none'}/${*}"),
        allow(
            "s3:GetObject",
            Condition={
                "StringLike": {"S3:Prefix": "${AWS:username}/*", "s3:prefix": "x"},
                "Null": {"aws:TokenIssueTime": "true"},
            },
        ),
    )
    expected = ["aws:PrincipalTag/team", "S3:Prefix", "AWS:username", "aws:TokenIssueTime"]
    assert api.iam.get_context_keys_for_custom_policy(PolicyInputList=[text])["ContextKeyNames"] == expected
    old = text.replace("2012-10-17", "2008-10-17")
    found = api.iam.get_context_keys_for_custom_policy(PolicyInputList=[old])["ContextKeyNames"]
    assert found == ["S3:Prefix", "aws:TokenIssueTime"], "an old policy has no variables"
    by_ip = policy(allow("sns:*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))
    api.iam.put_group_policy(GroupName="staff", PolicyName="net", PolicyDocument=by_ip)
    answer = api.iam.get_context_keys_for_principal_policy(PolicySourceArn=alice, PolicyInputList=[text])
    assert answer["ContextKeyNames"] == ["aws:SourceIp", *expected]
