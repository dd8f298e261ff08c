"""CloudFront distributions that have nowhere to turn to."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.result import Advised, Status
from garrison.rules.reading import Unseen, objects, value

DISTRIBUTION = "AWS::CloudFront::Distribution"


@check(
    "c18d2gz112", "amazon-cloudfront-origin-failover", Category.FAULT_TOLERANCE, on=DISTRIBUTION,
    name="Amazon CloudFront Origin Failover", chinese_name="Amazon CloudFront 源站故障转移",
    columns=COLUMNS, fix="Put two origins into a group and send behaviours to it (UpdateDistribution).",
)  # fmt: skip
def origin_failover(distribution: Item, inputs: Inputs) -> Advised:
    """A distribution has a group of two origins, one of which steps in for the other.

    Source: AWS Support User Guide, "Amazon CloudFront Origin Failover".
    """
    if value(distribution, "distributionConfig") is None:
        raise Unseen("distributionConfig: not in the configuration")
    groups = objects(distribution, "distributionConfig", "originGroups", "items")
    fits = any(len(objects(one, "members", "items")) > 1 for one in groups)
    return row(distribution, inputs, Status.OK if fits else Status.WARNING, "cloudfront-origin-failover-enabled")
