"""What is wrong with a request, in the three members of WAFInvalidParameterException, and AWS's words for the usual reasons.

Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_CommonErrors.html and the exception's page of each operation.
"""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong."""

    field: str
    """A ParameterExceptionField: WEB_ACL, RULE, STATEMENT, IP_ADDRESS …"""
    parameter: str
    """The member or the value."""
    reason: str


EXACTLY_ONE = "You have used none or multiple values for a field that requires exactly one value."
FORMAT = "The parameter contains formatting that is not valid."
MINIMUM = (
    "You haven't met a minimum requirement for a threshold setting. Examples include a rule group capacity setting "
    "that's too low and an OR statement with only one nested statement."
)
DUPLICATE_PRIORITY = "You have used a priority more than once: priorities must be unique."
NESTED = "A statement of this kind can't be nested in another one."


def exactly_one(field: str, parameter: str, *members: object) -> list[Problem]:
    """Empty where exactly one of the members is there."""
    return [] if sum(member is not None for member in members) == 1 else [Problem(field, parameter, EXACTLY_ONE)]
