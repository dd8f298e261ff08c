"""Assuming roles with tokens of a real OpenID Connect provider, and with hostile ones made from them."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing.account import Account
from garrison.testing.servers import Servers

from .certificates import Authority
from .openid import Provider, claims_of, running

CLIENT = "app"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def account(provider: Provider) -> Iterator[Account]:
    servers = Servers()
    made = Account(servers, identity_provider_hosts=[provider.name])
    yield made
    made.close()
    servers.close()


@pytest.fixture(scope="module")
def registered(account: Account, provider: Provider) -> str:
    made = account.client("iam").create_open_id_connect_provider(Url=provider.issuer, ClientIDList=[CLIENT, "other"])
    return str(made["OpenIDConnectProviderArn"])


def trusting(registered: str, condition: dict[str, Any] | None = None, *actions: str) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Federated": registered},
        "Action": ["sts:AssumeRoleWithWebIdentity", *actions],
    }
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}


@pytest.fixture(scope="module")
def role(account: Account, registered: str) -> str:
    return account.role("web", trust=trusting(registered)).arn


@pytest.fixture(scope="module")
def assume(account: Account, role: str) -> Callable[..., dict[str, Any]]:
    sts = account.anonymous("sts")

    def call(token: str, **parameters: Any) -> dict[str, Any]:
        asked = {"RoleArn": role, "RoleSessionName": "work", "WebIdentityToken": token} | parameters
        answer: dict[str, Any] = sts.assume_role_with_web_identity(**asked)
        return answer

    return call


def refusal(call: Callable[..., Any], *arguments: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def test_a_user_of_the_provider_assumes_a_role(
    account: Account, provider: Provider, registered: str, role: str, assume: Callable[..., Any]
) -> None:
    before = account.position()
    answer = assume(provider.sign_in("alice"), DurationSeconds=900)
    assert answer["SubjectFromWebIdentityToken"] == "alice"
    assert answer["Audience"] == CLIENT
    assert answer["Provider"] == registered
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account.account_id}:assumed-role/web/work"
    assert "PackedPolicySize" not in answer
    made = answer["Credentials"]
    session = account.make_client(
        "sts",
        None,
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
        config=signing(),
    )
    assert session.get_caller_identity()["Arn"] == answer["AssumedRoleUser"]["Arn"]
    [assumed, used] = account.events(since=before)
    assert assumed["eventName"] == "AssumeRoleWithWebIdentity"
    assert assumed["userIdentity"] == {
        "type": "WebIdentityUser",
        "principalId": f"{registered}:{CLIENT}:alice",
        "userName": "alice",
        "identityProvider": registered,
    }
    assert assumed["requestParameters"] == {"roleArn": role, "roleSessionName": "work", "durationSeconds": 900}
    assert assumed["responseElements"]["provider"] == registered
    assert assumed["readOnly"] is True
    assert [each["ARN"] for each in assumed["resources"]] == [role]
    assert used["userIdentity"]["sessionContext"]["webIdFederationData"] == {
        "federatedProvider": registered,
        "attributes": {f"{provider.name}:aud": CLIENT, f"{provider.name}:sub": "alice"},
    }


def signing() -> Any:
    from botocore.config import Config

    return Config(signature_version="v4")


def test_the_trust_policy_asks_about_the_token(
    account: Account, provider: Provider, registered: str, assume: Callable[..., Any]
) -> None:
    condition = {
        "StringEquals": {f"{provider.name}:aud": CLIENT, f"{provider.name}:sub": "bob"},
        "ForAnyValue:StringEquals": {f"{provider.name}:amr": "mfa"},
    }
    bobs = account.role("bobs", trust=trusting(registered, condition)).arn
    assert assume(provider.sign_in("bob", amr=["pwd", "mfa"]), RoleArn=bobs)
    before = account.position()
    for token in (
        provider.sign_in("alice", amr=["mfa"]),
        provider.sign_in("bob", amr=["pwd"]),
        provider.sign_in("bob", client_id="other", amr=["mfa"]),
    ):
        assert refusal(assume, token, RoleArn=bobs) == (
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        )
    assert [each["errorCode"] for each in account.events(since=before)] == ["AccessDenied"] * 3
    assert account.assert_denied("AssumeRoleWithWebIdentity", by="trust", since=before)


def test_a_role_that_is_not_there_looks_like_one_that_trusts_nobody(
    account: Account, provider: Provider, assume: Callable[..., Any]
) -> None:
    token = provider.sign_in("alice")
    users = account.role("for-users").arn
    other = "arn:aws:iam::999999999999:role/web"
    answers = {refusal(assume, token, RoleArn=arn) for arn in (users, users + "x")}
    assert answers == {("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")}
    assert refusal(assume, token, RoleArn=other)[0] in ("AccessDenied", "InvalidIdentityToken")
    assert refusal(assume, token, RoleArn="arn:aws:iam::1:user/alice-and-more")[0] == "ValidationError"


def test_session_tags_and_source_identity_come_with_the_token_and_need_permission(
    account: Account, provider: Provider, registered: str, assume: Callable[..., Any]
) -> None:
    claims = {
        "https://aws.amazon.com/tags": {
            "principal_tags": {"Team": ["blue"], "Level": "3"},
            "transitive_tag_keys": ["Team"],
        },
        "https://aws.amazon.com/source_identity": "alice",
    }
    token = provider.sign_in("alice", **claims)
    assert refusal(assume, token) == ("AccessDenied", "Not authorized to perform sts:TagSession")
    condition = {"StringEquals": {"aws:RequestTag/Team": "blue"}, "StringLike": {"sts:SourceIdentity": "*"}}
    tagged = account.role(
        "tagged", trust=trusting(registered, condition, "sts:TagSession", "sts:SetSourceIdentity")
    ).arn
    answer = assume(token, RoleArn=tagged)
    assert answer["SourceIdentity"] == "alice"
    assert 0 < answer["PackedPolicySize"] < 10
    flat = {
        "https://aws.amazon.com/tags/principal_tags/Team": ["blue"],
        "https://aws.amazon.com/tags/transitive_tag_keys": ["Team"],
        "https://aws.amazon.com/source_identity": "alice",
    }
    assert assume(provider.sign_in("alice", **flat), RoleArn=tagged)["SourceIdentity"] == "alice"
    red = provider.sign_in("alice", **(flat | {"https://aws.amazon.com/tags/principal_tags/Team": ["red"]}))
    assert refusal(assume, red, RoleArn=tagged)[0] == "AccessDenied"


def test_a_session_policy_limits_what_the_role_may(
    account: Account, registered: str, provider: Provider, assume: Callable[..., Any]
) -> None:
    arn = account.role("reader", ["IAMReadOnlyAccess"], trust=trusting(registered)).arn
    none = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    for parameters, may in (({}, True), ({"Policy": none}, False)):
        made = assume(provider.sign_in("alice"), RoleArn=arn, **parameters)["Credentials"]
        iam = account.make_client(
            "iam",
            None,
            aws_access_key_id=made["AccessKeyId"],
            aws_secret_access_key=made["SecretAccessKey"],
            aws_session_token=made["SessionToken"],
            config=signing(),
        )
        if may:
            assert iam.list_users()["Users"]
        else:
            assert refusal(iam.list_users)[0] == "AccessDenied"
    assert refusal(assume, provider.sign_in("alice"), DurationSeconds=7200)[0] == "ValidationError"


def test_a_new_key_is_found_and_the_old_one_counts_no_more(
    account: Account, provider: Provider, assume: Callable[..., Any]
) -> None:
    old = provider.sign_in("alice")
    assert assume(old)
    provider.rotate()
    account.clock.shift(timedelta(seconds=30))
    assert assume(provider.sign_in("alice"))
    assert refusal(assume, old)[0] == "InvalidIdentityToken"


def test_a_token_expires_five_minutes_after_its_time_and_begins_five_before(
    provider: Provider, assume: Callable[..., Any]
) -> None:
    claims = claims_of(provider.sign_in("alice"))
    now = int(time.time())
    assert assume(provider.signed(claims | {"exp": now - 120}))
    code, message = refusal(assume, provider.signed(claims | {"exp": now - 400}))
    assert code == "ExpiredTokenException"
    assert "must be before the expiration date/time" in message
    assert assume(provider.signed(claims | {"nbf": now + 60, "iat": now + 60}))
    for late in (
        {"nbf": now + 4000},
        {"iat": now + 4000},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 1e400},
        {"exp": True},
    ):
        assert refusal(assume, provider.signed(claims | late))[0] == "InvalidIdentityToken", late


def test_the_audience_must_be_registered_and_the_authorized_party_goes_before_it(
    account: Account, provider: Provider, assume: Callable[..., Any]
) -> None:
    claims = claims_of(provider.sign_in("alice"))
    incorrect = ("InvalidIdentityToken", "Incorrect token audience")
    assert refusal(assume, provider.sign_in("alice", client_id="stranger")) == incorrect
    assert refusal(assume, provider.signed(claims | {"aud": ["x", "y"]})) == incorrect
    assert assume(provider.signed(claims | {"aud": ["x", CLIENT]}))["Audience"] == CLIENT
    assert refusal(assume, provider.signed(claims | {"azp": "stranger"})) == incorrect
    assert assume(provider.signed(claims | {"aud": "api", "azp": "other"}))["Audience"] == "other"
    for missing in ("aud", "sub", "iss"):
        code, message = refusal(assume, provider.signed({**claims, missing: None}))
        assert (code, message) == ("InvalidIdentityToken", f"Missing a required claim: {missing}")
    assert refusal(assume, provider.signed(claims | {"iss": provider.issuer + "/"}))[0] == "InvalidIdentityToken"


def test_forged_tokens_are_refused(provider: Provider, assume: Callable[..., Any]) -> None:
    from authlib.jose import ECKey, RSAKey

    claims = claims_of(provider.sign_in("alice"))
    genuine = provider.signed(claims)
    assert assume(genuine)
    header, payload, signature = genuine.split(".")
    stranger = RSAKey.generate_key(is_private=True)
    public = provider.key.as_pem(is_private=False)
    import base64

    def encoded(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    kid = provider.key.as_dict()["kid"]
    forged = {
        "another key under the same key id": provider.signed(claims, stranger),
        "another key without a key id": provider.signed(claims, stranger, kid=None),
        "a key that the token brings": provider.signed(claims, stranger, jwk=stranger.as_dict()),
        "a key that the token points to": provider.signed(claims, stranger, jku="https://evil.example.com/jwks"),
        "a key id that is a path": provider.signed(claims, stranger, kid="../../dev/null"),
        "the public key as a secret": hs256(claims, public, kid),
        "an unsigned token": f"{encoded({'alg': 'none', 'kid': kid})}.{payload}.",
        "an unsigned token with a signature": f"{encoded({'alg': 'none'})}.{payload}.{signature}",
        "another payload": f"{header}.{encoded(claims | {'sub': 'admin'})}.{signature}",
        "no signature": f"{header}.{payload}.",
        "a short signature": f"{header}.{payload}.{signature[:-8]}",
        "an extension that must be understood": provider.signed(claims, crit=["kid"]),
        "an elliptic signature with the RSA key's id": provider.signed(
            claims, ECKey.generate_key("P-256", is_private=True), alg="ES256"
        ),
        "a logout token": provider.signed(claims, typ="logout+jwt"),
    }
    for what, token in forged.items():
        assert refusal(assume, token)[0] == "InvalidIdentityToken", what


def hs256(claims: dict[str, Any], secret: bytes, kid: str) -> str:
    """Signed by hand: libraries refuse to use a public key as a secret."""
    import base64
    import hashlib
    import hmac

    def part(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    signed = ".".join(part(json.dumps(value).encode()) for value in ({"alg": "HS256", "kid": kid}, claims))
    return f"{signed}.{part(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def test_elliptic_keys_verify_with_their_own_curve_only(
    account: Account, provider: Provider, assume: Callable[..., Any]
) -> None:
    from authlib.jose import ECKey

    claims = claims_of(provider.sign_in("alice"))
    before = provider.key
    for curve, algorithm in (("P-256", "ES256"), ("P-384", "ES384"), ("P-521", "ES512")):
        provider.publish(ECKey.generate_key(curve, is_private=True))
        account.clock.shift(timedelta(seconds=30))
        assert assume(provider.signed(claims, alg=algorithm)), algorithm
    provider.publish(before)
    account.clock.shift(timedelta(seconds=30))
    assert assume(provider.signed(claims))


def test_garbage_is_no_token(assume: Callable[..., Any]) -> None:
    deep = "eyJhbGciOiJSUzI1NiJ9." + "W1tb" * 4000 + ".c2ln"
    for token in ("abcd", "a.b.c", "....", "é.é.é", "eyJhbGciOiJSUzI1NiJ9.W10.c2ln", deep, "a" * 20000):
        assert refusal(assume, token)[0] == "InvalidIdentityToken", token[:40]
    assert refusal(assume, "a" * 20001)[0] == "ValidationError"


def test_an_issuer_that_is_not_registered_is_named(
    account: Account, provider: Provider, assume: Callable[..., Any]
) -> None:
    claims = claims_of(provider.sign_in("alice")) | {"iss": "https://unknown.example.com"}
    before = account.position()
    assert refusal(assume, provider.signed(claims)) == (
        "InvalidIdentityToken",
        "No OpenIDConnect provider found in your account for https://unknown.example.com",
    )
    [event] = account.events(since=before)
    assert event["errorCode"] == "InvalidIdentityTokenException"
    assert "webIdentityToken" not in json.dumps(event)


def test_an_issuer_that_the_operator_does_not_list_is_not_called(account: Account, provider: Provider) -> None:
    iam, sts = account.client("iam"), account.anonymous("sts")
    arn = iam.create_open_id_connect_provider(
        Url="https://not-listed.example.com", ClientIDList=[CLIENT], ThumbprintList=["0" * 40]
    )["OpenIDConnectProviderArn"]
    role = account.role("not-listed", trust=trusting(arn)).arn
    claims = claims_of(provider.sign_in("alice")) | {"iss": "https://not-listed.example.com"}
    code, message = refusal(
        sts.assume_role_with_web_identity,
        RoleArn=role,
        RoleSessionName="work",
        WebIdentityToken=provider.signed(claims),
    )
    assert code == "InvalidIdentityToken"
    assert "identity_provider_hosts" in message
    with pytest.raises(ClientError, match="Invalid Open ID Connect Provider URL"):
        iam.create_open_id_connect_provider(Url="http://127.0.0.1:1", ClientIDList=[CLIENT], ThumbprintList=["0" * 40])
    with pytest.raises(ClientError, match="OpenIdIdpCommunicationError"):
        iam.create_open_id_connect_provider(Url="https://other.example.com", ClientIDList=[CLIENT])


def test_a_provider_that_is_away_is_a_communication_error(account: Account, provider: Provider) -> None:
    """SDKs try again at that."""
    servers = Servers()
    with running() as leaving:
        other = Account(servers, identity_provider_hosts=[leaving.name])
        token = leaving.sign_in("alice")
    try:
        arn = other.client("iam").create_open_id_connect_provider(
            Url=leaving.issuer, ClientIDList=[CLIENT], ThumbprintList=["0" * 40]
        )["OpenIDConnectProviderArn"]
        role = other.role("web", trust=trusting(arn)).arn
        assume = other.anonymous("sts").assume_role_with_web_identity
        assert refusal(assume, RoleArn=role, RoleSessionName="work", WebIdentityToken=token) == (
            "IDPCommunicationError",
            "The identity provider could not be reached",
        )
    finally:
        other.close()
        servers.close()


def test_a_thumbprint_vouches_for_a_provider_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    servers = Servers()
    with running(authority.context) as provider:
        account = Account(servers, identity_provider_hosts=[provider.name])
        try:
            iam, sts = account.client("iam"), account.anonymous("sts")
            made = iam.create_open_id_connect_provider(Url=provider.issuer, ClientIDList=[CLIENT])
            arn = made["OpenIDConnectProviderArn"]
            shown = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
            assert shown["ThumbprintList"] == [authority.thumbprint]
            asked = {"RoleArn": account.role("web", trust=trusting(arn)).arn, "RoleSessionName": "work"}
            token = provider.sign_in("alice")
            assert sts.assume_role_with_web_identity(WebIdentityToken=token, **asked)["Provider"] == arn
            [event] = account.events("AssumeRoleWithWebIdentity")
            assert event["additionalEventData"] == {"identityProviderConnectionVerificationMethod": "Thumbprint"}
            iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["0" * 40])
            code, message = refusal(sts.assume_role_with_web_identity, WebIdentityToken=token, **asked)
            assert code == "InvalidIdentityToken"
            assert "doesn't match configured thumbprint" in message
        finally:
            account.close()
            servers.close()


def test_a_token_signs_its_user_in_with_the_role_that_is_named(
    account: Account, provider: Provider, registered: str, role: str
) -> None:
    def sign_in(**form: str) -> tuple[int, dict[str, Any]]:
        asked = urllib.request.Request(
            f"{account.endpoint}/_garrison/signin", json.dumps(form).encode(), {"content-type": "application/json"}
        )
        try:
            with urllib.request.urlopen(asked) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    before = account.position()
    token = provider.sign_in("carol", email="carol@example.com")
    status, answer = sign_in(webIdentityToken=token, role=role)
    assert (status, answer["arn"].split("/")[1:]) == (200, ["web", "carol@example.com"])
    status, answer = sign_in(webIdentityToken=token, role=role, sessionName="chosen")
    assert answer["arn"].endswith("/web/chosen")
    for wrong in ({"role": role, "webIdentityToken": token[:-8] + "AAAAAAAA"}, {"webIdentityToken": token}):
        assert sign_in(**wrong)[0] == 401
    logins = account.events("ConsoleLogin", since=before)
    assert [one["responseElements"]["ConsoleLogin"] for one in logins] == ["Success", "Success", "Failure", "Failure"]
    assert logins[0]["userIdentity"]["sessionContext"]["webIdFederationData"]["federatedProvider"] == registered
    assert logins[2]["userIdentity"] == {"type": "WebIdentityUser", "accountId": account.account_id}
