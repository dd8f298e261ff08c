"""Organizations' quotas, after the Organizations User Guide, "Quotas and service limits", and the one check against each."""

from __future__ import annotations

from garrison.services.organizations.finding import refused
from garrison.services.organizations.resources import RCP, SCP

ACCOUNTS = 50_000
"""AWS begins at 10 and grants as many as this; on one's own machine nobody has to be asked."""
ORGANIZATIONAL_UNITS = 2_000
DEPTH = 5
"""How many levels of units may lie under the root."""
POLICIES = {SCP: 10_000, RCP: 1_000}
POLICY_CHARACTERS = {SCP: 5_120, RCP: 5_120}
ATTACHED = {SCP: 5, RCP: 5}
"""Policies of a type on one root, unit or account."""
TAGS = 50


def check_quota(reason: str, wanted: int, most: int) -> None:
    """Refuse where `wanted` (the number after the change) is more than `most`."""
    if wanted > most:
        what = reason.removesuffix("_LIMIT_EXCEEDED").replace("_", " ").lower()
        raise refused("ConstraintViolationException", reason, f"You have exceeded the quota for {what}: {most}.")
