"""What trails look at in a record, and the record as it leaves: without Garrison's own part."""

from __future__ import annotations

from datetime import datetime

import msgspec

from garrison.decision_key import DECISION_KEY


class TrailResource(msgspec.Struct, rename="camel"):
    """A resource that a record names."""

    arn: str | None = msgspec.field(default=None, name="ARN")
    type: str | None = None


class TrailIdentity(msgspec.Struct, rename="camel"):
    """Who called, as far as selectors ask."""

    arn: str | None = None
    invoked_by: str | None = None


class TrailEvent(msgspec.Struct, rename="camel"):
    """The members of a record by which trails select (CloudTrail User Guide, "CloudTrail record contents")."""

    event_id: str = msgspec.field(name="eventID")
    event_time: datetime
    event_name: str
    event_source: str
    aws_region: str
    recipient_account_id: str = ""
    event_category: str = "Management"
    event_type: str = ""
    read_only: bool | None = None
    error_code: str | None = None
    vpc_endpoint_id: str | None = None
    session_credential_from_console: str | None = None
    user_identity: TrailIdentity | None = None
    resources: list[TrailResource] | None = None

    @property
    def user_arn(self) -> str | None:
        """The caller's ARN; a service has none."""
        return self.user_identity.arn if self.user_identity else None

    @property
    def invoked_by(self) -> str | None:
        """The service that made the call."""
        return self.user_identity.invoked_by if self.user_identity else None


_events = msgspec.json.Decoder(TrailEvent)
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_event(payload: bytes) -> TrailEvent:
    """What trails look at in a stored record; raises `msgspec.DecodeError`."""
    return _events.decode(payload)


def without_own_part(payload: bytes) -> bytes:
    """A stored record as it leaves: every other member as it was stored, byte for byte."""
    members = _members.decode(payload)
    if members.pop(DECISION_KEY, None) is None:
        return payload
    return msgspec.json.encode(members)
