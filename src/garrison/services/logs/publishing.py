"""Publish what metric filters counted, each value exactly once.

A value waits in the transaction of the events that made it; the metric data remember in the transaction that takes it how far
they have taken. So neither end can lose one or take one twice, at any crash.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from garrison.detect.examples import Example
from garrison.detect.summary import of_values
from garrison.metrics import Datum, Metric, MetricData, Source, open_metric_data
from garrison.services.logs.service import service
from garrison.services.logs.storage import Datum as Waiting
from garrison.services.logs.storage import events_of
from garrison.services.logs.storage.outbox import close_minutes, forget_data, token_of, waiting_data

if TYPE_CHECKING:
    from garrison.services.background import Workplace

_BATCH = 1_000


@service.task("publish", every=timedelta(seconds=0.5))
def publish(place: Workplace) -> None:
    """Publish what waits now."""
    connections = events_of(place.parts).connections
    if not connections.exists:
        return
    now = place.clock.now()
    close_minutes(connections, int(now.timestamp() * 1000))
    data = waiting_data(connections, _BATCH)
    if not data:
        return
    metrics = open_metric_data(place.home, sync=not place.parts.settings.ephemeral)
    file = token_of(connections)
    while data:
        for owner in dict.fromkeys((each.account, each.region) for each in data):
            _put(metrics, file, owner, [each for each in data if (each.account, each.region) == owner], now)
        forget_data(connections, data[-1].number)
        data = waiting_data(connections, _BATCH)


def _put(metrics: MetricData, file: str, owner: tuple[str, str], data: list[Waiting], now: datetime) -> None:
    name = f"logs/{file}/{'/'.join(owner)}"
    taken = metrics.position(name)
    fresh = [each for each in data if each.number > taken]
    if fresh:
        source = Source(name, fresh[-1].number)
        metrics.put(*owner, [_datum(each) for each in fresh], received_at=now, source=source)


def _datum(waiting: Waiting) -> Datum:
    body = waiting.body
    metric = Metric(body["namespace"], body["name"], tuple(sorted(body["dimensions"].items())))
    at = datetime.fromtimestamp(body["at"] / 1000, UTC)
    summary = of_values(body["values"], body["counts"])
    return Datum(metric, at, summary, body["unit"], examples=tuple(msgspec.convert(body["examples"], list[Example])))
