"""The forms in which findings leave, held to the models of those who take them."""

from __future__ import annotations

import csv as table
import io
from datetime import UTC, datetime
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from garrison.findings import Cause, Excuse, Finding, Severity, State, asff, csv, junit, ocsf, sarif

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT = Cause(event_id="e-1", name="PutBucketPolicy", source="s3.amazonaws.com", at=AT, who="arn:aws:iam::1:user/ann")
EXCUSE = Excuse(reason="Public on purpose.", owner="web@example.com", until=datetime(2026, 6, 1, tzinfo=UTC))


def make(**more: Any) -> Finding:
    fields: dict[str, Any] = {
        "check": "S3_BUCKET_PUBLIC_READ_PROHIBITED",
        "title": "Nobody outside may read.",
        "severity": Severity.CRITICAL,
        "state": State.FAILED,
        "account": "111122223333",
        "region": "eu-west-1",
        "resource_type": "AWS::S3::Bucket",
        "resource_id": "photos",
        "arn": "arn:aws:s3:::photos",
        "seen_at": AT,
        "evidence": "The policy allows s3:GetObject",
        "fix": "Turn on the public access block.",
        "standards": ("pci",),
        "tags": {"team": "red"},
    }
    return Finding(**fields | more)


ALL = [
    make(cause=EVENT),
    make(excuse=EXCUSE),
    make(state=State.UNKNOWN, evidence="AccessDenied"),
    make(state=State.PASSED, evidence=""),
    make(state=State.NOT_APPLICABLE, region="global", resource_type="AWS::::Account", arn="arn:aws:iam::1:root"),
]


@cache
def model() -> Any:
    return botocore.session.get_session().get_service_model("securityhub")


def taken(finding: Finding) -> dict[str, Any]:
    """As Security Hub's model takes it."""
    made = asff(finding, "0.1.0")
    shape = model().shape_for("AwsSecurityFinding")
    report = ParamValidator().validate(made, shape)
    assert not report.has_errors(), report.generate_report()
    unknown = made.keys() - shape.members.keys()
    assert not unknown, unknown
    return made


@pytest.mark.parametrize("finding", ALL, ids=lambda each: each.state.value)
def test_security_hub_takes_every_finding(finding: Finding) -> None:
    taken(finding)


def test_what_security_hub_is_told() -> None:
    made = taken(make(cause=EVENT))
    assert made["Severity"]["Label"] == "CRITICAL"
    assert made["Compliance"]["Status"] == "FAILED"
    assert made["Resources"][0]["Type"] == "AwsS3Bucket"
    assert made["ProductFields"]["garrison/cause/eventName"] == "s3.amazonaws.com:PutBucketPolicy"
    assert taken(make(excuse=EXCUSE))["Workflow"]["Status"] == "SUPPRESSED"
    assert taken(make(state=State.PASSED))["Severity"]["Label"] == "INFORMATIONAL"
    assert taken(make(resource_type="AWS::EC2::SecurityGroup"))["Resources"][0]["Type"] == "AwsEc2SecurityGroup"


@pytest.mark.parametrize("length", [0, 1, 256, 257, 5000])
def test_long_texts_keep_to_security_hubs_limits(length: int) -> None:
    made = taken(make(title="é" * (length or 1), evidence="é" * length, fix="é" * length))
    assert len(made["Title"]) <= 256 and len(made["Description"]) <= 1024


def test_the_same_check_of_the_same_resource_keeps_its_id() -> None:
    assert make().id == make(seen_at=AT.replace(year=2027), evidence="other").id
    assert make().id != make(arn="arn:aws:s3:::others").id != make(check="OTHER").id


def test_an_ocsf_event_has_what_its_class_requires() -> None:
    for finding in ALL:
        made = ocsf(finding, "0.1.0")
        assert made["class_uid"] == 2003 and made["type_uid"] == made["class_uid"] * 100 + made["activity_id"]
        assert {"time", "severity_id", "metadata", "finding_info", "compliance"} <= made.keys()
        assert {"uid", "title"} <= made["finding_info"].keys()
        assert made["metadata"]["product"]["vendor_name"] and made["cloud"]["provider"] == "AWS"
    assert [ocsf(each, "")["compliance"]["status"] for each in ALL] == [
        "Fail",
        "Fail",
        "Warning",
        "Pass",
        "Not applicable",
    ]
    assert [ocsf(each, "")["status"] for each in ALL] == ["New", "Suppressed", "New", "Resolved", "Resolved"]


def test_sarif_names_rules_results_and_suppressions() -> None:
    run = sarif(ALL, "0.1.0")["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["S3_BUCKET_PUBLIC_READ_PROHIBITED"]
    assert [(each["kind"], each["level"]) for each in run["results"]] == [
        ("fail", "error"),
        ("fail", "error"),
        ("review", "none"),
        ("pass", "none"),
        ("notApplicable", "none"),
    ]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert [len(each.get("suppressions", [])) for each in run["results"]] == [0, 1, 0, 0, 0]


def test_junit_counts_failures_and_skips_what_is_excused_or_undecided() -> None:
    root = ET.fromstring(junit(ALL))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("5", "1", "3")
    assert [suite.get("name") for suite in root] == ["Account", "S3"]
    (failure,) = root.iter("failure")
    assert failure.get("type") == "CRITICAL" and "Fix: Turn on" in (failure.text or "")


@given(st.text(), st.text())
def test_any_text_gives_xml_that_can_be_read(arn: str, evidence: str) -> None:
    ET.fromstring(junit([make(arn=arn, evidence=evidence)]))


def test_a_spreadsheet_runs_nothing_of_a_name() -> None:
    rows = list(table.DictReader(io.StringIO(csv([make(resource_name='=HYPERLINK("http://x")'), *ALL]))))
    assert rows[0]["resource"].startswith("'=") and len(rows) == 6
    assert rows[2]["state"] == "EXCUSED" and rows[2]["excused_by"] == "web@example.com"
