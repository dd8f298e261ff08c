"""What an adapter sends of its decisions at a time: log records, samples, counts for metrics, and the addresses it holds back now."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from garrison.waf.records.counts import Count
from garrison.waf.records.samples import Sample

MOST_BYTES = 32 * 1024 * 1024
"""Of a batch, unpacked."""


class Sampled(msgspec.Struct, frozen=True):
    """A sample of a rule's requests."""

    metric: str
    """The metric's name of the rule, or of the web ACL for its default action."""
    at: float
    """Seconds since 1970."""
    request: dict[str, Any]
    """A SampledHTTPRequest without Weight and Timestamp."""


class Blocked(msgspec.Struct, frozen=True):
    """The addresses that a rate-based rule holds back now, all of them: they stand in the place of those told before."""

    rule: str
    addresses: tuple[str, ...]
    group_rule: str = ""
    """The name of the web ACL's rule that refers to the rule group in which the rule is."""


class Batch(msgspec.Struct, frozen=True):
    """As JSON, compressed by gzip."""

    records: tuple[dict[str, Any], ...] = ()
    """Log records, already redacted, those that the logging filter drops left out."""
    samples: tuple[Sampled, ...] = ()
    counts: tuple[Count, ...] = ()
    blocked: tuple[Blocked, ...] = ()


class Unreadable(ValueError):
    """It is no batch, or too large."""


def encode(batch: Batch) -> bytes:
    """A batch as it is sent."""
    return gzip.compress(msgspec.json.encode(batch), 6, mtime=0)


def decode(data: bytes) -> Batch:
    """A batch as it was sent. Raises: Unreadable."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(data, MOST_BYTES)
        if not unpacker.eof:
            raise Unreadable("the batch is cut off, or too large unpacked")
        return _decoder.decode(content)
    except (zlib.error, msgspec.MsgspecError) as problem:
        raise Unreadable(str(problem)) from None


def sampled(samples: Iterable[Sample]) -> tuple[Sampled, ...]:
    """Samples as a recorder makes them, in the form of a batch."""
    made = []
    for metric, request in samples:
        at: datetime = request["Timestamp"]
        rest = {member: value for member, value in request.items() if member != "Timestamp"}
        made.append(Sampled(metric, at.timestamp(), rest))
    return tuple(made)


_decoder = msgspec.json.Decoder(Batch)
