"""`garrison report trail` over log files of another account: each section, each form, and events that were made to do harm."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from garrison.gateway.founding import found_account
from garrison.runtime.home import Home
from tests.lake.templates import ACCOUNT, record, write_log

ROOT = {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root", "principalId": ACCOUNT, "accountId": ACCOUNT}
SESSION = {
    "type": "AssumedRole",
    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/bob",
    "principalId": "AROAEXAMPLE:bob",
    "accountId": ACCOUNT,
    "sessionContext": {"sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/ops"}},
}
OPS, ALICE = f"arn:aws:iam::{ACCOUNT}:role/ops", f"arn:aws:iam::{ACCOUNT}:user/alice"
HARM = '<script>alert(1)</script>"\x1b]0;x\x07'


def event(number: int, source: str, name: str, **members: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"readOnly": name.startswith(("Describe", "Get", "List"))}
    if source != "s3":
        told["resources"] = None
    return record(number, eventSource=f"{source}.amazonaws.com", eventName=name, **(told | members))


def sign_in(number: int, outcome: str, mfa: str, **members: Any) -> dict[str, Any]:
    return event(
        number,
        "signin",
        "ConsoleLogin",
        eventType="AwsConsoleSignIn",
        responseElements={"ConsoleLogin": outcome},
        additionalEventData={"MFAUsed": mfa},
        **members,
    )


EVENTS = [
    event(1, "ec2", "DescribeInstances"),  # before the time that is asked about
    event(100, "ec2", "DescribeInstances"),
    event(101, "ec2", "AuthorizeSecurityGroupIngress", userIdentity=SESSION, requestParameters={"groupId": "sg-1"}),
    event(
        102,
        "ec2",
        "TerminateInstances",
        requestParameters={"instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]}},
        errorCode="Client.UnauthorizedOperation",
        errorMessage="You are not authorized",
    ),
    event(103, "ec2", "CreateNatGateway", requestParameters={"CreateNatGatewayRequest": {"SubnetId": "subnet-1"}}),
    event(
        104, "iam", "AttachUserPolicy", requestParameters={"userName": "eve", "policyArn": "arn:aws:iam::aws:policy/A"}
    ),
    event(105, "iam", "GetUser", errorCode="NoSuchEntityException", errorMessage="no eve"),
    event(106, "s3", "PutBucketPolicy"),
    event(107, "s3", "GetBucketPolicy"),
    event(108, "cloudtrail", "StopLogging", requestParameters={"name": "main"}, userIdentity=ROOT),
    event(109, "kms", "Decrypt", readOnly=None),
    sign_in(110, "Failure", "No", errorMessage="Failed authentication", sourceIPAddress="203.0.113.9"),
    sign_in(111, "Success", "Yes"),
    event(
        112,
        "iam",
        "CreateUser",
        requestParameters={"userName": HARM},
        userAgent=HARM,
        sourceIPAddress="=cmd|' /C calc'!A0",
    ),
    event(3600 * 25, "ec2", "DescribeVpcs", eventTime="2026-03-02T01:00:00Z"),
]


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Runs a command on a home whose lake has the events."""
    folder = tmp_path_factory.mktemp("reported")
    found_account(Home(folder / "home"), region="us-east-1")
    write_log(folder / "logs" / "a.json.gz", EVENTS)

    def run(*arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "garrison", *arguments, "--home", str(folder / "home")],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=os.environ | {"COLUMNS": "220"},
        )
        assert done.returncode == code, (done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stderr

    run("trail", "ingest", str(folder / "logs"))
    return run


ASKED = ("report", "trail", "--account", ACCOUNT, "--from", "2026-03-01T00:01:00Z", "--to", "2026-03-03")


@pytest.fixture(scope="module")
def told(command: Callable[..., str]) -> dict[str, Any]:
    """The report as JSON."""
    found: dict[str, Any] = json.loads(command(*ASKED, "--json"))
    return found


def by(rows: list[dict[str, Any]], member: str) -> dict[str, dict[str, Any]]:
    return {row[member]: row for row in rows}


def test_the_summary_counts_what_lies_in_the_time(told: dict[str, Any]) -> None:
    summary = told["Summary"]
    assert (told["AccountId"], summary["Events"], summary["RootUse"]) == (ACCOUNT, 14, 1)
    assert (summary["Refused"], summary["Failed"], summary["Principals"], summary["Addresses"]) == (1, 1, 3, 3)
    assert [(day["Day"], day["Events"]) for day in told["Days"]] == [("2026-03-01", 13), ("2026-03-02", 1)]


def test_who_did_what_from_where(told: dict[str, Any]) -> None:
    assert by(told["Principals"], "Principal")[ALICE]["Events"] == 12
    assert by(told["Principals"], "Principal")[OPS]["Type"] == "AssumedRole"
    assert by(told["Addresses"], "SourceIPAddress")["203.0.113.9"]["Principals"] == 1
    calls = by(told["Calls"], "EventName")
    assert (calls["Decrypt"]["Changes"], calls["StopLogging"]["Changes"]) == (0, 1), (
        "a record without readOnly is told by its name"
    )


def test_what_was_refused_and_what_failed_are_told_apart(told: dict[str, Any]) -> None:
    (refused,) = told["Refused"]
    assert (refused["Principal"], refused["EventName"], refused["Count"]) == (ALICE, "TerminateInstances", 1)
    assert refused["Message"] == "You are not authorized"
    assert [row["ErrorCode"] for row in told["Errors"]] == ["NoSuchEntityException"]


def test_each_change_says_what_was_changed_and_by_whom(told: dict[str, Any]) -> None:
    changes = by(told["Changes"], "EventName")
    assert changes.keys() == {
        "AuthorizeSecurityGroupIngress",
        "TerminateInstances",
        "CreateNatGateway",
        "AttachUserPolicy",
        "PutBucketPolicy",
        "StopLogging",
        "CreateUser",
    }
    assert changes["AuthorizeSecurityGroupIngress"]["Resource"] == "sg-1"
    assert changes["AuthorizeSecurityGroupIngress"]["Principal"] == SESSION["arn"], (
        "the session, whose name tells the person"
    )
    assert changes["TerminateInstances"]["Resource"] == "i-1, i-2"
    assert changes["TerminateInstances"]["ErrorCode"] == "Client.UnauthorizedOperation"
    assert changes["CreateNatGateway"]["Resource"] == "subnet-1"
    assert changes["PutBucketPolicy"]["Resource"] == "arn:aws:s3:::b-106"
    assert json.loads(changes["AttachUserPolicy"]["Parameters"])["userName"] == "eve"
    classes = {row["Class"]: (row["Events"], row["Refused"]) for row in told["ChangeClasses"]}
    assert classes["EC2 instances"] == (1, 1)
    assert classes["IAM"] == (2, 0)
    assert classes["Trails and event data stores"] == (1, 0)


def test_sign_ins_root_and_what_is_new_are_told(told: dict[str, Any]) -> None:
    assert [(row["Outcome"], row["MFA"]) for row in told["SignIns"]] == [("Failure", "No"), ("Success", "Yes")]
    assert [(row["EventName"], row["Count"]) for row in told["RootUse"]] == [("StopLogging", 1)]
    assert {row["Principal"] for row in told["NewPrincipals"]} == {OPS, ROOT["arn"]}
    assert "203.0.113.9" in by(told["NewAddresses"], "SourceIPAddress")
    assert "198.51.100.7" not in by(told["NewAddresses"], "SourceIPAddress")


def test_rows_beyond_the_limit_are_counted(command: Callable[..., str]) -> None:
    few = json.loads(command(*ASKED, "--json", "--limit", "2"))
    assert len(few["Changes"]) == 2
    assert few["LeftOut"]["Changes"] == 5
    assert [row["EventName"] for row in few["Changes"]] == ["CreateUser", "StopLogging"], "the latest first"
    assert "and 5 more" in command(*ASKED, "--limit", "2")


def test_people_see_tables_without_control_characters(command: Callable[..., str]) -> None:
    shown = command(*ASKED)
    assert "What was refused" in shown
    assert "AuthorizeSecurityGroupIngress" in shown
    assert "\x1b]" not in shown


class Page(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_needs_nothing_else_and_lets_no_event_be_more_than_text(
    command: Callable[..., str], tmp_path: Path
) -> None:
    command(*ASKED, "--format", "html", "--output", str(tmp_path / "report.html"))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert "<script>alert(1)</script>" in page.words
    assert "script" not in page.tags
    assert all(link.startswith("#") for link in page.links)
    assert not re.search(r"url\(|@import|https?://", text)
    assert "\x1b" not in text
    assert page.tags.count("section") == 12
    assert "@media print" in text


def test_the_spreadsheet_runs_nothing(command: Callable[..., str]) -> None:
    rows = list(csv.DictReader(io.StringIO(command(*ASKED, "--format", "csv"))))
    refused = [row for row in rows if row["Section"] == "Refused"]
    assert [(row["EventName"], row["Count"]) for row in refused] == [("TerminateInstances", "1")]
    assert any(row["SourceIPAddress"].startswith("'=cmd") for row in rows)
    assert not any(value.startswith("=") for row in rows for value in row.values())


def test_a_time_without_events_and_wrong_options(command: Callable[..., str]) -> None:
    told = json.loads(command("report", "trail", "--account", ACCOUNT, "--to", "2020-01-01", "--json"))
    assert told["Summary"]["Events"] == 0
    assert told["Changes"] == []
    assert "Nothing was refused." in command(
        "report", "trail", "--account", ACCOUNT, "--to", "2020-01-01", "--format", "html"
    )
    assert "no account" in command("report", "trail", "--account", "12'; --", code=1)
    assert "after --to" in command("report", "trail", "--from", "2026-03-02", "--to", "2026-03-01", code=1)
