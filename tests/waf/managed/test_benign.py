"""Ordinary requests pass all groups, but for those that say why they do not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from garrison.waf import managed
from garrison.waf.bundle import Bundle
from garrison.waf.patterns import PatternCache
from garrison.waf.program import Program, compile_program
from garrison.waf.request import Request
from tests.waf.acl import NOW, reference, web_acl

CORPUS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("benign.toml").read_text())["requests"]
BROWSER = {
    "host": "www.example.com",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-language": "en-GB,en;q=0.5",
    "referer": "https://www.example.com/",
}


@pytest.fixture(scope="module")
def program(patterns: PatternCache) -> Program:
    rules = []
    for known in managed.available():
        counts = [{"Name": rule.name, "ActionToUse": {"Count": {}}} for rule in managed.group("AWS", known.name).rules]
        statement = {"VendorName": "AWS", "Name": known.name, "RuleActionOverrides": counts}
        rules.append(reference(known.name, {"ManagedRuleGroupStatement": statement}))
    return compile_program(Bundle(web_acl(*rules)), cache=patterns)


@pytest.mark.parametrize("given", CORPUS, ids=lambda given: given["about"])
def test_an_ordinary_request_matches_no_rule(program: Program, given: dict[str, Any]) -> None:
    decision = program.decide(_request(given), NOW)
    matched = sorted({hit.rule for group in decision.groups for hit in group.counted})
    assert matched == given.get("matches", []), [hit for group in decision.groups for hit in group.counted]
    assert bool(matched) == ("why" in given)


def _request(given: dict[str, Any]) -> Request:
    body = given.get("body", "").encode()
    headers = BROWSER | given.get("headers", {})
    if body:
        headers |= {
            "content-type": given.get("type", "application/x-www-form-urlencoded"),
            "content-length": str(len(body)),
        }
    return Request(
        method=b"POST" if body else b"GET",
        target=given.get("target", "/submit").encode(),
        headers=tuple((name.encode(), value.encode()) for name, value in headers.items()),
        body=body,
        address="192.0.2.7",
    )
