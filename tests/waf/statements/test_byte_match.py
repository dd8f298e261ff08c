"""String matches as the developer guide describes them.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-string-match.html
"""

from __future__ import annotations

import pytest

from garrison.waf.request import Request
from tests.waf.acl import byte_match, decide, get, matches

HEADER = {"SingleHeader": {"Name": "X-Value"}}


@pytest.mark.parametrize(
    ("constraint", "search", "value", "expected"),
    [
        ("EXACTLY", "badbot", "badbot", True),
        ("EXACTLY", "badbot", "badbots", False),
        ("EXACTLY", "badbot", "a badbot", False),
        ("EXACTLY", "badbot", "badbot\n", False),
        ("STARTS_WITH", "bad", "badbot", True),
        ("STARTS_WITH", "bot", "badbot", False),
        ("STARTS_WITH", "bot", "bad\nbot", False),
        ("ENDS_WITH", "bot", "badbot", True),
        ("ENDS_WITH", "bad", "badbot", False),
        ("ENDS_WITH", "bot", "badbot\n", False),
        ("CONTAINS", "dbo", "badbot", True),
        ("CONTAINS", "DBO", "badbot", False),
        ("CONTAINS", "a.b", "axb", False),
        ("CONTAINS", "\\d", "7", False),
        ("CONTAINS", "\\d", "a\\dz", True),
        ("CONTAINS_WORD", "BadBot", "BadBot", True),
        ("CONTAINS_WORD", "BadBot", "BadBot;", True),
        ("CONTAINS_WORD", "BadBot", ";BadBot", True),
        ("CONTAINS_WORD", "BadBot", "-BadBot;", True),
        ("CONTAINS_WORD", "BadBot", "a BadBot here", True),
        ("CONTAINS_WORD", "BadBot", "BadBots", False),
        ("CONTAINS_WORD", "BadBot", "_BadBot", False),
        ("CONTAINS_WORD", "BadBot", "BadBot_1", False),
        ("CONTAINS_WORD", "BadBot", "9BadBot", False),
        ("CONTAINS_WORD", "BadBot", "BadBots BadBot", True),
        ("CONTAINS_WORD", "BadBot", "\xe9BadBot\xe9", True),
    ],
)
def test_where_the_string_may_stand(constraint: str, search: str, value: str, expected: bool) -> None:
    assert matches(byte_match(search, constraint, HEADER), get(x_value=value)) is expected


def test_letters_count_as_they_are_until_a_transformation_makes_them_small() -> None:
    request = get(x_value="BadBot")
    assert not matches(byte_match("badbot", "CONTAINS", HEADER), request)
    assert matches(byte_match("badbot", "CONTAINS", HEADER, "LOWERCASE"), request)
    assert not matches(byte_match("BadBot", "CONTAINS", HEADER, "LOWERCASE"), request)


def test_transformations_apply_in_the_order_of_their_priorities() -> None:
    field = {"QueryString": {}}
    request = get("/?q=%2541")
    assert matches(byte_match("q=%41", "EXACTLY", field, "URL_DECODE"), request)
    assert matches(byte_match("q=A", "EXACTLY", field, "URL_DECODE", "URL_DECODE"), request)
    backwards = byte_match("q=a", "EXACTLY", field)
    backwards["ByteMatchStatement"]["TextTransformations"] = [
        {"Priority": 20, "Type": "LOWERCASE"},
        {"Priority": 10, "Type": "URL_DECODE"},
        {"Priority": 5, "Type": "URL_DECODE"},
    ]
    assert matches(backwards, request)


def test_search_strings_are_bytes_and_may_hold_any_of_them() -> None:
    every = bytes(range(256)).decode("latin-1")
    statement = byte_match("", "CONTAINS", {"Body": {"OversizeHandling": "CONTINUE"}})
    statement["ByteMatchStatement"]["SearchString"] = bytes(range(256))
    assert matches(statement, get(body=b"x" + every.encode("latin-1") + b"y"))
    assert not matches(statement, get(body=bytes(reversed(range(256)))))


def test_any_part_of_a_field_is_enough_and_the_evidence_says_which() -> None:
    field = {"AllQueryArguments": {}}
    decision = decide(byte_match("evil", "CONTAINS", field), get("/?good=1&bad=so%20evil&more=evil"))
    assert decision.terminating is not None
    (evidence,) = decision.terminating.evidence
    assert evidence.condition == "STRING"
    assert evidence.field == "ALL_QUERY_ARGS"
    assert evidence.place == "bad"
    assert evidence.matched == b"evil"
    assert evidence.start == len("so%20")


def test_a_component_that_is_not_there_matches_nothing() -> None:
    assert not matches(byte_match("", "CONTAINS", HEADER), Request(b"GET", b"/"))
    negated = {"NotStatement": {"Statement": byte_match("x", "CONTAINS", HEADER)}}
    assert matches(negated, Request(b"GET", b"/"))


@pytest.mark.parametrize(("handling", "expected"), [("CONTINUE", False), ("MATCH", True), ("NO_MATCH", False)])
def test_a_body_that_is_too_large_is_handled_as_the_statement_says(handling: str, expected: bool) -> None:
    statement = byte_match("evil", "CONTAINS", {"Body": {"OversizeHandling": handling}})
    request = get(body=b"x" * 8192 + b"evil")
    assert matches(statement, request) is expected
    assert decide(statement, request).oversize == ("BODY",)
