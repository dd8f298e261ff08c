"""Findings that do not come from rules of benchmarks: known vulnerabilities, and ports that the network opens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from garrison.inventory import INVENTORY_FILE, History
from garrison.scan.vulnerabilities.building import build
from garrison.scan.vulnerabilities.schema import FILE_NAME
from garrison.scan.vulnerabilities.sources import folder_sources
from tests.scan.reachability.conftest import OPEN_ACL, allow, group, interface, item, table, vpc
from tests.scan.vulnerabilities.conftest import osv
from tests.services.inspector.conftest import Assessed

INSTANCE = "i-0eeeeeeeeeeeeeee1"
CVE, NETWORK = "Common Vulnerabilities and Exposures", "Network Reachability"


@pytest.fixture
def database(assessed: Assessed, tmp_path: Path) -> Iterator[None]:
    record = osv(
        "DSA-1-1",
        "Debian:12",
        "bash",
        {"introduced": "0"},
        {"fixed": "5.3-1"},
        related=["CVE-2026-1007"],
        severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    )
    (tmp_path / "records.jsonl").write_text(json.dumps(record) + "\n")
    path = assessed.account.home / FILE_NAME
    build(path, folder_sources(tmp_path), datetime(2026, 11, 26, tzinfo=UTC))
    yield
    path.unlink()


def have_network(assessed: Assessed, source: str = "0.0.0.0/0") -> None:
    """Have a VPC collected in which the instance's SSH is open to the internet, or to others."""
    found = [
        *vpc(item("Instance", INSTANCE, instanceId=INSTANCE, state={"name": "running"}, vpcId="vpc-1")),
        OPEN_ACL,
        table(("0.0.0.0/0", "igw-1")),
        group("sg-1", allow(first=22, cidr=source)),
        interface(instance=INSTANCE),
    ]
    place = {"account": assessed.account.account_id, "region": assessed.account.region}
    items = [msgspec.structs.replace(one, **place) for one in found if one.resource_id != "i-1"]
    tagged = [
        msgspec.structs.replace(one, tags={"role": "open"} if one.resource_id == INSTANCE else {}) for one in items
    ]
    with closing(History(assessed.account.home / INVENTORY_FILE, sync=False)) as history:
        history.record(tagged, at=assessed.account.clock.now())


@pytest.mark.usefixtures("database")
def test_vulnerable_packages_and_open_ports_are_findings(assessed: Assessed) -> None:
    have_network(assessed)
    assessed.put("open", instance=INSTANCE)
    run = assessed.assess(assessed.template(assessed.target(role="open"), CVE, NETWORK))
    [vulnerable] = assessed.findings(run, rulesPackageArns=[assessed.package(CVE)])
    assert (vulnerable["id"], vulnerable["title"]) == (
        "CVE-2026-1007",
        f"Instance {INSTANCE} is vulnerable to CVE-2026-1007",
    )
    attributes = {one["key"]: one.get("value") for one in vulnerable["attributes"]}
    assert (attributes["package_name"], attributes["CVSS3_SCORE"]) == ("bash-5.2", "9.8")
    assert vulnerable["recommendation"] == "Update bash to 5.3-1 or later."
    ports = {one["id"]: one for one in assessed.findings(run, rulesPackageArns=[assessed.package(NETWORK)])}
    assert ports.keys() == {
        "Recognized port with listener reachable from the internet",
        "Network exposure from the internet",
    }
    open_port = ports["Recognized port with listener reachable from the internet"]
    assert "TCP port 22 which is associated with 'SSH' is reachable from the internet" in open_port["title"]
    told = {one["key"]: one["value"] for one in open_port["attributes"]}
    assert (told["PORT"], told["PROTOCOL"], told["ENI"], told["VPC"]) == ("22", "TCP", "eni-1", "vpc-1")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("source", "score", "reason"),
    [("0.0.0.0/0", "9.8", None), ("10.0.0.0/8", "8.8", "Attack Vector: No open network path leads from the internet to this host.")],
)  # fmt: skip
def test_what_the_internet_reaches_has_a_say_in_scores(
    assessed: Assessed, source: str, score: str, reason: str | None
) -> None:
    have_network(assessed, source)
    assessed.put("open", instance=INSTANCE)
    run = assessed.assess(assessed.template(assessed.target(role="open"), CVE))
    [found] = assessed.findings(run, rulesPackageArns=[assessed.package(CVE)])
    told = {one["key"]: one["value"] for one in found["attributes"]}
    assert (told["CVSS3_SCORE"], told["INSPECTOR_SCORE"], told.get("INSPECTOR_SCORE_ADJUSTMENT")) == (
        "9.8",
        score,
        reason,
    )


def test_the_network_is_assessed_without_agents(assessed: Assessed) -> None:
    have_network(assessed)
    run = assessed.assess(assessed.template(assessed.target(role="open"), NETWORK))
    assert assessed.run(run)["state"] == "COMPLETED"
    assert assessed.run(run)["findingCounts"]["Informational"] >= 1
