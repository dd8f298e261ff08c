"""Lambda functions that reach their VPC through one zone only."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import zones
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.security.functions import FUNCTION, INVOCATIONS, invocations
from garrison.rules.advice.showing import colour
from garrison.rules.reading import text, texts


@check(
    "L4dfs2Q4C6", "aws-lambda-vpc-enabled-functions-without-multi-az-redundancy", Category.FAULT_TOLERANCE, on=FUNCTION,
    also={"AWS::EC2::Subnet": ()}, metrics=(INVOCATIONS,),
    name="AWS Lambda VPC-enabled Functions without Multi-AZ Redundancy",
    chinese_name="没有多可用区冗余的启用了 VPC 的 AWS Lambda 函数",
    columns=("Status", "Region", "Function ARN", "VPC ID", "Average Daily Invokes", "Last Updated Time"),
    fix="Give the function a subnet in a second zone (UpdateFunctionConfiguration with VpcConfig).",
)  # fmt: skip
def function_zones(function: Item, inputs: Inputs) -> Advised | None:
    """A function in a VPC has subnets in two zones at least.

    Source: AWS Support User Guide, "AWS Lambda VPC-enabled Functions without Multi-AZ Redundancy".
    """
    subnets = texts(function, "vpcConfig", "subnetIds")
    if not subnets:
        return None
    status = Status.OK if len(zones(inputs, subnets)) > 1 else Status.WARNING
    return advised(
        function, status, colour(status), function.region, function.arn, text(function, "vpcConfig", "vpcId"),
        invocations(function, inputs), inputs.now.isoformat(),
    )  # fmt: skip
