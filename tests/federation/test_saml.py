"""Assuming roles with responses of a real SAML provider, through a running server."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from garrison.testing.account import Account
from garrison.testing.clients import Credentials

from .saml_idp import AWS, IdentityProvider, encoded


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory) -> IdentityProvider:
    return IdentityProvider(tmp_path_factory.mktemp("idp"))


@pytest.fixture(scope="module")
def account(garrison_module: Account) -> Account:
    return garrison_module


@pytest.fixture(scope="module")
def provider(account: Account, idp: IdentityProvider) -> str:
    made = account.client("iam").create_saml_provider(Name="corp", SAMLMetadataDocument=idp.metadata)
    return str(made["SAMLProviderArn"])


def trusting(provider: str, condition: dict[str, Any] | None = None, *actions: str) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": ["sts:AssumeRoleWithSAML", *actions],
        "Condition": condition or {"StringEquals": {"saml:aud": AWS}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture(scope="module")
def role(account: Account, provider: str) -> str:
    return account.role("staff", ["IAMReadOnlyAccess"], trust=trusting(provider), MaxSessionDuration=7200).arn


@pytest.fixture(scope="module")
def assume(account: Account, role: str, provider: str) -> Callable[..., dict[str, Any]]:
    sts = account.anonymous("sts")

    def call(xml: str, **parameters: Any) -> dict[str, Any]:
        asked = {"RoleArn": role, "PrincipalArn": provider, "SAMLAssertion": encoded(xml)} | parameters
        answer: dict[str, Any] = sts.assume_role_with_saml(**asked)
        return answer

    return call


def refusal(call: Callable[..., Any], *arguments: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def client_of(account: Account, service: str, answer: dict[str, Any]) -> Any:
    made = answer["Credentials"]
    return account.make_client(
        service,
        None,
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
        config=Config(signature_version="v4"),
    )


def test_a_user_of_the_provider_assumes_a_role(
    account: Account, idp: IdentityProvider, provider: str, role: str, assume: Callable[..., Any]
) -> None:
    before = account.position()
    answer = assume(idp.response("alice", role, provider))
    text = f"{idp.entity_id}{account.account_id}/corp"
    qualifier = base64.b64encode(hashlib.sha1(text.encode()).digest()).decode()
    shown = {key: answer[key] for key in ("Subject", "SubjectType", "Issuer", "Audience", "NameQualifier")}
    assert shown == {
        "Subject": "alice",
        "SubjectType": "persistent",
        "Issuer": idp.entity_id,
        "Audience": AWS,
        "NameQualifier": qualifier,
    }
    arn = f"arn:aws:sts::{account.account_id}:assumed-role/staff/alice"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    assert client_of(account, "sts", answer).get_caller_identity()["Arn"] == arn
    [assumed, used] = account.events(since=before)
    assert assumed["eventName"] == "AssumeRoleWithSAML"
    assert assumed["userIdentity"] == {
        "type": "SAMLUser",
        "principalId": f"{qualifier}:alice",
        "userName": "alice",
        "identityProvider": qualifier,
    }
    parameters = assumed["requestParameters"]
    assert parameters.pop("sAMLAssertionID").startswith("id-")
    assert parameters == {"roleArn": role, "principalArn": provider, "roleSessionName": "alice"}
    assert assumed["responseElements"]["nameQualifier"] == qualifier
    assert assumed["readOnly"] is True
    assert "webIdFederationData" not in used["userIdentity"]["sessionContext"]


def test_an_assertion_is_used_once(
    account: Account, idp: IdentityProvider, provider: str, role: str, assume: Callable[..., Any]
) -> None:
    xml = idp.response("alice", role, provider)
    assert assume(xml)
    again = ("InvalidIdentityToken", "The SAML assertion has been used already")
    assert refusal(assume, xml) == again
    other = IdentityProvider(idp.folder / "other", "other")
    assert refusal(assume, other.response("alice", role, provider))[1] == "Issuer not present in specified provider"


def test_of_many_at_once_one_takes_the_assertion(
    account: Account, idp: IdentityProvider, provider: str, role: str, assume: Callable[..., Any]
) -> None:
    xml = idp.response("alice", role, provider)

    def attempt(number: int) -> str:
        try:
            return str(assume(xml)["Subject"])
        except ClientError as error:
            return str(error.response["Error"]["Message"])

    with ThreadPoolExecutor(8) as threads:
        answers = Counter(threads.map(attempt, range(16)))
    assert answers == {"alice": 1, "The SAML assertion has been used already": 15}


def test_a_refused_assertion_is_not_used_up(
    account: Account, idp: IdentityProvider, provider: str, assume: Callable[..., Any]
) -> None:
    late = account.role("late", trust=trusting(provider, {"StringEquals": {"saml:sub": "nobody"}}))
    xml = idp.response("alice", late.arn, provider)
    assert refusal(assume, xml, RoleArn=late.arn) == (
        "AccessDenied",
        "Not authorized to perform sts:AssumeRoleWithSAML",
    )
    account.client("iam").update_assume_role_policy(RoleName="late", PolicyDocument=json.dumps(trusting(provider)))
    assert assume(xml, RoleArn=late.arn)


def test_the_trust_policy_asks_about_the_assertion(
    account: Account, idp: IdentityProvider, provider: str, assume: Callable[..., Any]
) -> None:
    condition = {
        "StringEquals": {
            "saml:aud": AWS,
            "saml:iss": idp.entity_id,
            "saml:sub_type": "persistent",
            "saml:doc": f"{account.account_id}/corp",
            "saml:mail": "alice@example.com",
        },
        "ForAnyValue:StringEquals": {"saml:edupersonaffiliation": ["staff"]},
    }
    chosen = account.role("chosen", trust=trusting(provider, condition)).arn
    attributes: dict[str, Any] = {
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["member", "staff"],
        "urn:oid:0.9.2342.19200300.100.1.3": "alice@example.com",
    }
    assert assume(idp.response("alice", chosen, provider, **attributes), RoleArn=chosen)
    for change in (
        {"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["member"]},
        {"urn:oid:0.9.2342.19200300.100.1.3": "bob@example.com"},
        {"urn:oid:0.9.2342.19200300.100.1.3": None},
    ):
        xml = idp.response("alice", chosen, provider, **(attributes | change))
        assert refusal(assume, xml, RoleArn=chosen)[0] == "AccessDenied"


def test_the_role_must_be_one_that_the_assertion_names(
    account: Account, idp: IdentityProvider, provider: str, role: str, assume: Callable[..., Any]
) -> None:
    other = account.role("other", trust=trusting(provider)).arn
    code, message = refusal(assume, idp.response("alice", role, provider), RoleArn=other)
    assert (code, message) == ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML")
    assert assume(
        idp.response("alice", role, provider, Role=[f"{provider},{other}", f"{role},{provider}"]), RoleArn=other
    )
    missing = provider + "x"
    assert refusal(assume, idp.response("alice", role, missing), PrincipalArn=missing) == (
        "InvalidIdentityToken",
        "Specified provider doesn't exist",
    )


def test_tags_and_source_identity_need_permission_and_follow_the_session(
    account: Account, idp: IdentityProvider, provider: str, role: str, assume: Callable[..., Any]
) -> None:
    attributes = {"PrincipalTag:Team": "blue", "TransitiveTagKeys": ["Team"], "SourceIdentity": "alice"}
    code, message = refusal(assume, idp.response("alice", role, provider, **attributes))
    assert (code, message) == ("AccessDenied", "Not authorized to perform sts:TagSession")
    trust = trusting(
        provider, {"StringEquals": {"aws:RequestTag/Team": "blue"}}, "sts:TagSession", "sts:SetSourceIdentity"
    )
    policy = {
        "Effect": "Allow",
        "Action": "iam:ListUsers",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:PrincipalTag/Team": "blue", "aws:SourceIdentity": "alice", "saml:sub": "alice"}
        },
    }
    tagged = account.role("tagged", [policy], trust=trust).arn
    answer = assume(idp.response("alice", tagged, provider, **attributes), RoleArn=tagged)
    assert answer["SourceIdentity"] == "alice"
    assert answer["PackedPolicySize"] > 0
    assert client_of(account, "iam", answer).list_users()["Users"]
    bob = assume(idp.response("bob", tagged, provider, **attributes), RoleArn=tagged)
    assert refusal(client_of(account, "iam", bob).list_users)[0] == "AccessDenied"


def test_the_shortest_of_all_durations_counts(
    account: Account, idp: IdentityProvider, provider: str, role: str, assume: Callable[..., Any]
) -> None:
    def minutes(answer: dict[str, Any]) -> float:
        return float((answer["Credentials"]["Expiration"] - datetime.now(UTC)).total_seconds() / 60)

    assert 59 < minutes(assume(idp.response("alice", role, provider))) <= 60
    assert 119 < minutes(assume(idp.response("alice", role, provider), DurationSeconds=7200)) <= 120
    shortened = idp.response("alice", role, provider, SessionDuration="1800")
    assert 29 < minutes(assume(shortened)) <= 30
    soon = datetime.now(UTC) + timedelta(minutes=20)
    assert 19 < minutes(assume(idp.response("alice", role, provider, session_ends_at=soon), DurationSeconds=7200)) <= 20
    assert refusal(assume, idp.response("alice", role, provider), DurationSeconds=7201)[0] == "ValidationError"


def test_this_servers_own_address_may_be_audience_and_recipient(
    account: Account, idp: IdentityProvider, provider: str, assume: Callable[..., Any]
) -> None:
    own = f"{account.endpoint}/saml"
    here = account.role("here", trust=trusting(provider, {"StringEquals": {"saml:aud": own}})).arn
    answer = assume(idp.response("alice", here, provider, audience=own, recipient=own), RoleArn=here)
    assert answer["Audience"] == own


def test_hostile_responses_get_the_modelled_errors_and_leave_their_events(
    account: Account, idp: IdentityProvider, provider: str, role: str, assume: Callable[..., Any]
) -> None:
    xml = idp.response("alice", role, provider)
    before = account.position()
    cases = {
        "ExpiredTokenException": lambda: refusal(assume, xml),
        "IDPRejectedClaim": lambda: refusal(assume, xml.replace("status:Success", "status:Responder")),
        "InvalidIdentityToken": lambda: refusal(assume, xml.replace(">alice<", ">admin<")),
    }
    assert cases["IDPRejectedClaim"]()[0] == "IDPRejectedClaim"
    assert cases["InvalidIdentityToken"]() == ("InvalidIdentityToken", "Response signature invalid")
    account.clock.shift(timedelta(minutes=6))
    assert cases["ExpiredTokenException"]() == (
        "ExpiredTokenException",
        "Token must be redeemed within 5 minutes of issuance",
    )
    account.clock.shift(-timedelta(minutes=6))
    assert (
        refusal(
            account.anonymous("sts").assume_role_with_saml, RoleArn=role, PrincipalArn=provider, SAMLAssertion="!!!!"
        )[1]
        == "Invalid base64 SAMLResponse"
    )
    events = account.events(since=before)
    assert [each["errorCode"] for each in events] == [
        "IDPRejectedClaimException",
        "InvalidIdentityTokenException",
        "ExpiredTokenException",
        "InvalidIdentityTokenException",
    ]
    assert "sAMLAssertion" not in json.dumps(events)


def test_a_providers_new_metadata_brings_its_new_key(
    account: Account, idp: IdentityProvider, role: str, assume: Callable[..., Any]
) -> None:
    iam = account.client("iam")
    arn = iam.create_saml_provider(Name="rotating", SAMLMetadataDocument=idp.metadata)["SAMLProviderArn"]
    rotated = account.role("rotated", trust=trusting(arn)).arn
    new = IdentityProvider(idp.folder / "rotated", "corp")

    def attempt(by: IdentityProvider) -> Any:
        return assume(by.response("alice", rotated, arn), RoleArn=rotated, PrincipalArn=arn)

    assert attempt(idp)
    assert refusal(attempt, new)[1] == "Response signature invalid"
    iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=new.metadata)
    assert attempt(new)
    assert refusal(attempt, idp)[1] == "Response signature invalid"
    iam.delete_saml_provider(SAMLProviderArn=arn)
    assert refusal(attempt, new)[1] == "Specified provider doesn't exist"


def sign_in(account: Account, path: str, body: bytes, kind: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(account.endpoint).netloc, timeout=30)
    connection.request("POST", path, body, {"content-type": kind, "user-agent": "browser"})
    answer = connection.getresponse()
    try:
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def sign_in_with(account: Account, **form: str) -> tuple[int, dict[str, Any]]:
    status, _, body = sign_in(account, "/_garrison/signin", json.dumps(form).encode(), "application/json")
    return status, json.loads(body)


def test_a_response_signs_its_user_in_once(account: Account, idp: IdentityProvider, provider: str, role: str) -> None:
    response, before = encoded(idp.response("alice", role, provider)), account.position()
    status, answer = sign_in_with(account, samlResponse=response)
    assert (status, answer["status"]) == (200, "success")
    assert answer["arn"] == f"arn:aws:sts::{account.account_id}:assumed-role/staff/alice"
    made = answer["credentials"]
    alice = Credentials(made["accessKeyId"], made["secretAccessKey"], made["sessionToken"])
    assert account.make_client("iam", alice).list_users()["Users"]
    assert sign_in_with(account, samlResponse=response)[0] == 401
    first, second = account.events("ConsoleLogin", since=before)
    assert first["responseElements"] == {"ConsoleLogin": "Success"}
    assert first["userIdentity"]["arn"] == answer["arn"]
    assert first["additionalEventData"]["SamlProviderArn"] == provider
    assert (second["errorMessage"], second["userIdentity"]["type"]) == ("Failed authentication", "SAMLUser")
    assert len(account.events("AssumeRoleWithSAML", since=before)) == 2
    assert response not in json.dumps(account.events(since=before))


def test_whoever_may_have_several_roles_names_one(
    account: Account, idp: IdentityProvider, provider: str, role: str
) -> None:
    other = account.role("auditors", trust=trusting(provider)).arn
    pairs = [f"{role},{provider}", f"{provider},{other}"]
    response = encoded(idp.response("alice", role, provider, Role=pairs))
    status, answer = sign_in_with(account, samlResponse=response)
    assert (status, answer["status"], answer["roles"]) == (403, "role_required", [role, other])
    status, answer = sign_in_with(account, samlResponse=response, role=other)
    assert (status, answer["arn"].split("/")[1]) == (200, "auditors")
    elsewhere = encoded(idp.response("alice", role, provider))
    assert sign_in_with(account, samlResponse=elsewhere, role=other)[0] == 401


@pytest.mark.parametrize("response", ["", "AAAA", "no base64!", "PHg+PC94Pg=="])
def test_what_is_no_response_signs_nobody_in(account: Account, response: str) -> None:
    assert sign_in_with(account, samlResponse=response) == (
        401,
        {"status": "failed", "message": "Your authentication information is incorrect. Please try again."},
    )


def test_a_browser_brings_its_response_and_gets_a_token_for_a_page_of_this_server(
    account: Account, idp: IdentityProvider, provider: str, role: str
) -> None:
    own = f"{account.endpoint}/saml"
    here = account.role("browsers", trust=trusting(provider, {"StringEquals": {"saml:aud": own}})).arn

    def bring(relay_state: str, subject: str = "alice", role: str = here) -> tuple[int, dict[str, str], bytes]:
        response = encoded(idp.response(subject, role, provider, recipient=own))
        form = urlencode({"SAMLResponse": response, "RelayState": relay_state}).encode()
        return sign_in(account, "/saml", form, "application/x-www-form-urlencoded")

    status, headers, _ = bring("/findings?open=1")
    assert status == 303
    page, _, token = headers["location"].partition("#SigninToken=")
    assert page == "/findings?open=1"
    status, answer = sign_in_with(account, signinToken=unquote(token))
    assert (status, answer["arn"].split("/")[-1]) == (200, "alice")
    assert bring("https://evil.example.com/")[1]["location"].startswith(f"{account.console}#signinToken=")
    assert bring("/_garrison/console/iam")[1]["location"].startswith(f"{account.console}iam#signinToken=")
    assert bring("/", subject="not a session name!")[0] == 401
    refused = bring("/", role=role)
    assert (refused[0], b"Begin again at the identity provider" in refused[2]) == (401, True)

    # Whoever may have several roles is shown them, and the button sends the same response with one.
    pairs = [f"{here},{provider}", f"{role},{provider}"]
    response = encoded(idp.response("alice", here, provider, recipient=own, Role=pairs))
    asked = {"SAMLResponse": response, "RelayState": '"><script>'}
    kind = "application/x-www-form-urlencoded"
    status, headers, page = sign_in(account, "/saml", urlencode(asked).encode(), kind)
    assert (status, b"<script>" in page) == (200, False)
    assert headers["content-security-policy"].endswith("sandbox allow-forms")
    assert f'<button name="roleIndex" value="{here}">' in page.decode() and escape(response) in page.decode()
    chosen = sign_in(account, "/saml", urlencode(asked | {"roleIndex": here}).encode(), kind)
    assert chosen[0] == 303
