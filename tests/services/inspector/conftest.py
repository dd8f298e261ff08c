"""An account whose hosts have reported, as a scan or an agent reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from garrison.hosts import FILE, Hosts
from garrison.inventory import INVENTORY_FILE, History
from garrison.items import Item
from garrison.scan.benchmarks import Check, Verdict
from garrison.scan.inventory.facts import Inventory, Listener, Package, Platform, User
from garrison.scan.report import Report
from garrison.testing.plugin import _account

DEBIAN = Platform(id="debian", version="12", name="Debian GNU/Linux 12 (bookworm)", kernel="6.1.0-28-amd64")
PRACTICES = ("Security Best Practices",)
CARELESS = Check(
    rule="sshd_disable_root_login",
    title="Disable root login over SSH",
    severity="medium",
    verdict=Verdict.FAIL,
    evidence="/etc/ssh/sshd_config: PermitRootLogin yes",
    fix="Set PermitRootLogin no in /etc/ssh/sshd_config.",
    packages=PRACTICES,
)
QUIET = Check(rule="x", title="Enable ASLR", severity="medium", verdict=Verdict.PASS, packages=PRACTICES)
HALF_DAY = timedelta(hours=12)


def report(host: str, *checks: Check, instance: str = "", platform: Platform = DEBIAN) -> Report:
    """What a scan of a host brought."""
    inventory = Inventory(
        host=host,
        platform=platform,
        instance=instance,
        packages=(Package(purl="pkg:deb/debian/bash@5.2", ecosystem="deb", name="bash", version="5.2"),),
        listeners=(
            Listener(protocol="tcp", address="0.0.0.0", port=22),
            Listener(protocol="tcp", address="::", port=22),
        ),
        users=(User(name="root", uid=0, gid=0, home="/root", shell="/bin/bash"),),
    )
    return Report(taken_at="2026-11-26T00:00:00Z", inventory=inventory, checks=checks)


def wait(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    """What a condition gives once it is true."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)
    return found


class Assessed:
    """The account, its Inspector client, and its hosts."""

    def __init__(self, account: Any) -> None:
        self.account, self.inspector = account, account.client("inspector")
        self.hosts = Hosts(account.home / FILE, sync=False)
        self._names = 0

    def put(self, host: str, *checks: Check, **more: Any) -> None:
        """Have a host report now."""
        reported = report(host, *checks, **more)
        self.hosts.put(self.account.account_id, self.account.region, host, reported, at=self.account.clock.now())

    def instance(self, instance: str, **tags: str) -> None:
        """Have an instance collected."""
        item = Item(
            account=self.account.account_id,
            region=self.account.region,
            resource_type="AWS::EC2::Instance",
            resource_id=instance,
            arn=f"arn:aws:ec2:{self.account.region}:{self.account.account_id}:instance/{instance}",
            configuration={
                "imageId": "ami-1",
                "privateIpAddress": "10.0.0.5",
                "state": {"name": "running"},
                "networkInterfaces": [
                    {
                        "networkInterfaceId": "eni-1",
                        "vpcId": "vpc-1",
                        "privateIpAddress": "10.0.0.5",
                        "groups": [{"groupName": "web", "groupId": "sg-1"}],
                        "association": {"publicIp": "203.0.113.7"},
                    }
                ],
            },
            captured_at=self.account.clock.now(),
            tags=tags,
        )
        with closing(History(self.account.home / INVENTORY_FILE, sync=False)) as history:
            history.record([item], at=self.account.clock.now())

    def package(self, name: str) -> str:
        """The ARN of a rules package."""
        arns = self.inspector.list_rules_packages(maxResults=100)["rulesPackageArns"]
        found = self.inspector.describe_rules_packages(rulesPackageArns=arns)["rulesPackages"]
        return next(one["arn"] for one in found if one["name"] == name)

    def target(self, **tags: str) -> str:
        """A target of the hosts with these tags; of all without."""
        self._names += 1
        given = {}
        if tags:
            wanted = [{"key": key, "value": value} for key, value in tags.items()]
            group = self.inspector.create_resource_group(resourceGroupTags=wanted)
            given = {"resourceGroupArn": group["resourceGroupArn"]}
        made = self.inspector.create_assessment_target(assessmentTargetName=f"target-{self._names}", **given)
        arn: str = made["assessmentTargetArn"]
        return arn

    def template(self, target: str, *packages: str, **more: Any) -> str:
        """A template of these rules packages."""
        self._names += 1
        made = self.inspector.create_assessment_template(
            assessmentTargetArn=target,
            assessmentTemplateName=f"template-{self._names}",
            durationInSeconds=3600,
            rulesPackageArns=[self.package(name) for name in packages or PRACTICES],
            **more,
        )
        arn: str = made["assessmentTemplateArn"]
        return arn

    def start(self, template: str, **more: Any) -> str:
        """A run that collects data."""
        arn: str = self.inspector.start_assessment_run(assessmentTemplateArn=template, **more)["assessmentRunArn"]
        wait(lambda: self.run(arn)["state"] == "COLLECTING_DATA")
        return arn

    def run(self, arn: str) -> dict[str, Any]:
        """A run as it is described."""
        found: dict[str, Any] = self.inspector.describe_assessment_runs(assessmentRunArns=[arn])["assessmentRuns"][0]
        return found

    def ended(self, arn: str) -> dict[str, Any]:
        """A run once it has ended."""
        wait(lambda: "completedAt" in self.run(arn))
        return self.run(arn)

    def assess(self, template: str) -> str:
        """A run that is stopped at once, and evaluated."""
        arn = self.start(template)
        self.inspector.stop_assessment_run(assessmentRunArn=arn)
        self.ended(arn)
        return arn

    def findings(self, arn: str, **wanted: Any) -> list[dict[str, Any]]:
        """The findings of a run that fit a filter."""
        pages = self.inspector.get_paginator("list_findings").paginate(assessmentRunArns=[arn], filter=wanted)
        found = []
        for arns in (page["findingArns"] for page in pages):
            found += self.inspector.describe_findings(findingArns=arns)["findings"] if arns else []
        return found


@pytest.fixture(scope="package")
def assessed(pytestconfig: pytest.Config) -> Iterator[Assessed]:
    with _account(pytestconfig) as account:
        yield Assessed(account)
