"""The topic through which Config tells of what happens in an account and region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.config.recorder.finding import channel_of

if TYPE_CHECKING:
    from garrison.store import Unit


def topic_of(unit: Unit) -> str | None:
    """The ARN of the delivery channel's topic, None where there is none."""
    channel = channel_of(unit)
    return channel.topic_arn if channel is not None else None
