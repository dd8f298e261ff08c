"""Which ports are reachable by which way: cases by hand."""

from __future__ import annotations

from typing import Any

import pytest

from garrison.items import Item
from garrison.scan.inventory import Inventory, Listener, Platform
from garrison.scan.reachability import Exposure, Kind, Route, findings_of, instances_known, reach
from garrison.scan.report import Report

from .conftest import OPEN_ACL, acl, allow, entry, group, interface, item, table, vpc

OUT = ("0.0.0.0/0", "igw-1")
SSH = group("sg-1", allow(first=22, cidr="0.0.0.0/0"))
PEERING = item(
    "VPCPeeringConnection",
    "pcx-1",
    status={"code": "active"},
    requesterVpcInfo={"vpcId": "vpc-2", "cidrBlock": "10.9.0.0/16"},
    accepterVpcInfo={"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/16"},
)


def told(items: list[Item]) -> list[tuple[str, str, str]]:
    """Route, protocol and ports of what is reachable."""
    return [(one.route.value, one.protocol, one.ports) for one in reach(items)]


SSH_FROM_INTERNET = [("Internet", "tcp", "22")]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([SSH, OPEN_ACL, table(OUT), interface()], SSH_FROM_INTERNET),
        ([SSH, table(OUT), interface()], SSH_FROM_INTERNET),
        ([SSH, OPEN_ACL, table(OUT, subnet=None), interface()], SSH_FROM_INTERNET),
        ([SSH, OPEN_ACL, table(OUT), interface(public="")], []),
        ([SSH, OPEN_ACL, table(("0.0.0.0/0", "nat-1")), interface()], []),
        ([SSH, OPEN_ACL, table(("0.0.0.0/0", "igw-2")), interface()], SSH_FROM_INTERNET),
        ([SSH, OPEN_ACL, table(), interface()], []),
        ([group("sg-1", allow(first=22, cidr="10.0.0.0/8")), OPEN_ACL, table(OUT), interface()], []),
        ([group("sg-1", allow("-1", group="sg-1")), OPEN_ACL, table(OUT), interface()], []),
        (
            [group("sg-1", allow("-1", cidr="0.0.0.0/0")), OPEN_ACL, table(OUT), interface()],
            [("Internet", "tcp", "0-65535"), ("Internet", "udp", "0-65535")],
        ),
        (
            [
                group("sg-1", allow("-1", cidr="0.0.0.0/0")),
                acl(entry(90, "deny", "6", 22, 80), entry(100, "allow", "6", 20, 90), entry(1, "allow", egress=True)),
                table(OUT),
                interface(),
            ],
            [("Internet", "tcp", "20-21"), ("Internet", "tcp", "81-90")],
        ),
        ([SSH, acl(entry(1, "allow"), entry(1, "allow", "6", 0, 1023, egress=True)), table(OUT), interface()], []),
        ([SSH, acl(entry(1, "allow"), entry(1, "allow", "6", 32768, 60999, egress=True)), table(OUT), interface()], SSH_FROM_INTERNET),
        (
            [group("sg-1", allow(first=22, cidr="::/0")), table(("::/0", "igw-1")), acl(entry(1, "allow", cidr="::/0"), entry(1, "allow", cidr="::/0", egress=True)),
             interface(ipv6Addresses=[{"ipv6Address": "2a05:d018::5"}])],
            SSH_FROM_INTERNET,
        ),
        (
            [group("sg-1", allow(first=22, cidr="::/0")), table(("::/0", "eigw-1")), interface(ipv6Addresses=[{"ipv6Address": "2a05:d018::5"}])],
            [],
        ),
        ([SSH, OPEN_ACL, table(OUT, ("10.9.0.0/16", "pcx-1")), PEERING, interface(public="")], [("PeeredVPC", "tcp", "22")]),
        ([SSH, OPEN_ACL, table(OUT), PEERING, interface(public="")], []),
        ([SSH, OPEN_ACL, table(("192.168.0.0/16", "vgw-1")), interface(public="")], [("VGW", "tcp", "22")]),
        ([SSH, OPEN_ACL, table(("192.168.0.0/16", "tgw-1")), interface(public="")], [("TransitGateway", "tcp", "22")]),
        (
            [
                group("sg-1", allow(first=22, listed="pl-1")),
                item("PrefixList", "pl-1", entries=[{"cidr": "8.8.8.0/24"}]),
                table(OUT),
                interface(),
            ],
            SSH_FROM_INTERNET,
        ),
    ],
)  # fmt: skip
def test_what_is_reachable(items: list[Item], expected: list[tuple[str, str, str]]) -> None:
    assert told(vpc(*items)) == expected


