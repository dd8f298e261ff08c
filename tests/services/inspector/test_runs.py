"""The flow of an assessment, through boto3: targets, templates, runs in all their states, findings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.services.inspector.conftest import CARELESS, HALF_DAY, QUIET, Assessed
from tests.services.refusals import refused

STATES = [
    "CREATED",
    "START_DATA_COLLECTION_PENDING",
    "START_DATA_COLLECTION_IN_PROGRESS",
    "COLLECTING_DATA",
    "STOP_DATA_COLLECTION_PENDING",
    "DATA_COLLECTED",
    "START_EVALUATING_RULES_PENDING",
    "EVALUATING_RULES",
    "COMPLETED",
]


def test_a_careless_host_has_a_finding_that_names_it(assessed: Assessed) -> None:
    assessed.instance("i-0aaaaaaaaaaaaaaa1", role="web")
    assessed.put("web-1", CARELESS, QUIET, instance="i-0aaaaaaaaaaaaaaa1")
    attributes = [{"key": "team", "value": "blue"}]
    template = assessed.template(assessed.target(role="web"), userAttributesForFindings=attributes)
    run = assessed.start(template, assessmentRunName="nightly")
    assert assessed.findings(run) == []
    assessed.account.clock.shift(timedelta(seconds=3600))
    described = assessed.ended(run)
    assert [one["state"] for one in described["stateChanges"]] == STATES
    assert (described["name"], described["dataCollected"]) == ("nightly", True)
    assert described["findingCounts"] == {"High": 0, "Medium": 1, "Low": 0, "Informational": 0, "Undefined": 0}
    [finding] = assessed.findings(run, severities=["Medium"])
    assert finding["id"] == "Disable root login over SSH"
    assert finding["title"].startswith("Instance i-0aaaaaaaaaaaaaaa1 is configured to allow users to log in with root")
    assert (finding["severity"], finding["numericSeverity"], finding["confidence"]) == ("Medium", 6.0, 10)
    assert finding["assetType"] == "ec2-instance"
    assert finding["arn"].startswith(f"{run}/finding/0-")
    asset = finding["assetAttributes"]
    assert (asset["agentId"], asset["hostname"], asset["amiId"]) == ("i-0aaaaaaaaaaaaaaa1", "web-1", "ami-1")
    assert asset["tags"] == [{"key": "role", "value": "web"}]
    assert asset["networkInterfaces"][0]["publicIp"] == "203.0.113.7"
    assert {"key": "INSTANCE_ID", "value": "i-0aaaaaaaaaaaaaaa1"} in finding["attributes"]
    assert finding["userAttributes"] == attributes
    assert finding["serviceAttributes"]["assessmentRunArn"] == run
    assert "PermitRootLogin" in finding["recommendation"]


def test_a_stopped_run_is_evaluated_or_canceled(assessed: Assessed) -> None:
    assessed.instance("i-0aaaaaaaaaaaaaaa2", role="stopped")
    assessed.put("stopped", CARELESS, instance="i-0aaaaaaaaaaaaaaa2")
    template = assessed.template(assessed.target(role="stopped"))
    evaluated = assessed.assess(template)
    assert assessed.run(evaluated)["state"] == "COMPLETED"
    assert len(assessed.findings(evaluated)) == 1
    canceled = assessed.start(template)
    assessed.inspector.stop_assessment_run(assessmentRunArn=canceled, stopAction="SKIP_EVALUATION")
    assert assessed.run(canceled)["state"] == "CANCELED"
    assert assessed.findings(canceled) == []
    code, _ = refused(assessed.inspector.stop_assessment_run, assessmentRunArn=canceled)
    assert code == "InvalidInputException"


def test_hosts_take_part_in_one_run_at_a_time(assessed: Assessed) -> None:
    assessed.instance("i-0aaaaaaaaaaaaaaa3", role="busy")
    assessed.put("busy", CARELESS, instance="i-0aaaaaaaaaaaaaaa3")
    target = assessed.target(role="busy")
    template, other = assessed.template(target), assessed.template(target)
    run = assessed.start(template)
    with pytest.raises(assessed.inspector.exceptions.AgentsAlreadyRunningAssessmentException) as caught:
        assessed.inspector.start_assessment_run(assessmentTemplateArn=other)
    assert caught.value.response["agents"] == [{"agentId": "i-0aaaaaaaaaaaaaaa3", "assessmentRunArn": run}]
    assert caught.value.response["agentsTruncated"] is False
    with pytest.raises(assessed.inspector.exceptions.AssessmentRunInProgressException) as held:
        assessed.inspector.delete_assessment_target(assessmentTargetArn=target)
    assert held.value.response["assessmentRunArns"] == [run]
    assessed.inspector.stop_assessment_run(assessmentRunArn=run)
    assessed.ended(run)
    [finding] = assessed.findings(run)
    assessed.inspector.delete_assessment_target(assessmentTargetArn=target)
    assert assessed.inspector.describe_findings(findingArns=[finding["arn"]])["failedItems"] == {
        finding["arn"]: {"failureCode": "ITEM_DOES_NOT_EXIST", "retryable": False}
    }
    assert refused(assessed.inspector.list_findings, assessmentRunArns=[run])[0] == "NoSuchEntityException"


def test_what_cannot_be_assessed_is_said(assessed: Assessed) -> None:
    for number, name in enumerate(("silent", "stale", "seen"), 4):
        assessed.instance(f"i-0aaaaaaaaaaaaaaa{number}", role="partly")
        if name != "silent":
            assessed.put(name, QUIET, instance=f"i-0aaaaaaaaaaaaaaa{number}")
        if name == "stale":
            assessed.account.clock.shift(HALF_DAY * 3)
    run = assessed.start(
        assessed.template(assessed.target(role="partly"), "Security Best Practices", "PCI DSS 3.0 Readiness")
    )
    agents = assessed.inspector.list_assessment_run_agents(assessmentRunArn=run)["assessmentRunAgents"]
    assert [(one["agentId"][-1], one["agentHealth"], one["agentHealthCode"]) for one in agents] == [
        ("4", "UNKNOWN", "UNKNOWN"),
        ("5", "UNHEALTHY", "UNHEALTHY"),
        ("6", "HEALTHY", "RUNNING"),
    ]
    told = {one["messageType"]: one["count"] for one in agents[2]["telemetryMetadata"]}
    assert (told["InspectorPackageInfo"], told["InspectorTcpV6ListeningPort"], told["Total"]) == (1, 1, 6)
    assert (
        assessed.inspector.get_telemetry_metadata(assessmentRunArn=run)["telemetryMetadata"]
        == agents[2]["telemetryMetadata"]
    )
    healthy = assessed.inspector.list_assessment_run_agents(
        assessmentRunArn=run, filter={"agentHealths": ["HEALTHY"], "agentHealthCodes": []}
    )
    assert len(healthy["assessmentRunAgents"]) == 1
    assessed.inspector.stop_assessment_run(assessmentRunArn=run)
    assert assessed.ended(run)["state"] == "COMPLETED_WITH_ERRORS"


def test_a_run_without_hosts_fails(assessed: Assessed) -> None:
    run = assessed.assess(assessed.template(assessed.target(role="nobody")))
    assert assessed.run(run)["state"] == "FAILED"


def test_nothing_found_is_said_too(assessed: Assessed) -> None:
    assessed.instance("i-0aaaaaaaaaaaaaaa7", role="quiet")
    assessed.put("quiet", QUIET, instance="i-0aaaaaaaaaaaaaaa7")
    run = assessed.assess(assessed.template(assessed.target(role="quiet")))
    [finding] = assessed.findings(run)
    assert (finding["title"], finding["severity"]) == ("No potential security issues found", "Informational")
    assert "agentId" not in finding["assetAttributes"]
