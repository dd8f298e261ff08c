"""GetSessionToken, GetFederationToken, and what their credentials may not do; who calls; whose key it is."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from garrison.services.identity import Principal
from garrison.services.sts.denials import encode_denial
from garrison.services.sts.sessions import open_token

ACCOUNT = "123456789012"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


@pytest.fixture
def sts(api: Any) -> Any:
    api.iam.create_user(UserName="alice", Path="/staff/")
    api.act_as_user("alice")
    return api.sts


def principal_of(api: Any, answer: dict[str, Any]) -> Principal:
    given = answer["Credentials"]
    return open_token(api.parts.root_key, given["AccessKeyId"], given["SessionToken"], api.clock.now()).principal


def test_a_session_token_keeps_the_users_identity(api: Any, sts: Any) -> None:
    before = sts.get_caller_identity()
    answer = sts.get_session_token()
    assert api.asked.needs == {}
    assert answer["Credentials"]["Expiration"] == api.clock.now() + timedelta(hours=12)
    api.act_as(principal_of(api, answer))
    after = sts.get_caller_identity()
    assert [before[member] for member in ("UserId", "Arn", "Account")] == [
        after[m] for m in ("UserId", "Arn", "Account")
    ]


@pytest.mark.parametrize("operation", ["get_session_token", "get_federation_token"])
def test_root_gets_an_hour_at_most(api: Any, operation: str) -> None:
    parameters = {"Name": "visitor"} if operation == "get_federation_token" else {}
    for seconds in ({}, {"DurationSeconds": 129600}):
        answer = getattr(api.sts, operation)(**parameters, **seconds)
        assert answer["Credentials"]["Expiration"] == api.clock.now() + timedelta(hours=1)


def test_a_user_gets_36_hours_at_most(api: Any, sts: Any, refused: Any) -> None:
    answer = sts.get_session_token(DurationSeconds=129600)
    assert answer["Credentials"]["Expiration"] == api.clock.now() + timedelta(hours=36)
    assert refused(sts.get_session_token, DurationSeconds=129601)[0] == "ValidationError"


def test_a_federated_user_is_its_own_and_needs_its_own_right(api: Any, sts: Any) -> None:
    answer = sts.get_federation_token(Name="visitor", Policy=POLICY, Tags=[{"Key": "team", "Value": "blue"}])
    arn = f"arn:aws:sts::{ACCOUNT}:federated-user/visitor"
    assert answer["FederatedUser"] == {"FederatedUserId": f"{ACCOUNT}:visitor", "Arn": arn}
    assert answer["PackedPolicySize"] > 0
    assert api.asked.needs == {"sts:GetFederationToken": [arn], "sts:TagSession": [arn]}
    assert api.asked.context == {"aws:RequestTag/team": "blue", "aws:TagKeys": ["team"]}
    principal = principal_of(api, answer)
    assert principal.session is not None
    assert principal.session.policies == (POLICY,)
    assert principal.session.issuer.arn == f"arn:aws:iam::{ACCOUNT}:user/staff/alice"
    assert principal.tags == {"team": "blue"}


def test_session_credentials_make_no_sessions_of_users(api: Any, sts: Any, refused: Any) -> None:
    given = [sts.get_session_token(), sts.get_federation_token(Name="visitor")]
    for answer in given:
        api.act_as(principal_of(api, answer))
        message = "Cannot call {} with session credentials"
        assert refused(sts.get_session_token) == ("AccessDenied", message.format("GetSessionToken"))
        assert refused(sts.get_federation_token, Name="other") == ("AccessDenied", message.format("GetFederationToken"))
        assert refused(sts.get_access_key_info, AccessKeyId="AKIAIOSFODNN7EXAMPLE")[0] == "AccessDenied"
        assert refused(sts.decode_authorization_message, EncodedMessage="x")[0] == "AccessDenied"
        assert sts.get_caller_identity()["Account"] == ACCOUNT
    role = f"arn:aws:iam::{ACCOUNT}:role/any"
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="work")[0] == "AccessDenied"


def test_an_mfa_device_that_there_is_not_is_refused(sts: Any, refused: Any) -> None:
    device = f"arn:aws:iam::{ACCOUNT}:mfa/alice"
    code, message = refused(sts.get_session_token, SerialNumber=device, TokenCode="123456")
    assert code == "AccessDenied"
    assert message.startswith("MultiFactorAuthentication failed")


def test_the_account_of_a_key_is_read_from_its_id(api: Any, sts: Any, refused: Any) -> None:
    long_term = api.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    session = sts.get_session_token()["Credentials"]["AccessKeyId"]
    for key_id in (long_term, session):
        assert sts.get_access_key_info(AccessKeyId=key_id)["Account"] == ACCOUNT
    assert refused(sts.get_access_key_info, AccessKeyId="AKIA0000000000000000")[0] == "ValidationError"


def test_a_denial_is_decoded(api: Any, sts: Any, refused: Any) -> None:
    details = {"allowed": False, "context": {"action": "ec2:StopInstances"}}
    message = encode_denial(api.parts.root_key, ACCOUNT, details, api.clock.now())
    assert json.loads(sts.decode_authorization_message(EncodedMessage=message)["DecodedMessage"]) == details
    api.clock.advance(days=1)
    assert (
        refused(sts.decode_authorization_message, EncodedMessage=message)[0] == "InvalidAuthorizationMessageException"
    )


def test_a_smallest_token_size_is_reached(sts: Any) -> None:
    answer = sts.get_session_token(MinimumSessionTokenSize=3000)
    assert answer["SessionTokenSize"] == len(answer["Credentials"]["SessionToken"]) >= 3000


def jwt(claims: dict[str, Any]) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "RS256"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), "signature"])


def test_without_identity_providers_no_token_of_theirs_is_taken(sts: Any, refused: Any) -> None:
    role = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/any"}
    web = sts.assume_role_with_web_identity
    token = jwt({"iss": "https://issuer.example.org"})
    assert refused(web, **role, RoleSessionName="work", WebIdentityToken=token) == (
        "InvalidIdentityToken",
        "No OpenIDConnect provider found in your account for https://issuer.example.org",
    )
    for other in ("abcd", "a.b.c", jwt([]), "....", "é.é.é"):  # type: ignore[arg-type]
        assert refused(web, **role, RoleSessionName="work", WebIdentityToken=other)[0] == "InvalidIdentityToken"
    provider = f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"
    for assertion in ("PHhtbC8+", "not base64"):
        answer = refused(sts.assume_role_with_saml, **role, PrincipalArn=provider, SAMLAssertion=assertion)
        assert answer[0] == "InvalidIdentityToken"


def test_member_accounts_and_outbound_federation_are_refused(sts: Any, refused: Any) -> None:
    task = {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
    assert refused(sts.assume_root, TargetPrincipal="210987654321", TaskPolicyArn=task)[0] == "AccessDenied"
    code, _ = refused(sts.get_web_identity_token, Audience=["x"], SigningAlgorithm="RS256")
    assert code == "OutboundWebIdentityFederationDisabledException"
