"""The topic through which Config tells of what happens in an account and region."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from garrison.store import Unit


def topic_of(unit: Unit) -> str | None:
    """The ARN of the delivery channel's topic, None where there is none."""
    return None
