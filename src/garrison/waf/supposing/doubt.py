"""Statements that answer "not known" where the request lacks what they look at.

The engine's And, Or and Not already have a third answer, so that what is known settles what it can: a request from another
network does not match "from this network, and with that body", whatever its body was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from garrison.waf.decision import Evidence
from garrison.waf.evaluation import Evaluation
from garrison.waf.explanation import StatementStep
from garrison.waf.recorded import COMPLETE, Gaps
from garrison.waf.statements import Matcher, Wrap
from garrison.waf.supposing.reads import Lacks, lacks_of

_ADDRESS_LABELS = ("awswaf:clientip:", "awswaf:forwardedip:")


@dataclass(slots=True)
class Doubt:
    """What is not known while one request is evaluated; kept with the request."""

    gaps: Gaps = COMPLETE
    asked: set[str] = field(default_factory=set)
    """What the present rule would have needed."""
    labels: dict[str, None] = field(default_factory=dict)
    """Labels that the request may have."""
    about_labels: set[str] = field(default_factory=set)
    """What would have to be known to know of the labels."""


def doubt_of(evaluation: Evaluation) -> Doubt:
    """The doubt that stands beside a request."""
    doubt: Doubt = evaluation.request.parsed[Doubt]
    return doubt


class Doubted:
    """A statement that is asked only where all it looks at is known."""

    __slots__ = ("_labels_addresses", "_lacks", "_last", "_matcher")

    def __init__(self, matcher: Matcher, lacks: Lacks, labels_addresses: bool) -> None:
        self._matcher = matcher
        self._lacks = lacks
        self._labels_addresses = labels_addresses
        self._last: tuple[Gaps, list[str]] = COMPLETE, lacks(COMPLETE)

    def matches(self, evaluation: Evaluation) -> bool | None:
        doubt: Doubt = evaluation.request.parsed[Doubt]
        gaps, lacking = self._last
        if gaps is not doubt.gaps:  # requests of one log have mostly the same gaps, which are then the same object
            lacking = self._lacks(doubt.gaps)
            self._last = doubt.gaps, lacking
        if not lacking:
            return self._matcher.matches(evaluation)
        doubt.asked.update(lacking)
        if self._labels_addresses:
            doubt.labels.update(dict.fromkeys(_ADDRESS_LABELS))
            doubt.about_labels.update(lacking)
        return None

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        return self._matcher.evidence(evaluation)

    def explain(self, evaluation: Evaluation) -> StatementStep:
        return self._matcher.explain(evaluation)


class DoubtedRate(Doubted):
    """A rate-based statement, which does not count requests that it does not know to be in its scope."""

    __slots__ = ()

    def matches(self, evaluation: Evaluation) -> bool | None:
        doubt = doubt_of(evaluation)
        before, doubt.asked = doubt.asked, set()
        said = super().matches(evaluation)
        in_doubt = bool(doubt.asked)
        doubt.asked |= before
        return None if in_doubt else said


class DoubtedLabel:
    """A label match, which a label that the request may have leaves open."""

    __slots__ = ("_key", "_matcher")

    def __init__(self, matcher: Matcher, key: str) -> None:
        self._matcher = matcher
        self._key = key

    def matches(self, evaluation: Evaluation) -> bool | None:
        said, doubt = self._matcher.matches(evaluation), doubt_of(evaluation)
        if said or not doubt.labels:
            return said
        known = evaluation.labels
        evaluation.labels = known | doubt.labels
        may = self._matcher.matches(evaluation) or self._is_about_addresses(doubt)
        evaluation.labels = known
        if not may:
            return said
        doubt.asked |= doubt.about_labels
        return None

    def _is_about_addresses(self, doubt: Doubt) -> bool:
        return any(prefix in doubt.labels and self._key.startswith(prefix) for prefix in _ADDRESS_LABELS)

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        return self._matcher.evidence(evaluation)

    def explain(self, evaluation: Evaluation) -> StatementStep:
        return self._matcher.explain(evaluation)


def doubting(knows_networks: bool) -> Wrap:
    """What `compile_program` puts around statements, so that they can be in doubt."""

    def wrap(kind: str, part: Any, matcher: Matcher) -> Matcher:
        if kind == "label_match_statement":
            return DoubtedLabel(matcher, part.key)
        lacks = lacks_of(kind, part, knows_networks)
        if kind == "rate_based_statement":
            return DoubtedRate(matcher, lacks, False)
        return Doubted(matcher, lacks, kind in {"geo_match_statement", "asn_match_statement"})

    return wrap
