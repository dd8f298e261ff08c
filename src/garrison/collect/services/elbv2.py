"""Elastic Load Balancing: application, network and gateway load balancers with listeners, their rules, and target groups."""

from __future__ import annotations

from garrison.collect.declaration import At, Batch, Call, Part, Place, Service, Tie, Type

_BALANCERS = Call("DescribeLoadBalancers", "LoadBalancers[]")
_TAGS = Call("DescribeTags", "TagDescriptions[]", each=_BALANCERS, batch=Batch("ResourceArns", "LoadBalancerArn", 20))
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"

LOAD_BALANCER = Type(
    _BALANCER,
    _BALANCERS,
    id="LoadBalancerArn",
    arn="LoadBalancerArn",
    title="LoadBalancerName",
    created="CreatedTime",
    ties=(
        Tie("Is contained in Vpc", "AWS::EC2::VPC", "VpcId"),
        Tie("Is attached to Subnet", "AWS::EC2::Subnet", "AvailabilityZones[].SubnetId"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "SecurityGroups[]"),
    ),
    parts=(
        Part(
            "LoadBalancerAttributes",
            Call("DescribeLoadBalancerAttributes", params={"LoadBalancerArn": At("LoadBalancerArn")}),
            "Attributes",
        ),
        Part("", _TAGS, "Tags", into=Place.TAGS, on=("ResourceArn", "LoadBalancerArn")),
    ),
)
_LISTENERS = Call(
    "DescribeListeners", "Listeners[]", params={"LoadBalancerArn": At("LoadBalancerArn")}, each=_BALANCERS
)
LISTENER = Type(
    "AWS::ElasticLoadBalancingV2::Listener",
    _LISTENERS,
    id="ListenerArn",
    arn="ListenerArn",
    secrets=("DefaultActions[].AuthenticateOidcConfig.ClientSecret",),
    ties=(Tie("Is attached to LoadBalancer", _BALANCER, "LoadBalancerArn"),),
)
LISTENER_RULE = Type(
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    Call("DescribeRules", "Rules[]", params={"ListenerArn": At("ListenerArn")}, each=_LISTENERS),
    id="RuleArn",
    arn="RuleArn",
    added={"ListenerArn": "^ListenerArn"},
    secrets=("Actions[].AuthenticateOidcConfig.ClientSecret",),
    ties=(Tie("Is attached to Listener", "AWS::ElasticLoadBalancingV2::Listener", "^ListenerArn"),),
)
TARGET_GROUP = Type(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    Call("DescribeTargetGroups", "TargetGroups[]"),
    id="TargetGroupArn",
    arn="TargetGroupArn",
    title="TargetGroupName",
    ties=(
        Tie("Is contained in Vpc", "AWS::EC2::VPC", "VpcId"),
        Tie("Is attached to LoadBalancer", _BALANCER, "LoadBalancerArns[]"),
    ),
    parts=(
        Part(
            "TargetHealthDescriptions",
            Call("DescribeTargetHealth", params={"TargetGroupArn": At("TargetGroupArn")}),
            "TargetHealthDescriptions",
        ),
        Part(
            "TargetGroupAttributes",
            Call("DescribeTargetGroupAttributes", params={"TargetGroupArn": At("TargetGroupArn")}),
            "Attributes",
        ),
    ),
)

SERVICE = Service("elbv2", (LOAD_BALANCER, LISTENER, LISTENER_RULE, TARGET_GROUP))
