"""What counts requests for rate-based rules, wherever the counts are kept: in a process, on a host, or between nodes."""

from __future__ import annotations

from typing import NamedTuple, Protocol

MOST_KEYS = 10_000
"""Aggregation instances that one rule keeps at a time.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-caveats.html
"""


class Count(NamedTuple):
    """An aggregation instance and its requests within the window."""

    key: bytes
    requests: int


class Counters(Protocol):
    """Sliding windows by rule and key.

    A rule is named by whoever asks, so that a rule whose settings change gets another name and begins at nothing. All of
    one name ask for the same window. No method raises, and none waits for a network.
    """

    def hit(self, rule: str, key: bytes, window_seconds: int, now: float) -> int:
        """Count a request at `now` (seconds since 1970), and how many came in the window up to it, this one included."""
        ...

    def over(self, rule: str, limit: int, window_seconds: int, now: float) -> list[Count]:
        """The keys with more than `limit` requests in the window, the busiest first: at most `MOST_KEYS`."""
        ...


class Absorbing(Counters, Protocol):
    """Counters that also take in what others counted."""

    def absorb(self, rule: str, key: bytes, window_seconds: int, bucket: int, requests: int, now: float) -> None:
        """Add requests that came elsewhere in a sub-bucket (see `windows.position`).

        One outside of the window is taken for the nearest inside, as clocks differ.
        """
        ...
