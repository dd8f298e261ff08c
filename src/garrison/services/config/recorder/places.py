"""Where and when files are delivered: AWS's layout of keys in the channel's bucket, and its periods.

Source: AWS Config Developer Guide, "Delivering configuration snapshots", "Viewing configuration history files".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from garrison.services.config.periods import PERIODS
from garrison.services.config.recorder.resources import DeliveryChannel

HISTORY_EVERY = timedelta(hours=6)


def snapshot_every(channel: DeliveryChannel) -> timedelta | None:
    """How often snapshots are delivered; None where only when asked."""
    return PERIODS[channel.snapshot_frequency] if channel.snapshot_frequency else None


def folder_of(prefix: str | None, account: str) -> str:
    """What the keys of an account's files begin with."""
    start = f"{prefix.rstrip('/')}/" if prefix else ""
    return f"{start}AWSLogs/{account}/Config/"


def snapshot_key(channel: DeliveryChannel, at: datetime, snapshot: str) -> str:
    """The key of a snapshot."""
    name = f"{channel.account}_Config_{channel.region}_ConfigSnapshot_{_stamp(at)}_{snapshot}.json.gz"
    return f"{folder_of(channel.prefix, channel.account)}{channel.region}/{_day(at)}/ConfigSnapshot/{name}"


def history_key(channel: DeliveryChannel, at: datetime, first: datetime, resource_type: str, number: int) -> str:
    """The key of a file with the changes of a type in a period."""
    period = f"{_stamp(first)}_{_stamp(at)}"
    name = f"{channel.account}_Config_{channel.region}_ConfigHistory_{resource_type}_{period}_{number}.json.gz"
    return f"{folder_of(channel.prefix, channel.account)}{channel.region}/{_day(at)}/ConfigHistory/{name}"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _day(at: datetime) -> str:
    """The day without leading zeros, as Config writes it."""
    return f"{at.year}/{at.month}/{at.day}"
