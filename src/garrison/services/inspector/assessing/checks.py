"""Findings from the verdicts of benchmarks: each failed rule is one in every rules package that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from garrison.scan.benchmarks import Check, Verdict
from garrison.services.inspector.assessing.excluding import excluded
from garrison.services.inspector.assessing.wording import NUMERIC, severity_of, title_of
from garrison.services.inspector.packages import RulesPackage
from garrison.services.inspector.resources import Pair
from garrison.services.inspector.storage.agents import Excluded
from garrison.services.inspector.storage.findings import Made

_BEGINNINGS = {
    "practices": ("security best",),
    "cis": ("cis",),
    "authentication": ("authentication",),
    "system": ("operating system",),
    "application": ("application",),
    "pci": ("pci",),
    "behavior": ("runtime",),
}
"""How the names of packages that rules belong to begin, by the package's key."""
_REFERENCES = {"cis": "cis", "pci": "pcidss"}
"""The framework whose numbers a package's findings show."""
_MOST_VALUE = 256


def belongs(check: Check, package: RulesPackage) -> bool:
    """Whether a rule is one of a package's."""
    return any(name.casefold().startswith(_BEGINNINGS.get(package.key, ())) for name in check.packages)


def judged(
    checks: tuple[Check, ...], package: RulesPackage, agent: str, asset: dict[str, Any]
) -> tuple[list[Made], list[Excluded]]:
    """What the rules of a package say of a host: findings, and what could not be decided."""
    own = [check for check in checks if belongs(check, package)]
    if not own:
        return [], [excluded("not-supported", instance=agent, package=package.arn)]
    failed = [_made(check, package, agent, asset) for check in own if check.verdict is Verdict.FAIL]
    unknown = [check for check in own if check.verdict is Verdict.UNKNOWN]
    if not unknown:
        return failed, []
    named = [pair(check.rule, check.evidence) for check in unknown]
    return failed, [
        excluded("not-judged", instance=agent, package=package.arn, attributes=named, count=str(len(unknown)))
    ]


def passed(checks: tuple[Check, ...], package: RulesPackage) -> list[str]:
    """The rules of a package that a host passed."""
    own = (check for check in checks if check.verdict is Verdict.PASS and belongs(check, package))
    return sorted({_name(check, package) for check in own})


def _made(check: Check, package: RulesPackage, agent: str, asset: dict[str, Any]) -> Made:
    attributes = [Pair("INSTANCE_ID", agent), pair("RULE_ID", check.rule), *_references(check, package)]
    description, severity = check.description or check.title, severity_of(check.severity)
    if check.evidence:
        attributes.append(pair("EVIDENCE", check.evidence))
        description = f"{description}\n\nFound: {check.evidence}"
    return Made(
        rule=_name(check, package),
        package=package.arn,
        severity=severity,
        numeric=NUMERIC[severity],
        title=title_of(check.title, agent),
        description=description,
        recommendation=check.fix or "See the description.",
        subject=check.rule,
        attributes=tuple(attributes),
        asset=asset,
    )


def _name(check: Check, package: RulesPackage) -> str:
    numbers = _numbers(check, package)
    return f"{numbers[0]} {check.title}" if numbers and package.key == "cis" else check.title


def _numbers(check: Check, package: RulesPackage) -> tuple[str, ...]:
    beginning = _REFERENCES.get(package.key)
    if beginning is None:
        return ()
    return next((found for name, found in check.references.items() if name.startswith(beginning)), ())


def _references(check: Check, package: RulesPackage) -> Iterator[Pair]:
    for number in _numbers(check, package)[:1]:
        yield pair("BENCHMARK_RULE_ID" if package.key == "cis" else "PCI_DSS_REQUIREMENT", number)


def pair(key: str, value: str) -> Pair:
    """An attribute, its value cut to what the API shows."""
    return Pair(key[:128], value[:_MOST_VALUE] or None)
