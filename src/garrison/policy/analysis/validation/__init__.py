"""ValidatePolicy's checks: grammar, names, values, risks and needless parts of a policy, with the places in its text."""

from __future__ import annotations

from .findings import Finding, FindingType, Location, issue_codes
from .validate import MAX_POLICY_CHARACTERS, validate_policy

__all__ = ["MAX_POLICY_CHARACTERS", "Finding", "FindingType", "Location", "issue_codes", "validate_policy"]
