"""Inspector's core through the front door: scanning turned on, findings listed and counted, filters that suppress, coverage, tags."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from garrison.scan_findings import Found, Scan, Target, coverage, open_findings, recording
from garrison.scan_findings.coverage import Covered
from garrison.testing import Account
from tests.services.sns.receiving import eventually

Refused = Callable[..., tuple[str, str]]
HOSTS = ("i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2")


def found(cve: str, host: str, severity: str, score: float) -> Found:
    resource = {
        "type": "AWS_EC2_INSTANCE",
        "id": host,
        "region": "us-east-1",
        "tags": {"stage": "prod"},
        "details": {
            "awsEc2Instance": {"platform": "DEBIAN_12", "imageId": "ami-12345678", "launchedAt": 1_700_000_000.0}
        },
    }
    return Found(
        subject=cve,
        type="PACKAGE_VULNERABILITY",
        severity=severity,
        title=f"{cve} - openssl",
        vulnerability=cve,
        score=score,
        fix="YES",
        exploit="NO",
        packages=("openssl",),
        body={
            "description": "A flaw.",
            "remediation": {"recommendation": {"text": "Update it."}},
            "resources": [resource],
            "packageVulnerabilityDetails": {
                "vulnerabilityId": cve,
                "source": "DEBIAN_CVE",
                "vendorCreatedAt": 1_700_000_000.5,
                "referenceUrls": ["https://example.org/"],
                "vulnerablePackages": [{"name": "openssl", "version": "3.0.11"}],
            },
            "garrison": {"cwes": ["CWE-79"], "cisaData": {"action": "Patch.", "dateDue": 1_700_000_000.0}},
        },
    )


@pytest.fixture(scope="module")
def account(garrison_module: Account) -> Account:
    """An account with two hosts that are scanned, as a scan records them."""
    account = garrison_module
    kept = open_findings(account.home, sync=False)
    at = account.clock.now()
    for number, host in enumerate(HOSTS):
        target = Target(account.account_id, account.region, "AWS_EC2_INSTANCE", host)
        with kept.writing() as db:
            more = [found("CVE-2026-2", host, "LOW", 3.1)] if number else []
            recording.record(db, target, Scan.PACKAGE, [found("CVE-2026-1", host, "HIGH", 8.1), *more], at=at)
            metadata = {"ec2": {"tags": {"stage": "prod"}, "platform": "LINUX"}}
            coverage.put(db, Covered(target=target, scan=Scan.PACKAGE, metadata=metadata, scanned_at=at, since=at))
    return account


@pytest.fixture(scope="module")
def inspector(account: Account) -> Any:
    return account.client("inspector2")


def test_scanning_is_turned_on_and_off_by_type(inspector: Any, account: Account, refused: Refused) -> None:
    (before,) = inspector.batch_get_account_status()["accounts"]
    assert before["state"]["status"] == "DISABLED"
    answer = inspector.enable(resourceTypes=["EC2", "LAMBDA"], accountIds=[account.account_id, "999999999999"])
    (own,) = answer["accounts"]
    assert own["resourceStatus"] == {
        "ec2": "ENABLED", "ecr": "DISABLED", "lambda": "ENABLED", "lambdaCode": "DISABLED", "codeRepository": "DISABLED",
    }  # fmt: skip
    assert [one["errorCode"] for one in answer["failedAccounts"]] == ["ACCESS_DENIED"]
    inspector.disable(resourceTypes=["LAMBDA"])
    (after,) = inspector.batch_get_account_status(accountIds=[account.account_id])["accounts"]
    on = {name for name, state in after["resourceState"].items() if state["status"] == "ENABLED"}
    assert on == {"ec2"}
    assert refused(inspector.enable, resourceTypes=["LAMBDA_CODE"])[0] == "ValidationException"
    (trial,) = inspector.batch_get_free_trial_info(accountIds=[account.account_id])["accounts"]
    assert {(one["type"], one["status"]) for one in trial["freeTrialInfo"]} == {("EC2", "ACTIVE"), ("LAMBDA", "ACTIVE")}


def test_findings_are_listed_in_order_and_pages(inspector: Any, refused: Refused) -> None:
    order = {"field": "SEVERITY", "sortOrder": "DESC"}
    pages = list(
        inspector.get_paginator("list_findings").paginate(sortCriteria=order, PaginationConfig={"PageSize": 1})
    )
    assert len(pages) == 3
    findings = [one for page in pages for one in page["findings"]]
    assert [one["severity"] for one in findings] == ["HIGH", "HIGH", "LOW"]
    first = findings[0]
    assert first["findingArn"].startswith("arn:aws:inspector2:us-east-1:")
    assert first["packageVulnerabilityDetails"]["vendorCreatedAt"].year == 2023
    assert "garrison" not in first
    token = pages[0]["nextToken"]
    assert refused(inspector.list_findings, nextToken=token)[0] == "ValidationException"
    assert refused(inspector.list_findings, nextToken="nonsense")[0] == "ValidationException"


def test_criteria_are_those_of_the_api(inspector: Any) -> None:
    def number(**criteria: Any) -> int:
        return len(inspector.list_findings(filterCriteria=criteria)["findings"])

    assert number(resourceId=[{"comparison": "EQUALS", "value": HOSTS[0]}]) == 1
    assert number(inspectorScore=[{"lowerInclusive": 8.0, "upperInclusive": 9.0}]) == 2
    assert number(vulnerablePackages=[{"name": {"comparison": "PREFIX", "value": "open"}}]) == 3
    assert number(severity=[{"comparison": "NOT_EQUALS", "value": "HIGH"}]) == 1


def test_details_tell_more_of_findings(inspector: Any) -> None:
    arn = inspector.list_findings(maxResults=1)["findings"][0]["findingArn"]
    missing = arn[:-32] + "0" * 32
    answer = inspector.batch_get_finding_details(findingArns=[arn, missing])
    (detail,) = answer["findingDetails"]
    assert detail["cwes"] == ["CWE-79"]
    assert detail["referenceUrls"] == ["https://example.org/"]
    assert detail["cisaData"]["dateDue"].year == 2023
    assert [one["errorCode"] for one in answer["errors"]] == ["FINDING_DETAILS_NOT_FOUND"]


def test_findings_are_counted(inspector: Any, refused: Refused) -> None:
    answer = inspector.list_finding_aggregations(
        aggregationType="AWS_EC2_INSTANCE",
        aggregationRequest={"ec2InstanceAggregation": {"sortBy": "ALL", "sortOrder": "DESC"}},
    )
    groups = [one["ec2InstanceAggregation"] for one in answer["responses"]]
    assert [(one["instanceId"], one["severityCounts"]["all"]) for one in groups] == [(HOSTS[1], 2), (HOSTS[0], 1)]
    assert groups[0]["operatingSystem"] == "DEBIAN_12"
    assert groups[0]["instanceTags"] == {"stage": "prod"}
    titles = inspector.list_finding_aggregations(aggregationType="TITLE", maxResults=1)
    assert titles["responses"][0]["titleAggregation"]["vulnerabilityId"] == "CVE-2026-1"
    rest = inspector.list_finding_aggregations(aggregationType="TITLE", maxResults=1, nextToken=titles["nextToken"])
    assert rest["responses"][0]["titleAggregation"]["vulnerabilityId"] == "CVE-2026-2"
    assert "nextToken" not in rest
    code, _ = refused(
        inspector.list_finding_aggregations,
        aggregationType="TITLE",
        aggregationRequest={"packageAggregation": {}},
    )
    assert code == "ValidationException"


def test_a_filter_suppresses_what_is_there_until_it_is_deleted(
    inspector: Any, account: Account, refused: Refused
) -> None:
    def statuses() -> dict[str, str]:
        return {one["severity"]: one["status"] for one in inspector.list_findings()["findings"]}

    low = {"severity": [{"comparison": "EQUALS", "value": "LOW"}]}
    arn = inspector.create_filter(name="low", action="SUPPRESS", filterCriteria=low, tags={"team": "web"})["arn"]
    eventually(lambda: statuses() == {"HIGH": "ACTIVE", "LOW": "SUPPRESSED"})
    (shown,) = inspector.list_filters(arns=[arn])["filters"]
    assert (shown["criteria"], shown["tags"], shown["ownerId"]) == (low, {"team": "web"}, account.account_id)
    assert refused(inspector.create_filter, name="low", action="NONE", filterCriteria=low)[0] == "BadRequestException"
    seen = {"firstObservedAt": [{"endInclusive": account.clock.now() - timedelta(days=1)}]}
    inspector.update_filter(filterArn=arn, filterCriteria=seen)
    eventually(lambda: statuses() == {"HIGH": "ACTIVE", "LOW": "ACTIVE"})
    (shown,) = inspector.list_filters(action="SUPPRESS")["filters"]
    assert shown["criteria"]["firstObservedAt"][0]["endInclusive"].tzinfo is not None
    inspector.tag_resource(resourceArn=arn, tags={"owner": "me"})
    inspector.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert inspector.list_tags_for_resource(resourceArn=arn)["tags"] == {"owner": "me"}
    inspector.delete_filter(arn=arn)
    assert refused(inspector.delete_filter, arn=arn)[0] == "ResourceNotFoundException"


def test_coverage_is_listed_and_counted(inspector: Any) -> None:
    asked = {"ec2InstanceTags": [{"comparison": "EQUALS", "key": "stage", "value": "prod"}]}
    first = inspector.list_coverage(maxResults=1, filterCriteria=asked)
    rest = inspector.list_coverage(maxResults=1, filterCriteria=asked, nextToken=first["nextToken"])
    shown = [*first["coveredResources"], *rest["coveredResources"]]
    assert [one["resourceId"] for one in shown] == list(HOSTS)
    assert shown[0]["scanStatus"] == {"statusCode": "ACTIVE", "reason": "SUCCESSFUL"}
    counts = inspector.list_coverage_statistics(groupBy="SCAN_STATUS_CODE")
    assert counts["totalCounts"] == 2
    assert counts["countsByGroup"] == [{"groupKey": "ACTIVE", "count": 2}]


def test_how_is_scanned_can_be_changed(inspector: Any, refused: Refused) -> None:
    inspector.update_configuration(
        ecrConfiguration={"rescanDuration": "DAYS_30"}, ec2Configuration={"scanMode": "EC2_SSM_AGENT_BASED"}
    )
    kept = inspector.get_configuration()
    assert kept["ecrConfiguration"]["rescanDurationState"]["rescanDuration"] == "DAYS_30"
    assert kept["ec2Configuration"]["scanModeState"]["scanMode"] == "EC2_SSM_AGENT_BASED"
    inspector.update_ec2_deep_inspection_configuration(packagePaths=["/opt/app"])
    assert inspector.get_ec2_deep_inspection_configuration()["packagePaths"] == ["/opt/app"]
    assert refused(inspector.update_configuration)[0] == "ValidationException"


def test_who_may_not_list_findings_is_refused(account: Account, refused: Refused) -> None:
    allowed = {"Effect": "Allow", "Action": "inspector2:ListCoverage", "Resource": "*"}
    client = account.client("inspector2", account.user("reader", [allowed]))
    assert client.list_coverage()["coveredResources"]
    assert refused(client.list_findings)[0] == "AccessDeniedException"
