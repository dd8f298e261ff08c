"""CloudWatch: metric data, and the alarms that watch them."""

from __future__ import annotations

from garrison.services.cloudwatch import (  # noqa: F401  (each declares its operations)
    alarm_actions,
    alarm_history,
    alarm_states,
    alarm_views,
    alarms,
    listing,
    put_data,
    queries,
    retention,
    sink_delivery,
    statistics,
    tags,
    watching,
)
from garrison.services.cloudwatch.service import service

__all__ = ["service"]
