"""An assessment run of Inspector Classic asks enrolled hosts' agents, and counts only what they report after it began."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from .conftest import Fleet, Machine
from .test_agent import age, described, enrolled


def until(condition: Any) -> Any:
    """What a condition gives once it is true."""
    end = time.monotonic() + 20
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)
    return found


def test_a_run_has_the_agent_scan_and_counts_its_report_only(fleet: Fleet, machine: Machine) -> None:
    enrolled(fleet, machine, "assessed")
    assert machine.once().returncode == 0
    host = described(fleet, "assessed")["Host"]["HostId"]
    fleet.account.clock.shift(timedelta(seconds=65))
    age(machine, 120)
    inspector = fleet.account.client("inspector")
    arns = inspector.list_rules_packages(maxResults=100)["rulesPackageArns"]
    found = inspector.describe_rules_packages(rulesPackageArns=arns)["rulesPackages"]
    practices = [one["arn"] for one in found if one["name"] == "Security Best Practices"]
    target = inspector.create_assessment_target(assessmentTargetName="all")["assessmentTargetArn"]
    template = inspector.create_assessment_template(
        assessmentTargetArn=target, assessmentTemplateName="asks", durationInSeconds=180, rulesPackageArns=practices
    )["assessmentTemplateArn"]
    run = inspector.start_assessment_run(assessmentTemplateArn=template)["assessmentRunArn"]

    def health() -> str | None:
        agents = inspector.list_assessment_run_agents(assessmentRunArn=run)["assessmentRunAgents"]
        return next((one["agentHealth"] for one in agents if one["agentId"] == host), None)

    assert until(health) == "UNHEALTHY", "what it had reported before does not count"
    assert machine.once().returncode == 0
    until(lambda: health() == "HEALTHY")
    inspector.stop_assessment_run(assessmentRunArn=run)
    until(lambda: "completedAt" in inspector.describe_assessment_runs(assessmentRunArns=[run])["assessmentRuns"][0])
    listed = inspector.list_findings(assessmentRunArns=[run], filter={"agentIds": [host]})["findingArns"]
    named = {one["id"] for one in inspector.describe_findings(findingArns=listed)["findings"]}
    assert "Configure password maximum age" in named
