"""The hash of a digest as it is told elsewhere, and how it is read again from where it was kept."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from garrison import codec


class Anchor(msgspec.Struct, frozen=True, rename="camel"):
    """A digest as it is told elsewhere."""

    account: str
    trail_arn: str
    home_region: str
    trail_name: str
    region: str
    end_time: str
    bucket: str
    key: str
    sha256: str
    """Of the inflated digest, in hex."""
    signature: str
    """In hex."""

    def line(self) -> bytes:
        """It as one line of JSON."""
        return codec.encode(self)


class Unreadable(msgspec.Struct, frozen=True):
    """A line that looks like an anchor and is none."""

    text: bytes


_MARK = b'"trailArn"'
_decode = msgspec.json.Decoder(Anchor).decode


def read_anchors(content: bytes) -> Iterator[Anchor | Unreadable]:
    """The anchors of a file: one a line, behind whatever a log server has put before it; other lines are passed over."""
    for line in content.splitlines():
        if _MARK not in line:
            continue
        start = line.find(b"{")
        try:
            yield _decode(line[start:].rstrip()) if start >= 0 else Unreadable(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            yield Unreadable(line)
