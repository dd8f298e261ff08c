"""AssumeRole: what the session carries, what a chain of roles hands on, and AWS's refusals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from garrison.services.identity import Principal
from garrison.services.sts.sessions import open_token

ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:role/ops/builder"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
}
ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
Assume = Callable[..., dict[str, Any]]


@pytest.fixture
def role(api: Any) -> dict[str, Any]:
    answer = api.iam.create_role(
        RoleName="builder",
        Path="/ops/",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        MaxSessionDuration=7200,
        Tags=[{"Key": "tier", "Value": "gold"}],
    )
    api.iam.create_user(UserName="alice")
    api.act_as_user("alice")
    made: dict[str, Any] = answer["Role"]
    return made


@pytest.fixture
def assume(api: Any, role: dict[str, Any]) -> Assume:
    def call(**parameters: Any) -> dict[str, Any]:
        answer: dict[str, Any] = api.sts.assume_role(**({"RoleArn": ARN, "RoleSessionName": "work"} | parameters))
        return answer

    return call


def principal_of(api: Any, answer: dict[str, Any]) -> Principal:
    """The caller that an answer's credentials make."""
    given = answer["Credentials"]
    opened = open_token(api.parts.root_key, given["AccessKeyId"], given["SessionToken"], api.clock.now())
    assert opened.secret.reveal() == given["SecretAccessKey"]
    return opened.principal


def test_the_answer_names_the_session_and_when_it_ends(api: Any, role: dict[str, Any], assume: Assume) -> None:
    answer = assume()
    assert answer["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role['RoleId']}:work",
        "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/builder/work",
    }
    assert answer["Credentials"]["Expiration"] == api.clock.now() + timedelta(hours=1)
    assert answer["SessionTokenSize"] == len(answer["Credentials"]["SessionToken"])
    assert 0 < answer["SessionTokenUtilization"] < 10
    assert "PackedPolicySize" not in answer
    assert "SourceIdentity" not in answer


def test_the_session_is_who_get_caller_identity_says(api: Any, role: dict[str, Any], assume: Assume) -> None:
    api.act_as(principal_of(api, assume()))
    identity = api.sts.get_caller_identity()
    assert identity["UserId"] == f"{role['RoleId']}:work"
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/builder/work"
    assert identity["Account"] == ACCOUNT


def test_it_is_asked_for_on_the_role_with_the_requests_values(api: Any, assume: Assume) -> None:
    assume(ExternalId="ticket-7")
    assert api.asked.needs == {"sts:AssumeRole": [ARN], "sts:TagSession": [], "sts:SetSourceIdentity": []}
    assert api.asked.context == {
        "sts:ExternalId": "ticket-7",
        "sts:RoleSessionName": "work",
        "aws:ResourceTag/tier": "gold",
        "iam:ResourceTag/tier": "gold",
    }


def test_tags_and_source_identity_need_rights_of_their_own(api: Any, assume: Assume) -> None:
    assume(Tags=[{"Key": "team", "Value": "blue"}], TransitiveTagKeys=["team"], SourceIdentity="alice")
    assert api.asked.needs == {"sts:AssumeRole": [ARN], "sts:TagSession": [ARN], "sts:SetSourceIdentity": [ARN]}
    assert api.asked.context["aws:RequestTag/team"] == "blue"
    assert api.asked.context["aws:TagKeys"] == ["team"]
    assert api.asked.context["sts:TransitiveTagKeys"] == ["team"]
    assert api.asked.context["sts:SourceIdentity"] == "alice"


def test_a_chain_hands_on_transitive_tags_and_source_identity(api: Any, assume: Assume) -> None:
    tags = [{"Key": "team", "Value": "blue"}, {"Key": "desk", "Value": "7"}]
    first = principal_of(api, assume(Tags=tags, TransitiveTagKeys=["team"], SourceIdentity="alice@example.org"))
    api.act_as(first)
    answer = assume(RoleSessionName="next")
    assert answer["SourceIdentity"] == "alice@example.org"
    assert api.asked.needs["sts:TagSession"] == [ARN]
    assert api.asked.needs["sts:SetSourceIdentity"] == [ARN]
    second = principal_of(api, answer).session
    assert second is not None
    assert (second.tags, second.transitive_tag_keys) == ({"team": "blue"}, ("team",))
    assert second.source_identity == "alice@example.org"
    assert second.chained
    assert not first.session.chained  # type: ignore[union-attr]


def test_a_chain_cannot_change_what_it_was_handed(api: Any, assume: Assume, refused: Any) -> None:
    tags = [{"Key": "team", "Value": "blue"}]
    api.act_as(principal_of(api, assume(Tags=tags, TransitiveTagKeys=["team"], SourceIdentity="alice")))
    assert refused(assume, SourceIdentity="mallory") == (
        "ValidationError",
        "The source identity is already set for this assume role session",
    )
    assert refused(assume, Tags=[{"Key": "TEAM", "Value": "red"}])[0] == "InvalidParameterValue"
    assert assume(SourceIdentity="alice")["SourceIdentity"] == "alice"


