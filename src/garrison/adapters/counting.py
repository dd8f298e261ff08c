"""Count what an adapter did with requests."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from garrison.adapters.options import Fail

if TYPE_CHECKING:
    from garrison.waf.decision import Decision
    from garrison.waf.request import Request


class Counting:
    """Counts by outcome: `allow`, `block`, and for what could not be decided about `no_acl_open`, `crash_closed` …"""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()

    def put(self, request: Request, decision: Decision, now: float) -> None:
        """Count a decision."""
        self.outcomes[decision.action.value.lower()] += 1

    def failed(self, cause: str, fail: Fail) -> None:
        """Count a request that could not be decided about."""
        self.outcomes[f"{cause}_{fail.value}"] += 1
