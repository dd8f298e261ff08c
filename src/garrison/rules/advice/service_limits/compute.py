"""Quotas of load balancers, Auto Scaling, CloudFormation, Lambda, Kinesis and SES."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from garrison.items import GLOBAL, Item
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.quotas import Limit, Use, Uses, accounts, limit, per_region, rows, told
from garrison.rules.managed.load_balancers import BALANCER, CLASSIC
from garrison.rules.reading import Unseen, number, text
from garrison.rules.registry import ACCOUNT

STACK, GROUP = "AWS::CloudFormation::Stack", "AWS::AutoScaling::AutoScalingGroup"
LAUNCH, STREAM = "AWS::AutoScaling::LaunchConfiguration", "AWS::Kinesis::Stream"


def listed(
    resource_type: str,
    place: str,
    name: str,
    value: str,
    amount: Callable[[Item], float | None] = lambda item: 1,
) -> Uses:
    """Resources counted against one of the limits that a service lists by name."""

    def uses(inputs: Inputs) -> Iterator[Use]:
        for region, used in sorted(per_region(inputs, resource_type, amount).items()):
            most = next((number(one, value) for one in rows(inputs, region, place) if text(one, "name") == name), None)
            yield Use(region, used, most)

    return uses


def of_settings(
    resource_type: str, place: str, most: str, amount: Callable[[Item], float | None] = lambda item: 1
) -> Uses:
    """Resources counted against a limit that a service tells by itself."""

    def uses(inputs: Inputs) -> Iterator[Use]:
        for region, used in sorted(per_region(inputs, resource_type, amount).items()):
            yield Use(region, used, number(told(inputs, region, place), most))

    return uses


def both_told(place: str, used: tuple[str, ...], most: tuple[str, ...]) -> Uses:
    """What a service tells of use and limit alike; raises `Unseen` where it was not collected."""

    def uses(inputs: Inputs) -> Iterator[Use]:
        regions = [region for region in accounts(inputs) if region != GLOBAL]
        found = {region: told(inputs, region, place) for region in sorted(regions)}
        if not all(found.values()) or not found:
            raise Unseen(f"{place}: not collected")
        for region, said in found.items():
            in_use, may_be = number(said, *used), number(said, *most)
            if in_use is None or may_be is None:
                raise Unseen(f"{place}: does not tell of use and limit")
            if may_be >= 0:  # SES writes -1 where there is no limit
                yield Use(region, in_use, may_be)

    return uses


def of_type(kind: str) -> Callable[[Item], float | None]:
    """One for a load balancer of a type."""
    return lambda balancer: 1 if text(balancer, "type") == kind else None


limit(
    "EM8b3yLRTr", "elb-application-load-balancers", Limit("ELB", "Active Application Load Balancers"),
    listed(BALANCER, "LoadBalancerLimits", "application-load-balancers", "max", of_type("application")),
    name="ELB Application Load Balancers", chinese_name="ELB Application Load Balancer（应用程序负载均衡器）",
    needs={BALANCER: (), ACCOUNT: ("LoadBalancerLimits",)},
)  # fmt: skip
limit(
    "8wIqYSt25K", "elb-network-load-balancers", Limit("ELB", "Active Network Load Balancers"),
    listed(BALANCER, "LoadBalancerLimits", "network-load-balancers", "max", of_type("network")),
    name="ELB Network Load Balancers", chinese_name="ELB Network Load Balancer（网络负载均衡器）",
    needs={BALANCER: (), ACCOUNT: ("LoadBalancerLimits",)},
)  # fmt: skip
limit(
    "iK7OO0l7J9", "elb-classic-load-balancers", Limit("ELB", "Active load balancers"),
    listed(CLASSIC, "ClassicLoadBalancerLimits", "classic-load-balancers", "max"),
    name="ELB Classic Load Balancers", chinese_name="ELB Classic Load Balancer（经典负载均衡器）",
    needs={CLASSIC: (), ACCOUNT: ("ClassicLoadBalancerLimits",)},
)  # fmt: skip
limit(
    "fW7HH0l7J9", "auto-scaling-groups", Limit("AutoScaling", "Auto Scaling groups"),
    of_settings(GROUP, "AutoScalingLimits", "maxNumberOfAutoScalingGroups"),
    name="Auto Scaling Groups", chinese_name="Auto Scaling 组",
    needs={GROUP: (), ACCOUNT: ("AutoScalingLimits",)},
)  # fmt: skip
limit(
    "aW7HH0l7J9", "auto-scaling-launch-configurations", Limit("AutoScaling", "Launch configurations"),
    of_settings(LAUNCH, "AutoScalingLimits", "maxNumberOfLaunchConfigurations"),
    name="Auto Scaling Launch Configurations", chinese_name="Auto Scaling 启动配置",
    needs={LAUNCH: (), ACCOUNT: ("AutoScalingLimits",)},
)  # fmt: skip
limit(
    "gW7HH0l7J9", "cloudformation-stacks", Limit("CloudFormation", "Stacks"),
    listed(STACK, "CloudFormationLimits", "StackLimit", "value"),
    name="CloudFormation Stacks", chinese_name="CloudFormation 堆栈",
    needs={STACK: (), ACCOUNT: ("CloudFormationLimits",)},
)  # fmt: skip
limit(
    "bW7HH0l7J9", "kinesis-shards-per-region", Limit("Kinesis", "Shards per region"),
    of_settings(STREAM, "KinesisLimits", "shardLimit", lambda stream: number(stream, "ShardCount") or 0),
    name="Kinesis Shards per Region", chinese_name="每个区域的 Kinesis 分片",
    needs={STREAM: (), ACCOUNT: ("KinesisLimits",)},
)  # fmt: skip
limit(
    "hJ7NN0l7J9", "ses-daily-sending-quota", Limit("SES", "Daily sending quota"),
    both_told("SESQuota", ("sentLast24Hours",), ("max24HourSend",)),
    name="SES Daily Sending Quota", chinese_name="SES 每日发送配额", needs={ACCOUNT: ("SESQuota",)},
)  # fmt: skip
limit(
    None, "lambda-code-storage", Limit("Lambda", "Code storage (bytes)"),
    both_told("LambdaSettings", ("accountUsage", "totalCodeSize"), ("accountLimit", "totalCodeSize")),
    name="Lambda code storage of each region", chinese_name="每个区域的 Lambda 代码存储", needs={ACCOUNT: ("LambdaSettings",)},
    source='"Lambda Code Storage Usage" (c1dfprch07), which lists functions and their versions where this one gives the sum',
)  # fmt: skip
