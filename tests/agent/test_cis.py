"""A CIS scan asks the agent of an enrolled host, tells it the scan's job, and is finished by what it reports."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import Any

from garrison.agent import identity
from garrison.agent.calls import Connection
from garrison.inventory import INVENTORY_FILE, History
from garrison.items import Item

from .conftest import Fleet, Machine
from .test_agent import age, described, enrolled
from .test_assessed import until


def collect(fleet: Fleet, instance: str, **tags: str) -> None:
    """Have an instance collected."""
    account = fleet.account
    item = Item(
        account=account.account_id,
        region=account.region,
        resource_type="AWS::EC2::Instance",
        resource_id=instance,
        arn=f"arn:aws:ec2:{account.region}:{account.account_id}:instance/{instance}",
        configuration={"imageId": "ami-1", "state": {"name": "running"}},
        captured_at=account.clock.now(),
        tags=tags,
    )
    with closing(History(account.home / INVENTORY_FILE, sync=False)) as history:
        history.record([item], at=account.clock.now())


def test_a_scan_is_joined_with_the_agents_next_report(fleet: Fleet, machine: Machine) -> None:
    enrolled(fleet, machine, "benchmarked")
    collect(fleet, described(fleet, "benchmarked")["Host"]["HostId"], stage="cis")
    fleet.garrison.put_host_job(Host="benchmarked", Parts=["INVENTORY"])
    assert machine.once().returncode == 0
    fleet.account.clock.shift(timedelta(seconds=65))
    inspector = fleet.account.client("inspector2")
    configuration = inspector.create_cis_scan_configuration(
        scanName="once",
        securityLevel="LEVEL_1",
        schedule={"oneTime": {}},
        targets={"accountIds": ["SELF"], "targetResourceTags": {"stage": ["cis"]}},
    )["scanConfigurationArn"]

    def asked() -> dict[str, Any]:
        return Connection(identity.load(machine.home / "own")).call("GetHostJobs", {})

    def scan(status: str) -> list[dict[str, Any]]:
        wanted = {"scanConfigurationArnFilters": [{"comparison": "EQUALS", "value": configuration}]}
        return [one for one in inspector.list_cis_scans(filterCriteria=wanted)["scans"] if one["status"] == status]

    told = until(lambda: (found := asked()).get("ScanNow") and found)
    assert len(told["CisScanJobs"]) == 1
    assert scan("IN_PROGRESS"), "a report without benchmarks does not count"
    fleet.garrison.put_host_job(Host="benchmarked", Parts=["INVENTORY", "BENCHMARKS"])
    age(machine, 120)
    assert machine.once().returncode == 0
    [finished] = until(lambda: scan("COMPLETED"))
    assert finished["totalChecks"] > finished["failedChecks"] > 0
    assert "CisScanJobs" not in asked()
