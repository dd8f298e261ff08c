"""Rules about what EC2 opens to others: addresses, routes, subnets, groups, snapshots."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.inventory import Inventory
from garrison.rules.managed.ec2 import ANYWHERE, sources
from garrison.rules.reading import Unseen, flag, listed, number, objects, rows_of, text
from garrison.rules.registry import Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant, not_applicable

INSTANCE, SNAPSHOT, SUBNET = "AWS::EC2::Instance", "AWS::EC2::Snapshot", "AWS::EC2::Subnet"
ROUTES, GROUP, ADDRESS, ACL = "AWS::EC2::RouteTable", "AWS::EC2::SecurityGroup", "AWS::EC2::EIP", "AWS::EC2::NetworkAcl"
MANAGED = "AWS::SSM::ManagedInstanceInventory"
VPN, TRANSIT = "AWS::EC2::ClientVpnEndpoint", "AWS::EC2::TransitGateway"
ALL_PORTS = (0, 65535)


class OpenPorts(Parameters, frozen=True, rename="camel"):
    """Ports that may be open to anywhere: `443,1020-1025`."""

    authorized_tcp_ports: str = ""
    authorized_udp_ports: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no port."""
        for ports in (self.authorized_tcp_ports, self.authorized_udp_ports):
            ranges(ports)


class Vpcs(Parameters, frozen=True, rename="camel"):
    """The VPC that an instance has to be in, where it matters."""

    vpc_id: str | None = None


class Tables(Parameters, frozen=True, rename="camel"):
    """Route tables that may lead to an internet gateway."""

    route_table_ids: str = ""


@rule(
    "EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK", on=SNAPSHOT, trigger=Trigger.PERIODIC, severity=Severity.CRITICAL,
    parts=("CreateVolumePermissions",),
    fix="Take the group `all` out of the snapshot's permissions (ModifySnapshotAttribute).",
)  # fmt: skip
def snapshot_public_restorable(snapshot: Item) -> Verdict:
    """Not everybody can make volumes of a snapshot.

    Source: AWS Config Developer Guide, "ebs-snapshot-public-restorable-check".
    """
    found = [text(one, "group") for one in rows_of(snapshot, "CreateVolumePermissions")]
    return expect("all" not in found, "CreateVolumePermissions.group", found)


@rule(
    "EC2_INSTANCE_NO_PUBLIC_IP", on=INSTANCE, severity=Severity.HIGH,
    fix="Launch the instance in a subnet that gives no public addresses, and reach it through a load balancer or Session Manager.",
)  # fmt: skip
def instance_no_public_ip(instance: Item) -> Verdict:
    """An instance has no public IPv4 address.

    Source: AWS Config Developer Guide, "ec2-instance-no-public-ip".
    """
    if not instance.configuration:
        raise Unseen("publicIpAddress: not in the configuration")
    found = text(instance, "publicIpAddress")
    associated = [text(one, "association", "publicIp") for one in objects(instance, "networkInterfaces")]
    return expect(not found and not any(associated), "publicIpAddress", found or associated)


@rule(
    "INSTANCES_IN_VPC", on=INSTANCE, severity=Severity.HIGH,
    fix="Launch the instance anew in a VPC.",
)  # fmt: skip
def instance_in_vpc(instance: Item, parameters: Vpcs) -> Verdict:
    """An instance is in a VPC, in the given one where one is.

    Source: AWS Config Developer Guide, "ec2-instances-in-vpc".
    """
    found = text(instance, "vpcId")
    return expect(bool(found) and parameters.vpc_id in (None, found), "vpcId", found)


@rule(
    "EBS_OPTIMIZED_INSTANCE", on=INSTANCE, severity=Severity.LOW,
    fix="Stop the instance and make it EBS-optimized (ModifyInstanceAttribute).",
)  # fmt: skip
def ebs_optimized(instance: Item) -> Verdict:
    """An instance of a type that can be EBS-optimized is so; types that always are say so too.

    Source: AWS Config Developer Guide, "ebs-optimized-instance".
    """
    found = flag(instance, "ebsOptimized")
    return expect(found is True, "ebsOptimized", found)


@rule(
    "EC2_INSTANCE_MANAGED_BY_SSM", on=INSTANCE, severity=Severity.MEDIUM,
    also={MANAGED: ()},
    fix="Install the SSM agent and give the instance a role with AmazonSSMManagedInstanceCore.",
)  # fmt: skip
def managed_by_ssm(instance: Item, parameters: Parameters, inventory: Inventory) -> Verdict:
    """A running instance is known to Systems Manager.

    Source: AWS Config Developer Guide, "ec2-instance-managed-by-systems-manager".
    """
    state = text(instance, "state", "name")
    if state not in ("running", None):
        return not_applicable(f"The instance is {state}")
    known = {one.resource_id for one in inventory.of_type(MANAGED)}
    return expect(instance.resource_id in known, "Managed by Systems Manager", False)


@rule(
    "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED", on=SUBNET, severity=Severity.MEDIUM,
    fix="Have the subnet give out no public addresses (ModifySubnetAttribute).",
)  # fmt: skip
def subnet_assigns_no_public_ip(subnet: Item) -> Verdict:
    """A subnet gives what is launched in it no public address.

    Source: AWS Config Developer Guide, "subnet-auto-assign-public-ip-disabled".
    """
    found = flag(subnet, "mapPublicIpOnLaunch")
    return expect(found is False, "mapPublicIpOnLaunch", found)


