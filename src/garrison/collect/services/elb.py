"""Elastic Load Balancing, classic load balancers."""

from __future__ import annotations

from garrison.collect.declaration import At, Batch, Call, Part, Place, Service, Tie, Type

_BALANCERS = Call("DescribeLoadBalancers", "LoadBalancerDescriptions[]")
_TAGS = Call(
    "DescribeTags", "TagDescriptions[]", each=_BALANCERS, batch=Batch("LoadBalancerNames", "LoadBalancerName", 20)
)

LOAD_BALANCER = Type(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    _BALANCERS,
    id="LoadBalancerName",
    arn="arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{LoadBalancerName}",
    title="LoadBalancerName",
    created="CreatedTime",
    ties=(
        Tie("Is contained in Vpc", "AWS::EC2::VPC", "VPCId"),
        Tie("Is attached to Subnet", "AWS::EC2::Subnet", "Subnets[]"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "SecurityGroups[]"),
    ),
    parts=(
        Part(
            "LoadBalancerAttributes",
            Call("DescribeLoadBalancerAttributes", params={"LoadBalancerName": At("LoadBalancerName")}),
            "LoadBalancerAttributes",
        ),
        Part(
            "LoadBalancerPolicies",
            Call("DescribeLoadBalancerPolicies", params={"LoadBalancerName": At("LoadBalancerName")}),
            "PolicyDescriptions",
        ),
        Part("", _TAGS, "Tags", into=Place.TAGS, on=("LoadBalancerName", "LoadBalancerName")),
    ),
)

SERVICE = Service("elb", (LOAD_BALANCER,))
