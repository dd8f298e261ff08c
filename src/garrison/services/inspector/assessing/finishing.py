"""The end of a run: what is said where nothing was found, the counts, and whether everything could be assessed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from garrison.services.inspector.assessing.stepping import Step, put_findings
from garrison.services.inspector.assessing.watching import HEALTHY
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.naming import entered
from garrison.services.inspector.packages import RulesPackage
from garrison.services.inspector.resources import COMPLETED, COMPLETED_WITH_ERRORS, FAILED
from garrison.services.inspector.storage import agents, findings
from garrison.services.inspector.storage.agents import Excluded
from garrison.services.inspector.storage.findings import Made

SEVERITIES = ("High", "Medium", "Low", "Informational", "Undefined")
NOTHING_FOUND = "No potential security issues found"
_ERRORS = ("Rules evaluation error for single instance", "Network Reachability error")


def finish(step: Step) -> dict[str, Any]:
    """What changes of a run all of whose hosts are evaluated."""
    now, run = step.place.clock.now(), step.run
    with assessments_of(step.place.parts).writing() as db:
        hosts = agents.of_run(db, step.number)
        assessed = [host for host in hosts if host.health == HEALTHY or not step.host_packages]
        exclusions = [one for _, _, one in agents.exclusions(db, step.number)]
        if assessed and len(assessed) == len(hosts):
            _say_nothing_found(db, step, exclusions)
        counts = dict.fromkeys(SEVERITIES, 0) | findings.counts(db, step.number)
    if not assessed:
        state = FAILED
    elif len(assessed) < len(hosts) or any(one.title in _ERRORS for one in exclusions):
        state = COMPLETED_WITH_ERRORS
    else:
        state = COMPLETED
    return {"changes": (*run.changes, *entered(state, at=now)), "completed_at": now, "counts": counts}


def _say_nothing_found(db: sqlite3.Connection, step: Step, exclusions: Sequence[Excluded]) -> None:
    """A finding of its own for each rules package that could judge everything and found nothing, as Inspector makes one."""
    found = findings.counts_of_packages(db, step.number)
    in_doubt = {value for one in exclusions for key, value in one.scopes if key == "RULES_PACKAGE_ARN"}
    quiet = [package for package in step.packages if package.arn not in in_doubt and not found.get(package.arn)]
    if quiet:
        arns = [package.arn for package in quiet]
        put_findings(db, step, "", "", arns, [_nothing_found(package) for package in quiet])


def _nothing_found(package: RulesPackage) -> Made:
    return Made(
        rule=NOTHING_FOUND,
        package=package.arn,
        severity="Informational",
        title=NOTHING_FOUND,
        description=f"No rule of {package.name} found anything on the hosts that were assessed.",
        recommendation="Nothing is to be done.",
        asset={"schemaVersion": 1, "ipv4Addresses": []},
    )
