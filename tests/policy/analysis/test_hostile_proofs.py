"""Policies made to be hard end in an answer: proved, shown, or "unknown" within the allowance of work."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest

from garrison.policy import Document, PolicyKind, parse_document
from garrison.policy.analysis import Result, check_no_new_access, check_no_public_access
from garrison.policy.analysis.effort import Effort, Exhausted

LETTERS = string.ascii_lowercase
STEPS = 60_000
"""Less than usual: what matters is that the search ends."""


def document(*statements: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY) -> Document:
    return parse_document(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), kind)


def allow(resources: Any = "*", actions: Any = "*", **further: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **further}


def like(key: str, letters: str) -> dict[str, Any]:
    return {"StringLike": {key: [f"*{letter}*" for letter in letters]}}


PAIRS = {
    "stars": (
        document(allow([f"arn:aws:s3:::*{a}?{b}*" for a in LETTERS for b in LETTERS])),
        document(allow([f"arn:aws:s3:::*{a}*{b}*" for a in LETTERS for b in LETTERS])),
    ),
    "alternatives": (
        document(allow("arn:aws:s3:::*")),
        document(*(allow(f"arn:aws:s3:::*{a}*", Condition={"StringNotEquals": {"k:a": a}}) for a in LETTERS)),
    ),
    "conditions": (
        document(*(allow(Condition=like(f"k:{number}", LETTERS)) for number in range(20))),
        document(*(allow(Condition=like(f"k:{number}", LETTERS[: number + 1])) for number in range(26))),
    ),
    "variables": (
        document(allow([f"arn:aws:s3:::${{aws:PrincipalTag/t{number}}}/*" for number in range(50)])),
        document(allow([f"arn:aws:s3:::a/${{aws:PrincipalTag/t{number}}}/*" for number in range(50)])),
    ),
    "resources": (
        document(allow([f"arn:aws:s3:::bucket-{number}/*" for number in range(3000)])),
        document(allow([f"arn:aws:s3:::bucket-{number}*" for number in range(3000)])),
    ),
    "actions": (
        document(allow(actions=[f"s3:x{number}*" for number in range(8000)])),
        document(allow(actions=[f"s3:x{number}y*" for number in range(8000)])),
    ),
    "marks": (document(allow("arn:aws:s3:::" + "?" * 2000 + "*")), document(allow("arn:aws:s3:::*" + "?" * 2000))),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_search_ends(name: str) -> None:
    one, other = PAIRS[name]
    for new, old in ((one, other), (other, one)):
        assert check_no_new_access(new, old, steps=STEPS).result in Result


def test_many_principals_end_in_an_answer() -> None:
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam::{number:012}:role/r{role}" for role in range(20)]},
            "Action": "*",
            "Resource": "*",
            "Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/*{number}*"}},
        }
        for number in range(50)
    ]
    policy = document(*statements, kind=PolicyKind.RESOURCE)
    assert check_no_new_access(policy, policy, steps=STEPS).result is not Result.FAIL
    assert check_no_public_access(policy, steps=STEPS).result in Result


def test_the_same_question_gets_the_same_answer() -> None:
    one, other = PAIRS["conditions"]
    assert len({check_no_new_access(one, other, steps=STEPS).result for _ in range(3)}) == 1


def test_an_allowance_that_is_used_up_is_said() -> None:
    effort = Effort(3)
    effort.spend(3)
    with pytest.raises(Exhausted):
        effort.spend()
