"""Reserved instances that run out, and instances that none is reserved for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.prices import HOURS_A_MONTH
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, money, plain
from garrison.rules.reading import Unseen, moment, number, objects, text
from garrison.rules.registry import ACCOUNT

RESERVED, INSTANCE = "AWS::EC2::ReservedInstances", "AWS::EC2::Instance"
_SOON = timedelta(days=30)
_STEADY = timedelta(days=30)


@check(
    "1e93e4c0b5", "ec2-reserved-instance-lease-expiration", Category.COST_OPTIMIZING, on=RESERVED,
    name="Amazon EC2 Reserved Instance Lease Expiration", chinese_name="Amazon EC2 预留实例租期到期",
    columns=(
        "Status", "Zone", "Instance Type", "Platform", "Instance Count", "Current Monthly Cost", "Estimated Monthly Savings",
        "Expiration Date", "Reserved Instance ID", "Reason",
    ),
    fix="Reserve again what is still needed: reserved instances do not renew themselves.",
)  # fmt: skip
def expiring_lease(lease: Item, inputs: Inputs) -> Advised | None:
    """A lease of reserved instances neither ends within 30 days nor ended within the last 30.

    Source: AWS Support User Guide, "Amazon EC2 Reserved Instance lease expiration".
    """
    end = moment(lease, "end")
    if text(lease, "state") not in ("active", "retired"):
        return None
    if end is None:
        raise Unseen("end: not in the configuration")
    left = end - inputs.now
    if left < -_SOON:
        return None
    reason = "Lease expired in the preceding 30 days" if left < timedelta() else "Lease expires in less than 30 days"
    status = Status.WARNING if left <= _SOON else Status.OK
    count = number(lease, "instanceCount") or 1
    name = f"{text(lease, 'instanceType')}/{_system(text(lease, 'productDescription') or '')}"
    monthly = inputs.prices.monthly("instance-hour", lease.region, name)
    on_demand = monthly * Decimal(str(count)) if monthly is not None else None
    reserved = _monthly_cost(lease, count)
    savings = max(on_demand - reserved, Decimal()) if on_demand is not None and status is Status.WARNING else None
    return advised(
        lease, status,
        colour(status), text(lease, "availabilityZone") or lease.region, text(lease, "instanceType"),
        text(lease, "productDescription"), plain(count), money(reserved), money(savings), end.date().isoformat(),
        lease.resource_id, reason if status is Status.WARNING else None,
        savings=savings,
    )  # fmt: skip


def _monthly_cost(lease: Item, count: float) -> Decimal:
    """What the instances cost a month: the upfront price over the term, and what recurs."""
    seconds = number(lease, "duration") or 0
    hourly = Decimal(str(number(lease, "usagePrice") or 0))
    if seconds:
        hourly += Decimal(str(number(lease, "fixedPrice") or 0)) / Decimal(str(seconds)) * 3600
    hourly += sum((Decimal(str(number(one, "amount") or 0)) for one in objects(lease, "recurringCharges")), Decimal())
    return hourly * HOURS_A_MONTH * Decimal(str(count))


def _system(platform: str) -> str:
    return "windows" if platform.lower().startswith("windows") else "linux"


@check(
    None, "reservation-coverage", Category.COST_OPTIMIZING, on=ACCOUNT, also={RESERVED: (), INSTANCE: ()},
    name="Reserved instance coverage of steady Amazon EC2 instances", chinese_name="稳定运行的 Amazon EC2 实例的预留覆盖率",
    columns=(
        "Status", "Region", "Instance Type", "Platform", "Steady Instances", "Reserved Instances", "Not Covered",
        "Monthly Cost On Demand of What Is Not Covered",
    ),
    fix="Reserve instances of the type, or commit to a savings plan: Cost Explorer says which costs least.",
)  # fmt: skip
def reservation_coverage(inputs: Inputs) -> Iterator[Advised]:
    """Instances on demand that have run for 30 days are covered by reserved instances of their type.

    AWS asks Cost Explorer, which knows of every hour of use, of sizes within a family and of savings plans; Garrison sees instances and
    reserved instances, and says what it costs on demand, not what reserving saves.

    Source: AWS Support User Guide, "Amazon EC2 Reserved Instance optimization".
    """
    steady: Counter[tuple[str, str, str]] = Counter()
    for instance in inputs.items(INSTANCE):
        if _is_steady(instance, inputs):
            steady[_group(instance, text(instance, "platformDetails") or text(instance, "platform") or "")] += 1
    covered: Counter[tuple[str, str, str]] = Counter()
    for lease in inputs.items(RESERVED):
        if text(lease, "state") == "active":
            covered[_group(lease, text(lease, "productDescription") or "")] += int(number(lease, "instanceCount") or 0)
    for (region, kind, system), count in sorted(steady.items()):
        missing = max(0, count - covered[region, kind, system])
        price = inputs.prices.monthly("instance-hour", region, f"{kind}/{system}")
        status = Status.WARNING if missing else Status.OK
        yield Advised(
            f"{kind}/{system}", None, region, status,
            (
                colour(status), region, kind, system, str(count), str(covered[region, kind, system]), str(missing),
                money(price * missing) if price is not None else None,
            ),
        )  # fmt: skip


def _is_steady(instance: Item, inputs: Inputs) -> bool:
    """Whether an instance has run on demand, and for long."""
    launched, is_on_demand = moment(instance, "launchTime"), text(instance, "instanceLifecycle") is None
    is_running = text(instance, "state", "name") == "running"
    return is_running and is_on_demand and launched is not None and inputs.now - launched >= _STEADY


def _group(item: Item, platform: str) -> tuple[str, str, str]:
    return item.region, text(item, "instanceType") or "", _system(platform)
