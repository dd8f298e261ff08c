"""Inspector's pages in a real browser: a host reports and its finding is read and suppressed; an assessment is run and read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from garrison.testing import Account
from tests.scan.vulnerabilities.conftest import inventory, osv, package
from tests.services.inspector.conftest import CARELESS
from tests.services.inspector2.scanned import Scanned
from tests.services.sns.receiving import eventually

from .person import Person

HOST = "console-web-1"
CVE = "CVE-2026-4242"
OPENSSL = package(
    "pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=amd64&distro=debian-12",
    architecture="amd64",
    source="openssl",
    source_version="3.0.11-1~deb12u1",
)
FLAW = osv(
    CVE,
    "Debian:12",
    "openssl",
    {"introduced": "0"},
    {"fixed": "3.0.11-1~deb12u2"},
    details="A flaw <b>in openssl</b>.",
    severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
)
PAGES = {
    "/inspector/counts?by=package": "Where findings are",
    "/inspector/coverage": "Coverage",
    "/inspector/filters": "Suppression rules",
    f"/inspector/hosts/{HOST}": HOST,
    "/inspector/agents?tool=ansible": "Install agents",
    "/inspector/templates": "Assessment templates",
}

Console = Callable[..., Person]

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def instance(account: Account, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The instance id of a host that reported an old openssl and a careless sshd."""
    scanned = Scanned(account, tmp_path_factory.mktemp("sources"))
    scanned.build(FLAW)
    scanned.inspector.enable(resourceTypes=["EC2"])
    told = scanned.report(HOST, inventory(OPENSSL), CARELESS)
    eventually(lambda: scanned.findings(vulnerabilityId=[{"comparison": "EQUALS", "value": CVE}]))
    return told


def test_a_finding_is_read_and_suppressed(console: Console, account: Account, instance: str) -> None:
    person = console("/inspector/counts?by=cve")
    page = person.page
    page.get_by_role("link", name=CVE).click()
    person.see("Findings")
    found = page.get_by_role("table", name="Findings")
    expect(found.get_by_role("row").filter(has_text=instance)).to_contain_text("Critical")
    found.get_by_role("link", name=CVE).click()
    expect(page.get_by_role("table", name="Affected packages")).to_contain_text("openssl")
    expect(page.get_by_role("main")).to_contain_text("A flaw <b>in openssl</b>.")
    expect(page.get_by_role("main")).to_contain_text("CVSS:3.1/AV:N")
    expect(page.get_by_role("main")).to_contain_text("apt-get install --only-upgrade openssl")
    person.check_axe()
    person.screenshot("inspector-finding")

    person.open(f"/inspector?cve={CVE}&package=openssl")
    page.get_by_role("button", name="Suppress findings like these").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("known")
    dialog.get_by_role("button", name="Create suppression rule").click()
    person.see("Suppression rules")
    (rule,) = account.client("inspector2").list_filters()["filters"]
    assert rule["action"] == "SUPPRESS"
    criteria = rule["criteria"]
    assert criteria["vulnerabilityId"] == [{"comparison": "PREFIX", "value": CVE}]
    assert criteria["vulnerablePackages"] == [{"name": {"comparison": "PREFIX", "value": "openssl"}}]
    wanted = {"findingStatus": [{"comparison": "EQUALS", "value": "SUPPRESSED"}]}
    eventually(lambda: account.client("inspector2").list_findings(filterCriteria=wanted)["findings"])
    person.open(f"/inspector?cve={CVE}&status=SUPPRESSED")
    expect(page.get_by_role("table", name="Findings")).to_contain_text(instance)
    person.check_axe()
    person.screenshot("inspector-suppressed")
    person.open(f"/inspector?cve={CVE}")
    expect(page.get_by_role("table", name="Findings")).to_contain_text("No finding")


def test_an_assessment_is_run_and_its_finding_read(console: Console, account: Account, instance: str) -> None:
    inspector = account.client("inspector")
    target = inspector.create_assessment_target(assessmentTargetName="console-hosts")["assessmentTargetArn"]
    arns = inspector.list_rules_packages(maxResults=100)["rulesPackageArns"]
    packages = inspector.describe_rules_packages(rulesPackageArns=arns)["rulesPackages"]
    practices = next(one["arn"] for one in packages if one["name"] == "Security Best Practices")
    inspector.create_assessment_template(
        assessmentTargetArn=target,
        assessmentTemplateName="console-hourly",
        durationInSeconds=3600,
        rulesPackageArns=[practices],
    )
    person = console("/inspector/templates")
    page = person.page
    page.get_by_role("radio", name="console-hourly").check()
    page.get_by_role("button", name="Start run").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name of the run").fill("console-run")
    dialog.get_by_role("button", name="Start run").click()
    person.see("console-run")
    page.get_by_role("button", name="Stop and evaluate").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop and evaluate").click()
    findings = page.get_by_role("table", name="Findings")
    findings.get_by_role("link", name="Disable root login over SSH").first.wait_for()
    expect(page.get_by_role("main")).to_contain_text("The run is over")
    person.check_axe()
    person.screenshot("inspector-run")
    findings.get_by_role("link", name="Disable root login over SSH").first.click()
    person.see("Disable root login over SSH")
    expect(page.get_by_role("main")).to_contain_text("PermitRootLogin yes")
    expect(page.get_by_role("main")).to_contain_text("Set PermitRootLogin no")
    person.check_axe()
    person.screenshot("inspector-run-finding")


def test_every_page_is_accessible_and_says_what_it_is(console: Console, instance: str) -> None:
    person = console("/inspector/hosts")
    for address, heading in PAGES.items():
        person.open(address)
        person.see(heading)
        person.check_axe()
        person.screenshot("inspector" + address.partition("?")[0].removeprefix("/inspector").replace("/", "-"))
