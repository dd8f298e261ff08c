"""What is known about one request while a program evaluates it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from garrison.waf.decision import RateHit
from garrison.waf.request import Request

if TYPE_CHECKING:
    from garrison.waf.evaluation.values import Values
    from garrison.waf.fields import Parts


class Evaluation:
    """Made for a request and dropped with its decision; of one thread."""

    __slots__ = (
        "labels",
        "now",
        "oversize",
        "parts",
        "pending",
        "possible",
        "rate_answers",
        "rates",
        "raw",
        "request",
        "scratches",
        "seen",
        "values",
    )

    def __init__(
        self, request: Request, now: float, readings: int, views: int, scratches: list[tuple[Any, Any]]
    ) -> None:
        self.request = request
        self.now = now
        """Seconds since 1970."""
        self.labels: dict[str, None] = {}
        """Fully qualified, in the order in which they were added."""
        self.pending: list[str] = []
        """Labels that statements of the present rule add, at its end, whether it matches or not."""
        self.rates: list[RateHit] = []
        self.rate_answers: dict[object, bool | None] = {}
        """What rate-based statements said: each counts a request once, however often it is asked."""
        self.oversize: dict[str, None] = {}
        """Names of the fields of which only the beginning was inspected."""
        self.parts: list[Parts | None] = [None] * readings
        self.raw: list[Values | None] = [None] * readings
        """The values of each reading before any transformation."""
        self.seen: list[Sequence[bytes] | None] = [None] * readings
        """All lines that the views on each reading see."""
        self.values: list[Values | None] = [None] * views
        """Those of each view."""
        self.scratches = scratches
        """Working memory for scans, by the place of the pattern set."""
        self.possible: list[frozenset[int] | None] = [None] * len(scratches)
        """What each screen said, by the place of its pattern set."""

    def add_pending(self) -> None:
        """Add the labels that statements of the rule brought which is over now."""
        for label in self.pending:
            self.labels[label] = None
        self.pending.clear()