def test_an_exposure_tells_the_way_and_the_sources() -> None:
    narrow = group("sg-1", allow(first=8000, last=8010, cidr="203.0.113.0/24"))
    (one,) = reach(vpc(narrow, OPEN_ACL, table(OUT), interface()))
    assert (one.instance, one.address, one.sources) == ("i-1", "198.51.100.5", ("203.0.113.0/24",))
    assert [(hop.type.rpartition("::")[2], hop.id) for hop in one.path] == [
        ("InternetGateway", "igw-1"),
        ("NetworkAcl", "acl-subnet-1"),
        ("Subnet", "subnet-1"),
        ("SecurityGroup", "sg-1"),
        ("NetworkInterface", "eni-1"),
        ("Instance", "i-1"),
    ]
    assert one.path[1].said == "rule 100 allow"
    assert one.path[3].said == "allow tcp 8000-8010 from 203.0.113.0/24"
    (wide,) = reach(vpc(SSH, OPEN_ACL, table(OUT), interface()))
    assert wide.sources == ("0.0.0.0/0",)


def test_what_was_not_collected_is_a_doubt_and_never_a_wall() -> None:
    (one,) = reach(vpc(group("sg-1", allow(first=22, listed="pl-9")), table(OUT), interface()))
    assert one.doubts == ("AWS::EC2::PrefixList pl-9",)
    found = reach(vpc(table(OUT), interface(groups=("sg-9",))))
    assert {one.doubts for one in found} == {("AWS::EC2::SecurityGroup sg-9",)}


def test_nothing_reachable_means_something_only_where_the_whole_network_was_collected() -> None:
    whole = vpc(SSH, table(OUT), interface())
    assert instances_known(whole) == {"i-1"}
    assert instances_known(vpc(SSH, interface())) == set(), "no route table"
    assert instances_known(whole[3:]) == set(), "no subnet"
    assert instances_known([*whole, interface("eni-2", subnetId="subnet-9")]) == set(), "not of each interface"


def test_an_instance_that_does_not_run_is_not_reached() -> None:
    items = vpc(SSH, table(OUT), interface())
    items[3] = item("Instance", "i-1", instanceId="i-1", state={"name": "stopped"})
    assert reach(items) == []


def test_a_peer_reaches_by_its_own_routes_and_groups() -> None:
    theirs = [
        item("Subnet", "subnet-a", subnetId="subnet-a", vpcId="vpc-2", cidrBlock="10.9.1.0/24"),
        item("Subnet", "subnet-b", subnetId="subnet-b", vpcId="vpc-2", cidrBlock="10.9.2.0/24"),
        table(("10.0.0.0/16", "pcx-1"), subnet="subnet-a", vpc="vpc-2", name="rtb-a"),
        table(("10.9.0.0/16", "local"), subnet="subnet-b", vpc="vpc-2", name="rtb-b"),
        interface("eni-p", instance="", groups=("sg-p",), private="10.9.1.7", public="", vpcId="vpc-2", subnetId="subnet-a"),
    ]  # fmt: skip
    back = table(("10.9.0.0/16", "pcx-1"))
    (wide,) = reach(vpc(SSH, back, PEERING, interface(public=""), *theirs))
    assert wide.sources == ("10.9.1.0/24",)
    grouped = group("sg-1", allow(first=5432, group="sg-p"))
    (one,) = reach(vpc(grouped, back, PEERING, interface(public=""), *theirs))
    assert (one.route, one.ports, one.sources) == (Route.PEERING, "5432", ("10.9.1.7/32",))


