"""What load balancers let through: listeners without encryption or with old protocols, ports that nothing listens on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import at_arn, with_id
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.security.groups import opened
from garrison.rules.advice.showing import colour
from garrison.rules.managed.load_balancers import BALANCER, CLASSIC, LISTENER, SECURE, classic_listeners
from garrison.rules.reading import Unseen, number, objects, rows_of, text, texts

EC2_GROUP, TARGETS = "AWS::EC2::SecurityGroup", "AWS::ElasticLoadBalancingV2::TargetGroup"
RECOMMENDED = "ELBSecurityPolicy-TLS-1-2-2017-01"
"""The predefined policy without TLS 1.0 and 1.1 (Classic Load Balancers, "Predefined SSL security policies")."""
WEAK = ("RC4", "DES", "NULL", "EXP", "MD5", "SEED", "IDEA", "Protocol-SSLv2", "Protocol-SSLv3")
"""What names of ciphers and protocols have in them that must not be used."""
OLD_TLS = (
    "ELBSecurityPolicy-2015-05", "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-FS-2018-06",
    "ELBSecurityPolicy-FS-1-1-2019-08", "ELBSecurityPolicy-TLS-1-0-", "ELBSecurityPolicy-TLS-1-1-",
    "ELBSecurityPolicy-TLS13-1-0-", "ELBSecurityPolicy-TLS13-1-1-",
)  # fmt: skip
"""How the policies begin that let clients use TLS 1.0 or 1.1 (Application Load Balancers, "Security policies")."""


@check(
    "a2sEc6ILx", "elb-listener-security", Category.SECURITY, on=CLASSIC,
    parts=("LoadBalancerPolicies",),
    name="ELB Listener Security", chinese_name="ELB 侦听器安全性",
    columns=("Region", "Load Balancer Name", "Load Balancer Port", "Status", "Reason"),
    fix=f"Listen by HTTPS or SSL only, with the policy {RECOMMENDED} (SetLoadBalancerPoliciesOfListener).",
)  # fmt: skip
def listener_security(balancer: Item, inputs: Inputs) -> Iterator[Advised]:
    """A classic load balancer has a listener that encrypts (red where none), each by the recommended policy without weak ciphers (yellow).

    Source: AWS Support User Guide, "ELB Listener Security".
    """
    name = balancer.resource_id
    classic_listeners(balancer)  # says why, where they were refused
    secure = [
        one for one in objects(balancer, "listenerDescriptions") if text(one, "listener", "protocol") in SECURE[:2]
    ]
    if not secure:
        reason = "No listener uses a secure protocol"
        yield advised(balancer, Status.ERROR, balancer.region, name, None, colour(Status.ERROR), reason)
    for one in secure:
        reasons = _weaknesses(balancer, texts(one, "policyNames"))
        status = Status.WARNING if reasons else Status.OK
        port = number(one, "listener", "loadBalancerPort")
        yield advised(
            balancer, status, balancer.region, name, None if port is None else str(int(port)), colour(status),
            reasons or None,
        )  # fmt: skip


def _weaknesses(balancer: Item, names: list[str]) -> str:
    """What is wrong with the policy of a listener; nothing where it is the recommended one."""
    policies = [one for one in rows_of(balancer, "LoadBalancerPolicies") if text(one, "policyName") in names]
    negotiated = [one for one in policies if text(one, "policyTypeName") == "SSLNegotiationPolicyType"]
    if not negotiated:
        return "No security policy is set"
    attributes = {
        text(one, "attributeName") or "": text(one, "attributeValue")
        for policy in negotiated
        for one in objects(policy, "policyAttributeDescriptions")
    }
    weak = sorted(name for name, value in attributes.items() if value == "true" and any(one in name for one in WEAK))
    if weak:
        return f"Weak ciphers or protocols: {', '.join(weak)}"
    used = attributes.get("Reference-Security-Policy") or text(negotiated[0], "policyName")
    return "" if used == RECOMMENDED else f"Not the recommended security policy: {used}"


@check(
    "xSqX82fQu", "elb-security-groups", Category.SECURITY, on=CLASSIC,
    also={EC2_GROUP: ()},
    name="Classic Load Balancer Security Groups", chinese_name="Classic Load Balancer 安全组",
    columns=("Region", "Load Balancer Name", "Status", "Security Group IDs", "Reason"),
    fix="Let in only the ports that a listener has, and replace groups that are gone (ApplySecurityGroupsToLoadBalancer).",
)  # fmt: skip
def classic_groups(balancer: Item, inputs: Inputs) -> Advised | None:
    """The security groups of a classic load balancer exist (red where not) and let in only ports that it listens on (yellow).

    Source: AWS Support User Guide, "Classic Load Balancer Security Groups".
    """
    names = texts(balancer, "securityGroups")
    if not names:
        return None
    ports = {number(one, "loadBalancerPort") for one in classic_listeners(balancer)}
    groups = [with_id(inputs, EC2_GROUP, one) for one in names]
    if None in groups:
        status, reason = Status.ERROR, "A security group does not exist"
    elif any(_lets_in_more(group, ports) for group in groups if group):
        status, reason = Status.WARNING, "A security group lets in ports that no listener has"
    else:
        status, reason = Status.OK, None
    return advised(balancer, status, balancer.region, balancer.resource_id, colour(status), ", ".join(names), reason)


def _lets_in_more(group: Item, ports: set[float | None]) -> bool:
    return any(any(port not in ports for port in opened_ports) for _, _, opened_ports in opened(group))


@check(
    "c2vlfg0p1w", "application-load-balancer-target-groups-encrypted-protocol", Category.SECURITY, on=TARGETS,
    also={BALANCER: ()},
    name="Application Load Balancer Target Groups Encrypted Protocol",
    chinese_name="Application Load Balancer 目标组加密协议",
    columns=(
        "Status", "Region", "ALB Arn", "ALB Name", "ALB VPC Id", "Target Group Arn", "Target Group Name",
        "Target Group Protocol", "Last Updated Time",
    ),
    fix="Have targets speak HTTPS, and put a target group of that protocol in the group's place.",
)  # fmt: skip
def target_protocol(group: Item, inputs: Inputs) -> Iterator[Advised]:
    """An application load balancer speaks HTTPS with its instances and addresses.

    Source: AWS Support User Guide, "Application Load Balancer Target Groups Encrypted Protocol".
    """
    if text(group, "targetType") not in ("instance", "ip"):
        return
    protocol, inputs_at = text(group, "protocol"), inputs.now.isoformat()
    for arn in texts(group, "loadBalancerArns"):
        balancer = at_arn(inputs, BALANCER, arn)
        if balancer is None or text(balancer, "type") != "application":
            continue
        if protocol is None:
            raise Unseen("protocol: not in the configuration")
        status = Status.OK if protocol == "HTTPS" else Status.WARNING
        yield advised(
            group, status, colour(status), group.region, arn, balancer.resource_name, text(balancer, "vpcId"),
            group.arn, group.resource_name, protocol, inputs_at,
        )  # fmt: skip


@check(
    None, "listeners-with-old-tls", Category.SECURITY, on=LISTENER,
    also={BALANCER: ()},
    name="Load balancer listeners that accept old TLS versions", chinese_name="接受旧版 TLS 的负载均衡器侦听器",
    columns=("Status", "Region", "Load Balancer Name", "Port", "Protocol", "Security Policy", "Reason"),
    fix="Give the listener a policy of TLS 1.2 and 1.3 only, as ELBSecurityPolicy-TLS13-1-2-2021-06 (ModifyListener).",
)  # fmt: skip
def listener_tls(listener: Item, inputs: Inputs) -> Advised | None:
    """A listener of an application or network load balancer encrypts (yellow where a load balancer open to the internet does not) by TLS 1.2 at least (red).

    Source: Elastic Load Balancing, "Security policies for your Application Load Balancer".
    """
    protocol, policy = text(listener, "Protocol"), text(listener, "SslPolicy")
    balancer = at_arn(inputs, BALANCER, text(listener, "LoadBalancerArn") or "")
    if protocol in ("HTTPS", "TLS"):
        if policy is None:
            raise Unseen("SslPolicy: not in the configuration")
        is_old = policy.startswith(OLD_TLS)
        status, reason = (Status.ERROR, "TLS 1.0 or 1.1 is accepted") if is_old else (Status.OK, None)
    elif protocol == "HTTP" and not _redirects(listener) and _is_public(balancer):
        status, reason = Status.WARNING, "The listener does not encrypt"
    else:
        return None
    port = number(listener, "Port")
    shown_port = None if port is None else str(int(port))
    name = balancer.resource_name if balancer else None
    command = (
        "elbv2", "modify-listener", "--listener-arn", listener.arn, "--ssl-policy", "ELBSecurityPolicy-TLS13-1-2-2021-06",
    )  # fmt: skip
    return advised(
        listener, status, colour(status), listener.region, name, shown_port, protocol, policy, reason,
        commands=[command] if status is Status.ERROR else (),
    )  # fmt: skip


def _redirects(listener: Item) -> bool:
    actions: list[Mapping[str, Any]] = objects(listener, "DefaultActions")
    return any(text(one, "RedirectConfig", "Protocol") == "HTTPS" for one in actions)


def _is_public(balancer: Item | None) -> bool:
    return balancer is not None and text(balancer, "scheme") == "internet-facing"
