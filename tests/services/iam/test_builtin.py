"""The built-in managed policies: what they grant, and that nobody can change them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.policy import (
    AuthorizationRequest,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    compile_principal,
    decide,
    parse_document,
)
from garrison.policy.actions import action, actions_of
from garrison.services.iam.builtin import builtin_policies, builtin_policy, is_builtin
from garrison.services.policy_sources import source_of

ARN = "arn:aws:iam::aws:policy/"
NAMED_BY_THE_SPECIFICATION = (
    "AdministratorAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "job-function/ViewOnlyAccess",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "AWSCloudTrail_FullAccess",
    "AWSCloudTrail_ReadOnlyAccess",
    "IAMUserChangePassword",
)
READING = {"Read", "List"}


def allows(name: str, asked: str, resource: str = "*", user_name: str = "alice") -> bool:
    """Whether a user who holds only this policy may do something."""
    policy = builtin_policy(ARN + name)
    assert policy is not None
    identity = PrincipalIdentity(
        kind=PrincipalType.USER,
        account="123456789012",
        arn=f"arn:aws:iam::123456789012:user/{user_name}",
        user_id="AIDAEXAMPLE",
        user_name=user_name,
    )
    holder = compile_principal(identity, [source_of(PolicyKind.IDENTITY, policy.arn, policy.document)])
    return decide(holder, AuthorizationRequest(asked, resource, "123456789012")).is_allowed


@pytest.mark.parametrize("name", NAMED_BY_THE_SPECIFICATION)
def test_every_promised_policy_is_there(name: str) -> None:
    policy = builtin_policy(ARN + name)
    assert policy is not None
    assert policy.arn == ARN + name
    assert policy.description


def test_ids_are_of_awss_form_and_used_once() -> None:
    ids = [policy.unique_id for policy in builtin_policies()]
    assert len(set(ids)) == len(ids)
    assert all(each.startswith("ANPA") and len(each) == 21 for each in ids)
    administrator = builtin_policy(ARN + "AdministratorAccess")
    assert administrator is not None
    assert administrator.unique_id == "ANPAIWMBCKSKIEE64ZLYK"


@pytest.mark.parametrize("policy", builtin_policies(), ids=lambda policy: policy.name)
def test_every_document_is_a_valid_managed_policy(policy: Any) -> None:
    document = parse_document(policy.document, PolicyKind.IDENTITY, require_current_version=True)
    sids = [statement.sid for statement in document.statements]
    assert all(sids), "each statement has a Sid, so that a decision can name it"


@pytest.mark.parametrize("policy", builtin_policies(), ids=lambda policy: policy.name)
def test_every_literal_action_exists(policy: Any) -> None:
    for statement in parse_document(policy.document, PolicyKind.IDENTITY).statements:
        for name in statement.actions:
            if "*" not in name and not name.startswith("garrison:"):
                assert action(name) is not None, name


@pytest.mark.parametrize("name", ["ReadOnlyAccess", "SecurityAudit", "job-function/ViewOnlyAccess"])
@pytest.mark.parametrize(
    "service",
    ["iam", "cloudtrail", "s3", "ec2", "kms", "logs", "sns", "config", "wafv2", "inspector2", "organizations"],
)
def test_reading_policies_allow_nothing_that_writes(name: str, service: str) -> None:
    allowed = {each for each in actions_of(service) if allows(name, each)}
    assert allowed, "it reads something of the service"
    for each in allowed:
        facts = action(each)
        assert facts is not None
        assert facts.access_level in READING, each


def test_read_only_access_reads_contents_and_an_audit_does_not() -> None:
    for contents in ("s3:GetObject", "logs:GetLogEvents", "cloudtrail:GetQueryResults"):
        assert allows("ReadOnlyAccess", contents)
        assert not allows("SecurityAudit", contents)
    for configuration in ("s3:GetBucketPolicy", "logs:DescribeLogGroups", "iam:GetAccountAuthorizationDetails"):
        assert allows("SecurityAudit", configuration)


def test_a_power_user_does_everything_but_manage_identities() -> None:
    assert allows("PowerUserAccess", "s3:DeleteBucket")
    assert allows("PowerUserAccess", "iam:ListRoles")
    assert not allows("PowerUserAccess", "iam:CreateUser")
    assert not allows("PowerUserAccess", "organizations:LeaveOrganization")


def test_a_user_changes_its_own_password_only() -> None:
    own, other = "arn:aws:iam::123456789012:user/alice", "arn:aws:iam::123456789012:user/bob"
    assert allows("IAMUserChangePassword", "iam:ChangePassword", own)
    assert not allows("IAMUserChangePassword", "iam:ChangePassword", other)
    assert allows("IAMUserChangePassword", "iam:ChangePassword", "arn:aws:iam::123456789012:user/staff/alice")


def test_only_arns_of_the_aws_account_are_built_in() -> None:
    assert is_builtin(ARN + "Anything")
    assert not is_builtin("arn:aws:iam::123456789012:policy/AdministratorAccess")
    assert builtin_policy(ARN + "Anything") is None


def test_a_built_in_policy_is_shown_and_listed(api: Any) -> None:
    shown = api.iam.get_policy(PolicyArn=ARN + "ReadOnlyAccess")["Policy"]
    assert (shown["PolicyId"], shown["DefaultVersionId"], shown["IsAttachable"]) == (
        "ANPAILL3HVNFSB6DCOWYQ",
        "v1",
        True,
    )
    version = api.iam.get_policy_version(PolicyArn=ARN + "ReadOnlyAccess", VersionId="v1")["PolicyVersion"]
    assert version["Document"]["Statement"][0]["Effect"] == "Allow"
    listed = api.iam.list_policies(Scope="AWS", MaxItems=1000)["Policies"]
    assert [policy["PolicyName"] for policy in listed] == [policy.name for policy in builtin_policies()]


def test_nobody_changes_a_built_in_policy(api: Any) -> None:
    arn = ARN + "ReadOnlyAccess"
    document = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    attempts = (
        (api.iam.delete_policy, {}),
        (api.iam.create_policy_version, {"PolicyDocument": document}),
        (api.iam.delete_policy_version, {"VersionId": "v1"}),
        (api.iam.set_default_policy_version, {"VersionId": "v1"}),
        (api.iam.tag_policy, {"Tags": [{"Key": "a", "Value": "b"}]}),
        (api.iam.untag_policy, {"TagKeys": ["a"]}),
    )
    for call, parameters in attempts:
        with pytest.raises(ClientError) as caught:
            call(PolicyArn=arn, **parameters)
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
