"""Check and inherit session tags.

Source: IAM User Guide, "Pass session tags in AWS STS", with "Chaining roles with session tags".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from garrison.errors import ApiError
from garrison.services.identity import Session

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import TagTypeDef


class SessionTags(NamedTuple):
    """The tags of a new session."""

    tags: dict[str, str]
    transitive_keys: tuple[str, ...]


def session_tags(
    passed: Iterable[TagTypeDef], transitive: Iterable[str], calling_session: Session | None
) -> SessionTags:
    """The tags that a request passes on top of those that its caller's session hands down; key names compare without case."""
    inherited = transitive_tags(calling_session)
    tags = _checked(passed)
    spelled = {key.lower(): key for key in tags}
    if any(key.lower() in spelled for key in inherited):
        raise ApiError(
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from "
            "the calling session.",
        )
    if any(key.lower() not in spelled for key in transitive):
        raise ApiError(
            "InvalidParameterValue", "The specified transitive tag key must be included in the requested tags."
        )
    handed_on = dict.fromkeys([*inherited, *(spelled[key.lower()] for key in transitive)])
    return SessionTags(inherited | tags, tuple(handed_on))


def transitive_tags(session: Session | None) -> dict[str, str]:
    """The tags that a session hands down to those it makes."""
    if session is None:
        return {}
    return {key: session.tags[key] for key in session.transitive_tag_keys}


def _checked(passed: Iterable[TagTypeDef]) -> dict[str, str]:
    tags: dict[str, str] = {}
    seen: set[str] = set()
    for tag in passed:
        key = tag["Key"].lower()
        if key in seen:
            raise ApiError(
                "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive."
            )
        if key.startswith("aws:"):
            raise ApiError("InvalidParameterValue", "aws: prefixed tag key names are not allowed for external use.")
        seen.add(key)
        tags[tag["Key"]] = tag["Value"]
    return tags
