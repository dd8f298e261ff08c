"""Send the events that wait for subscriptions, in AWS's form, until they are taken or a day old.

Each subscription is served by a thread of its own while it has events, so that one that hangs holds up no other. An event may come
twice after a crash, as from AWS.
"""

from __future__ import annotations

import base64
import gzip
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.detect.patterns import Event, compile_pattern
from garrison.logs import get_logger
from garrison.services.logs.destinations import Undelivered, deliver
from garrison.services.logs.get_events import place_number
from garrison.services.logs.keys import clear_for
from garrison.services.logs.put_events import DAY
from garrison.services.logs.resources import LogGroup, SubscriptionFilter
from garrison.services.logs.service import service
from garrison.services.logs.storage import Kept, events_of, subscribers

if TYPE_CHECKING:
    from garrison.services.background import Workplace

MOST_EVENTS, MOST_BYTES = 1_000, 1_048_576
"""Of one payload, before it is compressed."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
MOST_THREADS = 32

_log = get_logger(__name__)


@dataclass(slots=True)
class _Turns:
    """Which subscriptions are being served, and when those that failed have their next turn."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    busy: set[str] = field(default_factory=set)
    pauses: dict[str, tuple[float, float]] = field(default_factory=dict)
    """The last pause, and when it ends by the machine's own clock; in seconds."""

    def take(self, key: str) -> bool:
        """Whether a subscription is to be served now."""
        with self.lock:
            if key in self.busy or self.pauses.get(key, (0.0, 0.0))[1] > time.monotonic():
                return False
            self.busy.add(key)
            return True

    def end(self, key: str, *, failed: bool) -> None:
        """A turn is over; after a failure the next one comes later each time."""
        with self.lock:
            self.busy.discard(key)
            last, _ = self.pauses.pop(key, (FIRST_PAUSE_SECONDS / 2, 0.0))
            if failed:
                pause = min(last * 2, LONGEST_PAUSE_SECONDS)
                self.pauses[key] = (pause, time.monotonic() + pause)


_turns = _Turns()


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="logs-deliver")


@service.task("deliver", every=timedelta(seconds=0.5))
def deliver_waiting(place: Workplace) -> None:
    """Give every subscription that events wait for its turn."""
    connections = events_of(place.parts).connections
    if not connections.exists:
        return
    for key in subscribers.keys(connections):
        if _turns.take(key):
            _threads().submit(_serve, place, key)


def _serve(place: Workplace, key: str) -> None:
    failed = True
    try:
        _send_waiting(place, key)
        failed = False
    except Undelivered as reason:
        _log.warning("log_events_wait_for_their_subscription", subscription=key, cause=str(reason))
    except Exception:
        _log.exception("log_delivery_failed", subscription=key)
    finally:
        _turns.end(key, failed=failed)


def _send_waiting(place: Workplace, key: str) -> None:
    """Send what waits for a subscription, one payload a stream at a time; raises `Undelivered`."""
    connections = events_of(place.parts).connections
    account, region, group, name, token = codec.decode(key)
    while True:
        with place.parts.store.reading(account, region) as unit:
            subscription, owner = unit.get(SubscriptionFilter, group, name), unit.get(LogGroup, group)
        if subscription is None or subscription.token != token or owner is None:
            subscribers.forget_all(connections, key)
            return
        events, gone = subscribers.waiting(
            connections, key, MOST_EVENTS, clear_for(place.parts, owner, place.clock.now())
        )
        oldest = int(place.clock.now().timestamp() * 1000) - DAY
        late = [event.number for event in events if event.ingested_at < oldest]
        if gone or late:
            subscribers.forget(connections, key, [*gone, *late])
        if late:
            _log.warning("log_events_given_up", subscription=key, events=len(late))
        events = [event for event in events if event.ingested_at >= oldest]
        if not events and not gone and not late:
            return
        for batch in _batches(events):
            deliver(place.parts, subscription.destination, payload_of(subscription, batch))
            subscribers.forget(connections, key, [event.number for event in batch])


def _batches(events: Sequence[Kept]) -> Iterator[list[Kept]]:
    """The events of each stream together, within the bounds of a payload."""
    by_stream: dict[str, list[Kept]] = {}
    for event in events:
        by_stream.setdefault(event.token, []).append(event)
    for found in by_stream.values():
        batch, size = list[Kept](), 0
        for event in found:
            length = len(event.message.encode())
            if batch and size + length > MOST_BYTES:
                yield batch
                batch, size = [], 0
            batch.append(event)
            size += length
        yield batch


def payload_of(subscription: SubscriptionFilter, events: Sequence[Kept]) -> bytes:
    """Events of one stream as AWS hands them to a Lambda function: JSON, compressed by gzip, in base64, in JSON."""
    pattern = compile_pattern(subscription.pattern)
    shown: list[dict[str, Any]] = []
    for event in events:
        each: dict[str, Any] = {
            "id": f"{place_number(event.place):056d}",
            "timestamp": event.at,
            "message": event.message,
        }
        if subscription.pattern.lstrip().startswith("["):
            fields = pattern.extracted(Event(event.message))
            each["extractedFields"] = {name[1:]: value for name, value in fields.items()}
        shown.append(each)
    data = {
        "messageType": "DATA_MESSAGE",
        "owner": subscription.account,
        "logGroup": subscription.log_group,
        "logStream": events[0].stream,
        "subscriptionFilters": [subscription.name],
        "logEvents": shown,
    }
    packed = base64.b64encode(gzip.compress(codec.encode(data), mtime=0)).decode()
    return codec.encode({"awslogs": {"data": packed}})
