"""What an account may have, and how much of it is in use, as far as services tell: `services/ec2.py` and `services/iam.py` collect it.

Parts of the account's own item: of each region, and of what belongs to none.
"""

from __future__ import annotations

from garrison.collect.declaration import Call, Part


def _applied(service: str) -> Part:
    """The quotas that Service Quotas knows of a service."""
    call = Call("ListServiceQuotas", params={"ServiceCode": service}, service="service-quotas")
    return Part(f"{service.upper()}ServiceQuotas", call, "Quotas")


def _owned(kind: str) -> Part:
    """How many of a kind of thing of Route 53's an account has, and may have."""
    return Part(f"Route53_{kind}", Call("GetAccountLimit", params={"Type": kind}, service="route53"))


REGIONAL_QUOTAS = (
    _applied("ec2"),
    _applied("ebs"),
    _applied("vpc"),
    Part("RDSQuotas", Call("DescribeAccountAttributes", service="rds"), "AccountQuotas"),
    Part("ClassicLoadBalancerLimits", Call("DescribeAccountLimits", service="elb"), "Limits"),
    Part("LoadBalancerLimits", Call("DescribeAccountLimits", service="elbv2"), "Limits"),
    Part("AutoScalingLimits", Call("DescribeAccountLimits", service="autoscaling")),
    Part("CloudFormationLimits", Call("DescribeAccountLimits", service="cloudformation"), "AccountLimits"),
    Part("LambdaSettings", Call("GetAccountSettings", service="lambda")),
    Part("KinesisLimits", Call("DescribeLimits", service="kinesis")),
    Part("DynamoDBLimits", Call("DescribeLimits", service="dynamodb")),
    Part("SESQuota", Call("GetSendQuota", service="ses")),
)
"""Of a region."""
GLOBAL_QUOTAS = (
    _owned("MAX_HOSTED_ZONES_BY_OWNER"),
    _owned("MAX_HEALTH_CHECKS_BY_OWNER"),
    _owned("MAX_REUSABLE_DELEGATION_SETS_BY_OWNER"),
    _owned("MAX_TRAFFIC_POLICIES_BY_OWNER"),
    _owned("MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER"),
)
"""Of services that have no region."""