def balancer(kind: str, **more: Any) -> list[Item]:
    """A load balancer in subnet-2 with a listener on 80 and the instance's port 8080 behind it."""
    v2 = "AWS::ElasticLoadBalancingV2::"
    target = [{"target": {"id": "i-1", "port": 8080}, "targetHealth": {"state": "healthy"}}]
    settings = {"type": kind, "scheme": "internet-facing", "loadBalancerName": "lb", "dNSName": "lb.example.com"}
    zones = [{"subnetId": "subnet-2", "zoneName": "a"}]
    return [
        item("Subnet", "subnet-2", subnetId="subnet-2", vpcId="vpc-1", cidrBlock="10.0.2.0/24"),
        table(OUT, subnet="subnet-2", name="rtb-2"),
        item(f"{v2}LoadBalancer", "arn:lb", **(settings | {"availabilityZones": zones} | more)),
        item(f"{v2}Listener", "arn:listener", LoadBalancerArn="arn:lb", Port=80, Protocol="HTTP" if kind == "application" else "TCP",
             DefaultActions=[{"Type": "forward", "TargetGroupArn": "arn:tg"}]),
        item(f"{v2}TargetGroup", "arn:tg", supplementary={"TargetHealthDescriptions": target}, TargetType="instance", Port=8080),
    ]  # fmt: skip


FRONT = group("sg-lb", allow(first=80, cidr="0.0.0.0/0"))


@pytest.mark.parametrize(
    ("front", "own", "expected"),
    [
        (balancer("application", securityGroups=["sg-lb"]), allow(first=8080, group="sg-lb"), ["8080"]),
        (balancer("application", securityGroups=["sg-lb"]), allow(first=8080, cidr="10.0.2.0/24"), ["8080"]),
        (balancer("application", securityGroups=["sg-lb"]), allow(first=8080, cidr="10.0.3.0/24"), []),
        (balancer("application", securityGroups=["sg-lb"]), allow(first=80, group="sg-lb"), []),
        (balancer("application", securityGroups=["sg-lb"], scheme="internal"), allow(first=8080, group="sg-lb"), []),
        (balancer("application", securityGroups=["sg-shut"]), allow(first=8080, group="sg-shut"), []),
        (balancer("network"), allow(first=8080, cidr="0.0.0.0/0"), ["8080"]),
        (balancer("network"), allow(first=8080, cidr="10.0.2.0/24"), []),
    ],
)
def test_through_load_balancers(front: list[Item], own: dict[str, Any], expected: list[str]) -> None:
    rest = [
        FRONT,
        group("sg-shut"),
        group("sg-1", own),
        OPEN_ACL,
        table(("10.0.0.0/16", "local")),
        interface(public=""),
    ]
    found = reach(vpc(*front, *rest))
    assert [one.ports for one in found] == expected
    assert all(
        (one.route, one.through, one.path[0].said) == (Route.INTERNET, "arn:lb", "tcp 80 to 8080") for one in found
    )


def edge(target: str, *, cidr: str = "10.0.0.0/24", state: str = "active") -> Item:
    """The internet gateway's own route table, which sends what comes for a subnet to a target."""
    key = {"eni": "networkInterfaceId", "vpc": "gatewayId", "loc": "gatewayId"}[target[:3]]
    routes = [
        {"destinationCidrBlock": "10.0.0.0/16", "gatewayId": "local", "state": "active"},
        {"destinationCidrBlock": cidr, key: target, "state": state},
    ]
    return item(
        "RouteTable", "rtb-edge", vpcId="vpc-1", routes=routes, associations=[{"main": False, "gatewayId": "igw-1"}]
    )


