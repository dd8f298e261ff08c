"""Make of decisions what is told of them: log records where somebody asks for them, and some samples of each rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from garrison.waf.records import Recorder, Sample

if TYPE_CHECKING:
    from garrison.waf.bundle import Bundle
    from garrison.waf.decision import Decision
    from garrison.waf.request import Request

SAMPLES_EACH = 100
"""Of the requests that one rule ended, so many are sampled in a round: GetSampledRequests never gives more than 500."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision that is to be told."""

    request: Request
    decision: Decision
    at: float
    size_bytes: int


class Maker:
    """Makes what is told of one web ACL's decisions."""

    def __init__(self, bundle: Bundle, wants_records: bool) -> None:
        self.bundle = bundle
        self._recorder = Recorder(bundle)
        self._wants_records = wants_records or bundle.logging is not None
        self._sampled: Counter[str] = Counter()

    def begin(self) -> None:
        """Begin a round."""
        self._sampled.clear()

    def records(self, batch: Iterable[Kept]) -> list[dict[str, Any]]:
        """The log records."""
        if not self._wants_records:
            return []
        made = (self._recorder.record(each.request, each.decision, each.at) for each in batch)
        return [record for record in made if record is not None]

    def samples(self, batch: Iterable[Kept]) -> list[Sample]:
        """Samples, as far as the round has room for more of their rules."""
        made: list[Sample] = []
        for each in batch:
            rule = each.decision.rule
            if self._sampled[rule] < SAMPLES_EACH:
                self._sampled[rule] += 1
                made += self._recorder.samples(each.request, each.decision, each.at)
        return made
