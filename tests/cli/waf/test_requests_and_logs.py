"""`garrison waf explain` and `replay` with web ACLs in files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from garrison.cli.waf.explain import explain
from garrison.cli.waf.logs import requests_in
from garrison.errors import OperatorError

ACL = {
    "WebACL": {
        "Name": "shop",
        "ARN": "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/1",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "shop"},
        "Rules": [
            {
                "Name": "traversal",
                "Priority": 0,
                "Action": {"Block": {}},
                "Statement": {
                    "ByteMatchStatement": {
                        "SearchString": "Li4v",
                        "PositionalConstraint": "CONTAINS",
                        "FieldToMatch": {"QueryString": {}},
                        "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}],
                    }
                },
                "VisibilityConfig": {
                    "SampledRequestsEnabled": True,
                    "CloudWatchMetricsEnabled": True,
                    "MetricName": "traversal",
                },
            }
        ],
    }
}
COMBINED = (
    '192.0.2.7 - - [10/Oct/2026:13:55:36 +0000] "GET /f?x=%2e%2e/etc HTTP/1.1" 200 1 "-" "curl"\n'
    '192.0.2.7 - - [10/Oct/2026:13:55:37 +0000] "GET / HTTP/1.1" 200 1 "-" "curl"\nnonsense\n'
)


@pytest.fixture
def acl(tmp_path: Path) -> Path:
    path = tmp_path / "acl.json"
    path.write_text(json.dumps(ACL))
    return path


def told(done: Any) -> Any:
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_explain_tells_what_each_rule_saw(garrison: Any, acl: Path) -> None:
    line = "curl 'http://shop.example/f?x=%2e%2e/etc'"
    found = told(garrison.run("waf", "explain", line, "--bundle", str(acl), "--json"))
    assert found["Decision"]["Action"] == "BLOCK" and found["Decision"]["Rule"] == "traversal"
    assert found["Decision"]["Matched"][0]["Data"] == "../"
    stages = found["Steps"][0]["Statement"]["Values"][0]["Stages"]
    assert [one["Value"] for one in stages] == ["x=%2e%2e/etc", "x=../etc"]
    raw = acl.with_name("request")
    raw.write_bytes(b"GET /f HTTP/1.1\r\nHost: h\r\n\r\n")
    text = garrison.run("waf", "explain", str(raw), "--bundle", str(acl)).stdout
    assert text.startswith("ALLOW by Default_Action") and "does not match" in text


@pytest.mark.parametrize(
    ("request_", "bundle"),
    [
        ("curl -d @/etc/passwd h", "acl.json"),
        ("curl h", None),
        ("curl h", "nowhere"),
        ("nowhere", "acl.json"),
        ("acl.json", "acl.json"),
        ("curl h", "text"),
    ],
)
def test_what_cannot_be_used_is_told_with_a_remedy(acl: Path, request_: str, bundle: str | None) -> None:
    acl.with_name("text").write_text("no JSON")
    given = request_ if request_.startswith("curl") else str(acl.with_name(request_))
    with pytest.raises(OperatorError) as problem:
        explain(given, bundle=acl.with_name(bundle) if bundle else None)
    assert problem.value.remedy


def test_replay_tells_what_a_draft_changes_about_logs_plain_and_gzip(garrison: Any, acl: Path) -> None:
    logs = acl.with_name("logs")
    logs.mkdir()
    (logs / "a.log").write_text(COMBINED)
    (logs / "b.log.gz").write_bytes(gzip.compress(COMBINED.encode()))
    done = garrison.run("waf", "replay", str(acl), str(logs), "--json")
    found = told(done)
    assert done.returncode == 4
    assert (found["Requests"], found["Unreadable"], found["Totals"]) == (4, 2, {"newlyBlocked": 2})
    (group,) = found["Groups"]
    assert group["Rule"] == "traversal" and group["FirstTime"] == "2026-10-10T13:55:36Z"
    assert [one["Name"] for one in group["Samples"]] == ["a.log:1", "b.log.gz:1"]
    same = garrison.run("waf", "replay", str(acl), str(logs), "--against", str(acl))
    assert same.returncode == 0 and "no change" in same.stdout


def test_tune_prints_rules_that_let_the_false_positive_pass_and_writes_a_web_acl_to_replay(
    garrison: Any, acl: Path
) -> None:
    line, tuned = "curl 'http://shop.example/f?x=../etc'", acl.with_name("tuned.json")
    found = told(garrison.run("waf", "tune", line, "--bundle", str(acl), "--output", str(tuned), "--json"))
    assert found["BlockedBy"] == ["traversal"]
    assert found["Proof"]["AttacksStillBlocked"] > 0
    assert "NotStatement" in json.dumps(found["Rules"])
    logs = acl.with_name("a.log")
    logs.write_text(COMBINED)
    replayed = garrison.run("waf", "replay", str(tuned), str(logs), "--against", str(acl), "--json")
    assert told(replayed)["Totals"] == {"noLongerBlocked": 1}
    again = garrison.run("waf", "tune", line, "--bundle", str(tuned))
    assert again.returncode == 1 and "does not block" in again.stderr


def test_a_broken_archive_is_told_to_be_one(acl: Path) -> None:
    broken = acl.with_name("x.gz")
    broken.write_bytes(gzip.compress(COMBINED.encode() * 100)[:60])
    with pytest.raises(OperatorError, match="cannot be read"):
        list(requests_in(broken, None))
