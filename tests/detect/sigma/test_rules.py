"""Sigma rules: what each kind of test means, that records and SQL agree, and what is set aside."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison import codec
from garrison.detect.sigma import RuleSet, Unusable, compile_match, load_rules, parse_rule, sql_of
from garrison.detect.sigma.tree import values_needed

HEAD = "title: T\nid: 6b1a8c5e-0000-4000-8000-000000000001\nauthor: A. Author\nlogsource: {product: aws, service: cloudtrail}\n"
DATABASE = duckdb.connect()


def rule(detection: str, head: str = HEAD) -> Any:
    return parse_rule(f"{head}detection:\n{detection}")


def both(detection: str, record: dict[str, Any]) -> bool:
    """What both engines say, which must be the same."""
    condition = rule(detection).condition
    singly = compile_match(condition)(record)
    (by_sql,) = DATABASE.execute(
        f"SELECT {sql_of(condition)} FROM (SELECT ? AS record)", [codec.encode(record).decode()]
    ).fetchone()  # type: ignore[misc]
    assert singly == by_sql
    return singly


RECORD = {
    "eventName": "PutBucketPolicy",
    "eventSource": "s3.amazonaws.com",
    "sourceIPAddress": "203.0.113.77",
    "errorCode": None,
    "userAgent": "[S3 Browser 10_2 (50% faster)]",
    "userIdentity": {"type": "IAMUser", "userName": "alice", "arn": "arn:aws:iam::111122223333:user/alice"},
    "requestParameters": {
        "bucketName": "x",
        "count": 12,
        "force": False,
        "policy": {"Effect": "Allow", "Action": ["*"]},
    },
}


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("eventName: putbucketPOLICY", True),
        ("eventName|cased: putbucketPOLICY", False),
        ("eventName: [A, 'Put*Policy']", True),
        ("eventName: 'Put?ucketPolicy'", True),
        ("eventName: 'Put?Policy'", False),
        ("eventName|startswith: put", True),
        ("eventName|endswith: policy", True),
        ("eventName|contains|all: [bucket, policy]", True),
        ("eventName|contains|all: [bucket, object]", False),
        ("userAgent|contains: '10_2 (50%'", True),
        ("userAgent|contains: '10x2 (50'", False),
        ("userIdentity.type: IAMUser", True),
        ("userIdentity.kind: IAMUser", False),
        ("eventName.deeper: x", False),
        ("errorCode: null", True),
        ("eventName: null", False),
        ("nothing|exists: false", True),
        ("eventName|exists: true", True),
        ("requestParameters.count: 12", True),
        ("requestParameters.count|gt: 11", True),
        ("requestParameters.count|lte: 11", False),
        ("eventName|lt: 5", False),
        ("requestParameters.force: 'false'", True),
        ("requestParameters.force: false", True),
        ('requestParameters.policy|contains: \'"Effect":"Allow"\'', True),
        ("requestParameters.policy.Action|contains: '\"*\"'", True),
        ("sourceIPAddress|cidr: 203.0.113.64/26", True),
        ("sourceIPAddress|cidr: 198.51.100.0/24", False),
        ("eventName|re: '^Put(Bucket|Object)P'", True),
        ("eventName|re: '^put'", False),
        ("eventName|re|i: '^put'", True),
        ("userIdentity.arn|fieldref|endswith: userIdentity.userName", True),
        ("userIdentity.arn|fieldref: userIdentity.userName", False),
    ],
)
def test_a_test_means_what_sigma_says(test: str, expected: bool) -> None:
    assert both(f"    selection:\n        {test}\n    condition: selection", RECORD) is expected


def test_conditions_are_combined() -> None:
    detection = (
        "    selection_a:\n        eventName: PutBucketPolicy\n    selection_b:\n        eventSource: nowhere\n"
        "    filter:\n        sourceIPAddress: 203.0.113.77\n    condition: 1 of selection_* and not filter"
    )
    assert not both(detection, RECORD)
    assert both(detection, RECORD | {"sourceIPAddress": "192.0.2.1"})


def test_a_keyword_is_looked_for_in_the_whole_record() -> None:
    assert both("    keywords:\n        - user/ALICE\n    condition: keywords", RECORD)
    assert not both("    keywords:\n        - user/bob\n    condition: keywords", RECORD)


def test_a_record_is_shown_to_the_rules_of_its_event_name_only() -> None:
    named = rule("    selection:\n        eventName: [A, B]\n        eventSource: x\n    condition: selection")
    assert values_needed(named.condition, "eventName") == {"a", "b"}
    refused = rule("    selection:\n        eventName: A\n    condition: not selection", HEAD.replace("0001", "0002"))
    assert values_needed(refused.condition, "eventName") is None
    found = list(RuleSet([named, refused]).matches({"eventName": "B", "eventSource": "x"}))
    assert found == [named, refused]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no Sigma rule"),
        ("- 1", "no Sigma rule"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("{", "no YAML"),
        ("title: T\nlogsource: {product: windows, service: security}\ndetection: {a: {b: c}, condition: a}", "windows"),
        (f"{HEAD}detection: {{a: {{b: c}}, condition: d}}", "no Sigma rule"),
        (f"{HEAD}detection: {{a: {{'b|nonsense': c}}, condition: a}}", "no Sigma rule"),
        (f"{HEAD}detection: {{a: {{'b|re': '(?=x)'}}, condition: a}}", "[Rr]egular expression"),
        (
            f"{HEAD}detection: {{a: {{'b|re': '((a{{1,900}}){{1,900}}){{1,900}}'}}, condition: a}}",
            "[Rr]egular expression",
        ),
        (f"{HEAD}detection: {{a: {{'b|hour': 3}}, condition: a}}", "not supported"),
        (f'{HEAD}detection: {{a: {{"x\' OR 1=1 --": 3}}, condition: a}}', "no field"),
        (f"{HEAD}detection: {{a: {{'b|expand': '%People%'}}, condition: a}}", "placeholder People"),
        ("[" * 100_000, "nested too deeply"),
        ("title: T\ncorrelation: {type: event_count}", "correlation"),
    ],
)
def test_what_cannot_be_used_says_why(text: str, reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        parse_rule(text)


def test_files_that_cannot_be_used_are_set_aside(tmp_path: Path) -> None:
    good = f"{HEAD}detection: {{a: {{b: c}}, condition: a}}"
    (tmp_path / "a.yml").write_text(good)
    (tmp_path / "b.yml").write_text(good)
    (tmp_path / "c.yml").write_bytes(b"\xff\xfe")
    (tmp_path / "d.yaml").write_text("x" * (300 * 1024))
    loaded = load_rules([tmp_path, tmp_path / "absent.yml"])
    assert [one.authors for one in loaded.rules] == ["A. Author"]
    assert {Path(one.place).name for one in loaded.set_aside} == {"b.yml", "c.yml", "d.yaml", "absent.yml"}


texts = st.text(alphabet="aAbB*?%_\\'\"é ", max_size=6)


@settings(deadline=None, max_examples=300)
@given(value=texts, pattern=texts, modifier=st.sampled_from(["", "|contains", "|startswith", "|endswith", "|cased"]))
def test_records_and_sql_agree_on_any_pattern(value: str, pattern: str, modifier: str) -> None:
    written = pattern.replace("'", "''")
    with suppress(Unusable):
        both(f"    a:\n        f{modifier}: '{written}'\n    condition: a", {"f": value})


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
)


@settings(deadline=None, max_examples=300)
@given(record=st.dictionaries(st.sampled_from("ab"), values, max_size=2), field=st.sampled_from(["a", "a.b", "b.a"]))
def test_records_and_sql_agree_on_any_record(record: dict[str, Any], field: str) -> None:
    for test in (
        f"{field}: null",
        f"{field}|contains: a",
        f"{field}|gt: 0",
        f"{field}: 'true'",
        f"{field}|fieldref: b",
    ):
        both(f"    x:\n        {test}\n    condition: x", record)
