"""How good it is: what is compliant among what was decided; by pack, by service, by severity.

What is excused, not applicable or not known counts nowhere. Source: AWS Config Developer Guide, "Compliance score".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from garrison.assess.choosing import Chosen
from garrison.findings import Finding, Severity, State


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """Of some of the findings."""

    passed: int = 0
    failed: int = 0
    excused: int = 0
    unknown: int = 0
    rules: int = 0
    """That decided anything."""

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where nothing was decided."""
        return self.passed / (self.passed + self.failed) if self.passed + self.failed else None


@dataclass(frozen=True, slots=True)
class Scores:
    """Of an assessment; what is worst comes first."""

    total: Score
    by_pack: dict[str, Score]
    by_service: dict[str, Score]
    failed: dict[Severity, int]
    """Failures that count, by severity."""


def scores_of(findings: list[Finding], chosen: Chosen) -> Scores:
    """The scores of findings that chosen rules made."""
    services: dict[str, list[Finding]] = {}
    checks: dict[str, list[Finding]] = {}
    failed = dict.fromkeys(Severity, 0)
    for finding in findings:
        services.setdefault(finding.service, []).append(finding)
        checks.setdefault(finding.check, []).append(finding)
        if finding.counts:
            failed[finding.severity] += 1
    by_pack = {
        pack: score_of(finding for name in names for finding in checks.get(name, ()))
        for pack, names in chosen.packs.items()
    }
    by_service = {service: score_of(found) for service, found in services.items()}
    return Scores(score_of(findings), _worst_first(by_pack), _worst_first(by_service), failed)


def score_of(findings: Iterable[Finding]) -> Score:
    """The score of some findings."""
    passed = failed = excused = unknown = 0
    rules = set()
    for finding in findings:
        passed += finding.state is State.PASSED
        failed += finding.counts
        excused += finding.is_excused
        unknown += finding.state is State.UNKNOWN
        if finding.state in (State.PASSED, State.FAILED):
            rules.add(finding.check)
    return Score(passed=passed, failed=failed, excused=excused, unknown=unknown, rules=len(rules))


def _worst_first(scores: dict[str, Score]) -> dict[str, Score]:
    return dict(sorted(scores.items(), key=lambda each: (2.0 if each[1].share is None else each[1].share, each[0])))
