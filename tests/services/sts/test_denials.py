"""Encoded authorization messages: opened by those who hold the root key, for a day, and by nobody else."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from garrison.errors import ApiError
from garrison.policy import Decision, Effect, MatchedStatement, PolicyKind, Verdict
from garrison.services.identity import Principal
from garrison.services.sts.denials import LONGEST_MESSAGE, decode_denial, denial_details, encode_denial
from garrison.store import RootKey

ACCOUNT = "123456789012"
ROOT = RootKey.generate()
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ALICE = Principal(kind="IAMUser", account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:user/alice", principal_id="AIDAEXAMPLE")
REFUSAL = Decision(
    Verdict.EXPLICIT_DENY,
    PolicyKind.IDENTITY,
    (MatchedStatement("user/alice/own", PolicyKind.IDENTITY, 0, "NoStops", Effect.DENY),),
)
CONTEXT = {"aws:CurrentTime": NOW, "aws:TagKeys": ["a", "b"], "aws:SecureTransport": False, "aws:EpochTime": 5}
DETAILS = denial_details(ALICE, "ec2:StopInstances", f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-0a", REFUSAL, CONTEXT)


def encoded(details: dict[str, Any] = DETAILS) -> str:
    return encode_denial(ROOT, ACCOUNT, details, NOW)


def decoded(message: str, *, root: RootKey | None = None, account: str = ACCOUNT, now: datetime = NOW) -> str:
    return decode_denial(root or ROOT, account, message, now)


def test_a_message_gives_back_the_details_in_the_form_of_aws() -> None:
    details = json.loads(decoded(encoded()))
    assert details == DETAILS
    assert (details["allowed"], details["explicitDeny"]) == (False, True)
    (matched,) = details["matchedStatements"]["items"]
    assert (matched["statementId"], matched["effect"]) == ("NoStops", "DENY")
    assert matched["principals"] == {"items": [{"value": "AIDAEXAMPLE"}]}
    assert details["context"]["principal"] == {"id": "AIDAEXAMPLE", "arn": ALICE.arn}
    conditions = {
        item["key"]: [v["value"] for v in item["values"]["items"]] for item in details["context"]["conditions"]["items"]
    }
    assert conditions == {
        "aws:CurrentTime": ["2026-11-24T12:00:00Z"],
        "aws:TagKeys": ["a", "b"],
        "aws:SecureTransport": ["false"],
        "aws:EpochTime": ["5"],
    }


def test_a_message_shows_nothing_of_what_it_says() -> None:
    assert b"StopInstances" not in base64.urlsafe_b64decode(encoded() + "==")


@pytest.mark.parametrize("message", ["", "x", "é", "A" * 60, "line\nbreak", "A" * LONGEST_MESSAGE])
def test_any_other_text_is_refused(message: str) -> None:
    with pytest.raises(ApiError, match="InvalidAuthorizationMessageException"):
        decoded(message)


def test_each_changed_byte_is_refused() -> None:
    raw = base64.urlsafe_b64decode(encoded() + "==")
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 0x80
        with pytest.raises(ApiError):
            decoded(base64.urlsafe_b64encode(bytes(changed)).decode())


def test_a_message_opens_for_a_day_and_only_in_its_account() -> None:
    message = encoded()
    assert decoded(message, now=NOW + timedelta(hours=23, minutes=59))
    for refused in (
        lambda: decoded(message, now=NOW + timedelta(days=1)),
        lambda: decoded(message, account="210987654321"),
        lambda: decoded(message, root=RootKey.generate()),
    ):
        with pytest.raises(ApiError):
            refused()


def test_details_too_large_for_a_message_lose_their_conditions() -> None:
    noise = [{"key": hashlib.sha512(bytes([n % 256, n // 256])).hexdigest()} for n in range(500)]
    details = {**DETAILS, "context": {**DETAILS["context"], "conditions": {"items": noise}}}
    message = encoded(details)
    assert len(message) <= LONGEST_MESSAGE
    shown = json.loads(decoded(message))
    assert shown["context"]["conditions"] == {"items": []}
    assert shown["context"]["resource"].endswith("instance/i-0a")
