"""AWS Network Firewall: firewalls, policies, and what each firewall logs."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Service, Tie, Type

POLICY = Type(
    "AWS::NetworkFirewall::FirewallPolicy",
    Call(
        "DescribeFirewallPolicy",
        params={"FirewallPolicyArn": At("Arn")},
        each=Call("ListFirewallPolicies", "FirewallPolicies[]"),
    ),
    id="FirewallPolicyResponse.FirewallPolicyArn",
    arn="FirewallPolicyResponse.FirewallPolicyArn",
    title="FirewallPolicyResponse.FirewallPolicyName",
    tags="FirewallPolicyResponse.Tags",
    drop=("UpdateToken",),
)
_FIREWALLS = Call("ListFirewalls", "Firewalls[]")
FIREWALL = Type(
    "AWS::NetworkFirewall::Firewall",
    Call("DescribeFirewall", params={"FirewallArn": At("FirewallArn")}, each=_FIREWALLS),
    id="Firewall.FirewallArn",
    arn="Firewall.FirewallArn",
    title="Firewall.FirewallName",
    tags="Firewall.Tags",
    drop=("UpdateToken", "FirewallStatus"),
    ties=(
        Tie("Is contained in Vpc", "AWS::EC2::VPC", "Firewall.VpcId"),
        Tie("Is contained in Subnet", "AWS::EC2::Subnet", "Firewall.SubnetMappings[].SubnetId"),
    ),
)
LOGGING = Type(
    "AWS::NetworkFirewall::LoggingConfiguration",
    Call(
        "DescribeLoggingConfiguration",
        params={"FirewallArn": At("FirewallArn")},
        each=_FIREWALLS,
    ),
    id="FirewallArn",
    arn="FirewallArn",
    title="FirewallArn",
)

SERVICE = Service("network-firewall", (FIREWALL, POLICY, LOGGING))
