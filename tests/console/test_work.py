"""Work that goes wrong and goes on: refusals explained, a server that restarts, hostile names, long lists, the keyboard alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import boto3
from botocore.config import Config
from playwright.sync_api import expect

from garrison.testing import Account

from .person import PASSWORD, Person

BUDGET_BYTES = 350_000
"""Of script, compressed as it is sent, until the overview is there."""
HOSTILE = '"><img src=x onerror="document.title=1"><b>bold</b>'
RIGHT_TO_LEFT = "\u202eevil\u202c שלום 🛡️"
LONG = f"{HOSTILE}{RIGHT_TO_LEFT}".ljust(512, "長")


def test_a_refusal_names_the_statement_or_whom_to_ask(sign_in: Callable[..., Person], account: Account) -> None:
    deny = {"Sid": "NoTopics", "Effect": "Deny", "Action": "sns:ListTopics", "Resource": "*"}
    explain = {"Effect": "Allow", "Action": "garrison:Explain", "Resource": "*"}
    told = sign_in("Toni", [{"Version": "2012-10-17", "Statement": [deny, explain]}])
    told.open("/sns")
    told.page.get_by_text("You are not allowed to do this").wait_for()
    told.page.get_by_text("inline-1, statement NoTopics").wait_for()
    told.check_axe()
    told.screenshot("denied")

    untold = sign_in("Uwe")
    untold.open("/sns")
    untold.page.get_by_text(f"Ask an administrator of account {account.account_id}").wait_for()
    untold.page.get_by_text('"Action": "sns:ListTopics"').wait_for()


def test_names_are_text_and_a_topic_is_worked_with(console: Callable[..., Person], account: Account) -> None:
    person = console("/sns")
    page = person.page
    page.get_by_role("button", name="Create topic").first.click()
    dialog = page.get_by_role("dialog", name="Create topic")
    dialog.get_by_label("Name", exact=True).fill("bad name!")
    dialog.get_by_role("button", name="Create topic").click()
    dialog.get_by_text("InvalidParameter").wait_for()
    dialog.get_by_label("Name", exact=True).fill("console-work")
    dialog.get_by_label("Display name").fill(HOSTILE[:99])
    dialog.get_by_role("button", name="The same on the command line").click()
    dialog.get_by_text("aws sns create-topic --name console-work").wait_for()
    with throttled(person, "CreateTopic"):
        dialog.get_by_role("button", name="Create topic").click()
        page.get_by_text("Garrison is busy. Trying again").first.wait_for()
    person.see("console-work")
    page.get_by_text("Garrison is busy. Trying again").first.wait_for(state="detached")
    page.get_by_text(HOSTILE).first.wait_for()

    arn = f"arn:aws:sns:{account.region}:{account.account_id}:console-work"
    page.get_by_role("tab", name="Tags").click()
    page.get_by_role("button", name="Edit tags").click()
    dialog = page.get_by_role("dialog", name="Edit tags")
    for number, (key, value) in enumerate([(RIGHT_TO_LEFT, HOSTILE), ("long", "x" * 256)], start=1):
        dialog.get_by_role("button", name="Add tag").click()
        dialog.get_by_label(f"Key {number}").fill(key)
        dialog.get_by_label(f"Value {number}").fill(value)
    dialog.get_by_role("button", name="The same on the command line").click()
    dialog.get_by_text(f"aws sns tag-resource --resource-arn {arn}").wait_for()
    dialog.get_by_role("button", name="Save").click()
    page.get_by_text(HOSTILE).nth(1).wait_for()
    page.get_by_text(RIGHT_TO_LEFT, exact=True).wait_for()
    assert page.locator("img[src=x]").count() == 0
    person.check_axe()
    person.screenshot("topic")

    page.reload()
    page.get_by_role("tab", name="Tags", selected=True).wait_for()
    page.get_by_role("button", name="Publish message").click()
    page.get_by_label("Message", exact=True).fill("hello")
    page.get_by_role("dialog").get_by_role("button", name="Publish message").click()
    page.get_by_text("Published as message").wait_for()
    page.get_by_role("button", name="Open help and commands").click()
    page.get_by_text(f"aws sns publish --topic-arn {arn} --message hello").wait_for()


@contextmanager
def throttled(person: Person, operation: str) -> Iterator[None]:
    """Answer calls of an operation of a query API as AWS does where there were too many."""
    body = (
        "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
        "<RequestId>0</RequestId></ErrorResponse>"
    )
    origin = "/".join(person.address.split("/")[:3])

    def answer(route: Any) -> None:
        if f"Action={operation}&" in (route.request.post_data or ""):
            route.fulfill(
                status=400, body=body, content_type="text/xml", headers={"Access-Control-Allow-Origin": origin}
            )
        else:
            route.continue_()

    person.page.route(f"{person.account.endpoint}/**", answer)
    yield
    person.page.unroute(f"{person.account.endpoint}/**", answer)


def test_hostile_text_is_text_on_pages_of_every_kind(console: Callable[..., Person], account: Account) -> None:
    alarm = f"{HOSTILE} שלום 🛡️".ljust(255, "長")
    account.client("cloudwatch").put_metric_alarm(
        AlarmName=alarm,
        AlarmDescription=HOSTILE,
        Namespace="Nasty",
        MetricName=HOSTILE,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    key = account.client("kms").create_key(Description=LONG)["KeyMetadata"]["KeyId"]
    account.role("nasty", Description=HOSTILE * 10)
    position = account.position()
    account.client("sts", config=Config(user_agent=HOSTILE)).get_caller_identity()
    (event,) = account.events("GetCallerIdentity", since=position)
    person = console("/cloudwatch", width=768)
    page = person.page
    for address in (
        "/cloudwatch",
        f"/kms/keys/{key}",
        "/iam/roles/nasty",
        f"/cloudtrail/events/{event['eventID']}",
        f"/nowhere/{quote(HOSTILE)}",
        f"/cloudwatch/alarms/{quote(alarm, safe='')}",
    ):
        person.open(address)
        expect(page.get_by_role("main"), address).to_contain_text(HOSTILE, timeout=30_000)
        assert page.locator("img[src=x]").count() == 0 and page.title() != "1"
        assert page.evaluate("document.documentElement.scrollWidth") <= 768, address
    page.get_by_role("heading", name=alarm, level=1).wait_for()
    person.screenshot("hostile-768")
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(HOSTILE).first.wait_for()
    dialog.get_by_role("textbox").fill(alarm)
    dialog.get_by_role("button", name="Delete").click()
    page.get_by_role("status").get_by_text(HOSTILE).first.wait_for()
    assert page.locator("img[src=x]").count() == 0


def test_ten_thousand_items_are_listed_in_pages_and_filtered(console: Callable[..., Person], account: Account) -> None:
    person = console("/sns")
    person.see("Topics")
    page = person.page
    names = [f"many-{number:05d}" for number in range(10_000)]

    def answer(route: Any) -> None:
        body = route.request.post_data or ""
        if "Action=ListTopics" not in body:
            route.fallback()
            return
        start = int(body.partition("NextToken=")[2].partition("&")[0] or 0)
        members = "".join(
            f"<member><TopicArn>arn:aws:sns:us-east-1:1:{name}</TopicArn></member>"
            for name in names[start : start + 1000]
        )
        following = f"<NextToken>{start + 1000}</NextToken>" if start + 1000 < len(names) else ""
        route.fulfill(
            status=200,
            headers={"content-type": "text/xml", "access-control-allow-origin": "*"},
            body=f"<ListTopicsResponse><ListTopicsResult><Topics>{members}</Topics>{following}</ListTopicsResult></ListTopicsResponse>",
        )

    page.route(f"{account.endpoint}/**", answer)
    page.get_by_role("button", name="Reload: Topics").click()
    page.get_by_role("link", name="many-00000").wait_for()
    page.get_by_label("Filter Topics").fill("many-09999")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="many-09999").wait_for()
    page.get_by_text("(1/10,000)").wait_for()
    assert "filter=" in page.url
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_role("link", name="many-00000").wait_for()
    page.get_by_text("(10,000)").wait_for()


def test_the_keyboard_is_enough(console: Callable[..., Person], account: Account) -> None:
    account.client("sns").create_topic(Name="console-keys")
    person = console("/sns", width=768)
    person.see("Topics")
    page = person.page
    page.get_by_role("link", name="console-keys").wait_for()
    person.check_axe()
    person.screenshot("topics-768")
    page.locator("body").press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    focused = page.locator(":focus")

    def go_to(wanted: Any, key: str = "Tab") -> None:
        for _ in range(60):
            page.keyboard.press(key)
            if wanted.and_(focused).count():
                return
        raise AssertionError(f"{wanted} has not been reached")

    # A dialog takes the focus, keeps it, and gives it back to the button that opened it.
    create = page.get_by_role("button", name="Create topic").first
    go_to(create)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Create topic")
    dialog.locator(":focus").wait_for()
    go_to(dialog.get_by_role("button", name="The same on the command line"))
    page.keyboard.press("Enter")
    dialog.get_by_text("aws sns create-topic").wait_for()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert dialog.locator(":focus").count()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    create.and_(focused).wait_for()

    # What was done is said, and the page that is gone to begins at its heading.
    page.keyboard.press("Enter")
    go_to(dialog.get_by_label("Name", exact=True))
    page.keyboard.type("console-typed")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("console-typed").wait_for()
    page.get_by_role("heading", name="console-typed", level=1).and_(focused).wait_for()

    # The panel of commands opens and closes, and the menu leads on.
    help_button = page.get_by_role("button", name="Open help and commands")
    go_to(help_button, "Shift+Tab")
    page.keyboard.press("Enter")
    page.get_by_text("aws sns create-topic --name console-typed").first.wait_for()
    page.get_by_role("button", name="Close help and commands").and_(focused).wait_for()
    page.keyboard.press("Enter")
    help_button.and_(focused).wait_for()
    go_to(page.get_by_role("button", name="Open navigation"), "Shift+Tab")
    page.keyboard.press("Enter")
    go_to(page.get_by_role("link", name="Subscriptions"))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Subscriptions", level=1).and_(focused).wait_for()


def test_the_server_restarts_in_the_middle_of_work(
    open_console: Callable[..., Person], tmp_path: Path, built: Path
) -> None:
    home = tmp_path / "home"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GARRISON_", "AWS_"))}

    def garrison(*words: str) -> str:
        command = [sys.executable, "-m", "garrison", *words, "--home", str(home)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    made = json.loads(garrison("up", "--port", "0", "--detach", "--json"))
    try:
        keys = ConfigParser()
        keys.read(home / "credentials")
        (section,) = keys.sections()
        iam = boto3.client("iam", endpoint_url=made["endpoint"], region_name="us-east-1", **keys[section])
        iam.create_user(UserName="Rosa")
        iam.create_login_profile(UserName="Rosa", Password=PASSWORD)
        iam.attach_user_policy(UserName="Rosa", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        person = open_console(account=SimpleNamespace(console=made["console"]))
        person.sign_in("Rosa")
        person.open("/sns")
        page = person.page
        page.get_by_role("button", name="Create topic").first.click()
        dialog = page.get_by_role("dialog", name="Create topic")
        dialog.get_by_label("Name", exact=True).fill("after-the-restart")
        garrison("down")
        dialog.get_by_role("button", name="Create topic").click()
        page.get_by_text("Garrison is not answering. Trying again").first.wait_for()
        ports = {name: made[name].split(":")[2].partition("/")[0] for name in ("endpoint", "console")}
        garrison("up", "--port", ports["endpoint"], "--console-port", ports["console"], "--detach")
        person.see("after-the-restart")
        page.get_by_text("Garrison is not answering. Trying again").first.wait_for(state="detached")
    finally:
        garrison("down")


def test_a_first_load_is_small(open_console: Callable[..., Person], account: Account) -> None:
    account.user("Fritz", ["AdministratorAccess"])
    account.client("iam").create_login_profile(UserName="Fritz", Password=PASSWORD)
    person = open_console(language="zh-CN")
    person.open("/")
    page = person.page
    page.get_by_label("用户名").and_(page.locator(":focus")).wait_for()
    page.keyboard.type("Fritz")  # by the keyboard alone
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    person.see("概览")
    page.wait_for_load_state("networkidle")
    sizes: dict[str, int] = page.evaluate(
        """() => Object.fromEntries(performance.getEntriesByType("resource")
            .filter(({ name }) => name.endsWith(".js")).map(({ name, encodedBodySize }) => [name, encodedBodySize]))"""
    )
    assert len(sizes) > 5
    assert sum(sizes.values()) <= BUDGET_BYTES, sizes


def test_the_overview_shows_what_happened(open_console: Callable[..., Person], administrator: dict[str, Any]) -> None:
    person = open_console(memory=administrator)
    seen = {"firstObservedAt": 1, "lastObservedAt": 1, "status": "ACTIVE", "severity": "HIGH"}
    headers = {"content-type": "application/json", "access-control-allow-origin": "*"}
    answer = json.dumps({"findings": [seen]})
    person.page.route("**/findings/list", lambda route: route.fulfill(status=200, headers=headers, body=answer))
    person.open("/overview")
    person.see("Overview")
    person.page.get_by_role("table", name="Last changes").wait_for()
    trend = person.page.get_by_role("img", name="Open findings, last 30 days. Critical and high: 1, Others: 0")
    assert trend.evaluate("chart => getComputedStyle(chart.firstElementChild).fill") != "rgb(0, 0, 0)"
    person.check_axe()
    person.screenshot("overview")
