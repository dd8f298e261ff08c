"""AWS Network Firewall: policies, and what each firewall logs."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Service, Type

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
LOGGING = Type(
    "AWS::NetworkFirewall::LoggingConfiguration",
    Call(
        "DescribeLoggingConfiguration",
        params={"FirewallArn": At("FirewallArn")},
        each=Call("ListFirewalls", "Firewalls[]"),
    ),
    id="FirewallArn",
    arn="FirewallArn",
    title="FirewallArn",
)

SERVICE = Service("network-firewall", (POLICY, LOGGING))
