"""The ids and ARNs of checks, recommendations and their resources, as AWS forms them.

Each follows from what it names, so that it is the same on every server and after every refresh. A priority has one id in all accounts
of an organization, as AWS's examples show. Source: Trusted Advisor API reference, "CheckSummary", "Recommendation".
"""

from __future__ import annotations

import base64
import re
import uuid
from typing import NamedTuple

from garrison.services.trustedadvisor.catalog import catalog

PARTITION = "aws"
_SPACE = uuid.UUID("7f0f5a0c-6a0e-5a7e-9f5e-8d1c3a2b4e60")
"""The name space of recommendations' ids: drawn once, for good."""
_RECOMMENDATION = re.compile(r"arn:[\w-]+:trustedadvisor::(\d{12}):recommendation/([\w-]+)")
_RESOURCE = re.compile(r"arn:[\w-]+:trustedadvisor::(\d{12}):recommendation-resource/([\w-]+)/([\w-]+)")
_ORGANIZATIONS = re.compile(r"arn:[\w-]+:trustedadvisor:::organization-recommendation/([\w-]+)")
_CHECK = re.compile(r"arn:[\w-]+:trustedadvisor:::check/([\w-]+)")
STANDARD, PRIORITY = "standard", "priority"


class Named(NamedTuple):
    """What an ARN of a recommendation names."""

    check_id: str
    type: str
    """`standard` or `priority`."""


def check_arn(check_id: str) -> str:
    """The ARN of a check."""
    return f"arn:{PARTITION}:trustedadvisor:::check/{check_id}"


def standard_id(account: str, check_id: str) -> str:
    """The id of what a check recommends to an account."""
    return str(uuid.uuid5(_SPACE, f"{account}/{check_id}"))


def priority_id(check_id: str) -> str:
    """The id of a check's priority, in whichever account."""
    return str(uuid.uuid5(_SPACE, f"{PRIORITY}/{check_id}"))


def recommendation_arn(account: str, check_id: str, kind: str = STANDARD) -> str:
    """The ARN of a recommendation."""
    name = priority_id(check_id) if kind == PRIORITY else standard_id(account, check_id)
    return f"arn:{PARTITION}:trustedadvisor::{account}:recommendation/{name}"


def organization_arn(check_id: str) -> str:
    """The ARN of an organization's recommendation."""
    return f"arn:{PARTITION}:trustedadvisor:::organization-recommendation/{priority_id(check_id)}"


def resource_arn(account: str, check_id: str, key: str, kind: str = STANDARD) -> str:
    """The ARN of a resource of a recommendation."""
    return (
        f"{recommendation_arn(account, check_id, kind).replace(':recommendation/', ':recommendation-resource/')}/{key}"
    )


def support_id(key: str) -> str:
    """What the Support API calls a resource: its key in fewer characters, as AWS's are."""
    return base64.urlsafe_b64encode(bytes.fromhex(key)).decode().rstrip("=")


def of_check(arn: str) -> str | None:
    """The id of the check that an ARN names."""
    found = _CHECK.fullmatch(arn)
    return found[1] if found and found[1] in catalog() else None


def of_recommendation(account: str, arn: str) -> Named | None:
    """What the ARN of an account's recommendation names; None for that of another account, or of nothing."""
    found = _RECOMMENDATION.fullmatch(arn)
    return _named(account, found[2]) if found and found[1] == account else None


def of_resource(account: str, arn: str) -> tuple[Named, str] | None:
    """The recommendation and the key of the resource that an ARN names."""
    found = _RESOURCE.fullmatch(arn)
    named = _named(account, found[2]) if found and found[1] == account else None
    return (named, found[3]) if found and named else None


def of_organization(arn: str) -> str | None:
    """The check of an organization's recommendation."""
    found = _ORGANIZATIONS.fullmatch(arn)
    named = _named("", found[1]) if found else None
    return named.check_id if named is not None and named.type == PRIORITY else None


def _named(account: str, name: str) -> Named | None:
    for check_id in catalog():
        if name == priority_id(check_id):
            return Named(check_id, PRIORITY)
        if name == standard_id(account, check_id):
            return Named(check_id, STANDARD)
    return None
