"""What LookupEvents searches by, read from a CloudTrail record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from garrison.identifiers import SESSION_KEY

ATTRIBUTES = (
    "EventId",
    "EventName",
    "ReadOnly",
    "Username",
    "ResourceType",
    "ResourceName",
    "EventSource",
    "AccessKeyId",
)
"""LookupEvents' attribute keys (CloudTrail API Reference, "LookupAttribute")."""


class _SessionIssuer(msgspec.Struct, rename="camel"):
    user_name: str | None = None


class _SessionContext(msgspec.Struct, rename="camel"):
    session_issuer: _SessionIssuer | None = None


class _UserIdentity(msgspec.Struct, rename="camel"):
    type: str | None = None
    user_name: str | None = None
    principal_id: str | None = None
    access_key_id: str | None = None
    account_id: str | None = None
    session_context: _SessionContext | None = None


class _Resource(msgspec.Struct, rename="camel"):
    arn: str | None = msgspec.field(default=None, name="ARN")
    name: str | None = msgspec.field(default=None, name="resourceName")
    type: str | None = None


class EventFields(msgspec.Struct, rename="camel"):
    """The searchable members of a CloudTrail record (User Guide, "CloudTrail record contents")."""

    event_id: str = msgspec.field(name="eventID")
    event_time: datetime
    event_name: str
    event_source: str
    aws_region: str
    read_only: bool | None = None
    user_identity: _UserIdentity | None = None
    resources: list[_Resource] | None = None
    recipient_account_id: str | None = None
    event_category: str | None = None

    @property
    def is_management(self) -> bool:
        """Whether LookupEvents answers with it: data events go to trails only (User Guide, "Event history")."""
        return self.event_category in (None, "Management")

    @property
    def account(self) -> str:
        """The account whose history shows the event."""
        identity = self.user_identity
        return self.recipient_account_id or (identity.account_id if identity else None) or ""

    @property
    def service(self) -> str:
        """The called service as GetAccessKeyLastUsed names it, e.g. `iam`."""
        return self.event_source.removesuffix(".amazonaws.com")

    @property
    def access_key_id(self) -> str | None:
        """The access key that signed the call."""
        return self.user_identity.access_key_id if self.user_identity else None

    def used_ids(self) -> Iterator[str]:
        """What the call was a use of: a long-term access key, or the role of a session, by its unique id.

        The key of a session is not among them: it is gone within hours, and nobody asks for its last use.
        """
        identity = self.user_identity
        if identity is None:
            return
        if identity.access_key_id and not identity.access_key_id.startswith(SESSION_KEY):
            yield identity.access_key_id
        if identity.type == "AssumedRole" and identity.principal_id:
            yield identity.principal_id.partition(":")[0]

    @property
    def acting_id(self) -> str | None:
        """The unique id of who called: of a user, of a session's role, or the account id for root."""
        identity = self.user_identity
        if identity is None or identity.type not in ("IAMUser", "AssumedRole", "Root"):
            return None
        return (identity.principal_id or "").partition(":")[0] or None

    def attributes(self) -> Iterator[tuple[str, str]]:
        """The attributes by which LookupEvents finds the event, `EventId` apart; none of them twice."""
        yield "EventName", self.event_name
        yield "EventSource", self.event_source
        if self.read_only is not None:
            yield "ReadOnly", "true" if self.read_only else "false"
        if name := user_name(self.user_identity):
            yield "Username", name
        if key := self.access_key_id:
            yield "AccessKeyId", key
        found: set[tuple[str, str]] = set()
        for resource in self.resources or ():
            found.update(_resource_attributes(resource))
        yield from sorted(found)


_decoder = msgspec.json.Decoder(EventFields)


def read_fields(payload: bytes) -> EventFields:
    """The searchable members of a record; raises `msgspec.DecodeError` (also for a member of a wrong type)."""
    return _decoder.decode(payload)


def user_name(identity: Any) -> str | None:
    """LookupEvents' `Username`: the user's name, a session's own name, `root` for the root user.

    For an assumed role it is the session's name, not the role's: the AWS CLI's example of `lookup-events` shows
    `my-session-name` beside the principal id `AROA…:my-session-name`.
    """
    if identity is None:
        return None
    if identity.user_name:
        return str(identity.user_name)
    if identity.type == "Root":
        return "root"
    _, colon, session = (identity.principal_id or "").partition(":")
    return session if colon and session else None


def _resource_attributes(resource: _Resource) -> Iterator[tuple[str, str]]:
    if resource.type:
        yield "ResourceType", resource.type
    name = resource.name or resource.arn
    if name:
        yield "ResourceName", name
    if resource.arn and (short := _short_name(resource.arn)) != name:
        yield "ResourceName", short


def _short_name(arn: str) -> str:
    """The last part of an ARN's resource: people look for `alice` as for `arn:aws:iam::123456789012:user/alice`."""
    last = arn.split(":", 5)[-1]
    return last.rsplit("/", 1)[-1].rsplit(":", 1)[-1] or arn
