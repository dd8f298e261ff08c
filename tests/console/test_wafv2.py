"""WAF in a browser: a web ACL is built, changed beside somebody else, blocks an attack, and shows which bytes it saw."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from garrison.adapters.attached import attach
from garrison.adapters.wsgi import Firewall
from garrison.testing import Account

from .person import Person

ATTACK = "/search?q=1%27%20or%201%3D1%20--%20"


@pytest.fixture
def firewall(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], Any]]:
    """`firewall(name, arn)` serves an application behind the web ACL, and gives what asks it for the status of a target."""
    ends: list[Callable[[], None]] = []

    def serve(name: str, arn: str) -> Callable[[str], int]:
        may = {"Effect": "Allow", "Action": ["garrison:GetWebAclBundle", "garrison:PutWafRecords"], "Resource": arn}
        adapter = account.user(f"adapter-of-{name}", [may])
        for key, value in (account.environment() | adapter.credentials.environment()).items():
            monkeypatch.setenv(key, value)

        def application(environ: Any, start_response: Any) -> list[bytes]:
            start_response("200 OK", [("content-type", "text/plain")])
            return [b"found"]

        attached = attach({"web_acl": name, "state": tmp_path})
        server = make_server("127.0.0.1", 0, Firewall(application, attached=attached), threaded=True)
        Thread(target=server.serve_forever, daemon=True).start()
        ends.extend((server.shutdown, server.server_close, attached.close))

        def ask(target: str) -> int:
            connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
            connection.request("GET", target, headers={"user-agent": "curl/8"})
            return connection.getresponse().status

        return ask

    yield serve
    for end in ends:
        end()


def visible(metric: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": metric}


def rule(name: str, priority: int, statement: dict[str, Any]) -> dict[str, Any]:
    return {
        "Name": name,
        "Priority": priority,
        "Action": {"Block": {}},
        "Statement": statement,
        "VisibilityConfig": visible(name),
    }


SQLI = {
    "SqliMatchStatement": {
        "FieldToMatch": {"QueryString": {}},
        "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}],
    }
}


def test_a_web_acl_is_built_by_keyboard_and_as_json_and_a_conflict_is_shown(
    console: Callable[..., Person], account: Account
) -> None:
    waf = account.client("wafv2")
    person = console("/wafv2")
    page = person.page
    page.get_by_role("button", name="Create web ACL").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("built")
    dialog.get_by_role("button", name="Create web ACL").click()
    person.see("built")

    page.get_by_role("button", name="Add rule").click()
    page.get_by_role("menuitem", name="SQL injection").click()
    page.get_by_label("Rule name").fill("sqli")
    page.get_by_text("of 5,000 WCU").wait_for()
    page.get_by_role("button", name="Add rule").click()
    page.get_by_role("menuitem", name="Managed rule group").click()
    page.get_by_text("Rules of the group (").wait_for()
    person.check_axe()
    person.screenshot("waf-builder")
    page.get_by_role("button", name="Move rule-2 up").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move rule-2 up", disabled=True).wait_for()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("link", name="Web ACLs", exact=True).first.click()
    page.go_back()
    page.get_by_role("tab", name="Adapters").click()
    page.get_by_role("tab", name="Rules").click()
    assert len(asked) == 2, "what is not saved is not left without a question"
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved.").first.wait_for()
    listed = waf.list_web_acls(Scope="REGIONAL")["WebACLs"]
    (key,) = ({"Name": one["Name"], "Id": one["Id"], "Scope": "REGIONAL"} for one in listed if one["Name"] == "built")
    got = waf.get_web_acl(**key)
    rules = got["WebACL"]["Rules"]
    assert [one["Name"] for one in rules] == ["rule-2", "sqli"]
    assert "ManagedRuleGroupStatement" in rules[0]["Statement"]

    base = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": visible("built")}
    page.get_by_role("button", name="Remove rule rule-2").click()
    waf.update_web_acl(**key, LockToken=got["LockToken"], Rules=[], Description="theirs", **base)
    page.get_by_role("radio", name="JSON").or_(page.get_by_role("button", name="JSON")).first.click()
    editor = page.get_by_role("textbox", name="Draft as JSON")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("x")
    page.get_by_text("Line ").first.wait_for()
    assert page.get_by_role("button", name="Save", exact=True).is_disabled()
    person.screenshot("waf-json")
    page.keyboard.press("Backspace")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Somebody else saved meanwhile").wait_for()
    person.screenshot("waf-conflict")
    page.get_by_role("button", name="Save mine over theirs").click()
    page.get_by_role("heading", name="Save the draft").wait_for()
    page.get_by_role("button", name="Save", exact=True, disabled=True).wait_for()
    assert [one["Name"] for one in waf.get_web_acl(**key)["WebACL"]["Rules"]] == ["sqli"]

    arn = got["WebACL"]["ARN"]
    balancer = f"arn:aws:elasticloadbalancing:{account.region}:{account.account_id}:loadbalancer/app/shop/1"
    page.get_by_role("tab", name="Associations").click()
    page.get_by_role("button", name="Associate resource").first.click()
    dialog.get_by_label("Resource ARN").fill(balancer)
    dialog.get_by_role("button", name="Associate resource").click()
    page.get_by_role("row", name=balancer).get_by_role("radio").check()
    assert waf.list_resources_for_web_acl(WebACLArn=arn)["ResourceArns"] == [balancer]
    page.get_by_role("button", name="Disassociate").click()
    dialog.get_by_role("button", name="Disassociate").click()
    page.get_by_text("Nothing is associated").wait_for()
    assert waf.list_resources_for_web_acl(WebACLArn=arn)["ResourceArns"] == []

    account.client("logs").create_log_group(logGroupName="aws-waf-logs-built")
    page.get_by_role("tab", name="Logging").click()
    page.get_by_label("Destination").fill(
        f"arn:aws:logs:{account.region}:{account.account_id}:log-group:aws-waf-logs-built"
    )
    page.get_by_label("Redacted headers").fill("authorization, cookie")
    page.get_by_label("Query string").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Stop logging", disabled=False).wait_for()
    logged = waf.get_logging_configuration(ResourceArn=arn)["LoggingConfiguration"]
    hidden = [{"QueryString": {}}, *({"SingleHeader": {"Name": name}} for name in ("authorization", "cookie"))]
    assert logged["RedactedFields"] == hidden
    page.get_by_role("button", name="Stop logging").click()
    dialog.get_by_role("button", name="Stop logging").click()
    page.get_by_role("button", name="Stop logging", disabled=True).wait_for()
    with pytest.raises(waf.exceptions.WAFNonexistentItemException):
        waf.get_logging_configuration(ResourceArn=arn)

    page.get_by_role("button", name="Delete").click()
    dialog.get_by_label("To confirm, type built").fill("built")
    dialog.get_by_role("button", name="Delete").click()
    person.see("Web ACLs")
    assert "built" not in [one["Name"] for one in waf.list_web_acls(Scope="REGIONAL")["WebACLs"]]
    for kind, entries in (("IP set", "192.0.2.0/24"), ("regex pattern set", "^bot")):
        person.open(f"/wafv2/{'ip' if kind == 'IP set' else 'regex'}-sets")
        page.get_by_role("button", name=f"Create {kind}").first.click()
        dialog.get_by_label("Name").fill("made")
        dialog.get_by_role("textbox", name=re.compile("IP addresses|expressions")).fill(entries)
        dialog.get_by_role("button", name=f"Create {kind}").click()
        person.see("made")
        page.get_by_role("button", name="Delete").click()
        dialog.get_by_label("To confirm, type made").fill("made")
        dialog.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name=f"Create {kind}").first.wait_for()
    assert "made" not in [one["Name"] for one in waf.list_ip_sets(Scope="REGIONAL")["IPSets"]]
    assert waf.list_regex_pattern_sets(Scope="REGIONAL")["RegexPatternSets"] == []


def test_an_attack_is_blocked_and_found_with_the_bytes_that_matched(
    console: Callable[..., Person], account: Account, firewall: Callable[[str, str], Callable[[str], int]]
) -> None:
    waf, logs = account.client("wafv2"), account.client("logs")
    made = waf.create_web_acl(
        Name="front",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig=visible("front"),
        Rules=[rule("sqli", 0, SQLI)],
    )["Summary"]
    logs.create_log_group(logGroupName="aws-waf-logs-front")
    group = f"arn:aws:logs:{account.region}:{account.account_id}:log-group:aws-waf-logs-front"
    waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": made["ARN"], "LogDestinationConfigs": [group]})
    ask = firewall("front", made["ARN"])
    assert (ask("/search?q=shoes"), ask(ATTACK)) == (200, 403)

    person = console(f"/wafv2/web-acls/REGIONAL/front/{made['Id']}?tab=requests")
    page = person.page
    attack = page.get_by_role("row").filter(has_text="%27")
    for _ in range(20):
        if attack.count():
            break
        page.get_by_role("button", name="Reload: Sampled requests").click()
        page.wait_for_timeout(300)
    attack.get_by_role("radio").check()
    page.get_by_role("group", name="As it was sent").get_by_role("mark").or_(page.locator("mark")).first.wait_for()
    assert "or" in page.locator("mark").first.inner_text()
    person.check_axe()
    person.screenshot("waf-requests")

    page.get_by_role("tab", name="Rules").click()
    page.get_by_role("button", name="Remove rule sqli").click()
    page.get_by_role("button", name="Replay the draft").click()
    page.get_by_text("No longer blocked").nth(1).wait_for(timeout=180_000)  # in the background, on a busy machine
    person.check_axe()
    person.screenshot("waf-replay")
    kept = waf.get_web_acl(Name="front", Scope="REGIONAL", Id=made["Id"])["WebACL"]["Rules"]
    assert len(kept) == 1, "a replay changes nothing"


def test_pages_hold_in_the_dark_in_chinese_and_where_little_is_allowed(
    console: Callable[..., Person], sign_in: Callable[..., Person], account: Account
) -> None:
    waf = account.client("wafv2")
    made = waf.create_web_acl(
        Name="shown",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig=visible("shown"),
        Rules=[rule("sqli", 0, {"NotStatement": {"Statement": SQLI}})],
    )["Summary"]
    address = f"/wafv2/web-acls/REGIONAL/shown/{made['Id']}"
    waf.create_ip_set(Name="office", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"])
    may = {"Effect": "Allow", "Action": ["wafv2:List*", "wafv2:GetWebACL", "wafv2:GetIPSet"], "Resource": "*"}
    person = sign_in("waf-reader", [may], width=768, dark=True)
    page = person.page
    person.open(address)
    page.get_by_text("You are not allowed to see this").wait_for()
    page.get_by_role("button", name="1. sqli").click()
    page.get_by_role("group", name="Statement that must not match").wait_for()
    person.check_axe()
    person.screenshot("waf-reader-768-dark")
    page.get_by_role("tab", name="Logging").click()
    page.get_by_text("wafv2:GetLoggingConfiguration").first.wait_for()

    chinese = console(address + "?tab=adapters", language="zh-CN")
    chinese.page.get_by_text("garrison waf proxy --upstream").wait_for()
    chinese.screenshot("waf-adapters-chinese")
    chinese.page.get_by_role("tab", name="日志记录").click()
    chinese.page.get_by_label("隐去的标头").wait_for()
    chinese.check_axe()
    chinese.screenshot("waf-logging-chinese")
    chinese.open("/wafv2/ip-sets")
    chinese.page.get_by_role("link", name="office").click()
    chinese.page.get_by_label("IP 地址", exact=True).wait_for()
    chinese.screenshot("waf-ip-set-chinese")
