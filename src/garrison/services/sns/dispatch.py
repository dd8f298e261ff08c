"""Deliver what is due: each subscription is a lane with a worker of its own, so that an endpoint that hangs holds up no other.

A delivery leaves the queue only once its endpoint has taken it or it is buried; a stop in between delivers it again, under the same
MessageId.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.outgoing import NotAllowed, OutgoingFailure, Refused, Unreachable
from garrison.services.organizations.members import accounts_here
from garrison.services.sns import queue
from garrison.services.sns.keys import opened
from garrison.services.sns.notifications import Writer
from garrison.services.sns.queue import DeadLetter, Delivery, Message, SealedMessage, Waiting
from garrison.services.sns.resources import Subscription
from garrison.services.sns.service import service
from garrison.services.sns.signing import Signer, signer_at
from garrison.store import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from garrison.services.background import Workplace
    from garrison.store import Unit

EVERY = timedelta(seconds=0.25)
MOST_WORKERS = 48
MOST_WORKERS_PER_HOST = 4
"""So that one host that hangs with many subscriptions leaves workers for the others."""
_BATCH = 10
_LONGEST_RUN_SECONDS = 30.0
"""After it a worker makes room, though its lane has more."""
_MOST_ATTEMPTS = 8
_MAIL_HOST = "mail"

_log = get_logger("garrison.sns")


@service.task("deliveries", every=EVERY)
def deliver(place: Workplace) -> None:
    """Give every lane with something due a worker."""
    _dispatcher().start_due(place)


class _Dispatcher:
    """The workers of this process."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(MOST_WORKERS, "garrison-sns")
        self._lock = threading.Lock()
        self._busy: dict[str, str] = {}
        self._hosts: Counter[str] = Counter()
        self._signer: Signer | None = None
        self._after: dict[str, str] = {}

    def start_due(self, place: Workplace) -> None:
        now = place.clock.now()
        for account in accounts_here(place.parts):
            with place.parts.store.reading(account, "global") as unit:
                due = [first for first in self._lanes(unit, account) if first.due_at <= now]
            for first in due:
                self._start(place, account, first.delivery)

    def _lanes(self, unit: Unit, account: str) -> Iterator[Waiting]:
        """Each lane once, beginning after the one that got a worker last: a full house must not always serve the same."""
        start = self._after.get(account, "")
        yield from queue.lanes(unit, start)
        if start:
            for first in queue.lanes(unit):
                if first.key > start:
                    break
                yield first

    def _start(self, place: Workplace, account: str, delivery: Delivery) -> None:
        lane, host = delivery.lane, _host(delivery)
        with self._lock:
            if lane in self._busy or len(self._busy) >= MOST_WORKERS or self._hosts[host] >= MOST_WORKERS_PER_HOST:
                return
            self._busy[lane] = host
            self._hosts[host] += 1
            self._after[account] = f"{lane}0"
        self._pool.submit(self._work, place, account, lane)

    def _work(self, place: Workplace, account: str, lane: str) -> None:
        try:
            _Lane(place, account, lane, self._writer(place)).run()
        except Exception:
            _log.exception("delivery_failed", lane=lane)
        finally:
            with self._lock:
                host = self._busy.pop(lane)
                self._hosts[host] -= 1
                if not self._hosts[host]:
                    del self._hosts[host]

    def _writer(self, place: Workplace) -> Writer:
        now = place.clock.now()
        with self._lock:
            if self._signer is None or not self._signer.is_good_at(now):
                self._signer = signer_at(place.parts.store, place.parts.settings, now)
            return Writer(place.parts.settings.effective_public_url, self._signer)


