"""What one host counted, on its way to the others: batches in a stream of Redis or Valkey."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import msgspec

STREAM = "garrison:waf:rates:1"
_KEPT_SECONDS = 660
"""The longest window and a minute: a host that comes back reads on from there."""
_MOST_BATCHES = 100_000
"""Batches that the stream keeps at most."""
_MOST_READ = 500
MOST_BATCH_BYTES = 4 * 1024 * 1024
_ANSWER_SECONDS = 0.5
"""How long an answer is waited for; only the thread that tells and listens waits."""
_LISTEN_MILLISECONDS = 200


class Counted(NamedTuple):
    """Requests of one key in one sub-bucket."""

    rule: str
    window_seconds: int
    key: bytes
    bucket: int
    requests: int


class Link(Protocol):
    """A connection to what hosts have in common. Every method may raise `OSError`."""

    def tell(self, host: str, counted: list[Counted]) -> None:
        """Tell all hosts."""
        ...

    def listen(self, after: str) -> list[tuple[str, str, list[Counted]]]:
        """What was told after a place in the stream: places, hosts and counts. Waits for something for a moment."""
        ...

    def close(self) -> None: ...


class RedisLink:
    """By `redis://`, `rediss://` or `unix://`; a URL may hold a password, and is never logged."""

    def __init__(self, url: str) -> None:
        import redis

        self._failures = (redis.RedisError, OSError)
        self._redis: Any = redis.Redis.from_url(
            url, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS, retry=None
        )

    def tell(self, host: str, counted: list[Counted]) -> None:
        """See `Link.tell`. What is older than every window is dropped from the stream at the same time."""
        try:
            seconds = int(self._redis.time()[0])
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.xadd(
                    STREAM, {"host": host, "counted": _encode(counted)}, maxlen=_MOST_BATCHES, approximate=True
                )
                pipeline.xtrim(STREAM, minid=f"{(seconds - _KEPT_SECONDS) * 1000}-0", approximate=True)
                pipeline.execute()
        except self._failures as problem:
            raise OSError(type(problem).__name__) from problem

    def listen(self, after: str) -> list[tuple[str, str, list[Counted]]]:
        """See `Link.listen`. What is no batch is passed over."""
        try:
            answer = self._redis.xread({STREAM: after}, count=_MOST_READ, block=_LISTEN_MILLISECONDS)
        except self._failures as problem:
            raise OSError(type(problem).__name__) from problem
        entries = answer[0][1] if answer else []
        return [
            (
                place.decode(),
                fields.get(b"host", b"").decode("utf-8", "replace"),
                list(_decode(fields.get(b"counted", b""))),
            )
            for place, fields in entries
        ]

    def close(self) -> None:
        """Close the connection."""
        self._redis.close()


def _encode(counted: list[Counted]) -> bytes:
    return msgspec.msgpack.encode(counted)


def _decode(data: bytes) -> Iterator[Counted]:
    if len(data) > MOST_BATCH_BYTES:
        return
    try:
        yield from msgspec.msgpack.decode(data, type=list[Counted])
    except msgspec.DecodeError:
        return
