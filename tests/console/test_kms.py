"""KMS's pages in a real browser: a key made, given a name, disabled and sent to its end."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import expect

from garrison.testing import Account

from .person import Person

expect.set_options(timeout=60_000)


def test_a_key_from_its_making_to_its_end(console: Callable[..., Person], account: Account) -> None:
    person = console("/kms")
    page = person.page
    person.see("Keys")
    person.check_axe()
    page.get_by_role("button", name="Create key").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Alias").fill("of-the-console")
    dialog.get_by_role("button", name="Create key").click()
    page.get_by_role("tab", name="Key policy").wait_for()
    kms = account.client("kms")
    key = kms.describe_key(KeyId="alias/of-the-console")["KeyMetadata"]["KeyId"]
    expect(page.get_by_role("heading", level=1)).to_have_text(key)
    person.check_axe()
    person.screenshot("kms-key")
    editor = page.get_by_role("textbox", name="Policy document")
    editor.fill("a draft")
    refusals: list[str] = []
    page.on("dialog", lambda dialog: (refusals.append(dialog.message), dialog.dismiss()))
    page.get_by_role("tab", name="Aliases").click()
    expect(page.get_by_role("table", name="Aliases")).to_contain_text("of-the-console")
    page.get_by_role("link", name="Custom key stores").click()
    assert refusals == ["What you changed is not saved. Leave it all the same?"]
    page.get_by_role("tab", name="Key policy").click()
    expect(editor).to_have_text("a draft")
    editor.fill(json.dumps(json.loads(kms.get_key_policy(KeyId=key)["Policy"]), indent=2))
    expect(page.get_by_role("button", name="Save policy")).to_be_disabled()
    page.get_by_role("tab", name="Rotation").click()
    page.get_by_role("button", name="Enable rotation").click()
    page.get_by_role("dialog").get_by_role("button", name="Enable rotation").click()
    expect(page.get_by_text("The key rotates every 365 days")).to_be_visible()
    page.get_by_role("button", name="Schedule deletion").click()
    page.get_by_role("dialog").get_by_label("Waiting period").fill("7")
    page.get_by_role("dialog").get_by_role("button", name="Schedule deletion").click()
    expect(page.get_by_text("Pending deletion")).to_be_visible()
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    person.open("/kms/stores")
    person.see("Custom key stores")
    person.check_axe()
