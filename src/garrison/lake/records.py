"""Read one CloudTrail record: the typed members that become columns, and why a text is no record.

Members follow the CloudTrail User Guide, "CloudTrail record contents". The text itself is kept beside them, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from garrison import codec
from garrison.decision_key import DECISION_KEY

NO_ACCOUNT = "000000000000"
"""The account of a record that names none."""
LARGEST_RECORD_BYTES = 2 * 1024 * 1024
"""CloudTrail's own records end at 256 KB, at 1 MB where they are enriched ("Quotas in AWS CloudTrail")."""

_DECISION_MARK = f',"{DECISION_KEY}":'.encode()
_VERSION = re.compile(r"1\.[0-9]{1,2}")
_MANY = 10_000
_KEPT_IDENTITY_BYTES = 4096
_NO_IDENTITY = msgspec.Raw(b"null")
_ACCOUNT = re.compile(r"[0-9]{12}")


class NotARecord(ValueError):
    """Says why a text is no CloudTrail record."""


class SessionIssuer(msgspec.Struct, rename="camel", gc=False, frozen=True):
    """Who issued the session."""

    type: str | None = None
    principal_id: str | None = None
    arn: str | None = None
    account_id: str | None = None
    user_name: str | None = None


class SessionAttributes(msgspec.Struct, rename="camel", gc=False, frozen=True):
    """When the session began, and whether with MFA (`"true"` or `"false"`)."""

    creation_date: str | None = None
    mfa_authenticated: str | None = None


class SessionContext(msgspec.Struct, rename="camel", gc=False, frozen=True):
    """The session that a temporary credential belongs to."""

    session_issuer: SessionIssuer | None = None
    attributes: SessionAttributes | None = None
    source_identity: str | None = None


class UserIdentity(msgspec.Struct, rename="camel", gc=False, frozen=True):
    """Who made the call."""

    type: str | None = None
    principal_id: str | None = None
    arn: str | None = None
    account_id: str | None = None
    access_key_id: str | None = None
    user_name: str | None = None
    invoked_by: str | None = None
    session_context: SessionContext | None = None


class EventResource(msgspec.Struct, rename="camel", gc=False):
    """A resource that the call touched."""

    arn: str | None = msgspec.field(default=None, name="ARN")
    account_id: str | None = None
    type: str | None = None


class Record(msgspec.Struct, rename="camel", gc=False):
    """The members of a record that become columns."""

    event_version: str
    event_time: datetime
    event_id: str = msgspec.field(name="eventID")
    event_name: str | None = None
    event_source: str | None = None
    event_type: str | None = None
    event_category: str | None = None
    aws_region: str | None = None
    source_ip_address: str | None = msgspec.field(default=None, name="sourceIPAddress")
    user_agent: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    read_only: bool | None = None
    management_event: bool | None = None
    recipient_account_id: str | None = None
    shared_event_id: str | None = msgspec.field(default=None, name="sharedEventID")
    vpc_endpoint_id: str | None = None
    identity_text: msgspec.Raw = msgspec.field(default=_NO_IDENTITY, name="userIdentity")
    """`userIdentity` as JSON: a few callers make most calls, so that it is read once for many records."""
    resources: list[EventResource] | None = None

    @property
    def user_identity(self) -> UserIdentity | None:
        """Who made the call."""
        return read_identity(bytes(self.identity_text))

    @property
    def account(self) -> str:
        """The account that the record belongs to: who received it, else whose identity it names."""
        if self.recipient_account_id:
            return _account(self.recipient_account_id)
        identity = self.user_identity
        return _account(identity.account_id if identity else None)


decode_record = msgspec.json.Decoder(Record).decode
"""The typed members of a record, not checked further; `read_record` does."""
_decode_identity: Callable[[bytes], UserIdentity | None] = msgspec.json.Decoder(UserIdentity | None).decode
_kept_identity = lru_cache(_MANY)(_decode_identity)


def read_identity(text: bytes) -> UserIdentity | None:
    """An identity from its JSON; raises `msgspec.ValidationError`."""
    return _kept_identity(text) if len(text) <= _KEPT_IDENTITY_BYTES else _decode_identity(text)


@lru_cache(_MANY)
def _account(named: str | None) -> str:
    return named if named and _ACCOUNT.fullmatch(named) else NO_ACCOUNT


@lru_cache(_MANY)
def is_known_version(text: str) -> bool:
    """Whether it is an `eventVersion` that CloudTrail had or may have."""
    return _VERSION.fullmatch(text) is not None


def is_possible_time(year: int) -> bool:
    """Whether an event can be of a year, and be written as every kind of time."""
    return 1970 < year < 9999


def read_record(text: bytes | msgspec.Raw) -> Record:
    """The typed members of a record; raises `NotARecord`."""
    try:
        record = decode_record(text)
        read_identity(bytes(record.identity_text))
    except msgspec.ValidationError as error:
        record = _read_leniently(text, error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotARecord(f"not JSON: {error}") from None
    if not is_known_version(record.event_version):
        raise NotARecord(f"eventVersion {record.event_version[:20]!r} is not one of 1.01 to 1.99")
    if not is_possible_time(record.event_time.year):
        raise NotARecord(f"eventTime {record.event_time} is out of range")
    if (zone := record.event_time.tzinfo) is not UTC:
        at = record.event_time
        record.event_time = at.replace(tzinfo=UTC) if zone is None else at.astimezone(UTC)
    return record


def cut_decision(payload: bytes) -> tuple[bytes, str | None]:
    """A record of the journal without Garrison's own part, and that part as JSON."""
    if _DECISION_MARK not in payload:
        return payload, None
    whole = codec.decode(payload)
    decision = whole.pop(DECISION_KEY, None)
    return codec.encode(whole), None if decision is None else codec.encode(decision).decode()


def _read_leniently(text: bytes | msgspec.Raw, error: msgspec.ValidationError) -> Record:
    """A record of which a member that may be left out has an unusual type: that column stays empty, the text has it."""
    try:
        members = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise NotARecord(f"not JSON: {problem}") from None
    if not isinstance(members, dict):
        raise NotARecord("not a JSON object") from None
    missing = [name for name in ("eventVersion", "eventTime", "eventID") if not isinstance(members.get(name), str)]
    if missing:
        raise NotARecord(f"no CloudTrail record: {', '.join(missing)} missing") from None
    usable = {name: value for name, value in members.items() if _is_usable(name, value)}
    identity = usable.pop("userIdentity", None)
    try:
        record = msgspec.convert(usable, Record)
    except msgspec.ValidationError:
        raise NotARecord(str(error)) from None
    record.identity_text = msgspec.Raw(codec.encode(identity))
    return record


def _is_usable(name: str, value: Any) -> bool:
    kind = _KINDS.get(name)
    if kind is None:
        return False
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return name in ("eventTime", "eventVersion", "eventID")
    return True


_KINDS: dict[str, Any] = {
    **{field.encode_name: field.type for field in msgspec.structs.fields(Record)},
    "userIdentity": UserIdentity | None,
}
