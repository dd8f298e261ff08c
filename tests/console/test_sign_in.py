"""Signing in as people do: password and MFA, root with a warning, identity providers, a role, another language."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from garrison.services.iam.mfa_codes import code_of
from garrison.testing import Account

from .person import PASSWORD, Person
from .providers import Providers


def refuse_as_ended(person: Person, account: Account) -> None:
    """Have the next call refused, as when the credentials have ended."""
    ended = "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>It has ended.</Message></Error></ErrorResponse>"
    answer = {"status": 403, "headers": {"access-control-allow-origin": "*", "content-type": "text/xml"}, "body": ended}
    person.page.route(f"{account.endpoint}/", lambda route: route.fulfill(**answer), times=1)


def test_a_code_of_the_mfa_device_is_asked_for_and_the_refusal_tells_nothing(
    open_console: Callable[..., Person], account: Account
) -> None:
    iam = account.client("iam")
    account.user("Mia", ["ReadOnlyAccess"])
    iam.create_login_profile(UserName="Mia", Password=PASSWORD)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="mia")["VirtualMFADevice"]
    seed, step = base64.b32decode(device["Base32StringSeed"]), int(time.time() // 30)
    first, second = code_of(seed, step - 1), code_of(seed, step)
    iam.enable_mfa_device(
        UserName="Mia", SerialNumber=device["SerialNumber"], AuthenticationCode1=first, AuthenticationCode2=second
    )
    person = open_console()
    person.open("/sns")
    person.page.get_by_role("radio", name="Root user").check()
    person.page.get_by_text("Use it only for what nothing else can do").wait_for()
    assert person.page.get_by_label("User name").count() == 0
    person.page.get_by_role("radio", name="IAM user").check()
    person.page.get_by_label("User name").fill("Mia")
    person.page.get_by_label("Password", exact=True).fill(PASSWORD)
    person.page.get_by_role("button", name="Sign in", exact=True).click()
    person.page.get_by_text("Your authentication information is incorrect").wait_for()
    person.check_axe()
    person.screenshot("sign-in")

    person.sign_in("Mia", mfa_code=code_of(seed, step + 1))
    person.see("Topics")
    assert person.page.url.partition("?")[0].endswith("/sns")


def test_providers_sign_people_in_and_a_link_only_by_a_click(
    open_console: Callable[..., Person], account: Account, providers: Providers
) -> None:
    providers.join(account, "alice")
    person = open_console()
    page = person.page
    person.open("/sns?filter=anything")
    page.get_by_role("button", name="Sign in with corp").click()
    page.get_by_role("button", name="Deny").click()
    page.get_by_role("heading", name="You are not signed in").wait_for()
    page.get_by_role("link", name="Back to the console").click()
    person.open("/sns?filter=anything")
    page.get_by_role("button", name="Sign in with corp").click()
    page.get_by_placeholder("sub").fill("anna")
    page.get_by_role("button", name="Authorize").click()
    # This browser had asked: anna is where she was, without a question.
    page.get_by_role("button", name="Signed in: staff/anna").wait_for()
    person.see("Topics")
    assert page.url.partition("/_garrison/console")[2] == "/sns?filter=anything"

    # The session ends: a new tab leads to the provider, and the open page goes on by itself.
    person.context.clear_cookies()
    refuse_as_ended(person, account)
    page.get_by_role("button", name="Reload: Topics").click()
    again = page.get_by_role("dialog", name="Your session has ended")
    with person.context.expect_page() as opened:
        again.get_by_role("button", name="Sign in with corp").click()
    opened.value.get_by_placeholder("sub").fill("anna")
    opened.value.get_by_role("button", name="Authorize").click()
    again.wait_for(state="detached")
    opened.value.close()

    # Nobody here asked for this one.
    page.goto(providers.saml_page)
    page.get_by_role("button", name="Go as alice").click()
    person.see(f"Sign in as staff/alice of account {account.account_id}?")
    assert "signinToken" not in page.url
    person.check_axe()
    person.screenshot("sign-in-offer")
    page.get_by_role("button", name="Stay signed in as staff/anna").click()
    person.see("Overview")
    page.get_by_role("button", name="Signed in: staff/anna").click()
    page.get_by_role("menuitem", name="Sign out").click()

    page.get_by_role("button", name="Sign in with adfs").click()
    page.get_by_role("button", name="Go again as alice").click()
    page.get_by_role("button", name="Sign in as staff/alice").click()
    page.get_by_role("button", name="Signed in: staff/alice").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_label("User name").wait_for()
    person.open("/?#signinToken=x")
    page.get_by_text("This link does not sign you in").wait_for()


def test_a_session_outlives_a_reload_acts_as_a_role_and_ends(sign_in: Callable[..., Person], account: Account) -> None:
    role = account.role("Watcher", ["ReadOnlyAccess"])
    person = sign_in("Rita", [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role.arn}])
    page = person.page
    person.open("/sns")
    page.get_by_text("You are not allowed to do this").wait_for()

    page.get_by_role("button", name="Signed in: Rita").click()
    page.get_by_role("menuitem", name="Switch role").click()
    page.get_by_label("Role ARN").fill(role.arn)
    page.get_by_label("Display name").fill("the watcher")
    page.get_by_role("dialog").get_by_role("button", name="Switch role").click()
    page.get_by_role("button", name="Signed in: the watcher").wait_for()
    page.get_by_text("You are not allowed to do this").wait_for(state="detached")

    page.reload()
    page.get_by_role("button", name="Signed in: the watcher").click()
    page.get_by_role("menuitem", name="Switch back to Rita").click()
    page.get_by_text("You are not allowed to do this").wait_for()

    page.get_by_role("button", name="Signed in: Rita").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_label("User name").wait_for()
    page.reload()
    page.get_by_label("User name").wait_for()


def test_a_session_that_ends_is_gone_on_with_also_by_a_wrong_clock(
    sign_in: Callable[..., Person], account: Account
) -> None:
    person = sign_in("Eva", ["AdministratorAccess"])
    page = person.page
    page.clock.set_system_time(datetime.now() + timedelta(hours=1))
    person.open("/sns")
    page.get_by_role("button", name="Create topic").first.click()
    dialog = page.get_by_role("dialog", name="Create topic")
    dialog.get_by_label("Name", exact=True).fill("console-eva")
    account.client("iam").update_login_profile(UserName="Eva", Password=f"{PASSWORD}2")
    refuse_as_ended(person, account)
    dialog.get_by_role("button", name="Create topic").click()
    again = page.get_by_role("dialog", name="Your session has ended")
    again.get_by_label("Password", exact=True).and_(page.locator(":focus")).fill(f"{PASSWORD}2")
    again.get_by_role("button", name="Sign in", exact=True).click()
    person.see("console-eva")


def test_a_chinese_session_is_chinese(open_console: Callable[..., Person], account: Account) -> None:
    account.user("xiaoming", ["AdministratorAccess"])
    account.client("iam").create_login_profile(UserName="xiaoming", Password=PASSWORD)
    person = open_console(language="zh-CN", dark=True)
    person.sign_in("xiaoming", chinese=True)
    person.see("概览")
    person.page.get_by_role("link", name="设置").click()
    person.see("设置")
    person.page.get_by_role("heading", name="访问密钥").wait_for()
    assert person.page.locator("html").get_attribute("lang") == "zh-CN"
    assert person.page.evaluate("document.activeElement.textContent") == "设置"
    person.check_axe()
    person.screenshot("settings-zh-dark")