def leading_to(target: str) -> Item:
    """The instance's route table, which sends answers to an appliance."""
    key = "networkInterfaceId" if target.startswith("eni") else "gatewayId"
    routes = [{"destinationCidrBlock": "0.0.0.0/0", key: target, "state": "active"}]
    return item("RouteTable", "rtb-1", vpcId="vpc-1", routes=routes, associations=[{"subnetId": "subnet-1"}])


ENDPOINT = item("VPCEndpoint", "vpce-1", vpcEndpointId="vpce-1", vpcId="vpc-1", subnetIds=["subnet-2"])
APPLIANCE = interface("eni-fw", instance="", groups=(), private="10.0.2.9", public="", subnetId="subnet-2")
FILTERED = ("what AWS::EC2::VPCEndpoint vpce-1 lets pass",)


@pytest.mark.parametrize(
    ("items", "doubts"),
    [
        ([edge("local"), table(OUT)], ()),
        ([edge("vpce-1"), table(OUT)], FILTERED),
        ([edge("vpce-1", cidr="10.0.9.0/24"), table(OUT)], ()),
        ([edge("vpce-1", state="blackhole"), table(OUT)], None),
        ([edge("vpce-1"), leading_to("vpce-1")], FILTERED),
        ([edge("vpce-1"), leading_to("vpce-1"), ENDPOINT, table(OUT, subnet="subnet-2", name="rtb-2")], FILTERED),
        ([edge("vpce-1"), leading_to("vpce-1"), ENDPOINT, table(("0.0.0.0/0", "nat-1"), subnet="subnet-2", name="rtb-2")], None),
        ([edge("eni-fw"), leading_to("eni-fw"), APPLIANCE, table(OUT, subnet="subnet-2", name="rtb-2")], ("what AWS::EC2::NetworkInterface eni-fw lets pass",)),
        ([edge("eni-fw"), leading_to("vpce-1")], None),
        ([edge("local"), leading_to("vpce-1")], None),
    ],
)  # fmt: skip
def test_a_gateways_own_routes_lead_by_appliances(items: list[Item], doubts: tuple[str, ...] | None) -> None:
    found = reach(vpc(SSH, OPEN_ACL, interface(), *items))
    assert [one.doubts for one in found] == ([] if doubts is None else [doubts])
    if doubts:
        (one,) = found
        assert doubts == tuple(f"what {hop.type} {hop.id} lets pass" for hop in one.path[1:2])


def rule(rank: str, *conditions: tuple[str, str], to: str = "arn:tg", kind: str = "forward") -> Item:
    """A rule of the listener; a target of weight 0 gets nothing."""
    told = [{"Field": field, "Values": [value]} if field != "source-ip" else {"Field": field, "SourceIpConfig": {"Values": [value]}}
            for field, value in conditions]  # fmt: skip
    weighted = {"TargetGroups": [{"TargetGroupArn": to, "Weight": 1}, {"TargetGroupArn": "arn:idle", "Weight": 0}]}
    actions = [{"Type": kind, "ForwardConfig": weighted} if kind == "forward" else {"Type": kind}]
    return item("AWS::ElasticLoadBalancingV2::ListenerRule", f"arn:rule/{rank}", RuleArn=f"arn:rule/{rank}", ListenerArn="arn:listener",
                Priority=rank, Conditions=told, Actions=actions, IsDefault=rank == "default")  # fmt: skip


def group_of(arn: str, port: int, *, target: str = "i-1", kind: str = "instance", **attributes: str) -> Item:
    """A target group of one target."""
    health = [{"target": {"id": target, "port": port}, "targetHealth": {"state": "healthy"}}]
    told = [{"key": key, "value": value} for key, value in attributes.items()]
    held = {"TargetHealthDescriptions": health, "TargetGroupAttributes": told}
    return item("AWS::ElasticLoadBalancingV2::TargetGroup", arn, supplementary=held, TargetType=kind, Port=port)


