"""Keep what an assessment saw and said in the home's inventory, where `garrison diff` and `garrison timeline` find it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from garrison.assess import Assessment
from garrison.findings import Finding, State
from garrison.inventory import INVENTORY_FILE, History, Judged, Resource
from garrison.items import DELETED
from garrison.rules import Compliance
from garrison.runtime.home import Home

PREFIX = "assess:"
"""Of the names by which the inventory has the verdicts of assessments, before the check's."""
_WORDS = {
    State.FAILED: Compliance.NON_COMPLIANT,
    State.PASSED: Compliance.COMPLIANT,
    State.NOT_APPLICABLE: Compliance.NOT_APPLICABLE,
    State.UNKNOWN: Compliance.INSUFFICIENT_DATA,
}


def keep(home: Home, assessment: Assessment, *, sync: bool = True) -> None:
    """Record items and verdicts; what is gone is judged no more."""
    items = [item for of_account in assessment.items.values() for item in of_account]
    began_at = min((item.captured_at for item in items), default=assessment.at)  # what was seen later is not gone
    with closing(History(home.path / INVENTORY_FILE, sync=sync)) as history:
        versions = history.record(items, assessment.outcomes, at=began_at)
        by_check: dict[str, list[Finding]] = {}
        for finding in assessment.findings:
            by_check.setdefault(finding.check, []).append(finding)
        for check, findings in by_check.items():
            history.verdicts.record(PREFIX + check, map(_judged, findings), at=assessment.at)
        for version in versions:
            if version.item.status == DELETED:
                _end(history, version.resource, assessment)


def _end(history: History, resource: Resource, assessment: Assessment) -> None:
    gone = Judged(resource=resource, compliance=Compliance.NOT_APPLICABLE.value, annotation="The resource was deleted.")
    for rule in list(_rules_of(history, resource)):
        history.verdicts.record(rule, [gone], at=assessment.at)


def _rules_of(history: History, resource: Resource) -> Iterator[str]:
    for one in history.verdicts.current(resource=resource):
        if one.rule.startswith(PREFIX):
            yield one.rule


def _judged(finding: Finding) -> Judged:
    resource = Resource(finding.account, finding.region, finding.resource_type, finding.resource_id)
    return Judged(resource=resource, compliance=_WORDS[finding.state].value, annotation=finding.evidence)
