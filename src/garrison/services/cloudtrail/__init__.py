"""CloudTrail: who did what, and the trails that say where the record of it goes."""

from __future__ import annotations

from garrison.services.cloudtrail import (  # noqa: F401  (each declares its operations)
    event_selectors,
    following,
    insights,
    logging_state,
    lookup,
    public_keys,
    stores,
    tagging,
    trail_views,
    trails,
)
from garrison.services.cloudtrail.delivery import rounds  # noqa: F401  (declares the task)
from garrison.services.cloudtrail.service import service

__all__ = ["service"]