ADMIN, IDLE = group_of("arn:admin", 9000), group_of("arn:idle", 7777)
PATH, HOST, EVERY = ("path-pattern", "/admin/*"), ("host-header", "a.example.com"), ("path-pattern", "/*")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], [("8080", "")]),
        ([rule("default", to="arn:admin")], [("8080", "")]),
        ([rule("2", PATH, HOST, to="arn:admin")], [("8080", ""), ("9000", "path /admin/*, host a.example.com")]),
        ([rule("2", PATH, to="arn:admin"), rule("1", EVERY, kind="fixed-response")], []),
        ([rule("1", PATH, to="arn:admin"), rule("2", EVERY, kind="redirect")], [("9000", "path /admin/*")]),
        ([rule("1", PATH, ("source-ip", "203.0.113.0/24"), to="arn:admin")], [("8080", ""), ("9000", "path /admin/*, from 203.0.113.0/24")]),
        ([rule("1", ("source-ip", "10.0.0.0/8"), to="arn:admin")], [("8080", "")]),
    ],
)  # fmt: skip
def test_rules_of_a_listener_decide_where_it_sends(rules: list[Item], expected: list[tuple[str, str]]) -> None:
    own = group("sg-1", allow("-1", group="sg-lb"))
    front = balancer("application", securityGroups=["sg-lb"])
    found = reach(vpc(*front, FRONT, own, OPEN_ACL, table(), interface(public=""), ADMIN, IDLE, *rules))
    said = [next((hop.said for hop in one.path if hop.type.endswith("ListenerRule")), "") for one in found]
    assert list(zip([one.ports for one in found], said, strict=True)) == expected
    narrow = [one.sources for one in found if "203.0.113" in str(one.path)]
    assert narrow in ([], [("203.0.113.0/24",)])


@pytest.mark.parametrize(
    ("target", "own", "sources"),
    [
        (group_of("arn:tg", 8080, other="x"), allow(first=8080, cidr="203.0.113.0/24"), "203.0.113.0/24"),
        (group_of("arn:tg", 8080, **{"preserve_client_ip.enabled": "false"}), allow(first=8080, cidr="203.0.113.0/24"), None),
        (group_of("arn:tg", 8080, **{"preserve_client_ip.enabled": "false"}), allow(first=8080, cidr="10.0.2.0/24"), "0.0.0.0/0"),
        (group_of("arn:tg", 8080, target="10.0.0.5", kind="ip"), allow(first=8080, cidr="10.0.2.0/24"), "0.0.0.0/0"),
        (group_of("arn:tg", 8080, target="10.0.0.5", kind="ip", **{"preserve_client_ip.enabled": "true"}), allow(first=8080, cidr="203.0.113.0/24"), "203.0.113.0/24"),
    ],
)  # fmt: skip
def test_whether_targets_see_the_client_is_their_groups_word(
    target: Item, own: dict[str, Any], sources: str | None
) -> None:
    *front, _ = balancer("network")
    found = reach(vpc(*front, target, group("sg-1", own), OPEN_ACL, table(), interface(public="")))
    assert [one.sources for one in found] == ([] if sources is None else [(sources,)])


