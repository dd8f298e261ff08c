"""What holds of every check: what breaks or cannot be seen is not available, with the reason, and never ok."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from garrison.items import Item
from garrison.rules import Inventory
from garrison.rules.advice import Category, Check, CheckResult, Inputs, Status, advise, checks, queries
from garrison.rules.advice.check import Said
from garrison.rules.advice.check import advised as say

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ALL = sorted(checks().values(), key=lambda one: one.id)
EIP = "AWS::EC2::EIP"


def made(function: Callable[[Item, Inputs], Said]) -> Check:
    return Check(
        "garrison-x", "x", "X", "X", Category.SECURITY, "…", ("Region",), "…", (EIP,), function, {EIP: frozenset()}
    )


def test_a_check_that_breaks_is_not_available_and_says_why(item: Callable[..., Item]) -> None:
    def broken(address: Item, inputs: Inputs) -> Said:
        raise KeyError("oops")

    inputs = Inputs(Inventory("111122223333", [item(EIP)], at=NOW))
    result = advise(made(broken), inputs)
    assert (result.status, result.is_broken) == (Status.NOT_AVAILABLE, True)
    assert "KeyError" in result.reason
    assert advise(made(lambda one, _: say(one, Status.OK)), inputs).is_broken, "too few values for its columns"


def test_what_could_not_be_listed_is_never_ok(item: Callable[..., Item]) -> None:
    def fine(address: Item, inputs: Inputs) -> Said:
        return say(address, Status.OK, address.region)

    unseen = Inputs(Inventory("111122223333", [item(EIP)], at=NOW, unseen={EIP: "AccessDenied"}))
    result = advise(made(fine), unseen)
    assert (result.status, result.reason) == (Status.NOT_AVAILABLE, f"{EIP}: AccessDenied")
    assert [one.status for one in result.resources] == [Status.OK], "what was seen is told all the same"


@pytest.mark.parametrize("check", ALL, ids=[one.key for one in ALL])
def test_without_its_inputs_a_check_is_not_available(check: Check) -> None:
    assert check.needs, "it has to say what it reads"
    inventory = Inventory("111122223333", [], at=NOW, unseen=dict.fromkeys(check.needs, "AccessDenied"))
    result = advise(check, Inputs(inventory))
    assert result.status is Status.NOT_AVAILABLE
    assert "AccessDenied" in result.reason


@pytest.mark.parametrize("check", ALL, ids=[one.key for one in ALL])
def test_a_check_says_what_it_is(check: Check) -> None:
    assert "Source:" in check.description
    assert check.name and check.fix and (check.columns or check.is_of_account)
    assert any("\u4e00" <= one <= "\u9fff" for one in check.chinese_name)
    assert len(set(check.columns)) == len(check.columns)
    assert {metric.on for metric in check.metrics} <= check.needs.keys()


def test_metrics_are_asked_for_once_and_only_of_what_has_them(item: Callable[..., Item]) -> None:
    instances = [
        item("AWS::EC2::Instance", {"state": {"name": state}}, resource_id=name)
        for name, state in (("i-1", "running"), ("i-2", "stopped"))
    ]
    metrics = [metric for check in ALL for metric in check.metrics]
    wanted = queries([*metrics, *metrics], Inventory("111122223333", instances, at=NOW))
    assert len(set(wanted)) == len(wanted)
    assert {dict(one.dimensions)["InstanceId"] for one in wanted} == {"i-1"}


def test_the_sum_leaves_out_what_is_not_known(advised: Callable[..., CheckResult], item: Callable[..., Item]) -> None:
    addresses = [item(EIP, {"publicIp": f"1.2.3.{number}"}, resource_id=f"eipalloc-{number}") for number in range(3)]
    key = "unassociated-elastic-ip-addresses"
    assert advised(key, addresses, prices={("address-hour", "idle"): "0.005"}).monthly_savings == Decimal("10.95")
    unknown = advised(key, addresses)
    assert unknown.monthly_savings == 0
    assert {one.monthly_savings for one in unknown.flagged} == {None}
