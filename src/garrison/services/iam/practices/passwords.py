"""Practices about people's passwords."""

from __future__ import annotations

from datetime import timedelta

from garrison.services.iam.passwords import Rules, rules_of
from garrison.services.iam.practices.practice import Verdict, View, practice

MINIMUM_LENGTH = 14
REMEMBERED = 24
LONGEST_AGE = timedelta(days=90)

_FIX = (
    "aws --profile garrison iam update-account-password-policy --minimum-password-length 14 --require-numbers "
    "--require-lowercase-characters --require-uppercase-characters --require-symbols --password-reuse-prevention 24 "
    "--max-password-age 90 --allow-users-to-change-password"
)


def _rules(view: View) -> Rules:
    return rules_of(view.account.password_policy if view.account is not None else None)


@practice("user-mfa")
def mfa(view: View) -> Verdict:
    """Every user with a password has a device."""
    bare = [user.name for user in view.users if view.profile(user) and not view.has_mfa(user)]
    evidence = tuple(f"user {name} has a password and no MFA device" for name in bare)
    return Verdict(evidence, f"garrison mfa enable {bare[0]}" if bare else "")


@practice("password-length")
def length(view: View) -> Verdict:
    """The policy asks for length and classes."""
    rules, found = _rules(view), []
    if rules.minimum_length < MINIMUM_LENGTH:
        found.append(f"passwords may have {rules.minimum_length} characters")
    if not rules.needs_number or not (rules.needs_lowercase or rules.needs_uppercase):
        found.append("passwords need not have both letters and numbers")
    return Verdict(tuple(found), _FIX if found else "")


@practice("password-reuse")
def reuse(view: View) -> Verdict:
    """The policy remembers passwords."""
    remembered = _rules(view).remembered
    if remembered >= REMEMBERED:
        return Verdict()
    return Verdict((f"{remembered} passwords are remembered",), _FIX)


@practice("password-age")
def age(view: View) -> Verdict:
    """Passwords expire, or all who have one have MFA as well."""
    rules = _rules(view)
    if rules.max_age is not None and rules.max_age <= LONGEST_AGE:
        return Verdict()
    alone = [user for user in view.users if view.profile(user) and not view.has_mfa(user)]
    lasting = "do not expire" if rules.max_age is None else f"expire after {rules.max_age.days} days"
    evidence = tuple(f"passwords {lasting}, and user {user.name} has no other factor" for user in alone)
    return Verdict(evidence, _FIX if evidence else "")
