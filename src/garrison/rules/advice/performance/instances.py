"""EC2 instances that are too busy, or that many rules slow down."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.cost_optimizing.instances import CPU, DAYS, FEWEST_DAYS, INSTANCE, while_running
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.metrics import DAY
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import named, percent, zone
from garrison.rules.reading import Unseen, objects, text, value

_GROUP = "AWS::EC2::SecurityGroup"
_MOST_CPU_PERCENT, _MOST_RULES = 90, 50


@check(
    "ZRxQlPsb6c", "high-utilization-ec2-instances", Category.PERFORMANCE, on=INSTANCE, metrics=(CPU,),
    name="High Utilization Amazon EC2 Instances", chinese_name="高利用率 Amazon EC2 实例",
    columns=(
        "Region/AZ", "Instance ID", "Instance Name", "Instance Type", *(f"Day {day}" for day in range(1, DAYS + 1)),
        "14-Day Average CPU Utilization", "Number of Days over 90% CPU Utilization",
    ),
    fix="Add instances, or make this one larger.",
)  # fmt: skip
def high_utilization(instance: Item, inputs: Inputs) -> Advised | None:
    """A running instance used more than 90 % of its CPU, on the average of a day, on three of the last 14 days at most.

    Source: AWS Support User Guide, "High CPU Utilization Amazon EC2 Instances".
    """
    if while_running(instance) is None or inputs.is_younger(instance, FEWEST_DAYS * DAY):
        return None
    series = inputs.series(CPU, instance)
    high = sum(one > _MOST_CPU_PERCENT for one in series.known)
    return advised(
        instance,
        Status.WARNING if high >= FEWEST_DAYS else Status.OK,
        zone(instance), instance.resource_id, named(instance), text(instance, "instanceType"),
        *(None if one is None else percent(one) for one in series.values), percent(fmean(series.known)), str(high),
    )  # fmt: skip


def rules_of(group: Item) -> tuple[int, int]:
    """How many rules a security group has, inbound and outbound: each source of each permission is one."""
    return _count(group, "ipPermissions"), _count(group, "ipPermissionsEgress")


def _count(group: Item, name: str) -> int:
    return sum(_sources(permission) for permission in objects(group, name))


def _sources(permission: Mapping[str, Any]) -> int:
    plain = permission.get("ipv4Ranges", permission.get("ipRanges"))
    others = (permission.get(name) for name in ("ipv6Ranges", "userIdGroupPairs", "prefixListIds"))
    return sum(len(one) for one in (plain, *others) if isinstance(one, list))


@check(
    "tfg86AVHAZ", "large-number-of-rules-in-a-security-group", Category.PERFORMANCE, on=_GROUP, also={INSTANCE: ()},
    name="Large Number of Rules in an EC2 Security Group", chinese_name="EC2 安全组中的规则过多",
    columns=(
        "Region", "Security Group Name", "Group ID", "Description", "Instance Count", "VPC ID", "Total Inbound Rules",
        "Total Outbound Rules",
    ),
    fix="Delete rules that overlap or that nobody needs, or use prefix lists.",
)  # fmt: skip
def large_group(group: Item, inputs: Inputs) -> Advised:
    """A security group of a VPC has at most 50 rules.

    Source: AWS Support User Guide, "Large Number of Rules in an EC2 Security Group".
    """
    inbound, outbound = rules_of(group)
    return advised(
        group,
        Status.WARNING if inbound + outbound > _MOST_RULES else Status.OK,
        group.region, text(group, "groupName"), group.resource_id, text(group, "description"),
        str(inputs.once(_instances_in).get(group.resource_id, 0)), text(group, "vpcId"), str(inbound), str(outbound),
    )  # fmt: skip


def _instances_in(inputs: Inputs) -> dict[str, int]:
    """By security group, how many instances have it."""
    found: dict[str, int] = {}
    for instance in inputs.items(INSTANCE):
        for group in objects(instance, "securityGroups"):
            name = text(group, "groupId") or ""
            found[name] = found.get(name, 0) + 1
    return found


@check(
    "j3DFqYTe29", "large-number-of-rules-of-an-instance", Category.PERFORMANCE, on=INSTANCE, also={_GROUP: ()},
    name="Large Number of EC2 Security Group Rules Applied to an Instance", chinese_name="应用于实例的 EC2 安全组规则过多",
    columns=("Region", "Instance ID", "Instance Name", "VPC ID", "Total Inbound Rules", "Total Outbound Rules"),
    fix="Delete rules that overlap or that nobody needs, or give the instance fewer groups.",
)  # fmt: skip
def many_rules(instance: Item, inputs: Inputs) -> Advised:
    """The security groups of an instance have at most 50 rules together.

    Source: AWS Support User Guide, "Large Number of EC2 Security Group Rules Applied to an Instance".
    """
    inbound = outbound = 0
    for one in objects(instance, "securityGroups"):
        group = inputs.inventory.with_id(_GROUP, text(one, "groupId") or "")
        if group is None:  # it may have been deleted between the two listings, or not have been seen
            raise Unseen(f"{_GROUP} {text(one, 'groupId')}: not among those collected")
        more_in, more_out = rules_of(group)
        inbound, outbound = inbound + more_in, outbound + more_out
    return advised(
        instance,
        Status.WARNING if inbound + outbound > _MOST_RULES else Status.OK,
        instance.region, instance.resource_id, named(instance), text(instance, "vpcId"), str(inbound), str(outbound),
    )  # fmt: skip


@check(
    "c18d2gz148", "ec2-paravirtual-instances", Category.PERFORMANCE, on=INSTANCE,
    name="EC2 Virtualization Type is Paravirtual", chinese_name="EC2 虚拟化类型为半虚拟化",
    columns=COLUMNS, fix="Move to an image and an instance type with hardware virtualization.",
)  # fmt: skip
def paravirtual(instance: Item, inputs: Inputs) -> Advised | None:
    """An instance's virtualization is not paravirtual.

    Source: AWS Support User Guide, "EC2 Virtualization Type is Paravirtual"; AWS Config Developer Guide,
    "ec2-paravirtual-instance-check".
    """
    found = text(instance, "virtualizationType")
    if found is None:
        return None
    status = Status.WARNING if found == "paravirtual" else Status.OK
    return row(instance, inputs, status, "EC2_PARAVIRTUAL_INSTANCE_CHECK")


@check(
    "c18d2gz102", "autoscaling-groups-without-launch-template", Category.PERFORMANCE,
    on="AWS::AutoScaling::AutoScalingGroup",
    name="Amazon EC2 Auto Scaling Group is not Associated with a Launch Template",
    chinese_name="Amazon EC2 Auto Scaling 组未关联启动模板",
    columns=COLUMNS, fix="Make a launch template of the launch configuration, and have the group use it.",
)  # fmt: skip
def with_launch_template(group: Item, inputs: Inputs) -> Advised:
    """An Auto Scaling group is made from a launch template.

    Source: AWS Support User Guide, "Amazon EC2 Auto Scaling Group is not Associated with a Launch Template"; AWS Config Developer
    Guide, "autoscaling-launch-template".
    """
    found = value(group, "launchTemplate") or value(group, "mixedInstancesPolicy", "launchTemplate")
    return row(group, inputs, Status.OK if found else Status.WARNING, "AUTOSCALING_LAUNCH_TEMPLATE")
