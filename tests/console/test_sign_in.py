"""Signing in as people do: password and MFA, root with a warning, a role, another language, and an ended session."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

from garrison.services.iam.mfa_codes import code_of
from garrison.testing import Account

from .person import PASSWORD, Person


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
    person.page.get_by_label("User name").fill("Mia")
    person.page.get_by_label("Password", exact=True).fill(PASSWORD)
    person.page.get_by_role("button", name="Sign in", exact=True).click()
    person.page.get_by_text("Your authentication information is incorrect").wait_for()
    person.check_axe()
    person.screenshot("sign-in")

    person.sign_in("Mia", mfa_code=code_of(seed, step + 1))
    person.see("Topics")
    assert person.page.url.partition("?")[0].endswith("/sns")


def test_root_is_warned(open_console: Callable[..., Person]) -> None:
    person = open_console()
    person.open("/")
    person.page.get_by_role("radio", name="Root user").check()
    person.page.get_by_text("Use it only for what nothing else can do").wait_for()
    assert person.page.get_by_label("User name").count() == 0
