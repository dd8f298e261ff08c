"""EC2 instances that are paid for and hardly used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import fmean

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.metrics import DAY, Metric
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import days, megabytes, money, named, percent, zone
from garrison.rules.advice.storage import VOLUME, attached_cost
from garrison.rules.reading import Unseen, text

INSTANCE = "AWS::EC2::Instance"
DAYS = 14
MOST_CPU_PERCENT = 10
MOST_NETWORK_BYTES = 5_000_000
FEWEST_DAYS = 4


def while_running(instance: Item) -> Mapping[str, str] | None:
    """The dimensions of an instance that runs."""
    return {"InstanceId": instance.resource_id} if text(instance, "state", "name") == "running" else None


CPU = Metric(INSTANCE, "AWS/EC2", "CPUUtilization", while_running, "Average", DAYS, most_gaps=1 - FEWEST_DAYS / DAYS)
NETWORK_IN = Metric(INSTANCE, "AWS/EC2", "NetworkIn", while_running, "Sum", DAYS, most_gaps=1 - FEWEST_DAYS / DAYS)
NETWORK_OUT = Metric(INSTANCE, "AWS/EC2", "NetworkOut", while_running, "Sum", DAYS, most_gaps=1 - FEWEST_DAYS / DAYS)


@check(
    "Qch7DwouX1", "low-utilization-ec2-instances", Category.COST_OPTIMIZING, on=INSTANCE,
    metrics=(CPU, NETWORK_IN, NETWORK_OUT),
    name="Low Utilization Amazon EC2 Instances", chinese_name="低利用率 Amazon EC2 实例",
    columns=(
        "Region/AZ", "Instance ID", "Instance Name", "Instance Type", "Estimated Monthly Savings",
        *(f"Day {day}" for day in range(1, DAYS + 1)),
        "14-Day Average CPU Utilization", "14-Day Average Network I/O", "Number of Days Low Utilization",
    ),
    fix="Stop or terminate the instance, or make it smaller.",
)  # fmt: skip
def low_utilization(instance: Item, inputs: Inputs) -> Advised | None:
    """A running instance used more than 10 % of its CPU, or moved more than 5 MB, on all but three of the last 14 days.

    Source: AWS Support User Guide, "Low Utilization Amazon EC2 Instances".
    """
    if while_running(instance) is None or inputs.is_younger(instance, FEWEST_DAYS * DAY):
        return None
    cpu = inputs.series(CPU, instance).values
    network = [
        None if one is None or other is None else one + other
        for one, other in zip(
            inputs.series(NETWORK_IN, instance).values, inputs.series(NETWORK_OUT, instance).values, strict=True
        )
    ]
    both = [(one, other) for one, other in zip(cpu, network, strict=True) if one is not None and other is not None]
    if len(both) < FEWEST_DAYS:
        raise Unseen(f"CPU and network were measured together on {len(both)} of {DAYS} days")
    low = sum(one <= MOST_CPU_PERCENT and other <= MOST_NETWORK_BYTES for one, other in both)
    savings = _savings(instance, inputs, low) if low >= FEWEST_DAYS else None
    daily = (
        None if one is None or other is None else f"{percent(one)}  {megabytes(other)}"
        for one, other in zip(cpu, network, strict=True)
    )
    return advised(
        instance,
        Status.WARNING if low >= FEWEST_DAYS else Status.OK,
        zone(instance), instance.resource_id, named(instance), text(instance, "instanceType"), money(savings), *daily,
        percent(fmean(one for one, _ in both)),
        megabytes(fmean(other for _, other in both)),
        days(low),
        savings=savings,
        commands=[("ec2", "stop-instances", "--instance-ids", instance.resource_id)],
    )  # fmt: skip


def _savings(instance: Item, inputs: Inputs, low: int) -> Decimal | None:
    """The price of the days on which it was hardly used, of a month."""
    platform = "windows" if (text(instance, "platform") or "").lower() == "windows" else "linux"
    monthly = inputs.prices.monthly("instance-hour", instance.region, f"{text(instance, 'instanceType')}/{platform}")
    return None if monthly is None else monthly * low / DAYS


_STOPPED = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) GMT\)")
"""When, in `User initiated (2026-01-02 03:04:05 GMT)`."""
_LONGEST_STOP = timedelta(days=30)


@check(
    "c18d2gz150", "ec2-instances-stopped", Category.COST_OPTIMIZING, on=INSTANCE, also={VOLUME: ()},
    name="Amazon EC2 instances stopped", chinese_name="已停止的 Amazon EC2 实例",
    columns=COLUMNS,
    fix="Terminate the instance if nobody needs it: its volumes are still paid for.",
)  # fmt: skip
def stopped_instance(instance: Item, inputs: Inputs) -> Advised | None:
    """An instance has not been stopped for more than 30 days.

    Source: AWS Support User Guide, "Amazon EC2 instances stopped"; AWS Config Developer Guide, "ec2-stopped-instance".
    """
    if text(instance, "state", "name") != "stopped":
        return row(instance, inputs, Status.OK, "EC2_STOPPED_INSTANCE", _ALLOWED)
    found = _STOPPED.search(text(instance, "stateTransitionReason") or "")
    if found is None:
        raise Unseen("stateTransitionReason: it does not say since when the instance is stopped")
    stopped_at = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    if inputs.now - stopped_at <= _LONGEST_STOP:
        return row(instance, inputs, Status.OK, "EC2_STOPPED_INSTANCE", _ALLOWED)
    terminate = ("ec2", "terminate-instances", "--instance-ids", instance.resource_id)
    return row(
        instance, inputs, Status.WARNING, "EC2_STOPPED_INSTANCE", _ALLOWED,
        savings=attached_cost(instance, inputs), commands=[terminate],
    )  # fmt: skip


_ALLOWED = {"AllowedDays": str(_LONGEST_STOP.days)}
