"""Managed rule groups: AWS's names and labels, versions, and that all they look for is there and is used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from garrison.waf import managed
from garrison.waf.document import Statement
from garrison.waf.fields import reader
from garrison.waf.managed.statements import expressions_of
from garrison.waf.transformations import transformer

ALL = [(one.vendor, one.name) for one in managed.available()]


@pytest.fixture(scope="module")
def facts(suites: Path) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads((suites / "waf" / "aws_waf_facts.json").read_text())
    return found


@pytest.mark.parametrize(("vendor", "name"), ALL)
def test_a_group_has_the_rules_and_the_capacity_that_aws_gives_it(
    vendor: str, name: str, facts: dict[str, dict[str, list[str]]]
) -> None:
    group = managed.group(vendor, name)
    wanted = facts["managed_rules"][name]
    assert [rule.name for rule in group.rules] == [rule.removesuffix("(Count)") for rule in wanted]
    counted = {rule.name for rule in group.rules if rule.action and rule.action.count is not None}
    assert counted == {rule.removesuffix("(Count)") for rule in wanted if rule.endswith("(Count)")}
    assert group.capacity == facts["managed_groups_wcu"][name]
    assert group.label_namespace in facts["label_prefixes"].values()


def test_labels_are_written_as_aws_writes_them() -> None:
    labels = {
        rule.name: label.name
        for vendor, name in ALL
        for rule in managed.group(vendor, name).rules
        for label in rule.rule_labels
    }
    assert labels["UserAgent_BadBots_HEADER"] == "BadBots_Header"
    assert labels["GenericLFI_URIPATH"] == "GenericLFI_URIPath"
    assert labels["SQLiExtendedPatterns_URIPATH"] == "SQLiExtendedPatterns_UriPath"
    assert labels["WindowsShellCommands_URIPATH"] == "WindowsShellCommands_UriPath"
    assert labels["Host_localhost_HEADER"] == "Host_Localhost_Header"
    assert labels["PROPFIND_METHOD"] == "Propfind_Method"
    assert labels["WordPressExploitablePaths_URIPATH"] == "WordPressExploitablePaths_URIPATH"


def test_a_group_is_had_by_its_version_and_without_one_in_its_newest() -> None:
    name = "AWSManagedRulesCommonRuleSet"
    known = next(one for one in managed.available() if one.name == name)
    assert known.versions and known.default_version == known.versions[0]
    assert managed.group("AWS", name) == managed.group("AWS", name, known.default_version)


@pytest.mark.parametrize("name", ["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesAnonymousIpList"])
def test_groups_that_follow_lists_have_no_versions(name: str) -> None:
    known = next(one for one in managed.available() if one.name == name)
    assert (known.versions, known.default_version) == ((), "")
    references = [rule.statement.ip_set_reference_statement for rule in managed.group("AWS", name).rules]
    assert all(one is not None and one.arn.startswith(managed.LIST_PREFIX) for one in references)


@pytest.mark.parametrize(
    ("vendor", "name", "version"),
    [
        ("AWS", "AWSManagedRulesNoSuchRuleSet", None),
        ("Somebody", "AWSManagedRulesCommonRuleSet", None),
        ("AWS", "AWSManagedRulesCommonRuleSet", "Version_0.9"),
    ],
)
def test_what_is_not_there_is_refused(vendor: str, name: str, version: str | None) -> None:
    with pytest.raises(managed.UnknownGroup):
        managed.group(vendor, name, version)


def test_every_list_of_words_is_used() -> None:
    for name, detection in managed.detections().items():
        for word in detection.words:
            assert any(f"<{word}>" in regex for regex in detection.regexes), (name, word)
        assert not any(f"<{word}>" in each for word in detection.words for each in expressions_of(detection)), name


def test_every_detection_is_used_and_every_one_that_is_named_is_there() -> None:
    named = {
        detection
        for vendor, name in ALL
        for text in managed.versions(vendor, name)
        for rule in text.rules
        for detection in rule.detections
    }
    assert named == managed.detections().keys()


@pytest.mark.parametrize(("vendor", "name"), ALL)
def test_every_field_and_transformation_exists(vendor: str, name: str) -> None:
    for rule in managed.group(vendor, name).rules:
        for leaf in _leaves(rule.statement):
            for matching in (
                leaf.regex_match_statement,
                leaf.byte_match_statement,
                leaf.size_constraint_statement,
                leaf.sqli_match_statement,
                leaf.xss_match_statement,
            ):
                if matching is not None:
                    reader(matching.field_to_match)
                    transformer(tuple(one.type for one in matching.text_transformations))


def _leaves(statement: Statement) -> Iterator[Statement]:
    if statement.or_statement is not None:
        for one in statement.or_statement.statements:
            yield from _leaves(one)
    elif statement.not_statement is not None:
        yield from _leaves(statement.not_statement.statement)
    else:
        yield statement
