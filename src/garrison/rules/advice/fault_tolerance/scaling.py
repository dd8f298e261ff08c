"""Auto Scaling groups that cannot replace what they lose."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.lookups import with_id
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, yes
from garrison.rules.managed.load_balancers import CLASSIC
from garrison.rules.reading import Unseen, flag, listed, number, objects, text, texts, value

GROUP, LAUNCH, TEMPLATE = (
    "AWS::AutoScaling::AutoScalingGroup", "AWS::AutoScaling::LaunchConfiguration", "AWS::EC2::LaunchTemplate",
)  # fmt: skip
TARGETS, SUBNET = "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::EC2::Subnet"


@check(
    "CLOG40CDO8", "auto-scaling-group-health-check", Category.FAULT_TOLERANCE, on=GROUP,
    name="Auto Scaling Group Health Check", chinese_name="Auto Scaling 组运行状况检查",
    columns=("Region", "Auto Scaling Group Name", "Load Balancer Associated", "Health Check", "Status"),
    fix="Go by the load balancer's health checks where there is one, and by EC2's where not (UpdateAutoScalingGroup).",
)  # fmt: skip
def health_check(group: Item, inputs: Inputs) -> Advised:
    """A group goes by its load balancer's health checks where it has one, and only then.

    Source: AWS Support User Guide, "Auto Scaling Group Health Check".
    """
    balanced = bool(texts(group, "loadBalancerNames") or texts(group, "targetGroupARNs"))
    kind = text(group, "healthCheckType")
    if kind is None:
        raise Unseen("healthCheckType: not in the configuration")
    fits = ("ELB" in listed(kind)) == balanced
    status = Status.OK if fits else Status.WARNING
    name = group.resource_name or group.resource_id
    command = (
        "autoscaling", "update-auto-scaling-group", "--auto-scaling-group-name", name,
        "--health-check-type", "ELB" if balanced else "EC2",
    )  # fmt: skip
    return advised(
        group, status, group.region, name, yes(balanced), kind, colour(status), commands=() if fits else [command]
    )


@check(
    "8CNsSllI5v", "auto-scaling-group-resources", Category.FAULT_TOLERANCE, on=GROUP,
    also={CLASSIC: (), TARGETS: (), LAUNCH: (), TEMPLATE: ()},
    name="Auto Scaling Group Resources", chinese_name="Auto Scaling 组资源",
    columns=("Status", "Region", "Auto Scaling Group Name", "Launch Type", "Resource Type", "Resource Name"),
    fix="Attach what exists in place of what is gone (AttachLoadBalancerTargetGroups, UpdateAutoScalingGroup).",
)  # fmt: skip
def resources(group: Item, inputs: Inputs) -> Iterator[Advised]:
    """The load balancers, target groups and the launch configuration or template that a group names exist.

    Whether their images do is not looked at: images of others are not collected. Source: AWS Support User Guide, "Auto Scaling Group
    Resources".
    """
    launch = text(group, "launchConfigurationName")
    launch_type = "Launch Configuration" if launch else "Launch Template"
    template = text(group, "launchTemplate", "launchTemplateId")
    wanted = [("Load Balancer", CLASSIC, name) for name in texts(group, "loadBalancerNames")]
    wanted += [("Target Group", TARGETS, arn) for arn in texts(group, "targetGroupARNs")]
    wanted += [("Launch Configuration", LAUNCH, launch)] if launch else []
    wanted += [("Launch Template", TEMPLATE, template)] if template else []
    found = False
    for title, kind, name in wanted:
        if not _is_there(inputs, kind, name):
            found = True
            yield advised(
                group, Status.ERROR, colour(Status.ERROR), group.region, group.resource_name, launch_type, title, name
            )
    if not found:
        yield advised(group, Status.OK, colour(Status.OK), group.region, group.resource_name, launch_type, None, None)


def _is_there(inputs: Inputs, kind: str, name: str) -> bool:
    if kind == LAUNCH:  # groups name it, its id is the ARN
        return any(one.resource_name == name for one in inputs.items(kind))
    return with_id(inputs, kind, name) is not None


@check(
    "c18d2gz101", "auto-scaling-group-without-multiple-zones", Category.FAULT_TOLERANCE, on=GROUP,
    name="Amazon EC2 Auto Scaling is not deployed in multiple AZs or does not meet the minimum number of AZs",
    chinese_name="Amazon EC2 Auto Scaling 未部署在多个可用区中或未达到最少可用区数量",
    columns=COLUMNS, fix="Give the group subnets in a second zone (UpdateAutoScalingGroup).",
)  # fmt: skip
def multiple_zones(group: Item, inputs: Inputs) -> Advised:
    """A group launches into two zones at least.

    Source: AWS Support User Guide, "Amazon EC2 Auto Scaling is not deployed in multiple AZs".
    """
    zones = set(texts(group, "availabilityZones"))
    if not zones:
        raise Unseen("availabilityZones: not in the configuration")
    return row(group, inputs, Status.OK if len(zones) > 1 else Status.ERROR, "autoscaling-multiple-az")


@check(
    "c18d2gz103", "auto-scaling-group-without-capacity-rebalancing", Category.FAULT_TOLERANCE, on=GROUP,
    name="Amazon EC2 Auto Scaling Group has Capacity Rebalancing Enabled",
    chinese_name="Amazon EC2 Auto Scaling 组已启用容量再平衡",
    columns=COLUMNS, fix="Turn on capacity rebalancing (UpdateAutoScalingGroup).",
)  # fmt: skip
def capacity_rebalancing(group: Item, inputs: Inputs) -> Advised | None:
    """A group of many instance types replaces spot instances before they are taken away.

    Source: AWS Support User Guide, "Amazon EC2 Auto Scaling Group has Capacity Rebalancing Enabled".
    """
    if not value(group, "mixedInstancesPolicy"):
        return None
    is_on = flag(group, "capacityRebalance") is True
    return row(group, inputs, Status.OK if is_on else Status.WARNING, "autoscaling-capacity-rebalancing")


@check(
    "Cjxm268ch1", "auto-scaling-available-ips-in-subnets", Category.FAULT_TOLERANCE, on=GROUP,
    also={SUBNET: ()},
    name="Auto Scaling available IPs in Subnets", chinese_name="子网中 Auto Scaling 可用的 IP 地址",
    columns=(
        "Status", "Region", "Resource ARN", "Maximum instances that can be created", "Number of available instances",
    ),
    fix="Give the group larger subnets, or more of them.",
)  # fmt: skip
def available_addresses(group: Item, inputs: Inputs) -> Advised | None:
    """The subnets of a group have an address for each instance that it may still launch.

    Source: AWS Support User Guide, "Auto Scaling available IPs in Subnets".
    """
    names = listed(text(group, "vpczoneIdentifier"))
    if not names:
        return None
    most = number(group, "maxSize")
    if most is None:
        raise Unseen("maxSize: not in the configuration")
    left = max(int(most) - len(objects(group, "instances")), 0)
    free = 0
    for name in names:
        subnet = with_id(inputs, SUBNET, name)
        count = None if subnet is None else number(subnet, "availableIpAddressCount")
        if count is None:
            raise Unseen(f"{SUBNET} {name}: its free addresses are not told")
        free += int(count)
    status = Status.OK if left <= free else Status.ERROR
    return advised(group, status, colour(status), group.region, group.arn, str(left), str(free))
