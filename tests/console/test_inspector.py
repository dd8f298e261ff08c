"""Inspector's pages in a real browser: findings, suppression, assessments, CIS scans and hosts, by an administrator and by somebody who may do little."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from garrison.credentials import enroll
from garrison.testing import Account, allow
from tests.agent.conftest import TRUST
from tests.scan.vulnerabilities.conftest import inventory, osv, package
from tests.services.inspector.conftest import CARELESS
from tests.services.inspector2.scanned import Scanned
from tests.services.sns.receiving import eventually

from .person import Person

HOST = "console-web-1"
CIS = replace(CARELESS, references={"cis": ("5.1.20",)})
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
Console = Callable[..., Person]

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def profile(account: Account) -> str:
    """The ARN of the profile that agents enter by."""
    role = account.role("GarrisonAgent", [allow("garrison:PutHostReport", "garrison:GetHostJobs")], trust=TRUST).arn
    asked = {"name": "agents", "roleArns": [role], "enabled": True}
    return str(account.client("rolesanywhere").create_profile(**asked)["profile"]["profileArn"])


@pytest.fixture(scope="module")
def scanned(account: Account, profile: str, tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    """The account with an enrolled host, and a flaw in the database."""
    role = f"arn:aws:iam::{account.account_id}:role/GarrisonAgent"
    tags = [{"Key": "stage", "Value": "console"}]
    asked = {"Name": HOST, "ProfileArn": profile, "RoleArn": role, "Tags": tags}
    token = account.client("garrison").create_host_invitation(**asked)["Token"]
    enroll(tmp_path_factory.mktemp("agent"), account.endpoint, token, None)
    scanned = Scanned(account, tmp_path_factory.mktemp("sources"))
    scanned.build(FLAW)
    scanned.inspector.enable(resourceTypes=["EC2"])
    return scanned


@pytest.fixture(scope="module")
def instance(scanned: Scanned) -> str:
    """The instance id of the host, which reported an old openssl and a careless sshd."""
    told = scanned.report(HOST, inventory(OPENSSL), CIS)
    eventually(lambda: scanned.findings(vulnerabilityId=[{"comparison": "EQUALS", "value": CVE}]))
    return told


def test_a_finding_is_read_and_suppressed_for_a_while(console: Console, account: Account, instance: str) -> None:
    person = console("/inspector/counts?by=package")
    page = person.page
    page.get_by_role("link", name="openssl").wait_for()
    person.check_axe()
    person.screenshot("inspector-counts")
    page.get_by_role("tab", name="By vulnerability").click()
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
    rules = page.get_by_role("table", name="Suppression rules")
    expect(rules).to_contain_text(f"Vulnerability begins with {CVE}")
    person.check_axe()
    person.screenshot("inspector-filters")
    person.open(f"/inspector?cve={CVE}&status=SUPPRESSED")
    expect(page.get_by_role("table", name="Findings")).to_contain_text(instance)

    person.open("/inspector/filters")
    rules.get_by_role("radio", name="known").check()
    page.get_by_role("button", name="Delete rule").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete rule").click()
    expect(rules).to_contain_text("No rule yet")
    assert account.client("inspector2").list_filters()["filters"] == []
    eventually(lambda: not account.client("inspector2").list_findings(filterCriteria=wanted)["findings"])


def test_hosts_are_assessed_by_a_template_of_somebodys_own(console: Console, scanned: Scanned, instance: str) -> None:
    person = console("/inspector/targets")
    page = person.page
    page.get_by_role("button", name="Create target").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("console-hosts")
    dialog.get_by_role("textbox", name="Tags").fill("stage=console")
    dialog.get_by_role("button", name="Create target").click()
    page.get_by_role("radio", name="console-hosts").wait_for()

    person.open("/inspector/templates")
    page.get_by_role("button", name="Create template").first.click()
    dialog.get_by_role("textbox", name="Name", exact=True).fill("console-hourly")
    dialog.get_by_role("button", name="Target").click()
    page.get_by_role("option", name="console-hosts").click()
    dialog.get_by_role("button", name="Rules packages").click()
    page.get_by_role("option", name=re.compile("^Security Best")).click()
    page.keyboard.press("Escape")
    person.check_axe()
    dialog.get_by_role("button", name="Create template").click()
    page.get_by_role("radio", name="console-hourly").check()
    page.get_by_role("button", name="Start run").click()
    dialog.get_by_role("textbox", name="Name of the run").fill("console-run")
    dialog.get_by_role("button", name="Start run").click()
    person.see("console-run")
    page.get_by_role("progressbar", name="Progress").wait_for()
    assert scanned.report(HOST, inventory(OPENSSL), CIS) == instance
    page.get_by_role("button", name="Stop and evaluate").click()
    dialog.get_by_role("button", name="Stop and evaluate").click()
    findings = page.get_by_role("table", name="Findings")
    findings.get_by_role("link", name="Disable root login over SSH").first.wait_for()
    expect(page.get_by_role("main")).to_contain_text("Completed")
    person.check_axe()
    person.screenshot("inspector-run")
    findings.get_by_role("link", name="Disable root login over SSH").first.click()
    person.see("Disable root login over SSH")
    expect(page.get_by_role("main")).to_contain_text("PermitRootLogin yes")
    expect(page.get_by_role("main")).to_contain_text("Set PermitRootLogin no")
    person.check_axe()
    person.screenshot("inspector-run-finding")

    for address, name, button in (
        ("/inspector/templates", "console-hourly", "Delete template"),
        ("/inspector/targets", "console-hosts", "Delete target"),
    ):
        person.open(address)
        page.get_by_role("radio", name=name).check()
        page.get_by_role("button", name=button).click()
        dialog.get_by_role("textbox").fill(name)
        dialog.get_by_role("button", name=button).click()
        page.get_by_role("radio", name=name).wait_for(state="detached")
    assert scanned.account.client("inspector").list_assessment_targets()["assessmentTargetArns"] == []


def test_a_cis_scan_is_configured_and_its_results_are_read(console: Console, account: Account, instance: str) -> None:
    person = console("/inspector/cis?tab=configurations")
    page = person.page
    page.get_by_role("button", name="Create configuration").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("console-cis")
    dialog.get_by_role("textbox", name="Hosts by tags").fill("stage=console")
    dialog.get_by_role("button", name="Create configuration").click()
    page.get_by_role("radio", name="console-cis").check()
    page.get_by_role("button", name="Edit").click()
    dialog.get_by_role("button", name="When").click()
    page.get_by_role("option", name="Every week").click()
    dialog.get_by_role("textbox", name="Time of day").fill("03:30")
    person.check_axe()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("table", name="Configurations")).to_contain_text("Weekly on Sunday at 03:30")
    person.check_axe()
    person.screenshot("inspector-cis-configurations")

    inspector = account.client("inspector2")
    eventually(lambda: [one for one in inspector.list_cis_scans()["scans"] if one["status"] == "COMPLETED"])
    page.get_by_role("link", name="console-cis").click()
    page.get_by_role("table", name="Scans").get_by_role("link", name="console-cis").click()
    person.see("console-cis")
    page.get_by_role("radio", name="5.1.20").check()
    person.check_axe()
    person.screenshot("inspector-cis-scan")
    page.get_by_role("button", name="Download report").click()
    with page.expect_download() as downloading:
        page.get_by_role("menuitem", name="CSV").click()
    assert CARELESS.fix in downloading.value.path().read_text()
    page.get_by_role("table", name="Hosts that failed 5.1.20").get_by_role("link", name=instance).click()
    person.see(instance)
    page.get_by_role("radio", name="5.1.20").check()
    expect(page.get_by_role("main")).to_contain_text(CARELESS.fix)
    person.check_axe()
    person.screenshot("inspector-cis-host")


def test_hosts_are_invited_and_asked_to_scan(console: Console, account: Account, profile: str, instance: str) -> None:
    garrison = account.client("garrison")
    person = console("/inspector/agents?tool=ansible")
    page = person.page
    page.get_by_role("textbox", name="Name", exact=True).fill("console-web-2")
    expect(page.get_by_role("textbox", name="Profile of IAM Roles Anywhere")).to_have_value(profile)
    page.get_by_role("button", name="Make token").click()
    page.get_by_text("The token was made").wait_for()
    person.check_axe()
    person.screenshot("inspector-agents")
    invited = garrison.describe_host(Host="console-web-2")["Host"]
    assert invited["Status"] == "INVITED"

    person.open("/inspector/hosts")
    page.get_by_role("checkbox", name=HOST).check()
    page.get_by_role("button", name="Scan now").click()
    page.get_by_role("dialog").get_by_role("button", name="Scan now").click()
    page.get_by_text(f"Asked to scan: {HOST}").wait_for()
    person.check_axe()
    page.get_by_role("link", name=HOST).click()
    person.see(HOST)
    expect(page.get_by_role("table", name="Tags")).to_contain_text("console")
    person.check_axe()
    person.screenshot("inspector-host")


def test_who_may_do_little_sees_what_and_why(sign_in: Console, instance: str) -> None:
    policy = allow("inspector2:ListFindings", "garrison:Explain")
    person = sign_in("Vera", [policy])
    page = person.page
    person.open(f"/inspector?cve={CVE}")
    refused = page.get_by_role("button", name="You are not allowed to see this")
    refused.wait_for()
    page.get_by_role("table", name="Findings").get_by_role("link", name=CVE).click()
    expect(page.get_by_role("main")).to_contain_text("A flaw <b>in openssl</b>.")
    refused.click()
    expect(page.get_by_role("main")).to_contain_text("inspector2:BatchGetFindingDetails")
    page.get_by_text("No policy allows it.").wait_for()
    person.check_axe()
    person.screenshot("inspector-denied")
    person.open("/inspector/coverage")
    page.get_by_text("You are not allowed to do this").wait_for()
    expect(page.get_by_role("main")).to_contain_text("inspector2:ListCoverage")
