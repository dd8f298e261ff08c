"""Replay of web ACLs through boto3 and the command line: over what adapters told, against a web ACL that is not in force."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from garrison.cli.replay import Kind, replay
from garrison.testing import Account
from garrison.waf.records.batch import Batch, encode
from tests.services.refusals import refused

BODY = {"Body": {"OversizeHandling": "CONTINUE"}}
PATH = {"UriPath": {}}


def visibility(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


def rule(name: str, priority: int, field: dict[str, Any], search: str) -> dict[str, Any]:
    match = {
        "SearchString": search,
        "FieldToMatch": field,
        "PositionalConstraint": "CONTAINS",
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    }
    return {
        "Name": name,
        "Priority": priority,
        "Statement": {"ByteMatchStatement": match},
        "Action": {"Block": {}},
        "VisibilityConfig": visibility(name),
    }


DRAFT = json.dumps(
    {
        "Name": "shop",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": visibility("shop"),
        "Rules": [rule("admin", 0, PATH, "YWRtaW4="), rule("body", 1, BODY, "YWRtaW4=")],
    }
)


@pytest.fixture(scope="module")
def web_acl(garrison_module: Account) -> str:
    """A web ACL of which an adapter told three requests."""
    account = garrison_module
    acl = account.client("wafv2").create_web_acl(
        Name="shop", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visibility("shop")
    )["Summary"]["ARN"]
    now = account.clock.now().timestamp()
    records = tuple(
        {
            "timestamp": int((now - 10 + number) * 1000),
            "formatVersion": 1,
            "webaclId": acl,
            "action": action,
            "terminatingRuleId": "old" if action == "BLOCK" else "Default_Action",
            "httpRequest": {
                "httpMethod": "GET",
                "uri": uri,
                "clientIp": "192.0.2.7",
                "headers": [],
                "requestId": f"r-{number}",
            },
            "requestBodySize": size,
        }
        for number, (uri, action, size) in enumerate(
            [("/admin", "ALLOW", 0), ("/", "BLOCK", 0), ("/", "ALLOW", 5), ("/", "ALLOW", 0)]
        )
    )
    account.client("garrison").put_waf_records(WebAclArn=acl, BatchId="one", Records=encode(Batch(records=records)))
    return acl


def replayed(account: Account, **asked: Any) -> dict[str, Any]:
    own = account.client("garrison")
    started = own.start_replay(Kind="WEB_ACL", **asked)["ReplayId"]
    for _ in range(300):
        answer = own.get_replay(ReplayId=started)
        if answer["Replay"]["Status"] not in ("PENDING", "RUNNING"):
            return answer
        time.sleep(0.1)
    raise AssertionError("the replay does not end")


def test_a_web_acl_is_replayed_over_what_adapters_told(garrison_module: Account, web_acl: str) -> None:
    answer = replayed(garrison_module, Document=DRAFT, Replaces=web_acl)
    assert answer["Replay"]["Status"] == "FINISHED", answer["Replay"]
    assert answer["Totals"] == {"newlyBlocked": 1, "noLongerBlocked": 1, "undetermined": 1}
    newly, no_longer, undetermined = answer["Groups"]
    assert (newly["Rule"], newly["EventIds"], newly["Samples"][0]["Target"]) == ("admin", ["r-0"], "/admin")
    assert (no_longer["Rule"], no_longer["EventIds"]) == ("old", ["r-1"])
    assert (undetermined["Rule"], undetermined["MissingKeys"]) == ("body", ["body"])
    assert answer["Replay"]["Events"] == 4
    later = replayed(garrison_module, Document=DRAFT, StartTime=garrison_module.clock.now() + timedelta(hours=1))
    assert later["Replay"]["Status"] == "FINISHED" and later["Totals"] == {}


def test_what_is_no_web_acl_is_refused(garrison_module: Account, web_acl: str) -> None:
    own = garrison_module.client("garrison")
    for asked in (
        {},
        {"Document": "{}"},
        {"Document": "x"},
        {"Document": DRAFT, "Replaces": web_acl[:-3] + "abc"},
        {"Document": DRAFT, "Replaces": "x"},
    ):
        code, _ = refused(own.start_replay, Kind="WEB_ACL", **asked)
        assert code == "ValidationException", asked
    unusable = json.loads(DRAFT)
    unusable["Rules"][0]["Statement"] = {
        "IPSetReferenceStatement": {"ARN": "arn:aws:wafv2:us-east-1:111122223333:regional/ipset/a/b"}
    }
    answer = replayed(garrison_module, Document=json.dumps(unusable))
    assert answer["Replay"]["Status"] == "FAILED" and "cannot be used" in answer["Replay"]["Reason"]


def test_the_command_line_replays_a_web_acl(
    garrison_module: Account, web_acl: str, tmp_path: Path, capsys: Any
) -> None:
    draft = tmp_path / "draft.json"
    draft.write_text(DRAFT)
    with pytest.raises(typer.Exit) as ended:
        replay(Kind.WEB_ACL, draft, replaces="shop", home=garrison_module.home)
    assert ended.value.exit_code == 4
    shown = capsys.readouterr().out
    assert "GET /admin" in shown
    assert "without body" in shown
