"""The queue of deliveries: kept in the store with the call that made them, outside the history of resources.

A message is kept once, with the number of deliveries that still need it. A delivery's key begins with its subscription and the time
when it is due, so that each subscription is a lane of its own that is read in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from garrison.services.sns.delivery_policies import RetryPolicy
from garrison.store import Unit

DELIVERIES, MESSAGES, REFERENCES, DEAD_LETTERS = "sns-deliveries", "sns-messages", "sns-references", "sns-dead-letters"
"""Namespaces of operational state."""
NOTIFICATION, CONFIRMATION, GOODBYE = "Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"
"""Types of messages."""
KEPT_DEAD = timedelta(days=14)
"""How long dead letters are kept: as long as SQS keeps a message at most."""
_EPOCH_DIGITS = 20


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be delivered."""

    id: str
    type: str
    topic_arn: str
    at: datetime
    body: str
    """The message, or its form for all protocols that `by_protocol` does not have."""
    by_protocol: dict[str, str] = {}
    subject: str | None = None
    attributes: dict[str, dict[str, str]] = {}
    """`{"name": {"Type": …, "Value": …}}`, as messages carry them."""
    token: str | None = None
    """What confirms the subscription."""
    display_name: str = ""

    def for_protocol(self, protocol: str) -> str:
        """The text for a protocol."""
        return self.by_protocol.get(protocol, self.body)


class SealedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message under a key of KMS (`garrison.services.sns.keys`)."""

    id: str
    type: str
    topic_arn: str
    kms_key: str
    """The ARN of the key."""
    wrapped: bytes
    """Its data key, as KMS's ciphertext."""
    text: bytes
    """All of the message, sealed by the data key."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way to one endpoint, with all that it takes."""

    message_id: str
    subscription_arn: str
    protocol: str
    endpoint: str
    retries: RetryPolicy
    is_raw: bool = False
    signature_version: str = "1"
    content_type: str | None = None
    most_per_second: int | None = None
    failures: int = 0
    """How often it was tried in vain."""

    @property
    def lane(self) -> str:
        """The subscription's id."""
        return self.subscription_arn.rpartition(":")[2]


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that its endpoint did not take."""

    message: Message
    """Without its content where that is sealed."""
    delivery: Delivery
    reason: str
    at: datetime
    sealed: SealedMessage | None = None


class Waiting(msgspec.Struct, frozen=True):
    """A delivery in the queue."""

    key: str
    due_at: datetime
    delivery: Delivery


_MESSAGE, _DELIVERY = msgspec.json.Decoder(Message), msgspec.json.Decoder(Delivery)
_SEALED, _SEALED_MARK = msgspec.json.Decoder(SealedMessage), b"\x01"
_DEAD = msgspec.json.Decoder(DeadLetter)


def enqueue(unit: Unit, message: Message, deliveries: Iterable[Delivery], sealed: SealedMessage | None = None) -> None:
    """Put a message into the queue, due now, only sealed where it comes sealed; with no deliveries nothing is kept."""
    count = 0
    for delivery in deliveries:
        unit.state_put(DELIVERIES, _key(delivery, message.at), msgspec.json.encode(delivery))
        count += 1
    if count:
        kept = msgspec.json.encode(message) if sealed is None else _SEALED_MARK + msgspec.json.encode(sealed)
        unit.state_put(MESSAGES, message.id, kept)
        unit.state_put(REFERENCES, message.id, str(count).encode())


def lanes(unit: Unit, after: str = "") -> Iterator[Waiting]:
    """The first delivery of each lane."""
    while True:
        rows = unit.state_page(DELIVERIES, after=after or None, limit=1)
        if not rows:
            return
        yield _waiting(rows[0].key, rows[0].value)
        after = f"{rows[0].key.partition('/')[0]}0"  # the next character after the slash


def of_lane(unit: Unit, lane: str, limit: int) -> list[Waiting]:
    """The deliveries of a lane that are due first."""
    return [_waiting(row.key, row.value) for row in unit.state_page(DELIVERIES, f"{lane}/", limit=limit)]


def message_of(unit: Unit, delivery: Delivery) -> Message | SealedMessage | None:
    """What a delivery delivers."""
    row = unit.state_get(MESSAGES, delivery.message_id)
    if row is None:
        return None
    if row.value[:1] == _SEALED_MARK:
        return _SEALED.decode(row.value[1:])
    return _MESSAGE.decode(row.value)


def postpone(unit: Unit, waiting: Waiting, due_at: datetime) -> None:
    """Try a delivery again later."""
    tried = msgspec.structs.replace(waiting.delivery, failures=waiting.delivery.failures + 1)
    unit.state_remove(DELIVERIES, waiting.key)
    unit.state_put(DELIVERIES, _key(tried, due_at), msgspec.json.encode(tried))


def bury(unit: Unit, letter: DeadLetter) -> None:
    """Keep what was not taken for an operator to see."""
    key = f"{_number(letter.at)}/{letter.message.id}/{letter.delivery.lane}"
    unit.state_put(DEAD_LETTERS, key, msgspec.json.encode(letter), letter.at + KEPT_DEAD)


def finish(unit: Unit, waiting: Waiting) -> None:
    """Take a delivery out of the queue, and its message with the last one."""
    if unit.state_get(DELIVERIES, waiting.key) is None:
        return
    unit.state_remove(DELIVERIES, waiting.key)
    message_id = waiting.delivery.message_id
    row = unit.state_get(REFERENCES, message_id)
    left = int(row.value) - 1 if row is not None else 0
    if row is not None and left > 0:
        unit.state_put(REFERENCES, message_id, str(left).encode(), expect=row.version)
    else:
        unit.state_remove(REFERENCES, message_id)
        unit.state_remove(MESSAGES, message_id)


def dead_letters(unit: Unit, after: str | None = None, limit: int = 1000) -> list[DeadLetter]:
    """What was not taken, the oldest first."""
    return [_DEAD.decode(row.value) for row in unit.state_page(DEAD_LETTERS, after=after, limit=limit)]


def _waiting(key: str, value: bytes) -> Waiting:
    number = int(key.split("/")[1])
    return Waiting(key, datetime.fromtimestamp(number / 1_000_000, UTC), _DELIVERY.decode(value))


def _key(delivery: Delivery, due_at: datetime) -> str:
    return f"{delivery.lane}/{_number(due_at)}/{delivery.message_id}"


def _number(at: datetime) -> str:
    return f"{int(at.timestamp() * 1_000_000):0{_EPOCH_DIGITS}d}"
