"""What others learn of vulnerabilities: subscribers of a topic, who asks for a CVE, and who sends a bill of material."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from garrison.scan.sbom import cyclonedx
from garrison.testing.plugin import _account
from tests.scan.vulnerabilities.conftest import inventory
from tests.services.inspector2.scanned import Scanned
from tests.services.inspector2.test_continuous import ONE, TWO, VULNERABLE, ZLIB, openssl
from tests.services.sns.receiving import Webhook, endpoints, eventually

Refused = Callable[..., tuple[str, str]]
ACCOUNT = "111122223333"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:findings"
NAMESPACE = "amazon:inspector:sbom_scanner:"


class Told(Scanned):
    """An account that tells of findings, with who hears of them."""

    webhook: Webhook


@pytest.fixture(scope="module")
def told(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with endpoints() as (webhook, _):
        settings = {"account_id": ACCOUNT, "inspector_topic": TOPIC, "outgoing_hosts": [webhook.place]}
        with _account(pytestconfig, **settings) as account:
            made = Told(account, tmp_path_factory.mktemp("sources"))
            made.webhook = webhook
            yield made


def listen(told: Told) -> None:
    """Subscribe to a topic that Inspector may publish to."""
    sns = told.account.client("sns")
    assert sns.create_topic(Name="findings")["TopicArn"] == TOPIC
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "inspector2.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sns.set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=policy)
    sns.subscribe(TopicArn=TOPIC, Protocol="http", Endpoint=told.webhook.url("/told"))
    token = told.webhook.confirmation("/told")["Token"]
    sns.confirm_subscription(TopicArn=TOPIC, Token=token)


def test_findings_are_told_once_and_not_where_they_are_suppressed(told: Told) -> None:
    listen(told)
    zlib = {"vulnerabilityId": [{"comparison": "EQUALS", "value": "CVE-2026-0002"}]}
    told.inspector.enable(resourceTypes=["EC2"])
    told.build(TWO)
    told.report("first", inventory(ZLIB))
    eventually(lambda: len(told.webhook.of("/told", "Notification")) == 1)
    told.inspector.create_filter(name="zlib", action="SUPPRESS", filterCriteria=zlib)
    eventually(lambda: set(told.statuses().values()) == {"SUPPRESSED"})
    told.build(ONE, TWO)
    web = told.report("web-1", inventory(openssl(VULNERABLE), ZLIB))
    heard = eventually(lambda: len(found := told.webhook.of("/told", "Notification")) == 2 and found)
    event = json.loads(heard[1].document["Message"])
    assert (event["detail-type"], event["resources"]) == ("Inspector2 Finding", [web])
    assert event["detail"]["packageVulnerabilityDetails"]["vulnerabilityId"] == "CVE-2026-0001"
    assert event["detail"]["status"] == "ACTIVE"
    assert event["detail"]["firstObservedAt"].endswith("Z")


def test_a_vulnerability_is_known_by_its_id(told: Told) -> None:
    told.build(ONE, TWO)

    def search(name: str) -> list[dict[str, Any]]:
        criteria = {"vulnerabilityIds": [name]}
        return list(told.inspector.search_vulnerabilities(filterCriteria=criteria)["vulnerabilities"])

    (known,) = search("CVE-2026-0001")
    assert known["description"] == "A flaw in openssl."
    assert known["cvss3"]["baseScore"] == 9.8
    assert search("CVE-1999-0001") == []


def test_a_bill_of_material_is_scanned(told: Told, refused: Refused) -> None:
    told.build(ONE, TWO)
    scanner = told.account.client("inspector-scan")
    bill = cyclonedx(inventory(openssl(VULNERABLE), ZLIB), version="1.5")
    answer = scanner.scan_sbom(sbom=bill)["sbom"]
    assert (answer["bomFormat"], answer["specVersion"]) == ("CycloneDX", "1.5")
    counts = {one["name"]: one["value"] for one in answer["metadata"]["properties"]}
    assert counts[f"{NAMESPACE}critical_vulnerabilities"] == "1"
    found = {one["id"]: one for one in answer["vulnerabilities"]}
    assert set(found) == {"CVE-2026-0001", "CVE-2026-0002"}
    (touched,) = found["CVE-2026-0001"]["affects"]
    (component,) = (one for one in answer["components"] if one["bom-ref"] == touched["ref"])
    assert component["name"] == "openssl"
    fixes = {one["name"]: one["value"] for one in found["CVE-2026-0001"]["properties"]}
    assert fixes[f"{NAMESPACE}fixed_version:{touched['ref']}"].startswith("3.0.11")

    own = scanner.scan_sbom(sbom=bill, outputFormat="INSPECTOR")["sbom"]
    assert own["status"] == "SBOM parsed successfully, 2 vulnerabilities found"
    assert own["inspector"]["vulnerability_count"]["critical"] == 1
    unknown = cyclonedx(inventory(openssl("1.0"), system="centos", release="5"), version="1.5")
    skipped = scanner.scan_sbom(sbom=unknown, outputFormat="INSPECTOR")["sbom"]["inspector"]["messages"]
    assert [one["info"] for one in skipped] == ["Component skipped: no rules found."]


@pytest.mark.parametrize(
    "document", [{}, {"bomFormat": "SPDX"}, {"bomFormat": "CycloneDX", "specVersion": "0.9"}, ["x"], "x"]
)
def test_what_is_no_bill_of_material_is_refused(told: Told, document: Any, refused: Refused) -> None:
    assert refused(told.account.client("inspector-scan").scan_sbom, sbom=document)[0] == "ValidationException"
