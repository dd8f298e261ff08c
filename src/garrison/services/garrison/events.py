"""Recorded events as Garrison keeps them, decisions included: found by id, or read through for a time and a principal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.decision_key import DECISION_KEY
from garrison.journal import Journal

if TYPE_CHECKING:
    from garrison.services.call import Call


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event of the account: its CloudTrail record, and Garrison's own part of it."""

    record: dict[str, Any]

    @property
    def own(self) -> dict[str, Any]:
        """How the call was decided; empty where the record had no room for it."""
        return self.record.get(DECISION_KEY) or {}

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """The decisions in the order they were made."""
        return list(self.own.get("decisions") or ())

    @property
    def principal_arn(self) -> str:
        """The caller as policies name it: the role of a session, else the caller itself."""
        identity = self.record.get("userIdentity") or {}
        if identity.get("type") == "AssumedRole":
            issuer = (identity.get("sessionContext") or {}).get("sessionIssuer") or {}
            return str(issuer.get("arn") or identity.get("arn") or "")
        return str(identity.get("arn") or "")


def find_event(call: Call, *, event_id: str | None = None, request_id: str | None = None) -> Recorded | None:
    """The event with an id, or of the call with a request id."""
    if event_id is not None:
        for region in dict.fromkeys((call.region, call.parts.settings.region, "us-east-1")):
            found = call.parts.recent.lookup(call.account, region, attribute=("EventId", event_id), limit=1)
            if found:
                return Recorded(codec.decode(found[0]))
    member = "eventID" if event_id is not None else "requestID"
    wanted = event_id or request_id or ""
    for payload in _payloads(call, codec.encode(wanted), None):
        record = _decoded(payload)
        if record is not None and record.get(member) == wanted and _is_of(call, record):
            return Recorded(record)
    return None


def events_between(
    call: Call, start: datetime | None, end: datetime | None, principal_arn: str | None = None, marked: bytes = b""
) -> Iterator[Recorded]:
    """The account's events of a time, oldest first: of one principal where it is named, and that hold `marked`."""
    needles = [needle for needle in (codec.encode(principal_arn) if principal_arn else b"", marked) if needle]
    for payload in _payloads(call, needles[0] if needles else b"", start):
        if any(needle not in payload for needle in needles):
            continue
        record = _decoded(payload)
        if record is None or not _is_of(call, record):
            continue
        at = datetime.fromisoformat(record["eventTime"])
        if (start is not None and at < start.replace(microsecond=0)) or (end is not None and at > end):
            continue
        recorded = Recorded(record)
        if principal_arn is None or recorded.principal_arn == principal_arn:
            yield recorded


def _payloads(call: Call, needle: bytes, start: datetime | None) -> Iterator[bytes]:
    """The journal's events that hold some bytes, which saves decoding the others."""
    folder = call.parts.settings.home_path / "journal"
    if not folder.is_dir():
        return
    journal = Journal(folder)
    try:
        after = max(journal.position_at(start) - 1, 0) if start is not None else None
        for entry in journal.read(after):
            if needle in entry.payload:
                yield entry.payload
    finally:
        journal.close()


def _decoded(payload: bytes) -> dict[str, Any] | None:
    try:
        record = codec.decode(payload)
    except msgspec.DecodeError:
        return None
    return record if isinstance(record, dict) else None


def _is_of(call: Call, record: dict[str, Any]) -> bool:
    return record.get("recipientAccountId") == call.account
