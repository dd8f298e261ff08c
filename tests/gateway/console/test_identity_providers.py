"""Signing in to the console by a real OpenID Connect provider, and answers of providers that belong to nobody's question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest

from garrison.testing.account import Account
from garrison.testing.servers import Servers

from ...federation.openid import Provider, running
from .browser import Answer, Browser

BEGIN = "/_garrison/console/oidc?provider=corp"
CALLBACK = "/_garrison/console/oidc/callback"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def account(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account whose console offers the provider; its id is only known once it is there, as its ARNs are."""
    secret = tmp_path_factory.mktemp("client") / "secret"
    secret.write_text("any\n")
    secret.chmod(0o600)
    own = "111122223333"
    corp = {
        "provider": f"arn:aws:iam::{own}:oidc-provider/{provider.name}",
        "client_id": "console",
        "client_secret_file": str(secret),
        "role": f"arn:aws:iam::{own}:role/staff",
    }
    adfs = {"provider": f"arn:aws:iam::{own}:saml-provider/adfs", "url": "https://adfs.example.com/idp"}
    servers = Servers()
    made = Account(
        servers,
        account_id=own,
        identity_provider_hosts=[provider.name],
        console_providers={"corp": corp, "adfs": adfs},
    )
    arn = made.client("iam").create_open_id_connect_provider(Url=provider.issuer, ClientIDList=["console"])
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": arn["OpenIDConnectProviderArn"]},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{provider.name}:sub": "anna"}},
    }
    made.role("staff", ["IAMReadOnlyAccess"], trust={"Version": "2012-10-17", "Statement": [statement]})
    yield made
    made.close()
    servers.close()


@pytest.fixture
def browser(account: Account) -> Browser:
    return Browser(account)


def go(browser: Browser, asked: str = "") -> str:
    """Press the button: the provider's address, with the cookie kept."""
    begun = browser.send("GET", f"{BEGIN}&{urlencode({'asked': asked})}", origin=None, Content_Type=None)
    assert begun.status == 302
    cookie = begun.headers["set-cookie"]
    assert "; Path=/_garrison/console/oidc; HttpOnly; SameSite=Lax" in cookie
    browser.cookie = cookie.partition(";")[0]
    return begun.headers["location"]


def come_back(browser: Browser, provider: Provider, asked: str, subject: str) -> Answer:
    """Sign in at the provider and follow it to the console."""
    provider._send(
        "PUT", f"/users/{subject}", json.dumps({"email": f"{subject}@example.com"}).encode(), "application/json"
    )
    path = asked.removeprefix(provider.issuer)
    led = urlsplit(provider._send("POST", path, urlencode({"sub": subject}).encode()))
    return browser.send("GET", f"{led.path}?{led.query}", origin=None, Content_Type=None, Sec_Fetch_Site="cross-site")


def test_the_sign_in_page_is_told_of_providers(account: Account, browser: Browser, provider: Provider) -> None:
    told = browser.send("GET", "/_garrison/console/settings.json").json["providers"]
    assert [(each["kind"], each["name"], each["url"]) for each in told] == [
        ("oidc", "corp", BEGIN),
        ("saml", "adfs", "https://adfs.example.com/idp"),
    ]
    assert told[0]["arn"] == f"arn:aws:iam::{account.account_id}:oidc-provider/{provider.name}"


def test_a_person_comes_back_from_the_provider_as_a_role(
    account: Account, browser: Browser, provider: Provider
) -> None:
    asked = go(browser, 'of this page"\r\nX: y')
    sent = parse_qs(urlsplit(asked).query)
    assert sent["redirect_uri"] == [f"{browser.origin}{CALLBACK}"]
    assert sent["code_challenge_method"] == ["S256"] and len(sent["state"][0]) == len(sent["nonce"][0]) == 43
    # What another port planted stands in nobody's way.
    browser.cookie = f"{browser.cookie.partition('=')[0]}=planted; {browser.cookie}"
    back = come_back(browser, provider, asked, "anna")
    assert (back.status, "x" in back.headers) == (303, False)
    page, _, brought = back.headers["location"].partition("#signinToken=")
    token, _, own = brought.partition("&asked=")
    assert (page, unquote(own)) == (account.console, 'of this page"\r\nX: y')
    assert "Max-Age=0" in back.headers["set-cookie"]
    browser.cookie = None
    position = account.position()
    answer = browser.sign_in(signinToken=unquote(token))
    assert answer.json["identity"]["name"] == "staff/anna@example.com"
    assert browser.principal(browser.renew()).client("iam").list_users()["Users"]
    assert account.events("ConsoleLogin", since=position)[0]["userIdentity"]["type"] == "AssumedRole"


def test_whom_the_role_does_not_trust_is_told_so(account: Account, browser: Browser, provider: Provider) -> None:
    position = account.position()
    back = come_back(browser, provider, go(browser), "mallory")
    assert (back.status, "location" in back.headers) == (403, False)
    assert b"does not let you in" in back.body and b"mallory" not in back.body
    (login,) = account.events("ConsoleLogin", since=position)
    assert (login["errorMessage"], login["userIdentity"]["type"]) == ("Failed authentication", "WebIdentityUser")


@pytest.mark.parametrize("what", ["no cookie", "another's cookie", "an altered cookie", "another state", "no state"])
def test_an_answer_to_nobodys_question_signs_nobody_in(
    account: Account, browser: Browser, provider: Provider, what: str
) -> None:
    asked = go(browser)
    state = parse_qs(urlsplit(asked).query)["state"][0]
    assert browser.cookie is not None
    cookies: dict[str, Any] = {"no cookie": None, "an altered cookie": browser.cookie.replace("=", "=AAAA", 1)}
    if what == "another's cookie":
        other = Browser(account)
        go(other)
        cookies[what] = other.cookie
    states = {"another state": "x" * 43, "no state": ""}
    query = urlencode({"code": "stolen", "state": states.get(what, state)})
    cookie = cookies.get(what, browser.cookie)
    back = browser.send("GET", f"{CALLBACK}?{query}", origin=None, Cookie=cookie, Content_Type=None)
    assert (back.status, "location" in back.headers) == (403, False)


def test_what_the_provider_refuses_and_what_is_unknown_is_said(browser: Browser, provider: Provider) -> None:
    state = parse_qs(urlsplit(go(browser)).query)["state"][0]
    denied = browser.send("GET", f"{CALLBACK}?error=access_denied&error_description=%3Cb%3E&state={state}", origin=None)
    assert (denied.status, b"<b>" in denied.body) == (403, False)
    wrong = browser.send("GET", f"{CALLBACK}?code=wrong&state={state}", origin=None)
    assert wrong.status == 502
    assert browser.send("GET", "/_garrison/console/oidc?provider=adfs", origin=None).status == 404
    assert browser.send("POST", BEGIN, {}).status == 400