class _Lane:
    """One subscription's deliveries, worked off in order until none is due or its endpoint fails."""

    def __init__(self, place: Workplace, account: str, lane: str, writer: Writer) -> None:
        self._place = place
        self._store = place.parts.store
        self._account = account
        self._lane = lane
        self._writer = writer

    def run(self) -> None:
        end = time.monotonic() + _LONGEST_RUN_SECONDS
        while True:
            with self._store.reading(self._account, "global") as unit:
                batch = queue.of_lane(unit, self._lane, _BATCH)
            if not batch:
                return
            for waiting in batch:
                is_due = waiting.due_at <= self._place.clock.now()
                if not is_due or time.monotonic() > end or not self._deliver(waiting):
                    return

    def _deliver(self, waiting: Waiting) -> bool:
        """Try one delivery and settle it; gives whether its endpoint is worth asking again now."""
        delivery = waiting.delivery
        with self._store.reading(self._account, "global") as unit:
            message = _wanted(unit, delivery)
        if message is None:
            self._settle(lambda unit: queue.finish(unit, waiting))
            return True
        try:
            self._send(self._opened(message), delivery)
        except (NotAllowed, Refused) as failure:
            self._bury(message, waiting, failure)
            return True
        except OutgoingFailure as failure:
            self._retry(message, waiting, failure)
            return False
        except Exception as problem:  # whatever is wrong with this one must not come round every moment
            _log.exception("delivery_failed", message=message.id, lane=self._lane)
            self._retry(message, waiting, Unreachable(f"It could not be sent ({type(problem).__name__})"))
            return False
        self._settle(lambda unit: queue.finish(unit, waiting))
        if delivery.most_per_second:
            time.sleep(1 / delivery.most_per_second)
        return True

    def _opened(self, message: Message | SealedMessage) -> Message:
        """The message as it was published; one whose key cannot be used waits like one whose endpoint is away."""
        if isinstance(message, Message):
            return message
        try:
            return opened(self._place, message)
        except ApiError as error:
            raise Unreachable(f"Its key of KMS cannot be used: {error.message}") from None

    def _send(self, message: Message, delivery: Delivery) -> None:
        parts = self._place.parts
        if delivery.protocol in ("email", "email-json"):
            parts.mail.send(self._writer.mail(message, delivery, parts.mail.sender), delivery.endpoint)
            return
        headers, body = self._writer.request(message, delivery)
        status = parts.outgoing.send(delivery.endpoint, headers=headers, body=body).status
        if status == 429 or status >= 500:
            raise Unreachable(f"The endpoint answered with status {status}")
        if not 200 <= status < 300:
            raise Refused(f"The endpoint answered with status {status}")

    def _retry(self, message: Message | SealedMessage, waiting: Waiting, failure: OutgoingFailure) -> None:
        delay = waiting.delivery.retries.delay_before(waiting.delivery.failures + 1)
        if delay is None:
            self._bury(message, waiting, failure)
            return
        due_at = self._place.clock.now() + timedelta(seconds=delay)
        self._settle(lambda unit: queue.postpone(unit, waiting, due_at))

    def _bury(self, message: Message | SealedMessage, waiting: Waiting, failure: OutgoingFailure) -> None:
        at: datetime = self._place.clock.now()
        if isinstance(message, SealedMessage):
            shown = Message(id=message.id, type=message.type, topic_arn=message.topic_arn, at=at, body="")
            sealed: SealedMessage | None = message
        else:
            shown, sealed = message, None
        letter = DeadLetter(message=shown, delivery=waiting.delivery, reason=failure.message, at=at, sealed=sealed)

        def settle(unit: Unit) -> None:
            queue.bury(unit, letter)
            queue.finish(unit, waiting)

        self._settle(settle)
        _log.warning("delivery_given_up", message=message.id, lane=self._lane, cause=failure.message)

    def _settle(self, change: Callable[[Unit], None]) -> None:
        for attempt in range(_MOST_ATTEMPTS):
            try:
                with self._store.writing(self._account, "global", at=self._place.clock.now()) as unit:
                    change(unit)
                return
            except Conflict:
                if attempt == _MOST_ATTEMPTS - 1:
                    raise


@cache
def _dispatcher() -> _Dispatcher:
    return _Dispatcher()


def _wanted(unit: Unit, delivery: Delivery) -> Message | SealedMessage | None:
    """The message of a delivery, unless its subscription has ended meanwhile."""
    message = queue.message_of(unit, delivery)
    if message is None or message.type == queue.GOODBYE:
        return message
    arn = parse_arn(delivery.subscription_arn)
    assert arn is not None
    topic, _, identifier = arn.resource.partition(":")
    kept = unit.get(Subscription, topic, identifier, account=arn.account, region=arn.region)
    return message if kept is not None else None


def _host(delivery: Delivery) -> str:
    return _MAIL_HOST if delivery.protocol in ("email", "email-json") else urlsplit(delivery.endpoint).netloc
