"""CloudWatch Logs: log groups, streams and events, and the filters that watch them."""

from __future__ import annotations

from garrison.services.logs import (  # noqa: F401  (each declares its operations)
    delivering,
    filter_events,
    get_events,
    group_listing,
    groups,
    held_policies,
    metric_filters,
    patterns,
    publishing,
    put_events,
    resource_policies,
    retention,
    streams,
    subscriptions,
    tags,
)
from garrison.services.logs.service import service

__all__ = ["service"]
