"""What a rule says of a resource, in AWS Config's own words.

Source: AWS Config API reference, "Evaluation" (`ComplianceType`, `Annotation` of at most 256 characters).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from garrison import codec

MAX_ANNOTATION_CHARACTERS = 256


class Compliance(enum.StrEnum):
    """The four answers that a rule can give."""

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Severity(enum.StrEnum):
    """How bad it is where a rule is not obeyed, from worst to least; Garrison's own rating, Config has none."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer and its reason."""

    compliance: Compliance
    annotation: str = ""
    """The offending value or why there is no answer, in at most 256 characters."""
    is_error: bool = False
    """Whether the rule itself broke, so that it says nothing of the resource."""


COMPLIANT = Verdict(Compliance.COMPLIANT)


def non_compliant(annotation: str) -> Verdict:
    """The rule is not obeyed; the annotation names the offending value."""
    return Verdict(Compliance.NON_COMPLIANT, shortened(annotation))


def not_applicable(annotation: str) -> Verdict:
    """The rule does not mean this resource."""
    return Verdict(Compliance.NOT_APPLICABLE, shortened(annotation))


def insufficient_data(annotation: str) -> Verdict:
    """What the rule needs could not be seen."""
    return Verdict(Compliance.INSUFFICIENT_DATA, shortened(annotation))


def expect(holds: bool, place: str, value: Any) -> Verdict:
    """Compliant where it holds; else the place and the value found there."""
    return COMPLIANT if holds else non_compliant(f"{place} is {shown(value)}")


def shown(value: Any) -> str:
    """A value as an annotation writes it."""
    if value is None:
        return "not set"
    return value if isinstance(value, str) and value else codec.encode(value).decode()


def shortened(text: str) -> str:
    """At most as many characters as an annotation may have."""
    return text if len(text) <= MAX_ANNOTATION_CHARACTERS else text[: MAX_ANNOTATION_CHARACTERS - 1] + "…"
