"""Thin metric data out as they grow old, every few minutes."""

from __future__ import annotations

from datetime import timedelta

from garrison.metrics.aging import thin_out
from garrison.services.background import Workplace
from garrison.services.cloudwatch.naming import metric_data
from garrison.services.cloudwatch.service import service


@service.task("retention", every=timedelta(minutes=5))
def keep_retention(place: Workplace) -> None:
    """Move and remove what is due."""
    thin_out(metric_data(place.parts), place.clock.now())
