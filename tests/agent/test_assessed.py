"""Runs of Inspector Classic and CIS scans ask enrolled hosts' agents, and count what they report after that."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from garrison.agent import identity
from garrison.agent.calls import Connection

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


def test_a_scan_is_joined_with_the_agents_next_report(fleet: Fleet, machine: Machine) -> None:
    enrolled(fleet, machine, "benchmarked")
    fleet.garrison.tag_host(Host="benchmarked", Tags=[{"Key": "stage", "Value": "cis"}])
    fleet.garrison.put_host_job(Host="benchmarked", Parts=["INVENTORY"])
    assert machine.once().returncode == 0
    fleet.account.clock.shift(timedelta(seconds=65))
    inspector = fleet.account.client("inspector2")
    configuration = inspector.create_cis_scan_configuration(
        scanName="once",
        securityLevel="LEVEL_1",
        schedule={"oneTime": {}},
        targets={"accountIds": ["SELF"], "targetResourceTags": {"stage": ["cis"]}},
    )["scanConfigurationArn"]

    def asked() -> dict[str, Any]:
        return Connection(identity.load(machine.home / "own")).call("GetHostJobs", {})

    def scan(status: str) -> list[dict[str, Any]]:
        wanted = {"scanConfigurationArnFilters": [{"comparison": "EQUALS", "value": configuration}]}
        return [one for one in inspector.list_cis_scans(filterCriteria=wanted)["scans"] if one["status"] == status]

    told = until(lambda: (found := asked()).get("ScanNow") and found)
    assert len(told["CisScanJobs"]) == 1
    assert scan("IN_PROGRESS"), "a report without benchmarks does not count"
    fleet.garrison.put_host_job(Host="benchmarked", Parts=["INVENTORY", "BENCHMARKS"])
    age(machine, 120)
    assert machine.once().returncode == 0
    [finished] = until(lambda: scan("COMPLETED"))
    assert finished["totalChecks"] > finished["failedChecks"] > 0
    assert "CisScanJobs" not in asked()
