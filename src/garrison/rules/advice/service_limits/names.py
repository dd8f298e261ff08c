"""Quotas of Route 53, which tells itself what is used and what may be."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.items import GLOBAL
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.quotas import Limit, Use, Uses, limit, told
from garrison.rules.reading import Unseen, number
from garrison.rules.registry import ACCOUNT

KINDS = (
    ("dx3xfcdfMr", "route-53-hosted-zones", "HOSTED_ZONES", "Route 53 Hosted Zones", "Route 53 托管区域"),
    ("ru4xfcdfMr", "route-53-max-health-checks", "HEALTH_CHECKS", "Route 53 Max Health Checks", "Route 53 最大运行状况检查数"),
    ("ty3xfcdfMr", "route-53-reusable-delegation-sets", "REUSABLE_DELEGATION_SETS", "Route 53 Reusable Delegation Sets", "Route 53 可重用委派集"),
    ("dx3xfbjfMr", "route-53-traffic-policies", "TRAFFIC_POLICIES", "Route 53 Traffic Policies", "Route 53 流量策略"),
    ("dx8afcdfMr", "route-53-traffic-policy-instances", "TRAFFIC_POLICY_INSTANCES", "Route 53 Traffic Policy Instances", "Route 53 流量策略实例"),
)  # fmt: skip
"""AWS's id, our key, Route 53's name of the limit, and the check's in English, which the limit has too, and in Chinese."""


def owned(place: str) -> Uses:
    """How many of a kind there are, and may be; raises `Unseen` where that was not collected."""

    def uses(inputs: Inputs) -> Iterator[Use]:
        said = told(inputs, GLOBAL, place)
        used, most = number(said, "count"), number(said, "limit", "value")
        if used is None or most is None:
            raise Unseen(f"{place}: not collected")
        yield Use(GLOBAL, used, most)

    return uses


for aws_id, key, counted_as, english, chinese in KINDS:
    part_of = f"Route53_MAX_{counted_as}_BY_OWNER"
    limit(
        aws_id, key, Limit("Route53", english), owned(part_of),
        name=english, chinese_name=chinese, needs={ACCOUNT: (part_of,)},
    )  # fmt: skip
