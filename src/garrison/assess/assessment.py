"""Judge what was collected, account by account, and make findings of the verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from garrison.assess.choosing import Chosen
from garrison.assess.scores import Scores, scores_of
from garrison.collect import Outcome, Result, Seen
from garrison.findings import Exemption, Finding, Severity, State, excused
from garrison.findings.finding import worst_first
from garrison.items import GLOBAL, Item
from garrison.rules import Compliance, Evaluation, Inventory, RuleSet
from garrison.rules.registry import ACCOUNT
from garrison.rules.unseen import unseen_of

_STATES = {
    Compliance.COMPLIANT: State.PASSED,
    Compliance.NON_COMPLIANT: State.FAILED,
    Compliance.NOT_APPLICABLE: State.NOT_APPLICABLE,
    Compliance.INSUFFICIENT_DATA: State.UNKNOWN,
}


@dataclass(slots=True)
class Assessment:
    """What rules found in one or more accounts."""

    at: datetime
    chosen: Chosen
    findings: list[Finding]
    """All, also what passed; what is worst first."""
    outcomes: list[Outcome]
    """What could be seen of each type."""
    items: dict[str, list[Item]] = field(default_factory=dict)
    """What was judged, by account."""
    requests: int = 0

    @property
    def scores(self) -> Scores:
        """How good it is."""
        return scores_of(self.findings, self.chosen)

    @property
    def failures(self) -> list[Finding]:
        """Failures that nobody excuses."""
        return [finding for finding in self.findings if finding.counts]

    @property
    def unseen(self) -> list[Outcome]:
        """Types that could not be seen in full."""
        return [outcome for outcome in self.outcomes if outcome.seen is Seen.UNKNOWN]

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst failure that nobody excuses."""
        return max((finding.severity for finding in self.failures), key=lambda each: each.rank, default=None)


def assess(
    chosen: Chosen, results: Iterable[Result], *, at: datetime, exemptions: Sequence[Exemption] = ()
) -> Assessment:
    """Judge the results of a collection by chosen rules."""
    items: dict[str, list[Item]] = {}
    outcomes: list[Outcome] = []
    requests = 0
    for result in results:
        if result.items or result.account.isdecimal():
            items.setdefault(result.account, []).extend(result.items)
        outcomes += result.outcomes
        requests += result.requests
    rules = RuleSet(chosen.rules)
    findings: list[Finding] = []
    for account, of_account in items.items():
        unseen = [one for one in outcomes if one.account == account and one.seen is Seen.UNKNOWN]
        reasons, places = unseen_of(account, ((one.resource_type, one.region, one.reason) for one in unseen), at)
        inventory = Inventory(account, [*of_account, *places], at=at, unseen=reasons)
        findings += _findings(rules, inventory, chosen)
    findings = sorted(excused(findings, exemptions, at), key=worst_first)
    return Assessment(at, chosen, findings, outcomes, items, requests)


def _findings(rules: RuleSet, inventory: Inventory, chosen: Chosen) -> Iterator[Finding]:
    said: dict[str, tuple[str, str]] = {}
    packs = {active.name: chosen.packs_of(active.name) for active in chosen.rules}
    for evaluation in rules.judge_all(inventory):
        rule = evaluation.active.rule
        if rule.identifier not in said:
            said[rule.identifier] = sentences(rule.documentation)
        yield _finding(evaluation, inventory, *said[rule.identifier], packs[evaluation.active.name])


def _finding(
    evaluation: Evaluation, inventory: Inventory, title: str, source: str, standards: tuple[str, ...]
) -> Finding:
    active, item, verdict = evaluation.active, evaluation.item, evaluation.verdict
    account = inventory.account
    return Finding(
        check=active.name,
        title=title,
        severity=Severity(active.rule.severity.value),
        state=_STATES[verdict.compliance],
        account=account,
        region=item.region if item else GLOBAL,
        resource_type=item.resource_type if item else ACCOUNT,
        resource_id=item.resource_id if item else account,
        resource_name=item.resource_name if item else None,
        arn=item.arn if item else f"arn:aws:iam::{account}:root",
        tags=item.tags if item else {},
        seen_at=item.captured_at if item else inventory.at,
        evidence=verdict.annotation,
        fix=active.rule.fix,
        source=source,
        standards=standards,
    )


def sentences(documentation: str) -> tuple[str, str]:
    """What a rule's documentation says first, in one line, and the page that it names as its source."""
    text, _, source = documentation.partition("Source:")
    return " ".join(text.split("\n\n")[0].split()), " ".join(source.split()).rstrip(".")
