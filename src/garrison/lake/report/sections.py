"""The sections of a report: what each tells, its columns, and the statement that finds its rows among the sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Column(NamedTuple):
    """A column of a section."""

    member: str
    """As the API names it."""
    heading: str
    expression: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the report."""

    name: str
    """As the API names it."""
    title: str
    empty: str
    """What is said where there are no rows."""
    columns: tuple[Column, ...]
    source: str = ""
    """What follows FROM, over the tables that `statements` makes; empty for rows that are made elsewhere."""
    order: str = ""


def _text(member: str, heading: str, expression: str) -> Column:
    return Column(member, heading, expression)


def _number(member: str, heading: str, expression: str) -> Column:
    return Column(member, heading, expression, True)


def _time(member: str, heading: str, expression: str) -> Column:
    return Column(member, heading, f"strftime({expression}, '%Y-%m-%dT%H:%M:%SZ')")


_COUNTED = (
    _number("Events", "Events", "sum(n)"),
    _number("Changes", "Changing", "coalesce(sum(n) FILTER (NOT is_read), 0)"),
    _number("Refused", "Refused", "coalesce(sum(n) FILTER (is_refused), 0)"),
    _number("Failed", "Failed otherwise", "coalesce(sum(n) FILTER (error <> '' AND NOT is_refused), 0)"),
)
_TIMES = (
    _time("FirstEventTime", "First", "min(first_at)"),
    _time("LastEventTime", "Last", "max(last_at)"),
)
_WHO, _ADDRESS = _text("Principal", "Who", "who"), _text("SourceIPAddress", "From", "address")
_SERVICE, _EVENT = _text("EventSource", "Service", "source"), _text("EventName", "Event", "name")
_ERROR = _text("ErrorCode", "Error", "error")
_LAST_ID = _text("EventId", "Last event", "arg_max(event_id, last_at)")
_COUNT = _number("Count", "Times", "sum(n)")
_MOST_FIRST = "sum(n) DESC, max(last_at) DESC"

CHANGED = (
    _time("EventTime", "When", "happened_at"),
    _text("Class", "What", "class"),
    _text("Principal", "Who", "caller"),
    _text("SourceIPAddress", "From", "address"),
    _text("EventName", "Event", "name"),
    _text("Resource", "Resource", "''"),
    _text("ErrorCode", "Error", "error"),
    _text("EventId", "Event ID", "event_id"),
    _text("Parameters", "Parameters", "''"),
)

SECTIONS = (
    Section(
        "Principals",
        "Who",
        "There are no events.",
        (
            _WHO,
            _text("Type", "Type", "any_value(kind)"),
            *_COUNTED,
            _number("Addresses", "Addresses", "count(DISTINCT address)"),
            *_TIMES,
        ),
        "sums GROUP BY who",
        _MOST_FIRST,
    ),
    Section(
        "Addresses",
        "From where",
        "There are no events.",
        (_ADDRESS, *_COUNTED, _number("Principals", "Principals", "count(DISTINCT who)"), *_TIMES),
        "sums GROUP BY address",
        _MOST_FIRST,
    ),
    Section(
        "Calls",
        "What was done",
        "There are no events.",
        (
            _SERVICE,
            _EVENT,
            *_COUNTED,
            _number("Principals", "Principals", "count(DISTINCT who)"),
            _time("LastEventTime", "Last", "max(last_at)"),
        ),
        "sums GROUP BY source, name",
        _MOST_FIRST,
    ),
    Section(
        "Refused",
        "What was refused",
        "Nothing was refused.",
        (
            _COUNT,
            _WHO,
            _ADDRESS,
            _SERVICE,
            _EVENT,
            _ERROR,
            *_TIMES,
            _text("Message", "Message", "arg_max(message, last_at)"),
            _LAST_ID,
        ),
        "sums WHERE is_refused GROUP BY who, address, source, name, error",
        _MOST_FIRST,
    ),
    Section(
        "Errors",
        "What failed otherwise",
        "Nothing failed otherwise.",
        (
            _COUNT,
            _ERROR,
            _SERVICE,
            _EVENT,
            _number("Principals", "Principals", "count(DISTINCT who)"),
            *_TIMES,
            _text("Message", "Message", "arg_max(message, last_at)"),
            _LAST_ID,
        ),
        "sums WHERE error <> '' AND NOT is_refused GROUP BY error, source, name",
        _MOST_FIRST,
    ),
    Section(
        "ChangeClasses",
        "What was changed",
        "Nothing of what is watched was changed.",
        (
            _text("Class", "What", "class"),
            *_COUNTED[:1],
            *_COUNTED[2:],
            _number("Principals", "Principals", "count(DISTINCT who)"),
            *_TIMES,
        ),
        "sums WHERE class IS NOT NULL GROUP BY class",
        "sum(n) DESC",
    ),
    Section("Changes", "Each change, the latest first", "Nothing of what is watched was changed.", CHANGED),
    Section(
        "SignIns",
        "Sign-ins to the console",
        "Nobody signed in to the console.",
        (
            _COUNT,
            _text("Principal", "Who", "who"),
            _ADDRESS,
            _EVENT,
            _text("Outcome", "Outcome", "outcome"),
            _text("MFA", "MFA", "mfa"),
            *_TIMES,
            _text("Message", "Message", "arg_max(message, last_at)"),
            _LAST_ID,
        ),
        "sign_ins GROUP BY who, address, name, outcome, mfa",
        "max(outcome) = 'Failure' DESC, sum(n) DESC, max(last_at) DESC",
    ),
    Section(
        "RootUse",
        "Use of root",
        "Root was not used.",
        (_COUNT, _ADDRESS, _SERVICE, _EVENT, _ERROR, *_TIMES, _LAST_ID),
        "sums WHERE is_root GROUP BY address, source, name, error",
        "max(last_at) DESC",
    ),
    Section(
        "NewPrincipals",
        "Principals not seen in the 90 days before",
        "None, or there are no events of the 90 days before.",
        (_WHO, *_COUNTED, _number("Addresses", "Addresses", "count(DISTINCT address)"), *_TIMES),
        "sums WHERE EXISTS (FROM seen) AND who NOT IN (SELECT who FROM seen) GROUP BY who",
        "min(first_at) DESC",
    ),
    Section(
        "NewAddresses",
        "Addresses not seen in the 90 days before",
        "None, or there are no events of the 90 days before.",
        (_ADDRESS, *_COUNTED, _number("Principals", "Principals", "count(DISTINCT who)"), *_TIMES),
        "sums WHERE EXISTS (FROM seen) AND address NOT IN (SELECT address FROM seen) GROUP BY address",
        "min(first_at) DESC",
    ),
    Section(
        "Days",
        "Day by day",
        "There are no events.",
        (
            _text("Day", "Day", "strftime(day, '%Y-%m-%d')"),
            _number("Events", "Events", "n"),
            _number("Changes", "Changing", "changing"),
            _number("Refused", "Refused", "refused"),
        ),
        "days",
        "day",
    ),
)
"""In the order in which they are shown."""
