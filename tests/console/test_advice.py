"""Advice on the console: the categories, a check with its resources, one of them excluded; and the page in Chinese, narrow and dark."""

from __future__ import annotations

from collections.abc import Callable

from garrison.testing import Account

from .person import Person

CHECK = "Garrison: Console Users Without MFA"


def test_a_check_is_refreshed_and_a_resource_of_it_is_excluded(
    console: Callable[..., Person], account: Account
) -> None:
    person = console("/trustedadvisor?category=security")
    page = person.page
    page.get_by_text("Could be saved each month").wait_for()
    person.check_axe()
    person.screenshot("trusted-advisor")
    page.get_by_role("combobox", name="Filter").fill("Without MFA")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=CHECK).click()
    person.see(CHECK)
    page.get_by_role("button", name="Refresh", exact=True).click()
    page.get_by_role("cell", name="root-of-all-tests").first.wait_for(timeout=30_000)
    person.check_axe()
    person.screenshot("trusted-advisor-check")

    page.get_by_role("checkbox", name="root-of-all-tests").check()
    page.get_by_role("button", name="Exclude").click()
    page.get_by_text("Resources that do not count any longer: 1").wait_for()
    advisor = account.client("trustedadvisor")
    found = [one for one in advisor.list_recommendations()["recommendationSummaries"] if one["name"] == CHECK]
    assert found[0]["resourcesAggregates"]["excludedCount"] == 1

    person.open("/trustedadvisor/runs")
    page.get_by_role("heading", name="What changed").wait_for()
    person.check_axe()
    person.open("/trustedadvisor/preferences")
    page.get_by_label("Day of the digest").wait_for()
    person.check_axe()


def test_advice_is_told_in_chinese_on_a_narrow_dark_page(console: Callable[..., Person]) -> None:
    person = console("/trustedadvisor", language="zh-CN", width=768, dark=True)
    person.see("建议")
    person.page.get_by_role("link", name="成本优化").first.wait_for()
    person.screenshot("trusted-advisor-zh-dark-768")
