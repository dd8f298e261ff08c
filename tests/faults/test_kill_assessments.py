"""`kill -9` in the middle of an assessment run: it goes on, each finding is there once, and earlier findings stay as they were."""

from __future__ import annotations

import time
from typing import Any

from garrison.clock import SystemClock
from garrison.hosts import FILE, Hosts
from garrison.scan.benchmarks import Check, Verdict
from garrison.scan.inventory.facts import Inventory, Platform
from garrison.scan.report import Report

from .server import BACKGROUND, RunningServer, wait_for

HOSTS, RULES = 40, 30
KILLED_AFTER_SECONDS = (0.3, 0.8)


def report(number: int) -> Report:
    checks = tuple(
        Check(rule=f"r{rule}", title=f"Rule {rule}", severity="low", verdict=Verdict.FAIL, packages=("CIS",))
        for rule in range(RULES)
    )
    platform = Platform(id="debian", version="12", name="Debian 12")
    return Report(
        taken_at="2026-11-26T00:00:00Z",
        inventory=Inventory(host=f"host-{number}", platform=platform, instance=f"i-{number:017x}"),
        checks=checks,
    )


def findings(inspector: Any, run: str) -> list[str]:
    pages = inspector.get_paginator("list_findings").paginate(
        assessmentRunArns=[run], PaginationConfig={"PageSize": 500}
    )
    return [arn for page in pages for arn in page["findingArns"]]


def test_a_run_goes_on_and_earlier_findings_stay(server: RunningServer) -> None:
    account = server.client("sts").get_caller_identity()["Account"]
    hosts = Hosts(server.home / FILE)
    for number in range(HOSTS):
        hosts.put(account, "us-east-1", f"host-{number}", report(number), at=SystemClock().now())
    inspector = server.client("inspector")
    packages = inspector.list_rules_packages(maxResults=100)["rulesPackageArns"]
    described = inspector.describe_rules_packages(rulesPackageArns=packages)["rulesPackages"]
    cis = [one["arn"] for one in described if one["name"].startswith("CIS")]
    target = inspector.create_assessment_target(assessmentTargetName="all")["assessmentTargetArn"]
    template = inspector.create_assessment_template(
        assessmentTargetArn=target, assessmentTemplateName="cis", durationInSeconds=180, rulesPackageArns=cis
    )["assessmentTemplateArn"]

    def state(run: str) -> str:
        client = server.client("inspector")
        found: str = client.describe_assessment_runs(assessmentRunArns=[run])["assessmentRuns"][0]["state"]
        return found

    def begin() -> str:
        run: str = inspector.start_assessment_run(assessmentTemplateArn=template)["assessmentRunArn"]
        inspector.stop_assessment_run(assessmentRunArn=run)
        return run

    earlier = begin()
    wait_for(lambda: state(earlier) == "COMPLETED", "the first run does not end")
    before = findings(inspector, earlier)
    assert len(before) == len(set(before)) == HOSTS * RULES
    later = begin()
    for seconds in KILLED_AFTER_SECONDS:
        time.sleep(seconds)  # each kill comes at another point of choosing, collecting and evaluating
        server.kill(BACKGROUND)
    wait_for(lambda: state(later) == "COMPLETED", "the killed run does not go on")
    inspector = server.client("inspector")
    after = findings(inspector, later)
    assert len(after) == len(set(after)) == HOSTS * RULES
    assert findings(inspector, earlier) == before
    described = inspector.describe_assessment_runs(assessmentRunArns=[later])["assessmentRuns"][0]
    assert described["findingCounts"]["Low"] == HOSTS * RULES
