"""The console's sessions: what signs in, renews and ends them, and that nobody else's page or stolen cookie does."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from garrison.testing import Account

from .browser import OFFER, RENEWAL, SESSION, Browser

PASSWORD = "Correct-horse-1"


@pytest.fixture(scope="module")
def account(garrison_module: Account) -> Account:
    """An account with people who have passwords."""
    iam = garrison_module.client("iam")
    for name in ("alice", "bob", "carol"):
        garrison_module.user(name, ["IAMReadOnlyAccess"])
        iam.create_login_profile(UserName=name, Password=PASSWORD)
    return garrison_module


@pytest.fixture
def browser(account: Account) -> Browser:
    """A browser that knows nobody yet."""
    return Browser(account)


def test_a_person_signs_in_calls_renews_and_signs_out(account: Account, browser: Browser) -> None:
    position = account.position()
    answer = browser.sign_in(user="alice", password=PASSWORD)
    assert answer.json["identity"] == {
        "arn": f"arn:aws:iam::{account.account_id}:user/alice",
        "account": account.account_id,
        "userId": answer.json["identity"]["userId"],
        "kind": "IAMUser",
        "name": "alice",
    }
    port = browser.place.rpartition(":")[2]
    assert re.fullmatch(
        rf"garrison_console_{port}=[\w-]{{43}}; Max-Age=4\d{{4}}; Path=/_garrison/console; HttpOnly; SameSite=Strict",
        answer.headers["set-cookie"],
    )
    assert answer.headers["cache-control"] == "no-store"
    assert browser.principal(answer).client("iam").list_users()["Users"]
    (login,) = account.events("ConsoleLogin", since=position)
    assert login["additionalEventData"]["LoginTo"] == f"{browser.origin}/"

    account.clock.shift(timedelta(minutes=16))
    with pytest.raises(Exception, match="expired"):
        browser.principal(answer).client("iam").list_users()
    renewed = browser.renew()
    assert browser.principal(renewed).client("iam").list_users()["Users"]
    assert renewed.json["sessionExpiration"] == answer.json["sessionExpiration"]
    assert "set-cookie" not in renewed.headers and "renewalKey" not in renewed.json

    gone = browser.send("DELETE", SESSION)
    assert (gone.status, "Max-Age=0;" in gone.headers["set-cookie"]) == (204, True)
    assert browser.renew().status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": None},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_origin_does_nothing_with_a_stolen_cookie(browser: Browser, headers: dict[str, str | None]) -> None:
    assert browser.sign_in(user="alice", password=PASSWORD).status == 200
    refused = browser.renew(**headers)
    assert (refused.status, refused.json["code"]) == (403, "AccessDenied")
    assert browser.send("DELETE", SESSION, **headers).status == 403
    assert browser.send("POST", OFFER, {"signinToken": "x"}, **headers).status == 403
    assert browser.send("POST", SESSION, {"user": "alice", "password": PASSWORD}, **headers).status == 403
    assert not {name for name in refused.headers if name.startswith("access-control-") or name == "set-cookie"}
    assert browser.renew().status == 200  # it has ended nothing either


def test_a_cookie_alone_and_a_cookie_that_another_port_planted_renew_nothing(
    account: Account, browser: Browser
) -> None:
    assert browser.sign_in(user="alice", password=PASSWORD).status == 200
    for body in ({}, {"renewalKey": ""}, {"renewalKey": "é" * 43}, b"", b"[", {"renewalKey": 1}):
        assert browser.send("POST", RENEWAL, body).status == 401
    stranger = Browser(account)
    assert stranger.sign_in(user="bob", password=PASSWORD).status == 200
    assert browser.renew(Cookie=stranger.cookie).status == 401
    # Beside the person's own it neither passes for it nor keeps it from renewing, or from being ended.
    both = f"theme=dark; {stranger.cookie}; {browser.cookie}"
    assert browser.renew(Cookie=both).json["identity"]["name"] == "alice"
    assert browser.send("DELETE", SESSION, Cookie=both).status == 204
    assert browser.renew().status == 401


def test_signing_in_again_begins_a_session_of_its_own_and_ends_the_one_before(browser: Browser) -> None:
    assert browser.sign_in(user="alice", password=PASSWORD).status == 200
    cookie, key = browser.cookie, browser.renewal_key
    assert browser.sign_in(user="bob", password=PASSWORD).json["identity"]["name"] == "bob"
    assert browser.cookie != cookie
    assert browser.send("POST", RENEWAL, {"renewalKey": key}, Cookie=cookie).status == 401


def test_a_session_ends_with_its_password_its_user_and_half_a_day(account: Account, browser: Browser) -> None:
    iam = account.client("iam")
    assert browser.sign_in(user="carol", password=PASSWORD).status == 200
    iam.update_login_profile(UserName="carol", Password="Another-horse-2")
    assert browser.renew().status == 401
    assert browser.sign_in(user="carol", password="Another-horse-2").status == 200
    account.clock.shift(timedelta(hours=11, minutes=55))
    renewed = browser.renew()
    assert renewed.json["credentials"]["expiration"] == renewed.json["sessionExpiration"]
    account.clock.shift(timedelta(minutes=6))
    assert browser.renew().status == 401

    account.user("dave")
    iam.create_login_profile(UserName="dave", Password=PASSWORD)
    assert browser.sign_in(user="dave", password=PASSWORD).status == 200
    assert browser.renew().status == 200
    for key in iam.list_access_keys(UserName="dave")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="dave", AccessKeyId=key["AccessKeyId"])
    iam.delete_login_profile(UserName="dave")
    iam.delete_user(UserName="dave")
    assert browser.renew().status == 401


def test_a_role_comes_in_by_a_token_and_leaves_when_its_session_does(account: Account, browser: Browser) -> None:
    given = account.role("auditors", ["IAMReadOnlyAccess"]).assume(session_name="anna").credentials
    session = {
        "sessionId": given.access_key_id,
        "sessionKey": given.secret_access_key,
        "sessionToken": given.session_token,
    }
    api = Browser(account)
    api.place = account.endpoint.partition("//")[2]
    query = urlencode({"Action": "getSigninToken", "SessionDuration": 3600, "Session": json.dumps(session)})
    token = api.send("GET", f"/_garrison/signin/federation?{query}").json["SigninToken"]
    page = f"{account.console}iam/users"
    login = urlencode({"Action": "login", "Destination": page, "SigninToken": token})
    led = api.send("GET", f"/_garrison/signin/federation?{login}")
    assert led.headers["location"] == f"{page}#signinToken={token.replace('=', '%3D')}"

    offered = [Browser(account).send("POST", OFFER, {"signinToken": token}) for _ in range(2)]  # it redeems nothing
    answer = browser.sign_in(signinToken=token)
    assert [(each.json, "set-cookie" in each.headers) for each in offered] == [
        ({"identity": answer.json["identity"]}, False)
    ] * 2
    assert (answer.json["identity"]["kind"], answer.json["identity"]["name"]) == ("AssumedRole", "auditors/anna")
    assert browser.principal(browser.renew()).client("iam").list_users()["Users"]
    assert Browser(account).sign_in(signinToken=token).status == 401
    for body in ({"signinToken": token}, {"signinToken": f"{token[:-4]}AAAA"}, {"signinToken": 1}, b"["):
        assert Browser(account).send("POST", OFFER, body).status == 401
    account.clock.shift(timedelta(minutes=61))
    assert browser.renew().status == 401


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"user": "alice", "password": "wrong"}, 401),
        ({"user": "nobody", "password": PASSWORD}, 401),
        ({"samlResponse": "AAAA", "role": "r"}, 400),
        ({"webIdentityToken": "a.b.c", "role": "r"}, 400),
        ({"password": PASSWORD, "session": "x"}, 400),
        ({}, 400),
        ({"user": "alice", "password": "x" * 200_000}, 413),
    ],
)
def test_what_does_not_sign_in_gets_no_cookie(browser: Browser, form: dict[str, str], status: int) -> None:
    answer = browser.send("POST", SESSION, form)
    assert (answer.status, "set-cookie" in answer.headers) == (status, False)
    assert browser.send("POST", SESSION, form, Content_Type="text/plain").status in (413, 415)
