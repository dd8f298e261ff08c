"""Timestamps on the wire: Smithy's `date-time`, `http-date` and `epoch-seconds` (Smithy, "Protocol traits", timestampFormat)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from garrison.wire.faults import WireFault

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|z|[+-]\d\d:?\d\d|)",
    re.ASCII,
)
_BASIC_ISO = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)()(Z)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,2})?", re.ASCII)


def from_epoch(seconds: float) -> datetime:
    """The aware datetime of seconds since 1970, to the microsecond."""
    if not math.isfinite(seconds):
        raise WireFault("Timestamp must be a finite number")
    try:
        if isinstance(seconds, int):
            return _EPOCH + timedelta(seconds=seconds)
        whole = math.floor(seconds)
        return _EPOCH + timedelta(seconds=whole, microseconds=round((seconds - whole) * 1_000_000))
    except OverflowError:
        raise WireFault("Timestamp is out of range") from None


def from_iso8601(text: str) -> datetime:
    """An ISO 8601 date-time with optional time, fraction and offset; without an offset it is UTC, as AWS takes it."""
    match = _ISO.fullmatch(text) or _BASIC_ISO.fullmatch(text)
    if match is None:
        raise WireFault(f"Invalid date-time: {text[:64]}")
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        zone: timezone = UTC
        if offset and offset not in "Zz":
            sign = -1 if offset[0] == "-" else 1
            zone = timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])))
        microsecond = int((fraction or "0").ljust(6, "0")[:6])
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            microsecond,
            zone,
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise WireFault(f"Invalid date-time: {text[:64]}") from None


def from_rfc822(text: str) -> datetime:
    """An HTTP date (RFC 7231 IMF-fixdate, fractional seconds allowed)."""
    fraction = 0
    head, dot, tail = text.partition(".")
    if dot:
        digits, space, zone = tail.partition(" ")
        if not (digits.isascii() and digits.isdigit() and space and len(digits) <= 9):
            raise WireFault(f"Invalid HTTP date: {text[:64]}")
        fraction = int(digits.ljust(6, "0")[:6])
        text = f"{head} {zone}"
    if len(text) > 64:
        raise WireFault("Invalid HTTP date")
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).replace(microsecond=fraction)
    except (ValueError, TypeError, OverflowError, IndexError):
        raise WireFault(f"Invalid HTTP date: {text[:64]}") from None


def from_text(text: str) -> datetime:
    """A timestamp in a text position, in whichever of the three formats it comes: AWS's servers accept them all there."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return from_epoch(float(text) if any(mark in text for mark in ".eE") else int(text))
    if text[:1].isalpha():
        return from_rfc822(text)
    return from_iso8601(text)


def _aware(value: object) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return from_epoch(value)
    if isinstance(value, str):
        return from_text(value)
    raise TypeError(f"a timestamp member holds {type(value).__name__}")


def to_epoch(value: object) -> int | float:
    """Seconds since 1970: an int where there is no fraction, else to the millisecond, as AWS answers."""
    moment = _aware(value)
    whole = (moment - _EPOCH) // timedelta(seconds=1)
    milliseconds = moment.microsecond // 1000
    return (whole * 1000 + milliseconds) / 1000 if milliseconds else whole


@lru_cache(maxsize=8192)
def to_iso8601(value: object) -> str:
    """`2026-01-02T03:04:05Z`, with milliseconds where there are any."""
    moment = _aware(value)
    text = (
        f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d}"
        f"T{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}"
    )
    milliseconds = moment.microsecond // 1000
    return f"{text}.{milliseconds:03d}Z" if milliseconds else f"{text}Z"


def to_rfc822(value: object) -> str:
    """`Fri, 02 Jan 2026 03:04:05 GMT`."""
    return format_datetime(_aware(value), usegmt=True)


WRITERS: dict[str, Callable[[object], int | float | str]] = {
    "unixtimestamp": to_epoch,
    "iso8601": to_iso8601,
    "rfc822": to_rfc822,
}
"""Writers by the model's `timestampFormat`."""


def writer(timestamp_format: str | None, default: str) -> Callable[[object], int | float | str]:
    """The writer for a member's `timestampFormat`, or the protocol's default at its location."""
    return WRITERS[(timestamp_format or default).lower()]
