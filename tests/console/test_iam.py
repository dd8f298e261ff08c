"""IAM's pages in a real browser: a policy tried before it is saved, a refusal explained, MFA enrolled, and who can do what."""

from __future__ import annotations

import base64
from collections.abc import Callable

from playwright.sync_api import expect

from garrison.services.iam.mfa_codes import code_of, step_at
from garrison.testing import Account, allow

from .person import Person

DENY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:CreateGroup", "Resource": "*"}]}'
PAGES = {
    "/iam": "IAM",
    "/iam/users": "Users",
    "/iam/users/frank?tab=security": "frank",
    "/iam/groups": "User groups",
    "/iam/roles/deputy?tab=trust": "deputy",
    "/iam/policies?scope=AWS": "Policies",
    "/iam/roles/-/new": "Create role",
    "/iam/account": "Account settings",
    "/iam/report": "Credential report",
    "/iam/providers": "Identity providers",
    "/iam/analyzers": "Access Analyzer",
}

Console = Callable[..., Person]

expect.set_options(timeout=60_000)


def test_a_policy_is_replayed_before_it_is_saved_and_attached(console: Console, account: Account) -> None:
    carol = account.user("carol", [allow("iam:*")])
    carol.client("iam").create_group(GroupName="made-by-carol")
    account.wait_until_recorded()
    person = console("/iam/users")
    page = person.page
    page.get_by_role("button", name="Create user").click()
    page.get_by_role("textbox", name="User name").fill("new-in-console")
    page.get_by_role("dialog").get_by_role("button", name="Create user").click()
    person.see("new-in-console")

    person.open("/iam/policies/new?for=user/carol")
    page.get_by_role("textbox", name="Policy name").fill("no-groups")
    editor = page.get_by_role("textbox", name="Policy document")
    editor.fill(DENY.replace("CreateGroup", "CreateGruop"))
    validation = page.get_by_role("region", name="Validation")
    expect(validation).to_contain_text("CreateGruop")
    editor.fill(DENY)
    expect(validation).to_contain_text("nothing to say against it")
    page.get_by_role("button", name="Replay", exact=True).click()
    found = page.get_by_role("table", name="Replay")
    expect(found.get_by_role("row").filter(has_text="iam:CreateGroup")).to_contain_text("Would have been denied")
    person.screenshot("iam-replay")
    page.get_by_role("button", name="Create policy").click()
    person.see("no-groups")
    attached = account.client("iam").list_attached_user_policies(UserName="carol")["AttachedPolicies"]
    assert [one["PolicyName"] for one in attached] == ["no-groups"]


def test_actions_are_proposed_while_one_types(console: Console) -> None:
    page = console("/iam/policies/new").page
    editor = page.get_by_role("textbox", name="Policy document")
    editor.fill('{"Statement": [{"Effect": "Deny", "Action": "iam:CreateU"')
    editor.press("ArrowLeft")
    page.keyboard.type("s")
    page.get_by_role("option", name="iam:CreateUser").wait_for()


def test_who_may_not_is_told_why(sign_in: Console, account: Account) -> None:
    person = sign_in("bob-the-reader", [allow("iam:ListUsers", "iam:GetUser", "iam:ListGroups", "garrison:Explain")])
    page = person.page
    person.open("/iam/users/bob-the-reader")
    person.see("bob-the-reader")
    expect(page.get_by_text("iam:ListAttachedUserPolicies").first).to_be_visible()  # that panel alone is refused
    expect(page.get_by_text("AIDA").first).to_be_visible()
    person.open("/iam/users")
    page.get_by_role("button", name="Create user").first.click()
    page.get_by_role("textbox", name="User name").fill("mallory")
    page.get_by_role("dialog").get_by_role("button", name="Create user").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("You are not allowed to do this")).to_be_visible()
    expect(dialog).to_contain_text("no identity-based policy allows the iam:CreateUser action")
    dialog.get_by_text("The smallest change that would allow it").click()
    expect(dialog.get_by_text('"iam:CreateUser"').first).to_be_visible()
    person.check_axe()
    person.screenshot("iam-not-allowed")


def test_an_authenticator_app_is_enrolled(console: Console, account: Account) -> None:
    account.user("dave")
    page = console("/iam/users/dave?tab=security").page
    page.get_by_role("button", name="Assign MFA device").first.click()
    page.get_by_role("button", name="Next").click()
    picture = page.get_by_role("img", name="QR code of the device dave")
    picture.wait_for()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 50")
    seed = base64.b32decode(page.get_by_text("Seed", exact=True).locator("xpath=../..").locator("code").inner_text())
    now = step_at(account.clock.now())
    page.get_by_role("textbox", name="First code").fill(code_of(seed, now - 1))
    page.get_by_role("textbox", name="Second code").fill(code_of(seed, now))
    page.get_by_role("button", name="Enable device").click()
    expect(page.get_by_role("table", name="MFA devices")).to_contain_text("mfa/dave")
    (device,) = account.client("iam").list_mfa_devices(UserName="dave")["MFADevices"]
    assert device["SerialNumber"].endswith(":mfa/dave")


def test_who_can_and_why(console: Console, account: Account) -> None:
    erin = account.user("erin", [allow("sts:AssumeRole")])
    account.role("maker", [allow("iam:CreateServiceLinkedRole")], trust=erin)
    person = console("/iam/who-can")
    page = person.page
    page.get_by_role("textbox", name="Action").fill("iam:CreateServiceLinkedRole")
    page.get_by_role("button", name="Ask").click()
    row = page.get_by_role("table", name="Who can").get_by_role("row").filter(has_text="user/erin")
    expect(row).to_contain_text("maker")
    person.check_axe()
    person.open("/iam/why?principal=user/erin&action=iam:DeleteUser&resource=*")
    expect(page.get_by_text("Not allowed by any policy")).to_be_visible()
    change = page.get_by_role("region", name="The smallest changes that would allow it")
    expect(change).to_contain_text("add iam:DeleteUser")
    expect(change.get_by_role("insertion").filter(has_text='"iam:DeleteUser"').first).to_be_visible()
    person.check_axe()


def test_every_page_is_accessible(console: Console, account: Account) -> None:
    account.user("frank", [allow("s3:*")])
    account.role("deputy")
    person = console("/iam")
    for address, heading in PAGES.items():
        person.open(address)
        person.see(heading)
        expect(person.page.get_by_text("Loading…")).to_have_count(0)
        person.check_axe()
        person.screenshot("iam-" + heading.lower().replace(" ", "-"))


def test_hostile_names_are_text_in_chinese_and_dark(console: Console, account: Account) -> None:
    account.role("hostile", Description="<img src=x onerror=alert(1)>")
    person = console("/iam/roles?filter=name:hostile", language="zh-CN", dark=True, width=768)
    person.see("角色")
    expect(person.page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    person.check_axe()
    person.screenshot("iam-roles-zh-dark-768")
