"""Regular expressions and pattern sets.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-regex-pattern-support.html
"""

from __future__ import annotations

from typing import Any

import pytest

from garrison.waf.patterns import refusal
from garrison.waf.program import Refused
from tests.waf.acl import decide, get, matches, transformations

HEADER = {"SingleHeader": {"Name": "x-value"}}
SET = "arn:aws:wafv2:us-east-1:111122223333:regional/regexpatternset/set/1"


def regex(text: str, field: dict[str, Any] = HEADER, *types: str) -> dict[str, Any]:
    return {
        "RegexMatchStatement": {
            "RegexString": text,
            "FieldToMatch": field,
            "TextTransformations": transformations(*types),
        }
    }


def pattern_set(field: dict[str, Any] = HEADER, *types: str) -> dict[str, Any]:
    return {
        "RegexPatternSetReferenceStatement": {
            "ARN": SET,
            "FieldToMatch": field,
            "TextTransformations": transformations(*types),
        }
    }


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("I[a@]mAB[a@]dRequest", "I@mABadRequest", True),
        ("I[a@]mAB[a@]dRequest", "say IamAB@dRequest!", True),
        ("I[a@]mAB[a@]dRequest", "iamabadrequest", False),
        ("(?i)iamabadrequest", "IamABadRequest", True),
        ("^/api/v\\d+$", "/api/v12", True),
        ("^/api/v\\d+$", "x/api/v12", False),
        ("a.c", "a\nc", False),
        ("(?s)a.c", "a\nc", True),
        ("^b$", "a\nb\nc", False),
        ("(?m)^b$", "a\nb\nc", True),
        ("\\bcat\\b", "a cat sat", True),
        ("\\bcat\\b", "concatenate", False),
        ("[[:xdigit:]]{4}", "beef", True),
        ("a{2,3}", "aa", True),
        ("", "anything", True),
        ("x*", "anything", True),
        ("(?:a|b)+c", "ababc", True),
        ("caf\xe9", "caf\xc3\xa9", True),
    ],
)
def test_expressions_are_searched_for_anywhere(text: str, value: str, expected: bool) -> None:
    assert matches(regex(text), get(x_value=value)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "(a)\\1",
        "(?=a)b",
        "(?!a)b",
        "(?<=a)b",
        "(?<!a)b",
        "(?>a)b",
        "a++b",
        "a\\Kb",
        "(?(1)a|b)",
        "(?R)",
        "(*FAIL)",
        "(",
        "a{2",
    ],
)
def test_what_needs_backtracking_is_refused_as_aws_refuses_it(text: str) -> None:
    if text == "a{2":
        assert refusal(text) is None  # PCRE takes it for itself
        return
    assert refusal(text)
    with pytest.raises(Refused, match="rule r: the regular expression"):
        matches(regex(text), get())


@pytest.mark.parametrize("text", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(\\w+\\s?)*$", "([a-z]+)*=", "(a{1,100}){1,5}b"])
def test_expressions_that_explode_elsewhere_take_no_time_here(text: str) -> None:
    assert matches(regex(text), get(x_value="a" * 4000 + "!")) in {True, False}


def test_one_expression_of_a_set_is_enough_after_the_transformations() -> None:
    sets = {SET: ("I[a@]mAB[a@]dRequest", "^GET ", "sel\\s+ect")}
    assert matches(pattern_set(), get(x_value="I@mAB@dRequest"), regex_sets=sets)
    assert not matches(pattern_set(), get(x_value="SEL  ECT"), regex_sets=sets)
    assert matches(pattern_set(HEADER, "LOWERCASE"), get(x_value="SEL  ECT"), regex_sets=sets)
    with pytest.raises(Refused, match="no regex pattern set"):
        matches(pattern_set(), get())


def test_the_evidence_is_what_matched_and_where() -> None:
    decision = decide(regex("ev[i1]l"), get(x_value="so ev1l"))
    assert decision.terminating is not None
    (evidence,) = decision.terminating.evidence
    assert (evidence.condition, evidence.field, evidence.matched, evidence.start) == ("REGEX", "HEADER", b"ev1l", 3)
