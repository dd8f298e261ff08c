"""Rules that are asked together, after one look at all that they read, say what each of them says alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from garrison.waf.bundle import Bundle
from garrison.waf.program import Program, compile_program
from garrison.waf.request import Request
from tests.waf.acl import NOW, byte_match, reference, rule, rule_group, transformations, web_acl

QUERY: dict[str, Any] = {"QueryString": {}}
ARGUMENTS: dict[str, Any] = {"AllQueryArguments": {}}
HEADERS = {"Headers": {"MatchPattern": {"All": {}}, "MatchScope": "ALL", "OversizeHandling": "MATCH"}}
BODY = {"Body": {"OversizeHandling": "CONTINUE"}}
JSON = {"JsonBody": {"MatchPattern": {"All": {}}, "MatchScope": "VALUE", "InvalidFallbackBehavior": "MATCH"}}


def regex(text: str, field: dict[str, Any], *types: str) -> dict[str, Any]:
    statement = {"RegexString": text, "FieldToMatch": field, "TextTransformations": transformations(*types)}
    return {"RegexMatchStatement": statement}


def detector(kind: str, field: dict[str, Any], *types: str, **more: str) -> dict[str, Any]:
    return {kind: {"FieldToMatch": field, "TextTransformations": transformations(*types), **more}}


def negated(statement: dict[str, Any]) -> dict[str, Any]:
    return {"NotStatement": {"Statement": statement}}


def several(kind: str, *statements: dict[str, Any]) -> dict[str, Any]:
    return {f"{kind}Statement": {"Statements": list(statements)}}


STATEMENTS = [
    byte_match("ab", "CONTAINS", QUERY),
    byte_match("AB", "STARTS_WITH", ARGUMENTS, "URL_DECODE", "UPPERCASE"),
    byte_match("", "EXACTLY", HEADERS),
    byte_match("a", "EXACTLY", JSON, "BASE64_DECODE"),
    byte_match("b", "ENDS_WITH", BODY, "HEX_DECODE", "LOWERCASE"),
    regex("^(?:a|b)$", HEADERS, "LOWERCASE"),
    regex("^a.*\\x62$", BODY, "COMPRESS_WHITE_SPACE", "REMOVE_NULLS"),
    regex("(?i:q)x*", QUERY, "REPLACE_COMMENTS"),
    detector("SqliMatchStatement", ARGUMENTS, "URL_DECODE", SensitivityLevel="HIGH"),
    detector("XssMatchStatement", BODY, "HTML_ENTITY_DECODE"),
    negated(byte_match("ab", "CONTAINS", BODY)),
    several("And", byte_match("a", "CONTAINS", QUERY), negated(regex("b", ARGUMENTS, "URL_DECODE"))),
    several("And", negated(regex("b", ARGUMENTS, "URL_DECODE")), byte_match("a", "CONTAINS", QUERY)),
    several("Or", byte_match("zz", "CONTAINS", BODY), regex("q", QUERY), detector("XssMatchStatement", ARGUMENTS)),
]
PIECES = [
    b"a",
    b"b",
    b"ab",
    b"A",
    b"q",
    b"x",
    b"%61",
    b"+",
    b"  ",
    b"\n",
    b"\0",
    b"/*",
    b"*/",
    b"' or 1=1--",
    b"<svg ",
    b"YQ==",
    b"zz",
    b"62",
]
TEXT = st.lists(st.sampled_from(PIECES), max_size=4).map(b"".join)
PAIRS = st.lists(st.tuples(st.sampled_from([b"h", b"g"]), TEXT), max_size=3).map(tuple)
BODIES = TEXT | TEXT.map(lambda text: b'{"a":"' + text + b'"}') | TEXT.map(lambda text: text + b"a" * 8200)


def counting(statements: list[dict[str, Any]]) -> Program:
    """All of them in the web ACL itself, and in a group."""
    rules = [rule(f"r{number}", statement, "Count") for number, statement in enumerate(statements)]
    group = reference("group", {"RuleGroupReferenceStatement": {"ARN": "group"}})
    return compile_program(Bundle(web_acl(*rules, group), rule_groups={"group": rule_group(*rules)}))


@pytest.fixture(scope="module")
def programs() -> tuple[Program, list[Program]]:
    return counting(STATEMENTS), [counting([statement]) for statement in STATEMENTS]


@settings(max_examples=150)
@given(query=TEXT, headers=PAIRS, body=BODIES)
@example(query=b"", headers=((b"h", b"a"), (b"h", b"")), body=b"")
def test_together_they_say_what_they_say_alone(
    programs: tuple[Program, list[Program]], query: bytes, headers: tuple[tuple[bytes, bytes], ...], body: bytes
) -> None:
    together, alone = programs

    def request() -> Request:
        return Request(b"POST", b"/?v=" + query, headers, body)

    matching = []
    oversize: set[str] = set()
    for number, program in enumerate(alone):
        decision = program.decide(request(), NOW)
        oversize.update(decision.oversize)
        if decision.counted:
            matching.append(f"r{number}")
    decision = together.decide(request(), NOW)
    assert [hit.rule for hit in decision.counted] == matching
    assert [hit.rule for hit in decision.groups[0].counted] == matching
    assert set(decision.oversize) == oversize


def test_a_fallback_stands_whatever_the_transformations() -> None:
    program = counting([byte_match("a", "EXACTLY", JSON, "BASE64_DECODE")])
    assert program.decide(Request(b"POST", b"/", (), b"no json"), NOW).counted