def test_through_an_application_load_balancer_behind_a_network_load_balancer() -> None:
    v2 = "AWS::ElasticLoadBalancingV2::"
    *front, _ = balancer("network")
    to_inner = group_of("arn:tg", 443, target="arn:inner", kind="alb")
    zones = [{"subnetId": "subnet-2"}]
    inner = item(
        f"{v2}LoadBalancer",
        "arn:inner",
        type="application",
        scheme="internal",
        availabilityZones=zones,
        securityGroups=["sg-lb"],
    )
    listener = item(f"{v2}Listener", "arn:inner/l", LoadBalancerArn="arn:inner", Port=443, Protocol="HTTPS",
                    DefaultActions=[{"Type": "forward", "TargetGroupArn": "arn:admin"}])  # fmt: skip
    own = group("sg-1", allow(first=9000, group="sg-lb"))
    for allowed, sources in (("203.0.113.0/24", ["203.0.113.0/24"]), ("10.0.2.0/24", [])):
        guard = group("sg-lb", allow(first=443, cidr=allowed))
        found = reach(
            vpc(*front, to_inner, inner, listener, ADMIN, guard, own, OPEN_ACL, table(), interface(public=""))
        )
        assert [cidr for one in found for cidr in one.sources] == sources
    (one,) = reach(
        vpc(
            *front,
            to_inner,
            inner,
            listener,
            ADMIN,
            group("sg-lb", allow(first=443, cidr="0.0.0.0/0")),
            own,
            table(),
            interface(public=""),
        )
    )
    assert (one.ports, one.through, one.address) == ("9000", "arn:lb", "lb.example.com")
    assert [hop.id for hop in one.path[:4]] == ["arn:lb", "arn:tg", "arn:inner", "arn:admin"]


def test_through_a_classic_load_balancer() -> None:
    classic = item(
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "classic",
        scheme="internet-facing",
        subnets=["subnet-2"],
        securityGroups=["sg-lb"],
        instances=[{"instanceId": "i-1"}],
        listenerDescriptions=[{"listener": {"protocol": "HTTP", "loadBalancerPort": 80, "instancePort": 8080}}],
    )
    (subnet, routes, *_) = balancer("application")
    own = group("sg-1", allow(first=8080, group="sg-lb"))
    (one,) = reach(vpc(subnet, routes, classic, FRONT, own, OPEN_ACL, interface(public="")))
    assert (one.ports, one.through) == ("8080", "classic")


def listening(*ports: tuple[str, int, str]) -> dict[str, Report]:
    """What the instance's agent has reported."""
    listeners = tuple(Listener(protocol=protocol, port=port, address=address) for protocol, port, address in ports)
    inventory = Inventory(host="h", platform=Platform(id="", version="", name=""), listeners=listeners)
    return {"i-1": Report(taken_at="2026-11-26T00:00:00Z", inventory=inventory)}


def kinds(found: list[Exposure], reports: dict[str, Report] | None = None) -> list[tuple[str, str, str, int]]:
    """Kind, severity, service and port of findings."""
    return [(one.kind.value, one.severity, one.service, one.port) for one in findings_of(found, reports)]


def test_findings_join_with_who_listens() -> None:
    found = reach(vpc(group("sg-1", allow(first=20, last=25, cidr="0.0.0.0/0"), allow(first=9999, cidr="0.0.0.0/0")), table(OUT), interface()))  # fmt: skip
    rest = [(Kind.EXPOSURE.value, "Informational", "", 0)]
    assert kinds(found) == [
        (Kind.NO_AGENT.value, "High", "FTP", 21),
        (Kind.NO_AGENT.value, "Medium", "SSH", 22),
        (Kind.NO_AGENT.value, "High", "Telnet", 23),
        *rest,
    ]
    heard = listening(("tcp", 22, "0.0.0.0"), ("tcp", 9999, "::"), ("tcp", 23, "127.0.0.1"), ("tcp", 25, "10.0.0.5"))
    assert kinds(found, heard) == [
        (Kind.NO_LISTENER.value, "Informational", "FTP", 21),
        (Kind.WITH_LISTENER.value, "Medium", "SSH", 22),
        (Kind.NO_LISTENER.value, "Informational", "Telnet", 23),
        (Kind.UNRECOGNIZED.value, "Low", "", 25),
        (Kind.UNRECOGNIZED.value, "Low", "", 9999),
        *rest,
    ]
    assert findings_of(found)[-1].ranges == (("tcp", 20, 25), ("tcp", 9999, 9999))
