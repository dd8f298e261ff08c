"""Read what a token says of the session to be made: its tags, which of them are handed on, and its source identity.

Source: IAM User Guide, "Pass session tags in AWS STS" (AssumeRoleWithWebIdentity, nested and flattened form) and "Monitor and
control actions taken with assumed roles".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from garrison.federation.failures import InvalidIdentity

TAGS = "https://aws.amazon.com/tags"
SOURCE_IDENTITY = "https://aws.amazon.com/source_identity"
MOST_TAGS = 50
LONGEST_KEY = 128
LONGEST_VALUE = 256
"""IAM and STS quotas: session tags, key and value."""

_SESSION_TEXT = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_TAG_KEY = re.compile(r"[\w\s.:/=+\-@]+")
_TAG_VALUE = re.compile(r"[\w\s.:/=+\-@]*")
_FLAT_TAG = f"{TAGS}/principal_tags/"
_FLAT_TRANSITIVE = f"{TAGS}/transitive_tag_keys"


class SessionClaims(NamedTuple):
    """What the identity provider asks for the session."""

    tags: dict[str, str]
    transitive_keys: tuple[str, ...]
    source_identity: str | None


def session_claims(claims: Mapping[str, Any]) -> SessionClaims:
    """The session's tags and source identity in a token's claims; raises `InvalidIdentity` where they are not of their form."""
    nested = claims.get(TAGS, {})
    if not isinstance(nested, dict):
        raise InvalidIdentity(f"The {TAGS} claim is not an object")
    written = nested.get("principal_tags", {})
    if not isinstance(written, dict):
        raise InvalidIdentity(f"The {TAGS} claim's principal_tags are not an object")
    flat = {name.removeprefix(_FLAT_TAG): value for name, value in claims.items() if name.startswith(_FLAT_TAG)}
    tags = checked_tags([(key, single(value)) for key, value in [*written.items(), *flat.items()]])
    transitive = _texts(nested.get("transitive_tag_keys", [])) + _texts(claims.get(_FLAT_TRANSITIVE, []))
    identity = claims.get(SOURCE_IDENTITY)
    return SessionClaims(
        tags, tuple(dict.fromkeys(transitive)), None if identity is None else checked_source_identity(single(identity))
    )


def checked_tags(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Session tags within STS's limits."""
    if len(pairs) > MOST_TAGS:
        raise InvalidIdentity(f"The identity provider passes more than {MOST_TAGS} session tags")
    for key, value in pairs:
        if not (_TAG_KEY.fullmatch(key) and len(key) <= LONGEST_KEY):
            raise InvalidIdentity("The identity provider passes a session tag whose key is not valid")
        if not (_TAG_VALUE.fullmatch(value) and len(value) <= LONGEST_VALUE):
            raise InvalidIdentity("The identity provider passes a session tag whose value is not valid")
    if len({key.lower() for key, _ in pairs}) != len(pairs):
        raise InvalidIdentity("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    return dict(pairs)


def checked_source_identity(text: str) -> str:
    """A source identity of STS's form."""
    if not _SESSION_TEXT.fullmatch(text) or text.lower().startswith("aws:"):
        raise InvalidIdentity('Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"')
    return text


def single(value: Any) -> str:
    """A claim's one text: the claim is a text or a list of one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise InvalidIdentity("A claim about the session is neither a text nor a list of one text")
    return value


def _texts(value: Any) -> list[str]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise InvalidIdentity("The transitive tag keys are not a list of texts")
    return listed
