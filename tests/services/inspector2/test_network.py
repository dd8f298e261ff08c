"""What the collected network lets reach an instance becomes findings, and has a say in the scores of what listens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from garrison.inventory import INVENTORY_FILE, History
from garrison.items import Item
from garrison.scan.inventory.facts import Listener
from garrison.testing import Account
from tests.scan.reachability import conftest as network
from tests.scan.vulnerabilities.conftest import inventory
from tests.services.inspector2.scanned import Scanned
from tests.services.inspector2.test_continuous import ONE, VULNERABLE, openssl
from tests.services.sns.receiving import eventually

INSTANCE = "i-0123456789abcdef0"


def collected(account: Account, *groups: Item) -> list[Item]:
    """A VPC with an instance that the internet reaches, as collected in the account."""
    from msgspec.structs import replace

    items = network.vpc(
        *groups,
        network.OPEN_ACL,
        network.table(("0.0.0.0/0", "igw-1")),
        network.interface(instance=INSTANCE),
        network.item("Instance", INSTANCE, state={"name": "running"}, imageId="ami-12345678", vpcId="vpc-1"),
    )
    items = [one for one in items if one.resource_id != "i-1"]
    at = account.clock.now()
    return [replace(one, account=account.account_id, region=account.region, captured_at=at) for one in items]


def record(account: Account, items: list[Item]) -> None:
    history = History(account.home / INVENTORY_FILE, sync=False)
    history.record(items, at=account.clock.now())
    history.close()


@pytest.fixture(scope="module")
def scanned(garrison_module: Account, tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    scanned = Scanned(garrison_module, tmp_path_factory.mktemp("sources"))
    scanned.inspector.enable(resourceTypes=["EC2"])
    return scanned


def exposed(scanned: Scanned) -> dict[str, dict[str, Any]]:
    wanted = {"findingType": [{"comparison": "EQUALS", "value": "NETWORK_REACHABILITY"}]}
    return {one["title"]: one for one in scanned.inspector.list_findings(filterCriteria=wanted)["findings"]}


def test_open_ports_are_findings_until_they_are_closed(scanned: Scanned) -> None:
    account, title = scanned.account, "Port 22 is reachable from the internet - TCP"
    record(account, collected(account, network.group("sg-1", network.allow("tcp", 22, cidr="0.0.0.0/0"))))
    eventually(lambda: title in exposed(scanned))
    finding = exposed(scanned)[title]
    assert finding["networkReachabilityDetails"]["openPortRange"] == {"begin": 22, "end": 22}
    assert "AWS::EC2::InternetGateway" in {
        step["componentType"] for step in finding["networkReachabilityDetails"]["networkPath"]["steps"]
    }
    assert finding["resources"][0]["details"]["awsEc2Instance"]["imageId"] == "ami-12345678"
    by_port = {"portRange": [{"beginInclusive": 22, "endInclusive": 22}]}
    assert len(scanned.inspector.list_findings(filterCriteria=by_port)["findings"]) == 1
    listed = scanned.inspector.list_coverage()["coveredResources"]
    assert {one["scanType"]: one["scanStatus"]["reason"] for one in listed} == {
        "NETWORK": "SUCCESSFUL",
        "PACKAGE": "UNMANAGED_EC2_INSTANCE",
    }
    account.clock.shift(timedelta(minutes=1))
    record(account, collected(account, network.group("sg-1")))
    eventually(lambda: exposed(scanned)[title]["status"] == "CLOSED")


def test_what_the_internet_does_not_reach_has_a_lower_score(scanned: Scanned) -> None:
    account = scanned.account
    scanned.build(ONE)
    listener = Listener(protocol="tcp", address="0.0.0.0", port=443, package=openssl(VULNERABLE).purl)

    def score() -> float:
        found = scanned.findings(vulnerabilityId=[{"comparison": "EQUALS", "value": "CVE-2026-0001"}])
        return max((one["inspectorScore"] for one in found.values()), default=0.0)

    account.clock.shift(timedelta(minutes=1))
    scanned.report("web-1", inventory(openssl(VULNERABLE), listeners=(listener,), instance=INSTANCE))
    eventually(score)
    hidden = score()
    account.clock.shift(timedelta(minutes=1))
    record(account, collected(account, network.group("sg-1", network.allow("tcp", 443, cidr="0.0.0.0/0"))))
    eventually(lambda: score() > hidden)
