"""The one JSON codec, for everything that is stored or recorded."""

from __future__ import annotations

from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(order="deterministic")
_plain_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


def encode(value: Any) -> bytes:
    """A value as compact JSON, keys in the order given."""
    return _plain_encoder.encode(value)


def encode_canonical(value: Any) -> bytes:
    """A value as compact JSON with sorted keys, for hashes and comparisons."""
    return _encoder.encode(value)


def decode(data: bytes | str) -> Any:
    """JSON as plain Python values; raises `msgspec.DecodeError`."""
    return _decoder.decode(data)
