"""Say who did what in one event of a log, briefly, for whoever an alarm wakes."""

from __future__ import annotations

from typing import Any

import msgspec

LONGEST_TEXT = 300

_decoder = msgspec.json.Decoder(dict[str, Any])


class Example(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of the events that a metric counted."""

    text: str = ""
    """The event's beginning, where it is no CloudTrail record."""
    who: str = ""
    """The caller's ARN, or what else the record says of who it was."""
    what: str = ""
    """Service and operation: `iam:CreateUser`."""
    when: str = ""
    source: str = ""
    """The address that the call came from."""
    error: str = ""
    region: str = ""
    event_id: str = ""

    def line(self) -> str:
        """One line for a reader."""
        if not self.what:
            return self.text
        outcome = f" ({self.error})" if self.error else ""
        return f"{self.when}  {self.what}{outcome} by {self.who or 'unknown'} from {self.source or 'unknown'}"


def example_of(message: str) -> Example:
    """What a log event says: of a CloudTrail record who did what, when, from where; else its beginning."""
    try:
        record = _decoder.decode(message)
    except (msgspec.DecodeError, UnicodeEncodeError):
        record = {}
    name = record.get("eventName")
    if not isinstance(name, str):
        return Example(text=_plain(message))
    service = str(record.get("eventSource") or "").removesuffix(".amazonaws.com")
    return Example(
        who=_plain(_who(record.get("userIdentity"))),
        what=_plain(f"{service}:{name}" if service else name),
        when=_plain(record.get("eventTime")),
        source=_plain(record.get("sourceIPAddress")),
        error=_plain(record.get("errorCode") or _failed_sign_in(record)),
        region=_plain(record.get("awsRegion")),
        event_id=_plain(record.get("eventID")),
    )


def _who(identity: Any) -> Any:
    if not isinstance(identity, dict):
        return None
    for member in ("arn", "userName", "invokedBy", "principalId", "type"):
        if identity.get(member):
            return identity[member]
    return None


def _failed_sign_in(record: dict[str, Any]) -> str:
    answer = record.get("responseElements")
    return "Failure" if isinstance(answer, dict) and answer.get("ConsoleLogin") == "Failure" else ""


def _plain(text: Any) -> str:
    """A text that stays on its line, whatever its sender wrote into it."""
    if not isinstance(text, str):
        return ""
    return "".join(sign if sign.isprintable() else " " for sign in text[:LONGEST_TEXT])
