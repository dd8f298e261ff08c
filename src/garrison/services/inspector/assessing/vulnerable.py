"""Findings from the vulnerability database: one for each known vulnerability of a host, with the packages that have it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison.scan.inventory.facts import Inventory
from garrison.services.inspector.assessing.checks import pair
from garrison.services.inspector.assessing.excluding import excluded
from garrison.services.inspector.assessing.wording import NUMERIC, severity_of
from garrison.services.inspector.packages import RulesPackage
from garrison.services.inspector.resources import Pair
from garrison.services.inspector.storage.agents import Excluded
from garrison.services.inspector.storage.findings import Made

if TYPE_CHECKING:
    from garrison.scan.vulnerabilities.database import Database
    from garrison.scan.vulnerabilities.vulnerability import Gap, Vulnerability

_MOST_PACKAGES = 20
"""Of those that a finding's attributes name; the description names all."""


def matched(
    inventory: Inventory,
    package: RulesPackage,
    agent: str,
    asset: dict[str, Any],
    home: Path,
    reachable: frozenset[tuple[str, int]] | None,
) -> tuple[list[Made], list[Excluded]]:
    """The known vulnerabilities of a host, and what the database knows nothing about.

    `reachable` are the protocols and ports of listeners that the internet reaches; None where that is not known.
    """
    database = database_of(home)
    if not database.is_there:
        return [], [excluded("no-database", instance=agent, package=package.arn)]
    found, gaps = database.match(inventory, reachable=reachable)
    return [_made(one, package, agent, asset) for one in found], [_gap(one, package, agent) for one in gaps]


@lru_cache(maxsize=2)
def database_of(home: Path) -> Database:
    """The vulnerability database of a home, with what it keeps in memory."""
    from garrison.scan.vulnerabilities.database import FILE_NAME, Database

    return Database(home / FILE_NAME)


def _gap(gap: Gap, package: RulesPackage, agent: str) -> Excluded:
    return excluded(
        "no-data",
        instance=agent,
        package=package.arn,
        attributes=[pair("SUBJECT", gap.subject)],
        subject=gap.subject,
        reason=gap.reason,
        count=str(gap.packages),
    )


def _made(found: Vulnerability, package: RulesPackage, agent: str, asset: dict[str, Any]) -> Made:
    severity = severity_of(found.severity)
    names = ", ".join(f"{one.name} {one.version}" for one in found.packages)
    fixed = [one for one in found.packages if one.fixed_in]
    advice = "; ".join(f"{one.name} to {one.fixed_in} or later" for one in fixed)
    return Made(
        rule=found.id,
        package=package.arn,
        severity=severity,
        numeric=NUMERIC[severity],
        title=f"Instance {agent} is vulnerable to {found.id}",
        description=f"{found.description or found.title or found.id}\n\nInstalled: {names}",
        recommendation=f"Update {advice}."
        if advice
        else "There is no fixed version yet. Remove the packages where you can.",
        subject=found.id,
        attributes=tuple(_attributes(found, agent)),
        asset=asset,
    )


def _attributes(found: Vulnerability, agent: str) -> list[Pair]:
    made = [Pair("INSTANCE_ID", agent), Pair("CVE_ID", found.id)]
    for number, one in enumerate(found.packages[:_MOST_PACKAGES]):
        made.append(pair("package_name" if not number else f"package_name_{number + 1}", f"{one.name}-{one.version}"))
    for version in ("2", "3", "4"):
        score = next((one for one in found.scores if one.version.startswith(version)), None)
        if score is not None:
            made.append(pair(f"CVSS{version}_SCORE", f"{score.base:.1f}"))
            made.append(pair(f"CVSS{version}_VECTOR", score.vector))
    if found.score:
        made.append(pair("INSPECTOR_SCORE", f"{found.score:.1f}"))
    made += [pair("INSPECTOR_SCORE_ADJUSTMENT", f"{metric}: {reason}") for metric, reason in found.adjustments]
    return made
