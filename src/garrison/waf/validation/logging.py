"""Logging configurations: which fields are redacted, and which filters there may be.

Sources: https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html, API_LoggingFilter.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from garrison.waf.validation.problems import EXACTLY_ONE, Problem

REDACTABLE = ("UriPath", "QueryString", "SingleHeader", "Method")
MOST_REDACTED = 100


def redaction_problems(fields: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """What is wrong with RedactedFields."""
    fields = list(fields)
    if len(fields) > MOST_REDACTED:
        yield Problem("FIELD_TO_MATCH", "RedactedFields", f"At most {MOST_REDACTED} fields are redacted.")
    for field in fields:
        members = [member for member, value in field.items() if value is not None]
        if len(members) != 1:
            yield Problem("FIELD_TO_MATCH", "RedactedFields", EXACTLY_ONE)
        elif members[0] not in REDACTABLE:
            yield Problem("FIELD_TO_MATCH", members[0], f"Fields that are redacted: {', '.join(REDACTABLE)}.")


def filter_problems(given: Mapping[str, Any] | None) -> Iterator[Problem]:
    """What is wrong with a LoggingFilter."""
    for one in (given or {}).get("Filters", ()):
        if not one["Conditions"]:
            yield Problem("LOGGING_FILTER", "Conditions", "A filter has at least one condition.")
        for condition in one["Conditions"]:
            if sum(value is not None for value in condition.values()) != 1:
                yield Problem("FILTER_CONDITION", "Conditions", EXACTLY_ONE)
    if given is not None and not given.get("Filters"):
        yield Problem("LOGGING_FILTER", "Filters", "There is at least one filter.")
