"""What the file of verdicts holds, as values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Rule(NamedTuple):
    """A rule of an account in a region."""

    account: str
    region: str
    rule_id: str


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says of a resource."""

    resource_type: str
    resource_id: str
    compliance: str
    annotation: str = ""
    ordered_at: datetime
    """When the judged state was: a verdict on an older state never replaces one on a newer."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict that stands."""

    rule_id: str
    resource_type: str
    resource_id: str
    compliance: str
    annotation: str
    ordered_at: datetime
    recorded_at: datetime
    invoked_at: datetime


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A resource's compliance with a rule became another."""

    number: int
    account: str
    region: str
    rule_name: str
    resource_type: str
    resource_id: str
    compliance: str | None
    """None: there is no verdict any more."""
    annotation: str
    at: datetime


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a rule's evaluation goes: DescribeConfigRuleEvaluationStatus."""

    name: str = ""
    """The rule's name."""
    seen_at: datetime | None = None
    """Which version of the rule is being applied: when that was put."""
    activated_at: datetime | None = None
    invoked_at: datetime | None = None
    evaluated_at: datetime | None = None
    failed_invocation_at: datetime | None = None
    failed_evaluation_at: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None
    has_started: bool = False
    """Whether all that there was has been judged at least once."""
    due_at: datetime | None = None
    """When it judges again of itself."""
    debug_status: str | None = None
    debug_reason: str | None = None
    debug_at: datetime | None = None


def number_of(at: datetime) -> int:
    """A time as the file keeps it: microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def time_of(number: int) -> datetime:
    """The time of such a number."""
    return _EPOCH + number * _MICROSECOND
