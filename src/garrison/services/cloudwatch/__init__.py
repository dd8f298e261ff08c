"""CloudWatch: metric data, and the alarms that watch them."""

from __future__ import annotations

from garrison.services.cloudwatch import (  # noqa: F401  (each declares its operations)
    listing,
    put_data,
    retention,
    statistics,
)
from garrison.services.cloudwatch.service import service

__all__ = ["service"]
