"""Who may assume a role: the caller's policies and the role's trust policy decide together, as the gateway asks them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from garrison import services
from garrison.gateway.authorize import Authorization, authorize
from garrison.gateway.context import principal_context
from garrison.identifiers import request_id
from garrison.services.call import Call
from garrison.services.iam.principals import policies_of
from garrison.services.sts.sessions import open_token

ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:role/builder"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
EVERY_STS_ACTION = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


@pytest.fixture
def asked(api: Any) -> Callable[..., Authorization]:
    """Asks the policies for a call of the current principal, without carrying it out."""

    def ask(operation: str = "AssumeRole", **parameters: Any) -> Authorization:
        request = parameters if operation != "AssumeRole" else {"RoleArn": ARN, "RoleSessionName": "work"} | parameters
        with api.store.reading(ACCOUNT, "us-east-1") as unit:
            call = Call(
                service="sts",
                operation=operation,
                request_id=request_id(),
                event_id=request_id(),
                at=api.clock.now(),
                principal=api.principal,
                account=ACCOUNT,
                region="us-east-1",
                source_address="192.0.2.1",
                user_agent="botocore",
                unit=unit,
                parts=api.parts,
            )
            declared = services.load("sts").operations[operation]
            return authorize(
                call, declared, request, policies_of(unit, api.principal), principal_context(api.principal)
            )

    api.iam.create_user(UserName="alice")
    return ask


def trust(api: Any, principal: dict[str, str], actions: list[str] = EVERY_STS_ACTION, **condition: Any) -> None:
    """Make the role with a trust policy of one statement."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": actions, "Condition": condition}
    api.iam.create_role(
        RoleName="builder",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def allow(api: Any, *actions: str) -> None:
    """Give alice a policy that allows the actions."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    api.iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=document)


def act_as_session(api: Any, answer: dict[str, Any]) -> None:
    given = answer["Credentials"]
    api.act_as(open_token(api.parts.root_key, given["AccessKeyId"], given["SessionToken"], api.clock.now()).principal)


def test_a_role_that_trusts_the_account_needs_the_callers_policy_too(api: Any, asked: Any) -> None:
    trust(api, {"AWS": ACCOUNT})
    api.act_as_user("alice")
    assert asked().refusal is not None
    allow(api, "sts:AssumeRole")
    api.act_as_user("alice")
    assert asked().refusal is None


def test_a_role_that_trusts_the_user_by_name_asks_for_no_more(api: Any, asked: Any) -> None:
    trust(api, {"AWS": ALICE})
    api.act_as_user("alice")
    assert asked().refusal is None


def test_the_callers_policy_alone_is_not_enough(api: Any, asked: Any) -> None:
    trust(api, {"Service": "ec2.amazonaws.com"})
    allow(api, "sts:*")
    api.act_as_user("alice")
    assert asked().refusal is not None


def test_the_external_id_must_be_the_one_that_the_role_asks_for(api: Any, asked: Any) -> None:
    trust(api, {"AWS": ALICE}, StringEquals={"sts:ExternalId": "ticket-7"})
    api.act_as_user("alice")
    assert asked(ExternalId="ticket-7").refusal is None
    assert asked(ExternalId="ticket-8").refusal is not None
    assert asked().refusal is not None


def test_a_session_name_can_be_held_to_the_users(api: Any, asked: Any) -> None:
    trust(api, {"AWS": ALICE}, StringLike={"sts:RoleSessionName": "${aws:username}"})
    api.act_as_user("alice")
    assert asked(RoleSessionName="alice").refusal is None
    assert asked(RoleSessionName="bob").refusal is not None


@pytest.mark.parametrize(
    ("parameters", "action"),
    [
        ({"Tags": [{"Key": "team", "Value": "blue"}]}, "sts:TagSession"),
        ({"SourceIdentity": "alice"}, "sts:SetSourceIdentity"),
    ],
)
def test_tags_and_source_identity_must_be_trusted_as_well(
    api: Any, asked: Any, parameters: dict[str, Any], action: str
) -> None:
    trust(api, {"AWS": ALICE}, ["sts:AssumeRole"])
    api.act_as_user("alice")
    assert asked().refusal is None
    refusal = asked(**parameters).refusal
    assert refusal is not None
    assert refusal[:2] == (action, ARN)


def test_a_trust_policy_can_ask_for_tags_and_a_source_identity(api: Any, asked: Any) -> None:
    trust(
        api,
        {"AWS": ALICE},
        StringEquals={"aws:RequestTag/team": "blue", "sts:SourceIdentity": "${aws:username}"},
        **{"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["team"]}},
    )
    api.act_as_user("alice")
    good = {
        "Tags": [{"Key": "team", "Value": "blue"}],
        "TransitiveTagKeys": ["team"],
        "SourceIdentity": "alice",
    }
    assert asked(**good).refusal is None
    assert asked(**good | {"SourceIdentity": "bob"}).refusal is not None
    assert asked(**good | {"Tags": [{"Key": "team", "Value": "red"}]}).refusal is not None
    assert asked(**good | {"TransitiveTagKeys": ["team", "other"]}).refusal is not None
    assert asked().refusal is not None


def test_a_chain_must_be_trusted_with_what_it_hands_on(api: Any, asked: Any) -> None:
    trust(api, {"AWS": ACCOUNT}, ["sts:AssumeRole"])
    session = {"RoleArn": ARN, "RoleSessionName": "work", "Tags": [{"Key": "team", "Value": "blue"}]}
    api.act_as_user("alice")
    answer = api.sts.assume_role(**session, TransitiveTagKeys=["team"])
    api.act_as_role("builder")
    own = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}
    api.iam.put_role_policy(RoleName="builder", PolicyName="own", PolicyDocument=json.dumps(own))
    act_as_session(api, answer)
    refusal = asked().refusal
    assert refusal is not None
    assert refusal[0] == "sts:TagSession"


def test_a_role_that_there_is_not_is_refused(api: Any, asked: Any) -> None:
    api.act_as_user("alice")
    assert asked().refusal is not None


def test_a_federated_user_may_do_nothing_without_session_policies(api: Any, asked: Any) -> None:
    allow(api, "sts:*")
    api.act_as_user("alice")
    assert asked("GetFederationToken", Name="visitor").refusal is None
    act_as_session(api, api.sts.get_federation_token(Name="visitor"))
    assert asked("DecodeAuthorizationMessage", EncodedMessage="x").refusal is not None
    assert asked("GetCallerIdentity").refusal is None


def test_a_session_policy_narrows_what_the_role_may(api: Any, asked: Any) -> None:
    trust(api, {"AWS": ALICE})
    own = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    api.iam.put_role_policy(RoleName="builder", PolicyName="own", PolicyDocument=json.dumps(own))
    narrow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    api.act_as_user("alice")
    wide = api.sts.assume_role(RoleArn=ARN, RoleSessionName="work")
    narrowed = api.sts.assume_role(RoleArn=ARN, RoleSessionName="work", Policy=json.dumps(narrow))
    act_as_session(api, wide)
    assert asked("DecodeAuthorizationMessage", EncodedMessage="x").refusal is None
    act_as_session(api, narrowed)
    assert asked("DecodeAuthorizationMessage", EncodedMessage="x").refusal is not None
