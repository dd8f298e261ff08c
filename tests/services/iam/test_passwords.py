"""Passwords against the account's rules, as tables; digests that are equal for equal passwords of one holder alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from garrison.services.iam.passwords import (
    DEFAULT_RULES,
    SYMBOLS,
    Rules,
    digest,
    is_reused,
    new_salt,
    rules_of,
    same,
    violation,
)

CLASSES = {
    "RequireSymbols": "symbol",
    "RequireNumbers": "number",
    "RequireUppercaseCharacters": "uppercase",
    "RequireLowercaseCharacters": "lowercase",
}


@pytest.mark.parametrize(
    ("password", "allowed"),
    [
        ("Abcdefg1", True),
        ("abcdef1!", True),
        ("ABCDEF1!", True),
        ("Abcdefg!", True),
        ("Abcdef1", False),
        ("abcdefgh", False),
        ("Abcdefgh", False),
        ("12345678!", False),
        ("ÄÖÜäöüßß", False),
        ("Abcdefg1" * 16, True),
    ],
)
def test_the_default_rules_ask_for_eight_characters_of_three_kinds(password: str, allowed: bool) -> None:
    assert (violation(DEFAULT_RULES, password) is None) is allowed


@pytest.mark.parametrize("setting", CLASSES)
@pytest.mark.parametrize(
    ("password", "has"),
    [("aaaaaa", "lowercase"), ("AAAAAA", "uppercase"), ("111111", "number"), ("!!!!!!", "symbol"), ("äÄ ~?€", "")],
)
def test_a_class_that_is_asked_for_must_be_there(setting: str, password: str, has: str) -> None:
    found = violation(rules_of({setting: True}), password)
    assert (found is None) is (CLASSES[setting] == has)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_every_symbol_of_aws_counts(symbol: str) -> None:
    assert violation(rules_of({"RequireSymbols": True}), "aaaaa" + symbol) is None


@pytest.mark.parametrize(("length", "allowed"), [(13, False), (14, True), (15, True)])
def test_the_minimum_length_may_be_reached(length: int, allowed: bool) -> None:
    found = violation(rules_of({"MinimumPasswordLength": 14}), "a" * length)
    assert found == (None if allowed else "Password should have a minimum length of 14")


def test_rules_are_read_from_a_password_policy() -> None:
    policy = {
        "MaxPasswordAge": 90,
        "PasswordReusePrevention": 5,
        "HardExpiry": True,
        "AllowUsersToChangePassword": True,
    }
    assert rules_of(policy) == Rules(
        minimum_length=6, remembered=5, max_age=timedelta(days=90), is_hard_expiry=True, users_may_change=True
    )
    assert rules_of(None) is DEFAULT_RULES


def test_a_digest_belongs_to_password_and_salt() -> None:
    salt = new_salt()
    assert same(digest("right", salt), digest("right", salt))
    assert not same(digest("right", salt), digest("Right", salt))
    assert not same(digest("right", salt), digest("right", new_salt()))


@pytest.mark.parametrize(("remembered", "reused"), [(0, False), (1, False), (2, False), (3, True), (24, True)])
def test_as_many_passwords_are_remembered_as_the_policy_says(remembered: int, reused: bool) -> None:
    newest_first = [b"third", b"second", b"first"]
    assert is_reused(Rules(remembered=remembered), b"first", newest_first) is reused
