"""What is said of instances and addresses that cost money and do little."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules.advice import CheckResult, Status

LOW = "low-utilization-ec2-instances"
OK, WARNING, UNKNOWN = Status.OK, Status.WARNING, Status.NOT_AVAILABLE


def measures(cpu: Any, network: Any = 1000.0) -> dict[tuple[str, str], Any]:
    return {("CPUUtilization", "thing"): cpu, ("NetworkIn", "thing"): network, ("NetworkOut", "thing"): network}


@pytest.mark.parametrize(
    ("cpu", "network", "status"),
    [
        (3.0, 1000.0, WARNING),
        (10.0, 2_500_000.0, WARNING),
        (10.1, 1000.0, OK),
        (3.0, 2_500_001.0, OK),
        ([3.0] * 4 + [50.0] * 10, 1000.0, WARNING),
        ([3.0] * 3 + [50.0] * 11, 1000.0, OK),
        ([3.0] * 4 + [None] * 10, 1000.0, WARNING),
        ([3.0] * 3 + [None] * 11, 1000.0, UNKNOWN),
        ([3.0] * 7 + [None] * 7, [None] * 7 + [1.0] * 7, UNKNOWN),
        ([None] * 14, 1000.0, UNKNOWN),
        ("Throttling", 1000.0, UNKNOWN),
    ],
)
def test_a_quiet_instance_is_told_of(
    cpu: Any, network: Any, status: Status, advised: Callable[..., CheckResult], item: Callable[..., Item]
) -> None:
    instance = item("AWS::EC2::Instance", {"state": {"name": "running"}, "instanceType": "m5.large"})
    result = advised(LOW, [instance], measures(cpu, network), {("instance-hour", "m5.large/linux"): "0.1"})
    assert result.status is status
    assert (result.monthly_savings > 0) == (status is WARNING)
    if status is UNKNOWN:
        assert "1 of 1 resources cannot be judged" in result.reason


def test_a_quiet_instance_costs_the_days_on_which_it_was_quiet(
    advised: Callable[..., CheckResult], item: Callable[..., Item]
) -> None:
    instance = item(
        "AWS::EC2::Instance", {"state": {"name": "running"}, "instanceType": "m5.large"},
        tags={"Name": "idler"}, availability_zone="eu-west-1a",
    )  # fmt: skip
    quiet = [3.0] * 7 + [50.0] * 7
    (row,) = advised(LOW, [instance], measures(quiet), {("instance-hour", "m5.large/linux"): "0.1"}).resources
    assert row.metadata[:6] == ("eu-west-1a", "thing", "idler", "m5.large", "$36.50", "3.0%  0.00MB")
    assert row.metadata[-3:] == ("26.5%", "0.00MB", "7 days")
    assert row.commands == (("ec2", "stop-instances", "--instance-ids", "thing"),)


def test_what_cannot_be_quiet_is_left_out(advised: Callable[..., CheckResult], item: Callable[..., Item]) -> None:
    young = item("AWS::EC2::Instance", {"state": {"name": "running"}}, created_at=datetime(2026, 2, 27, tzinfo=UTC))
    stopped = item("AWS::EC2::Instance", {"state": {"name": "stopped"}})
    result = advised(LOW, [young, stopped])
    assert (result.status, result.resources) == (OK, ())


@pytest.mark.parametrize(
    ("address", "state", "status"),
    [
        ({}, None, WARNING),
        ({"instanceId": "i-1", "associationId": "a-1"}, "stopped", WARNING),
        ({"instanceId": "i-1", "associationId": "a-1"}, None, WARNING),
        ({"instanceId": "i-1", "associationId": "a-1"}, "running", OK),
        ({"networkInterfaceId": "eni-1", "associationId": "a-1"}, None, OK),
    ],
)
def test_an_address_serves_something_that_runs(
    address: dict[str, str], state: str | None, status: Status,
    advised: Callable[..., CheckResult], item: Callable[..., Item],
) -> None:  # fmt: skip
    items = [item("AWS::EC2::EIP", {"publicIp": "1.2.3.4", **address})]
    if state:
        items.append(item("AWS::EC2::Instance", {"state": {"name": state}}, resource_id="i-1"))
    (row,) = advised("unassociated-elastic-ip-addresses", items).resources
    assert (row.status, row.metadata) == (status, ("eu-west-1", "1.2.3.4"))
    assert len(row.commands) == (status is WARNING) * (1 + ("associationId" in address))
