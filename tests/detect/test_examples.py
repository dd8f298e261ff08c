"""Who did what, from a log event, also a hostile one."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.detect.examples import LONGEST_TEXT, Example, example_of

RECORD = {
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/eve", "userName": "eve"},
    "eventTime": "2026-03-04T05:06:07Z",
    "eventSource": "iam.amazonaws.com",
    "eventName": "CreateUser",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "192.0.2.7",
    "eventID": "e-1",
}


def test_a_record_says_who_did_what_when_and_from_where() -> None:
    assert example_of(json.dumps(RECORD)).line() == (
        "2026-03-04T05:06:07Z  iam:CreateUser by arn:aws:iam::123456789012:user/eve from 192.0.2.7"
    )
    refused = example_of(json.dumps(RECORD | {"errorCode": "AccessDenied", "userIdentity": {"type": "AWSAccount"}}))
    assert refused.line().startswith("2026-03-04T05:06:07Z  iam:CreateUser (AccessDenied) by AWSAccount")
    failed = example_of(json.dumps(RECORD | {"responseElements": {"ConsoleLogin": "Failure"}}))
    assert failed.error == "Failure"


def test_another_event_is_shown_by_its_beginning() -> None:
    assert example_of("disk is full\nreally") == Example(text="disk is full really")
    assert len(example_of("x" * 10_000).line()) == LONGEST_TEXT


def test_nothing_in_a_record_can_write_a_line_of_its_own() -> None:
    line = example_of(
        json.dumps(RECORD | {"eventName": "X\r\n\r\nBcc: all@example.com\u2028", "sourceIPAddress": ["a"]})
    ).line()
    assert len(line.splitlines()) == 1


VALUES = st.recursive(
    st.none() | st.text(max_size=9) | st.integers(), lambda it: st.lists(it, max_size=2), max_leaves=4
)
RECORDS = st.dictionaries(st.sampled_from([*RECORD, "responseElements", "errorCode"]), VALUES)


@settings(max_examples=50)
@given(st.text(max_size=50) | RECORDS.map(json.dumps))
def test_any_message_has_a_line(message: str) -> None:
    assert len(example_of(message).line().splitlines()) <= 1
