"""The preview's API (2015-08-18), reached as boto3 reaches it once its model is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.inspector.conftest import CARELESS, QUIET, Assessed, wait

SCRIPT = """
import boto3, json, os, sys
preview = boto3.client("inspector", api_version="2015-08-18")
[arn] = preview.list_findings(runArns=[sys.argv[1]])["findingArnList"]
today = boto3.client("inspector").list_findings(assessmentRunArns=[sys.argv[2]])["findingArns"]
finding = preview.describe_finding(findingArn=arn)["finding"]
print(json.dumps({"arn": arn, "finding": finding, "today": today}))
"""


def as_today(arn: str) -> str:
    """The preview's ARN as today's API writes it."""
    return arn.replace(":application/", ":target/").replace("/assessment/", "/template/")


class Preview:
    """Calls of the preview's API."""

    def __init__(self, assessed: Assessed, principal: Any = None) -> None:
        from garrison.models import MODELS

        self._client = assessed.account.client("inspector", principal, api_version="2015-08-18")
        model = self._client.meta.service_model
        own = json.loads((MODELS / "inspector" / "2015-08-18" / "service-2.json").read_text())
        # botocore finds its own model of that version before that of a test's folder; the installed one comes before it.
        model.metadata["targetPrefix"] = own["metadata"]["targetPrefix"]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


@pytest.fixture(scope="module")
def preview(assessed: Assessed) -> Preview:
    return Preview(assessed)


@pytest.fixture(scope="module")
def run(assessed: Assessed, preview: Preview) -> str:
    assessed.instance("i-0ccccccccccccccc1", era="preview")
    assessed.put("preview", CARELESS, QUIET, instance="i-0ccccccccccccccc1")
    tags = json.dumps([{"key": "era", "values": ["preview", "beta"]}])
    group = preview.create_resource_group(resourceGroupTags=tags)["resourceGroupArn"]
    assert preview.preview_agents_for_resource_group(resourceGroupArn=group)["agentPreviewList"] == [
        {"agentId": "i-0ccccccccccccccc1"}
    ]
    application = preview.create_application(applicationName="shop", resourceGroupArn=group)["applicationArn"]
    assessment = preview.create_assessment(
        applicationArn=application,
        assessmentName="hourly",
        durationInSeconds=3600,
        userAttributesForFindings=[{"key": "team", "value": "blue"}],
    )["assessmentArn"]
    package = assessed.package("Security Best Practices")
    preview.attach_assessment_and_rules_package(assessmentArn=assessment, rulesPackageArn=package)
    preview.start_data_collection(assessmentArn=assessment)
    assert preview.describe_assessment(assessmentArn=assessment)["assessment"]["assessmentState"] == "COLLECTING_DATA"
    [agent] = preview.list_assessment_agents(assessmentArn=assessment)["agentList"]
    assert (agent["agentHealth"], agent["accountId"]) == ("HEALTHY", assessed.account.account_id)
    with pytest.raises(ClientError) as refused:
        preview.run_assessment(assessmentArn=assessment, runName="early")
    assert refused.value.response["Error"]["Code"] == "InvalidInputException"
    preview.stop_data_collection(assessmentArn=assessment)
    arn: str = preview.run_assessment(assessmentArn=assessment, runName="first")["runArn"]
    wait(lambda: "completionTime" in preview.describe_run(runArn=arn)["run"])
    return arn


def test_a_finding_has_the_previews_form(assessed: Assessed, preview: Preview, run: str) -> None:
    [arn] = preview.list_findings(runArns=[run], filter={"severities": ["Medium"]})["findingArnList"]
    account = assessed.account.account_id
    assert arn.startswith(f"arn:aws:inspector:us-east-1:{account}:application/0-")
    assert [part for part in arn.split(":", 5)[5].split("/") if not part.startswith("0-")] == [
        "application", "assessment", "run", "finding"
    ]  # fmt: skip
    finding = preview.describe_finding(findingArn=arn)["finding"]
    assert (finding["runArn"], finding["ruleName"], finding["severity"]) == (
        run,
        "Disable root login over SSH",
        "Medium",
    )
    assert finding["agentId"] == "i-0ccccccccccccccc1"
    recommendation = finding["recommendation"]
    assert recommendation["key"]["id"].endswith("/recommendation")
    assert recommendation["parameters"] == [{"name": "INSTANCE_ID", "value": "i-0ccccccccccccccc1"}]
    assert finding["userAttributes"] == [{"key": "team", "value": "blue"}]
    texts = preview.localize_text(localizedTexts=[finding["finding"], recommendation], locale="en_US")["results"]
    assert "i-0ccccccccccccccc1 is configured" in texts[0] and "PermitRootLogin" in texts[1]
    preview.add_attributes_to_findings(findingArns=[arn], attributes=[{"key": "seen", "value": "yes"}])
    wanted = {"userAttributes": [{"key": "seen", "value": "yes"}]}
    assert preview.list_findings(filter=wanted)["findingArnList"] == [arn]
    preview.remove_attributes_from_findings(findingArns=[arn], attributeKeys=["seen"])
    assert preview.list_findings(filter=wanted)["findingArnList"] == []


