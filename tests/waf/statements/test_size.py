"""Size constraints: bytes of each value after its transformations."""

from __future__ import annotations

from typing import Any

import pytest

from garrison.waf.request import Request
from tests.waf.acl import decide, get, matches, transformations


def size(comparison: str, number: int, field: dict[str, Any], *types: str) -> dict[str, Any]:
    return {
        "SizeConstraintStatement": {
            "ComparisonOperator": comparison,
            "Size": number,
            "FieldToMatch": field,
            "TextTransformations": transformations(*types),
        }
    }


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ("EQ", (False, True, False)),
        ("NE", (True, False, True)),
        ("LE", (True, True, False)),
        ("LT", (True, False, False)),
        ("GE", (False, True, True)),
        ("GT", (False, False, True)),
    ],
)
def test_the_six_comparisons(comparison: str, expected: tuple[bool, ...]) -> None:
    statement = size(comparison, 9, {"UriPath": {}})
    assert tuple(matches(statement, get(path)) for path in ("/logo.jp", "/logo.jpg", "/logo.jpeg")) == expected


def test_sizes_are_of_bytes_after_the_transformations() -> None:
    request = get("/?q=%20%20%20")
    assert matches(size("EQ", 11, {"QueryString": {}}), request)
    assert matches(size("EQ", 5, {"QueryString": {}}, "URL_DECODE"), request)
    assert matches(size("EQ", 3, {"QueryString": {}}, "URL_DECODE", "COMPRESS_WHITE_SPACE"), request)


def test_a_header_that_is_not_there_has_no_size() -> None:
    assert not matches(size("LT", 10, {"SingleHeader": {"Name": "cookie"}}), get())
    assert not matches(size("GE", 0, {"SingleHeader": {"Name": "cookie"}}), get())


def test_a_larger_body_than_is_inspected_counts_in_full() -> None:
    field = {"Body": {"OversizeHandling": "CONTINUE"}}
    over = size("GT", 8192, field)
    assert not matches(over, get(body=b"x" * 8192))
    assert matches(over, get(body=b"x" * 8193))
    cut = Request(b"POST", b"/", (), b"x" * 8192, body_bytes=9000)
    assert matches(size("EQ", 9000, field), cut)
    assert decide(over, cut).oversize == ("BODY",)


@pytest.mark.parametrize(("handling", "expected"), [("MATCH", True), ("NO_MATCH", False)])
def test_other_handling_decides_whatever_the_size(handling: str, expected: bool) -> None:
    statement = size("EQ", 1, {"Body": {"OversizeHandling": handling}})
    assert matches(statement, get(body=b"x" * 9000)) is expected
