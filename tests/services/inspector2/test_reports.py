"""Reports of findings and exports of SBOMs: into buckets whose policies let Inspector write, and into no others."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from garrison.cli.application import application
from garrison.testing import Account
from tests.services.inspector2.scanned import Scanned
from tests.services.inspector2.test_continuous import ONE, TWO, VULNERABLE, ZLIB, inventory, openssl
from tests.services.sns.receiving import eventually

Refused = Callable[..., tuple[str, str]]
KEY = "arn:aws:kms:{}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture(scope="module")
def scanned(garrison_module: Account, tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    """An account with a host that has two findings, and a bucket that Inspector may write into."""
    scanned = Scanned(garrison_module, tmp_path_factory.mktemp("sources"))
    account, s3 = scanned.account, scanned.account.client("s3")
    scanned.inspector.enable(resourceTypes=["EC2"])
    scanned.build(ONE, TWO)
    scanned.report("web-1", inventory(openssl(VULNERABLE), ZLIB))
    s3.create_bucket(Bucket="reports")
    s3.create_bucket(Bucket="closed")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "inspector2.amazonaws.com"},
        "Action": ["s3:PutObject", "s3:AbortMultipartUpload"],
        "Resource": "arn:aws:s3:::reports/*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account.account_id},
            "ArnLike": {"aws:SourceArn": f"arn:aws:inspector2:{account.region}:{account.account_id}:report/*"},
        },
    }
    s3.put_bucket_policy(Bucket="reports", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    eventually(lambda: len(scanned.statuses()) == 2)
    return scanned


def to(scanned: Scanned, bucket: str = "reports", **more: str) -> dict[str, str]:
    return {"bucketName": bucket, "keyPrefix": "kept/", "kmsKeyArn": KEY.format(scanned.account.region)} | more


def report(scanned: Scanned, form: str, destination: dict[str, str] | None = None, **criteria: Any) -> dict[str, Any]:
    """Ask for a report and await its end."""
    asked = {"filterCriteria": criteria} if criteria else {}
    name = scanned.inspector.create_findings_report(
        reportFormat=form, s3Destination=destination or to(scanned), **asked
    )["reportId"]

    def ended() -> Any:
        told = scanned.inspector.get_findings_report_status(reportId=name)
        return told if told["status"] != "IN_PROGRESS" else None

    return dict(eventually(ended))


def read(scanned: Scanned, key: str) -> str:
    return str(scanned.account.client("s3").get_object(Bucket="reports", Key=key)["Body"].read().decode())


def test_a_report_is_json_as_the_api_shows_findings(scanned: Scanned) -> None:
    told = report(scanned, "JSON", vulnerabilityId=[{"comparison": "EQUALS", "value": "CVE-2026-0001"}])
    assert told["status"] == "SUCCEEDED", told
    (finding,) = json.loads(read(scanned, f"kept/{told['reportId']}.json"))["findings"]
    assert finding["packageVulnerabilityDetails"]["vulnerabilityId"] == "CVE-2026-0001"
    assert finding["firstObservedAt"].endswith("Z")
    assert told["filterCriteria"] == {"vulnerabilityId": [{"comparison": "EQUALS", "value": "CVE-2026-0001"}]}


def test_a_report_is_csv_with_a_line_for_each_finding(scanned: Scanned) -> None:
    told = report(scanned, "CSV")
    rows = list(csv.DictReader(io.StringIO(read(scanned, f"kept/{told['reportId']}.csv"))))
    assert {row["Vulnerability Id"]: row["Affected Packages"] for row in rows} == {
        "CVE-2026-0001": "openssl",
        "CVE-2026-0002": "zlib1g",
    }
    assert rows[0]["Platform"] == "DEBIAN_12"


@pytest.mark.parametrize(
    ("destination", "code"),
    [
        ({"bucket": "closed"}, "INVALID_PERMISSIONS"),
        ({"bucket": "no-such-bucket"}, "BUCKET_NOT_FOUND"),
        ({"kmsKeyArn": "mine"}, "MALFORMED_KMS_KEY"),
        ({"kmsKeyArn": KEY.format("eu-west-3")}, "MALFORMED_KMS_KEY"),
    ],
)
def test_a_report_that_cannot_be_written_says_why(scanned: Scanned, destination: Any, code: str) -> None:
    told = report(scanned, "CSV", to(scanned, **destination))
    assert (told["status"], told["errorCode"]) == ("FAILED", code)


def test_a_report_of_nothing_fails_and_an_ended_one_is_not_cancelled(scanned: Scanned, refused: Refused) -> None:
    told = report(scanned, "CSV", severity=[{"comparison": "EQUALS", "value": "none"}])
    assert told["errorCode"] == "NO_FINDINGS_FOUND"
    inspector = scanned.inspector
    assert refused(inspector.cancel_findings_report, reportId=told["reportId"])[0] == "ValidationException"
    assert inspector.get_findings_report_status()["reportId"] == told["reportId"]
    missing = "00000000-0000-0000-0000-000000000000"
    assert refused(inspector.get_findings_report_status, reportId=missing)[0] == "ResourceNotFoundException"


def told_by_the_command(scanned: Scanned, form: str) -> str:
    asked = ["findings", "--format", form, "--home", str(scanned.account.home)]
    done = CliRunner().invoke(application(["findings", "version"]), asked)
    assert done.exit_code == 4, done.output
    return done.stdout


def test_findings_leave_as_asff_and_ocsf(scanned: Scanned) -> None:
    sent = {one["Vulnerabilities"][0]["Id"]: one for one in json.loads(told_by_the_command(scanned, "asff"))}
    assert set(sent) == {"CVE-2026-0001", "CVE-2026-0002"}
    one = sent["CVE-2026-0001"]
    assert one["Types"] == ["Software and Configuration Checks/Vulnerabilities/CVE"]
    assert one["Vulnerabilities"][0]["VulnerablePackages"][0]["Name"] == "openssl"
    assert one["Resources"][0]["Type"] == "AwsEc2Instance"
    assert "Compliance" not in one
    events = [json.loads(line) for line in told_by_the_command(scanned, "ocsf").splitlines()]
    assert {event["class_uid"] for event in events} == {2002}
    assert {event["vulnerabilities"][0]["cve"]["uid"] for event in events} == set(sent)


@pytest.mark.parametrize("form", ["CYCLONEDX_1_4", "SPDX_2_3"])
def test_bills_of_material_are_exported(scanned: Scanned, form: str) -> None:
    inspector = scanned.inspector
    name = inspector.create_sbom_export(
        reportFormat=form,
        s3Destination=to(scanned),
        resourceFilterCriteria={"resourceType": [{"comparison": "EQUALS", "value": "AWS_EC2_INSTANCE"}]},
    )["reportId"]
    eventually(lambda: inspector.get_sbom_export(reportId=name)["status"] == "SUCCEEDED")
    (host,) = scanned.covered()
    folder = f"kept/{form}_outputs_{name}/account={scanned.account.account_id}"
    bill = json.loads(read(scanned, f"{folder}/resource=AWS_EC2_INSTANCE/{host}.json"))
    if form == "SPDX_2_3":
        assert bill["spdxVersion"] == "SPDX-2.3"
    else:
        assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.4")
        assert {"openssl", "zlib1g"} <= {one["name"] for one in bill["components"]}
