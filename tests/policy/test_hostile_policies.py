"""Documents made to hurt are refused or answered, quickly and in one way."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.policy import MAX_DOCUMENT_CHARACTERS, Decision, MalformedPolicy, PolicyKind, parse_document

Ask = Callable[..., Decision]
GOOD = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD[:-1] + " " * 10_000_000 + "}", id="ten-megabytes"),
        pytest.param("[" * 200_000, id="deep-arrays"),
        pytest.param('{"Statement":' * 10_000, id="deep-objects"),
        pytest.param('{"Statement":' + "[" * 5_000 + "]" * 5_000 + "}", id="deep-and-closed"),
        pytest.param(GOOD.replace('"Action":', '"Action":"iam:*","Action":'), id="duplicate-key"),
        pytest.param(GOOD.replace("{", '{"Version":"2012-10-17",', 1), id="duplicate-version"),
        pytest.param(GOOD.replace('"s3:*"', "NaN"), id="nan"),
        pytest.param(GOOD.replace('"s3:*"', "-Infinity"), id="infinity"),
        pytest.param(GOOD.replace('"s3:*"', "9" * 100_000), id="huge-number-for-an-action"),
        pytest.param(GOOD[:40], id="truncated"),
        pytest.param(GOOD + "x", id="trailing"),
        pytest.param(GOOD.replace("*", "\\ud800"), id="lone-surrogate"),
        pytest.param("\ufeff" + GOOD, id="byte-order-mark"),
        pytest.param(GOOD.encode("utf-16"), id="utf-16"),
        pytest.param(b"\xff\xfe\x00", id="not-utf-8"),
        pytest.param(b"\x1f\x8b" + b"\0" * 100, id="gzip"),
    ],
)
def test_a_hostile_document_is_refused(text: str | bytes) -> None:
    with pytest.raises(MalformedPolicy):
        parse_document(text)


@given(st.one_of(st.text(), st.binary()))
def test_any_bytes_are_parsed_or_refused(text: str | bytes) -> None:
    with pytest.raises(MalformedPolicy):
        parse_document(text)


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just("*"))
ELEMENTS = st.sampled_from(
    ["Version", "Statement", "Effect", "Action", "Resource", "Principal", "AWS", "Condition", "StringLike", "Sid", "x"]
)
SHAPES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ELEMENTS, inner, max_size=4), max_leaves=12
)


@given(SHAPES, st.sampled_from(list(PolicyKind)))
def test_any_json_is_parsed_or_refused(shape: object, kind: PolicyKind) -> None:
    with contextlib.suppress(MalformedPolicy):
        parse_document(json.dumps({"Statement": shape}), kind)


@pytest.mark.parametrize(
    "pattern", ["*a" * 60_000, "${" * 60_000, "${a, '" * 20_000, "${" + " " * 100_000, "?a" * 50_000, "${a}" * 30_000]
)
def test_a_catastrophic_pattern_is_answered(ask: Ask, pattern: str) -> None:
    resource = "arn:aws:s3:::" + "a" * 2_048
    like = {"StringLike": {"aws:UserAgent": pattern + "b"}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::" + pattern}}
    statements = [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::" + pattern + "b"},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": like},
    ]
    for statement in statements:
        context = {"aws:UserAgent": "a" * 65_536, "aws:SourceArn": resource}
        assert not ask(resource=resource, identity=[statement], context=context).is_allowed


def test_huge_numbers_are_compared_without_being_expanded(ask: Ask) -> None:
    for wanted, actual in (("1e999999999", 5), ("9" * 60, "1e999999999"), ("9" * 10_000, "5")):
        condition = {"NumericEquals": {"a:b": wanted}}
        statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
        assert not ask(identity=[statement], context={"a:b": actual}).is_allowed


def test_the_limit_is_on_characters_before_any_parsing() -> None:
    with pytest.raises(MalformedPolicy, match=str(MAX_DOCUMENT_CHARACTERS)):
        parse_document(" " * (MAX_DOCUMENT_CHARACTERS + 1))
