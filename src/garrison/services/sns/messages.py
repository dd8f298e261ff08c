"""What may be published: a message's text, subject, structure and attributes, checked and brought into one form.

SNS Developer Guide, "Amazon SNS message attributes", "Publishing large messages"; API reference, Publish.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from garrison import codec
from garrison.errors import ApiError
from garrison.services.sns.failures import invalid
from garrison.services.sns.queue import NOTIFICATION, Message
from garrison.services.subjects import LONGEST_SUBJECT

LARGEST_MESSAGE_BYTES = 256 * 1024
"""Of text and attributes together."""
_SUBJECT = re.compile(r"[^\x00-\x1f\x7f]+")
_ATTRIBUTE_NAME = re.compile(r"(?!(?i:aws|amazon)\.)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_NUMBER = re.compile(r"-?[0-9]{1,38}(\.[0-9]{1,38})?([eE][+-]?[0-9]{1,3})?")
_BASE_TYPES = frozenset({"String", "Number", "Binary"})
_LONGEST_TYPE = 256
DEFAULT = "default"


def checked_message(
    given: Mapping[str, Any], message_id: str, topic_arn: str, display_name: str, at: datetime
) -> Message:
    """A message as it is delivered; refused with InvalidParameter where it may not be published."""
    text = given["Message"]
    if not text:
        raise invalid("Empty message")
    if message_bytes(given) > LARGEST_MESSAGE_BYTES:
        raise invalid("Message too long")
    if given.get("MessageGroupId") or given.get("MessageDeduplicationId"):
        raise invalid("MessageGroupId Reason: The request includes parameters that are valid for FIFO topics only")
    body, by_protocol = _by_protocol(text, given.get("MessageStructure"))
    return Message(
        id=message_id,
        type=NOTIFICATION,
        topic_arn=topic_arn,
        at=at,
        body=body,
        by_protocol=by_protocol,
        subject=_checked_subject(given.get("Subject")),
        attributes=_checked_attributes(given.get("MessageAttributes") or {}),
        display_name=display_name,
    )


def message_bytes(given: Mapping[str, Any]) -> int:
    """How large a message is: its text, and names, types and values of its attributes."""
    size = len(given["Message"].encode())
    for name, attribute in (given.get("MessageAttributes") or {}).items():
        size += len(name.encode()) + len(attribute.get("DataType", "").encode())
        size += len((attribute.get("StringValue") or "").encode()) + len(attribute.get("BinaryValue") or b"")
    return size


def _checked_subject(subject: str | None) -> str | None:
    if subject is None:
        return None
    if not _SUBJECT.fullmatch(subject) or len(subject) > LONGEST_SUBJECT or subject[0].isspace():
        raise invalid("Subject")
    return subject


def _by_protocol(text: str, structure: str | None) -> tuple[str, dict[str, str]]:
    if structure is None:
        return text, {}
    if structure != "json":
        raise invalid("MessageStructure")
    try:
        parsed = codec.decode(text)
    except (ValueError, RecursionError):
        raise invalid("Message Structure - JSON message body failed to parse") from None
    if not isinstance(parsed, dict) or not isinstance(parsed.get(DEFAULT), str):
        raise invalid("Message Structure - No default entry in JSON message body")
    texts = {protocol: value for protocol, value in parsed.items() if isinstance(value, str) and value}
    return parsed[DEFAULT], {protocol: value for protocol, value in texts.items() if protocol != DEFAULT}


def _checked_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    checked: dict[str, dict[str, str]] = {}
    for name, attribute in attributes.items():
        if len(name) > 256 or not _ATTRIBUTE_NAME.fullmatch(name):
            raise _unusable(f"Invalid attribute name: {name[:100]}")
        kind = attribute.get("DataType") or ""
        base = kind.partition(".")[0]
        if base not in _BASE_TYPES or len(kind) > _LONGEST_TYPE:
            raise _unusable(
                f"The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String."
            )
        checked[name] = {"Type": kind, "Value": _checked_value(name, kind, base, attribute)}
    return checked


def _checked_value(name: str, kind: str, base: str, attribute: Mapping[str, Any]) -> str:
    if base == "Binary":
        binary = attribute.get("BinaryValue")
        if not binary:
            raise _unusable(
                f"The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{kind}'."
            )
        return base64.b64encode(binary).decode()
    value: str = attribute.get("StringValue") or ""
    if not value:
        raise _unusable(
            f"The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{kind}'."
        )
    if base == "Number" and not _NUMBER.fullmatch(value):
        raise _unusable(f"Could not cast message attribute '{name}' value to number.")
    if kind == "String.Array" and not isinstance(_array(value), list):
        raise _unusable(f"The message attribute '{name}' is no JSON array.")
    return value


def filter_values(message: Message) -> dict[str, Any]:
    """A message's attributes as filter policies see them: texts, numbers, arrays; binary ones are not seen."""
    values: dict[str, Any] = {}
    for name, attribute in message.attributes.items():
        kind, value = attribute["Type"], attribute["Value"]
        if kind == "String.Array":
            values[name] = _array(value)
        elif kind.startswith("Number"):
            values[name] = float(value)
        elif kind.startswith("String"):
            values[name] = value
    return values


def body_object(text: str) -> dict[str, Any] | None:
    """A message's text as filter policies of its body see it; None for what is no JSON object."""
    try:
        parsed = codec.decode(text)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _array(value: str) -> list[Any] | None:
    try:
        parsed = codec.decode(value)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, list) else None


def _unusable(reason: str) -> ApiError:
    return ApiError("ParameterValueInvalid", reason)
