"""Hosts are judged as they report and as advisories come: findings open, close and re-open, and what is not scanned says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from garrison.testing import Account
from tests.scan.vulnerabilities.conftest import inventory, osv, package
from tests.services.inspector2.scanned import Scanned
from tests.services.sns.receiving import eventually

OPENSSL = "pkg:deb/debian/openssl@{}?arch=amd64&distro=debian-12"
VULNERABLE, FIXED = "3.0.11-1~deb12u1", "3.0.11-1~deb12u2"
ONE = osv(
    "CVE-2026-0001",
    "Debian:12",
    "openssl",
    {"introduced": "0"},
    {"fixed": FIXED},
    details="A flaw in openssl.",
    severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
)
TWO = osv("CVE-2026-0002", "Debian:12", "zlib", {"introduced": "0"}, {"fixed": "2:1.3-1"})


def openssl(version: str) -> Any:
    return package(OPENSSL.format(version), architecture="amd64", source="openssl", source_version=version)


ZLIB = package("pkg:deb/debian/zlib1g@1:1.2-1?arch=amd64&distro=debian-12", source="zlib", source_version="1:1.2-1")


@pytest.fixture(scope="module")
def scanned(garrison_module: Account, tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    return Scanned(garrison_module, tmp_path_factory.mktemp("sources"))


def test_from_the_first_report_to_the_last(scanned: Scanned) -> None:
    """One story, since each step is about what the one before has left."""
    web = scanned.report("web-1", inventory(openssl(VULNERABLE), ZLIB))
    scanned.inspector.enable(resourceTypes=["EC2"])
    eventually(lambda: scanned.covered() == {web: "PENDING_INITIAL_SCAN"})
    assert scanned.statuses() == {}

    scanned.build(ONE)
    first = f"CVE-2026-0001 {web}"
    eventually(lambda: scanned.statuses() == {first: "ACTIVE"})
    assert scanned.covered() == {web: "SUCCESSFUL"}
    finding = scanned.findings()[first]
    assert finding["type"] == "PACKAGE_VULNERABILITY"
    assert finding["fixAvailable"] == "YES"
    assert f"openssl {FIXED}" in finding["remediation"]["recommendation"]["text"]
    assert "apt-get install --only-upgrade openssl" in finding["remediation"]["recommendation"]["text"]
    (told,) = finding["packageVulnerabilityDetails"]["vulnerablePackages"]
    assert (told["name"], told["version"], told["release"], told["arch"]) == (
        "openssl", "3.0.11", "1~deb12u1", "X86_64",
    )  # fmt: skip
    assert finding["inspectorScore"] > 0
    assert finding["resources"][0]["details"]["awsEc2Instance"]["platform"] == "DEBIAN_12"

    scanned.build(ONE, TWO)
    second = f"CVE-2026-0002 {web}"
    eventually(lambda: scanned.statuses() == {first: "ACTIVE", second: "ACTIVE"})
    assert scanned.findings()[first]["updatedAt"] == finding["updatedAt"]

    scanned.account.clock.shift(timedelta(minutes=5))
    scanned.report("web-1", inventory(openssl(FIXED), ZLIB))
    eventually(lambda: scanned.statuses() == {first: "CLOSED", second: "ACTIVE"})

    scanned.account.clock.shift(timedelta(days=1))
    scanned.report("web-1", inventory(openssl(VULNERABLE), ZLIB))
    eventually(lambda: scanned.statuses() == {first: "ACTIVE", second: "ACTIVE"})
    again = scanned.findings()[first]
    assert again["findingArn"] == finding["findingArn"]
    assert again["firstObservedAt"] == finding["firstObservedAt"]
    assert again["lastObservedAt"] > finding["lastObservedAt"]

    scanned.build(ONE)
    eventually(lambda: scanned.statuses() == {first: "ACTIVE", second: "CLOSED"})

    old = scanned.report("old-1", inventory(openssl("1.0"), system="centos", release="5"))
    eventually(lambda: scanned.covered() == {web: "SUCCESSFUL", old: "UNSUPPORTED_OS"})
    (usage,) = scanned.inspector.list_usage_totals()["totals"]
    assert {one["type"] for one in usage["usage"]} == {"EC2_AGENTLESS_INSTANCE_HOURS"}

    scanned.account.clock.shift(timedelta(days=8))
    eventually(lambda: scanned.covered()[web] == "STALE_INVENTORY")
    assert scanned.statuses()[first] == "ACTIVE"

    scanned.inspector.disable(resourceTypes=["EC2"])
    eventually(lambda: scanned.covered() == {})
    assert scanned.statuses()[first] == "CLOSED"
    scanned.account.clock.shift(timedelta(days=31))
    eventually(lambda: scanned.statuses() == {})