def test_a_session_runs_as_long_as_the_role_and_the_chain_allow(api: Any, assume: Assume, refused: Any) -> None:
    answer = assume(DurationSeconds=7200)
    assert answer["Credentials"]["Expiration"] == api.clock.now() + timedelta(hours=2)
    assert refused(assume, DurationSeconds=7201) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )
    api.act_as(principal_of(api, answer))
    assert refused(assume, DurationSeconds=3601) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    )
    assert assume(DurationSeconds=3600)
    assert refused(assume, DurationSeconds=899)[0] == "ValidationError"


def test_the_credentials_of_get_session_token_are_limited_to_an_hour_too(
    api: Any, assume: Assume, refused: Any
) -> None:
    api.act_as(principal_of(api, api.sts.get_session_token()))
    assert refused(assume, DurationSeconds=7200)[0] == "ValidationError"
    session = principal_of(api, assume()).session
    assert session is not None
    assert not session.chained


def test_session_policies_are_kept_and_weighed(api: Any, role: dict[str, Any], assume: Assume) -> None:
    api.act_as_user("alice")
    policy = json.dumps(ALLOW_ALL)
    managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    answer = assume(Policy=policy, PolicyArns=[{"arn": managed}, {"arn": managed}])
    assert 0 < answer["PackedPolicySize"] < 20
    session = principal_of(api, answer).session
    assert session is not None
    assert (session.policies, session.policy_arns) == ((policy,), (managed,))


def test_a_session_without_policies_has_none_rather_than_an_empty_list(api: Any, assume: Assume) -> None:
    session = principal_of(api, assume()).session
    assert session is not None
    assert session.policies is None


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Policy": "{"}, "MalformedPolicyDocument"),
        ({"Policy": json.dumps(TRUST)}, "MalformedPolicyDocument"),
        ({"Policy": json.dumps(ALLOW_ALL) + " " * 2048}, "PackedPolicyTooLarge"),
        ({"PolicyArns": [{"arn": f"arn:aws:iam::{ACCOUNT}:policy/none"}]}, "MalformedPolicyDocument"),
        ({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/NoSuchPolicy"}]}, "MalformedPolicyDocument"),
        ({"PolicyArns": [{"arn": "arn:aws:iam::210987654321:policy/other"}]}, "MalformedPolicyDocument"),
        ({"PolicyArns": [{"arn": f"arn:aws:iam::aws:policy/A{n}"} for n in range(11)]}, "ValidationError"),
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]}, "InvalidParameterValue"),
        ({"Tags": [{"Key": "a", "Value": "1"}], "TransitiveTagKeys": ["b"]}, "InvalidParameterValue"),
        ({"Tags": [{"Key": f"k{n}", "Value": "v"} for n in range(51)]}, "ValidationError"),
        ({"RoleArn": f"arn:aws:iam::{ACCOUNT}:user/alice"}, "ValidationError"),
        ({"RoleArn": "not-an-arn-at-all-not-an-arn"}, "ValidationError"),
        ({"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/none"}, "AccessDenied"),
        ({"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/builder"}, "AccessDenied"),
        ({"RoleArn": "arn:aws:iam::210987654321:role/ops/builder"}, "AccessDenied"),
        ({"RoleSessionName": "with space"}, "ValidationError"),
        ({"SerialNumber": "GAHT12345678", "TokenCode": "123456"}, "AccessDenied"),
        ({"SourceIdentity": "aws:alice"}, "ValidationError"),
    ],
)
def test_a_request_against_the_rules_is_refused(assume: Assume, refused: Any, parameters: Any, code: str) -> None:
    assert refused(assume, **parameters)[0] == code


def test_a_role_that_there_is_not_is_refused_as_one_that_may_not_be_assumed(assume: Assume, refused: Any) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/none"
    assert refused(assume, RoleArn=arn)[1] == (
        f"User: arn:aws:iam::{ACCOUNT}:user/alice is not authorized to perform: sts:AssumeRole on resource: {arn}"
    )


def test_tags_beyond_the_space_are_refused_with_their_share(assume: Assume, refused: Any) -> None:
    tags = [{"Key": f"k{n}", "Value": hashlib.sha512(bytes([n])).hexdigest()} for n in range(50)]
    code, message = refused(assume, Tags=tags)
    assert code == "PackedPolicyTooLarge"
    assert message.startswith("Packed size of session tags consumes 1")


def test_root_assumes_no_role(api: Any, assume: Assume, refused: Any) -> None:
    api.act_as(Principal(kind="Root", account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:root", principal_id=ACCOUNT))
    assert refused(assume) == ("AccessDenied", "Roles may not be assumed by root accounts.")