def test_what_the_preview_made_is_there_today_too(assessed: Assessed, preview: Preview, run: str) -> None:
    described = assessed.run(as_today(run))
    assert (described["name"], described["state"]) == ("first", "COMPLETED")
    states = [one["state"] for one in described["stateChanges"]]
    assert states == ["CREATED", "DATA_COLLECTED", "START_EVALUATING_RULES_PENDING", "EVALUATING_RULES", "COMPLETED"]


def test_everything_is_listed_changed_and_deleted(assessed: Assessed, preview: Preview, run: str) -> None:
    assessment = run.partition("/run/")[0]
    application = assessment.partition("/assessment/")[0]
    package = assessed.package("Security Best Practices")
    assert preview.list_applications(filter={"applicationNamePatterns": ["no", "sh*"]})["applicationArnList"] == [
        application
    ]
    wanted = {"dataCollected": True, "durationRange": {"minimum": 3600, "maximum": 3600}}
    assert preview.list_assessments(applicationArns=[application], filter=wanted)["assessmentArnList"] == [assessment]
    assert preview.list_attached_assessments(rulesPackageArn=package, filter=wanted)["assessmentArnList"] == [
        assessment
    ]
    assert preview.list_attached_rules_packages(assessmentArn=assessment)["rulesPackageArnList"] == [package]
    assert package in preview.list_rules_packages(maxResults=50)["rulesPackageArnList"]
    assert preview.list_runs(filter={"runNamePatterns": ["first"]})["runArnList"] == [run]
    described = preview.describe_rules_package(rulesPackageArn=package)["rulesPackage"]
    [text] = preview.localize_text(localizedTexts=[described["description"]], locale="en_US")["results"]
    assert "configured securely" in text
    preview.set_tags_for_resource(resourceArn=assessment, tags=[{"Key": "a", "Value": "b"}])
    assert preview.list_tags_for_resource(resourceArn=assessment)["tagList"] == [{"Key": "a", "Value": "b"}]
    [telemetry] = preview.get_assessment_telemetry(assessmentArn=assessment)["telemetry"]
    assert telemetry["messageTypeTelemetries"][-1]["messageType"] == "Total"
    group = preview.describe_application(applicationArn=application)["application"]["resourceGroupArn"]
    tags = preview.describe_resource_group(resourceGroupArn=group)["resourceGroup"]["resourceGroupTags"]
    assert json.loads(tags) == [{"key": "era", "values": ["preview", "beta"]}]
    other = preview.create_assessment(applicationArn=application, assessmentName="x", durationInSeconds=180)
    preview.update_assessment(assessmentArn=other["assessmentArn"], assessmentName="y", durationInSeconds=181)
    preview.delete_assessment(assessmentArn=other["assessmentArn"])
    preview.update_application(applicationArn=application, applicationName="shop-2", resourceGroupArn=group)
    with pytest.raises(ClientError) as refused:
        preview.describe_assessment(assessmentArn=other["assessmentArn"])
    assert refused.value.response["Error"]["Code"] == "NoSuchEntityException"


def test_the_installed_model_is_what_boto3_uses(assessed: Assessed, preview: Preview, run: str, tmp_path: Path) -> None:
    assessed.account.clock.set(datetime.now(UTC))  # a client of its own signs by the machine's clock
    garrison = Path(sys.executable).with_name("garrison")
    environment = {**os.environ, **assessed.account.environment(), "HOME": str(tmp_path)}
    environment |= assessed.account.administrator.environment()
    subprocess.run([garrison, "models", "install"], env=environment, check=True, capture_output=True)
    script = [sys.executable, "-c", SCRIPT, run, as_today(run)]
    told = json.loads(subprocess.run(script, env=environment, check=True, capture_output=True).stdout)
    assert told["finding"]["runArn"] == run
    assert told["today"] == [as_today(told["arn"])]
