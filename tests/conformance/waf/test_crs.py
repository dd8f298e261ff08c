"""The requests of OWASP CRS's regression tests against our managed rule groups: how many attacks are found, and what is taken for one and is none.

`WRITE_PAGES=1` writes docs/waf-conformance.md anew.

A stage that expects a rule of the families 920 to 949 to fire at paranoia level 1 is an attack of that rule's family; one that only says what
must not fire is benign. An attack counts as found only by a rule whose class is the family's (`CLASSES`): a size or a missing User-Agent finds
nothing.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from garrison.waf import managed
from garrison.waf.bundle import Bundle
from garrison.waf.decision import Decision
from garrison.waf.patterns import PatternCache
from garrison.waf.program import Program, compile_program
from tests.conformance.waf.report import CLASSES, Result, page
from tests.conformance.waf.stages import Stage, read
from tests.waf.acl import NOW, reference, web_acl

HERE = Path(__file__).parent
FLOORS = HERE.parent / "floors.toml"
PAGE = HERE.parents[2] / "docs" / "waf-conformance.md"
GROUPS = ("Common", "KnownBadInputs", "SQLi", "Linux", "Unix", "Windows", "PHP")
NOT_COUNTED = ("SizeRestrictions_", "NoUserAgent_", "Host_localhost_")
"""Sizes and missing headers say nothing of an attack, and the server of the suite is called localhost."""


def program(patterns: PatternCache) -> Program:
    """All groups, with every rule counting, so that none keeps another from being seen."""
    rules = []
    for name in (f"AWSManagedRules{short}RuleSet" for short in GROUPS):
        counts = [{"Name": rule.name, "ActionToUse": {"Count": {}}} for rule in managed.group("AWS", name).rules]
        statement = {"VendorName": "AWS", "Name": name, "RuleActionOverrides": counts}
        rules.append(reference(name, {"ManagedRuleGroupStatement": statement}))
    return compile_program(Bundle(web_acl(*rules)), cache=patterns)


def rules_of(decision: Decision) -> set[str]:
    """Which rules matched that say something of an attack."""
    hits = {hit.rule for group in decision.groups for hit in group.counted}
    return {rule for rule in hits if not rule.startswith(NOT_COUNTED)}


def judge(compiled: Program, stages: list[Stage], attacked_otherwise: frozenset[str]) -> Result:
    result = Result()
    for stage in stages:
        if not stage.expected and not stage.is_benign:
            continue
        rules = rules_of(compiled.decide(stage.request, NOW))
        for family in stage.families & CLASSES.keys():
            result.attacks[family] += 1
            if any(rule.startswith(CLASSES[family]) for rule in rules):
                result.found[family] += 1
            else:
                result.missed[family].append(stage.name)
        if not stage.is_benign:
            continue
        if stage.name in attacked_otherwise:
            result.elsewhere += 1
            result.elsewhere_matched += bool(rules)
        else:
            result.benign += 1
            if rules:
                result.wrong[stage.name] = sorted(rules)
    return result


@pytest.fixture(scope="module")
def result(suites: Path, patterns: PatternCache) -> Result:
    otherwise = tomllib.loads((HERE / "attacked_otherwise.toml").read_text())
    return judge(program(patterns), read(suites / "waf" / "crs.tar.gz"), frozenset(otherwise))


@pytest.mark.parametrize("family", CLASSES)
def test_attacks_of_a_family_are_found(result: Result, family: str, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nCRS {family}: {result.found[family]}/{result.attacks[family]} attacks found")
    assert result.found[family] >= tomllib.loads(FLOORS.read_text())[f"waf_crs_{family}"], result.missed[family]
    assert result.found[family] >= 0.9 * result.attacks[family]


def test_benign_requests_are_let_through(result: Result, capsys: pytest.CaptureFixture[str]) -> None:
    passed = result.benign - len(result.wrong)
    with capsys.disabled():
        print(f"\nCRS benign: {passed}/{result.benign} let through")
    assert passed >= tomllib.loads(FLOORS.read_text())["waf_crs_benign"], result.wrong
    assert len(result.wrong) <= 0.02 * result.benign


def test_no_more_is_published_than_was_measured(result: Result) -> None:
    if os.environ.get("WRITE_PAGES"):
        PAGE.write_text(page(result))
    text = PAGE.read_text()
    rows = dict(re.findall(r"^\| (\d{3}) [^|]+\| \d+ \| (\d+) \|", text, re.MULTILINE))
    assert rows.keys() == CLASSES.keys()
    assert all(int(found) <= result.found[family] for family, found in rows.items())
    wrong = re.search(r"Matched: (\d+)", text)
    assert wrong is not None and int(wrong[1]) >= len(result.wrong)