@rule(
    "NO_UNRESTRICTED_ROUTE_TO_IGW", on=ROUTES, severity=Severity.MEDIUM,
    fix="Take away the route to the internet gateway, or name the table among those that may have it.",
)  # fmt: skip
def no_unrestricted_route(table: Item, parameters: Tables) -> Verdict:
    """A route table that is not among the given has no route of all addresses to an internet gateway.

    Source: AWS Config Developer Guide, "no-unrestricted-route-to-igw".
    """
    if table.resource_id in listed(parameters.route_table_ids):
        return COMPLIANT
    routes = objects(table, "routes")
    if not routes:
        raise Unseen("routes: not in the configuration")
    for one in routes:
        to = text(one, "destinationCidrBlock") or text(one, "destinationIpv6CidrBlock")
        if to in ANYWHERE.values() and (text(one, "gatewayId") or "").startswith("igw-"):
            return non_compliant(f"routes leads {to} to {text(one, 'gatewayId')}")
    return COMPLIANT


@rule(
    "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS", on=GROUP, severity=Severity.HIGH,
    fix="Narrow the rule to the addresses that need it, or close the port (RevokeSecurityGroupIngress).",
)  # fmt: skip
def open_only_to_authorized_ports(group: Item, parameters: OpenPorts) -> Verdict:
    """A security group lets everybody in to no other TCP and UDP ports than the given.

    Source: AWS Config Developer Guide, "vpc-sg-open-only-to-authorized-ports".
    """
    if "ipPermissions" not in group.configuration:
        objects(group, "ipPermissions")  # says why, where it was refused
        raise Unseen("ipPermissions: not in the configuration")
    allowed = {"tcp": ranges(parameters.authorized_tcp_ports), "udp": ranges(parameters.authorized_udp_ports)}
    for permission in objects(group, "ipPermissions"):
        if not any(one in ANYWHERE.values() for one in sources(permission)):
            continue
        protocol = {"6": "tcp", "17": "udp"}.get(found := text(permission, "ipProtocol") or "", found)
        if protocol == "-1":
            return non_compliant("ipPermissions lets everybody in by every protocol")
        low, high = number(permission, "fromPort"), number(permission, "toPort")
        opened = ALL_PORTS if low is None or high is None or low == -1 else (int(low), int(high))
        if protocol in allowed and not any(one <= opened[0] and opened[1] <= other for one, other in allowed[protocol]):
            return non_compliant(f"ipPermissions lets everybody in to {protocol} {opened[0]}-{opened[1]}")
    return COMPLIANT


@rule(
    "EIP_ATTACHED", on=ADDRESS, severity=Severity.LOW,
    fix="Attach the address or give it back (ReleaseAddress).",
)  # fmt: skip
def address_attached(address: Item) -> Verdict:
    """An elastic address of a VPC is attached to an instance or a network interface.

    Source: AWS Config Developer Guide, "eip-attached".
    """
    found = text(address, "instanceId") or text(address, "networkInterfaceId")
    return expect(bool(found), "networkInterfaceId", found)


@rule(
    "VPC_NETWORK_ACL_UNUSED_CHECK", on=ACL, severity=Severity.LOW,
    fix="Delete the network ACL or associate it with a subnet.",
)  # fmt: skip
def acl_used(acl: Item) -> Verdict:
    """A network ACL that is not a VPC's default belongs to some subnet.

    Source: AWS Config Developer Guide, "vpc-network-acl-unused-check".
    """
    if flag(acl, "isDefault"):
        return not_applicable("The network ACL is its VPC's default")
    found = [text(one, "subnetId") for one in objects(acl, "associations")]
    return expect(bool(found), "associations.subnetId", found)


@rule(
    "EC2_CLIENT_VPN_NOT_AUTHORIZE_ALL", on=VPN, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    parts=("AuthorizationRules",),
    fix="Authorize groups in place of everybody (RevokeClientVpnIngress, AuthorizeClientVpnIngress).",
)  # fmt: skip
def client_vpn_not_authorize_all(endpoint: Item) -> Verdict:
    """No authorization rule of a client VPN endpoint lets all clients in.

    Source: AWS Config Developer Guide, "ec2-client-vpn-not-authorize-all".
    """
    found = [text(one, "destinationCidr") for one in rows_of(endpoint, "AuthorizationRules") if flag(one, "accessAll")]
    return expect(not found, "AuthorizationRules.accessAll lets everybody in to", found)


@rule(
    "EC2_TRANSIT_GATEWAY_AUTO_VPC_ATTACH_DISABLED", on=TRANSIT, severity=Severity.HIGH,
    fix="Have attachments accepted by hand (ModifyTransitGateway with AutoAcceptSharedAttachments=disable).",
)  # fmt: skip
def transit_gateway_accepts_nothing_itself(gateway: Item) -> Verdict:
    """A transit gateway does not accept other accounts' attachments by itself.

    Source: AWS Config Developer Guide, "ec2-transit-gateway-auto-vpc-attach-disabled".
    """
    found = text(gateway, "AutoAcceptSharedAttachments")
    if found is None:
        raise Unseen("AutoAcceptSharedAttachments: not in the configuration")
    return expect(found != "enable", "AutoAcceptSharedAttachments", found)


def ranges(ports: str) -> list[tuple[int, int]]:
    """Ports and ranges of ports; raises ValueError for what is none."""
    found = []
    for one in listed(ports):
        low, _, high = one.partition("-")
        found.append((int(low), int(high or low)))
    return found
