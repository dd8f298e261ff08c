"""Thin metric data out as they grow old, and forget the old history of alarms, every few minutes."""

from __future__ import annotations

from datetime import timedelta

from garrison.metrics.aging import thin_out
from garrison.services.background import Workplace
from garrison.services.cloudwatch.alarm_history import forget_old
from garrison.services.cloudwatch.naming import metric_data
from garrison.services.cloudwatch.service import service


@service.task("retention", every=timedelta(minutes=5))
def keep_retention(place: Workplace) -> None:
    """Move and remove what is due."""
    data, now = metric_data(place.parts), place.clock.now()
    thin_out(data, now)
    for account, region in data.places():
        forget_old(place.parts.store, account, region, now)
