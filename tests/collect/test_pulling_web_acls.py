"""`garrison waf pull` against a stand-in AWS account."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import typer

from garrison.cli.waf.explain import explain
from garrison.cli.waf.pull import pull
from garrison.waf.bundle import decode

from .conftest import StandIn


def visibility(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


def rule(name: str, priority: int, statement: dict[str, Any], **more: Any) -> dict[str, Any]:
    action = {} if "OverrideAction" in more else {"Action": {"Block": {}}}
    return {
        "Name": name,
        "Priority": priority,
        "Statement": statement,
        "VisibilityConfig": visibility(name),
        **action,
        **more,
    }


def test_web_acls_are_pulled_with_all_they_refer_to(stand_in: StandIn, tmp_path: Path, capsys: Any) -> None:
    waf = boto3.client("wafv2", endpoint_url=stand_in.url, region_name="eu-west-1")
    addresses = waf.create_ip_set(Name="bad", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"])
    patterns = waf.create_regex_pattern_set(
        Name="paths", Scope="REGIONAL", RegularExpressionList=[{"RegexString": "^/admin"}]
    )
    inner = {
        "ARN": patterns["Summary"]["ARN"],
        "FieldToMatch": {"UriPath": {}},
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    }
    group = waf.create_rule_group(
        Name="group",
        Scope="REGIONAL",
        Capacity=50,
        Rules=[rule("paths", 0, {"RegexPatternSetReferenceStatement": inner})],
        VisibilityConfig=visibility("group"),
    )
    waf.create_web_acl(
        Name="shop",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig=visibility("shop"),
        Rules=[
            rule("bad", 0, {"IPSetReferenceStatement": {"ARN": addresses["Summary"]["ARN"]}}),
            rule(
                "group",
                1,
                {"RuleGroupReferenceStatement": {"ARN": group["Summary"]["ARN"]}},
                OverrideAction={"None": {}},
            ),
        ],
    )
    pull(tmp_path / "drafts", endpoint=stand_in.url, regions="eu-west-1", as_json=True)
    told = json.loads(capsys.readouterr().out)
    (one,) = told["web_acls"]
    assert (one["name"], one["region"], one["scope"], one["rules"], one["problems"]) == (
        "shop",
        "eu-west-1",
        "REGIONAL",
        2,
        [],
    )
    bundle = decode(Path(one["file"]).read_bytes())
    assert bundle.ip_sets == {addresses["Summary"]["ARN"]: ("192.0.2.0/24",)}
    assert bundle.regex_sets == {patterns["Summary"]["ARN"]: ("^/admin",)}
    assert list(bundle.rule_groups) == [group["Summary"]["ARN"]]
    explain("curl http://h/admin", bundle=Path(one["file"]), as_json=True)
    assert json.loads(capsys.readouterr().out)["Decision"]["Rule"] == "group"


def test_what_cannot_be_had_or_used_is_told(stand_in: StandIn, tmp_path: Path, capsys: Any) -> None:
    waf = boto3.client("wafv2", endpoint_url=stand_in.url, region_name="us-east-1")
    missing = "arn:aws:wafv2:us-east-1:123456789012:regional/ipset/gone/11111111-1111-1111-1111-111111111111"
    waf.create_web_acl(
        Name="odd",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig=visibility("odd"),
        Rules=[rule("gone", 0, {"IPSetReferenceStatement": {"ARN": missing}})],
    )
    with pytest.raises(typer.Exit) as ended:
        pull(tmp_path, endpoint=stand_in.url, regions="us-east-1", scope="REGIONAL", as_json=True)
    assert ended.value.exit_code == 4
    (one,) = json.loads(capsys.readouterr().out)["web_acls"]
    assert missing in one["problems"][0] and "cannot be enforced here" in one["problems"][1]
