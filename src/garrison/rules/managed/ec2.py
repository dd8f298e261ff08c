"""Rules about EC2: instances, volumes, security groups, network ACLs, gateways, launch templates, flow logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from garrison.items import Item
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Garbled, Unseen, flag, listed, number, objects, text, texts
from garrison.rules.registry import ACCOUNT, Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant, not_applicable

INSTANCE, VOLUME, GROUP = "AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::EC2::SecurityGroup"
FLOW_LOG = "AWS::EC2::FlowLog"
ANYWHERE = {4: "0.0.0.0/0", 6: "::/0"}
_TCP = ("tcp", "6", "-1")


class EncryptionKey(Parameters, frozen=True, rename="camel"):
    """The KMS key, by id or ARN, that has to encrypt, where it matters."""

    kms_id: str | None = None


class Termination(Parameters, frozen=True, rename="camel"):
    """Whether volumes have to go with their instance, where it matters."""

    delete_on_termination: bool | None = None


class Profiles(Parameters, frozen=True, rename="pascal"):
    """The instance profiles, by ARN, that may be attached; any where none is given."""

    iam_instance_profile_arn_list: str = ""


class BlockedPorts(Parameters, frozen=True, rename="camel"):
    """TCP ports that must not be open to anywhere."""

    blocked_port1: int | None = 20
    blocked_port2: int | None = 21
    blocked_port3: int | None = 3389
    blocked_port4: int | None = 3306
    blocked_port5: int | None = 4333

    @property
    def ports(self) -> tuple[int, ...]:
        """All that are given."""
        five = (self.blocked_port1, self.blocked_port2, self.blocked_port3, self.blocked_port4, self.blocked_port5)
        return tuple(port for port in five if port is not None)


class AuthorizedVpcs(Parameters, frozen=True, rename="pascal"):
    """VPCs that may have an internet gateway."""

    authorized_vpc_ids: str = ""


class ExemptedTemplates(Parameters, frozen=True, rename="camel"):
    """Launch templates that may give out public addresses."""

    exempted_launch_templates: str = ""


class Traffic(Parameters, frozen=True, rename="camel"):
    """The traffic that flow logs have to hold, where it matters."""

    traffic_type: str | None = None


@rule(
    "ENCRYPTED_VOLUMES", on=VOLUME, severity=Severity.HIGH,
    fix="Copy the volume's snapshot with encryption and put a volume made of it in its place.",
)  # fmt: skip
def encrypted_volumes(volume: Item, parameters: EncryptionKey) -> Verdict:
    """A volume that is attached is encrypted, by the given key where one is.

    Source: AWS Config Developer Guide, "encrypted-volumes".
    """
    if not objects(volume, "attachments"):
        if text(volume, "state") in ("in-use", None):
            raise Unseen("attachments: not in the configuration")
        return not_applicable("The volume is not attached")
    if not flag(volume, "encrypted"):
        return expect(False, "encrypted", flag(volume, "encrypted"))
    key = text(volume, "kmsKeyId")
    wanted = parameters.kms_id
    return expect(not wanted or key == wanted or (key or "").endswith(f"/{wanted}"), "kmsKeyId", key)


@rule(
    "EC2_VOLUME_INUSE_CHECK", on=VOLUME, severity=Severity.LOW,
    fix="Attach the volume or delete it.",
)  # fmt: skip
def volume_in_use(volume: Item, parameters: Termination) -> Verdict:
    """A volume is attached to an instance, and goes with it where the parameter says so.

    Source: AWS Config Developer Guide, "ec2-volume-inuse-check".
    """
    attachments = [one for one in objects(volume, "attachments") if text(one, "instanceId")]
    if not attachments:
        return non_compliant("attachments is empty")
    wanted = parameters.delete_on_termination
    found = [bool(flag(one, "deleteOnTermination")) for one in attachments]
    return expect(wanted is None or all(one is wanted for one in found), "attachments.deleteOnTermination", found)


@rule(
    "EC2_IMDSV2_CHECK", on=INSTANCE, severity=Severity.HIGH,
    fix="Demand tokens of the instance metadata service (ModifyInstanceMetadataOptions with HttpTokens=required).",
)  # fmt: skip
def imdsv2(instance: Item) -> Verdict:
    """An instance gives metadata only for a session token.

    Source: AWS Config Developer Guide, "ec2-imdsv2-check".
    """
    found = text(instance, "metadataOptions", "httpTokens")
    return expect(found == "required", "metadataOptions.httpTokens", found)


@rule(
    "EC2_INSTANCE_DETAILED_MONITORING_ENABLED", on=INSTANCE, severity=Severity.LOW,
    fix="Turn on detailed monitoring (MonitorInstances).",
)  # fmt: skip
def instance_detailed_monitoring(instance: Item) -> Verdict:
    """An instance has detailed monitoring on.

    Source: AWS Config Developer Guide, "ec2-instance-detailed-monitoring-enabled".
    """
    found = text(instance, "monitoring", "state")
    return expect(found == "enabled", "monitoring.state", found)


@rule(
    "EC2_INSTANCE_PROFILE_ATTACHED", on=INSTANCE, severity=Severity.LOW,
    fix="Attach an instance profile (AssociateIamInstanceProfile).",
)  # fmt: skip
def instance_profile_attached(instance: Item, parameters: Profiles) -> Verdict:
    """An instance has an IAM instance profile, one of the given where any is.

    Source: AWS Config Developer Guide, "ec2-instance-profile-attached".
    """
    found, wanted = text(instance, "iamInstanceProfile", "arn"), listed(parameters.iam_instance_profile_arn_list)
    return expect(bool(found) and (not wanted or found in wanted), "iamInstanceProfile.arn", found)


@rule(
    "EC2_NO_AMAZON_KEY_PAIR", on=INSTANCE, severity=Severity.LOW,
    fix="Launch the instance anew without a key pair and reach it through Session Manager.",
)  # fmt: skip
def no_amazon_key_pair(instance: Item) -> Verdict:
    """A running instance was launched without a key pair.

    Source: AWS Config Developer Guide, "ec2-no-amazon-key-pair".
    """
    state = text(instance, "state", "name")
    if state is None:
        raise Unseen("state.name: not in the configuration")
    if state != "running":
        return not_applicable(f"The instance is {state}")
    key = text(instance, "keyName")
    return expect(not key, "keyName", key)


@rule(
    "EC2_LAUNCH_TEMPLATE_PUBLIC_IP_DISABLED", on="AWS::EC2::LaunchTemplate", severity=Severity.MEDIUM,
    parts=("LaunchTemplateData",),
    fix="Make a version without AssociatePublicIpAddress and set it as the default.",
)  # fmt: skip
def launch_template_public_ip_disabled(template: Item, parameters: ExemptedTemplates) -> Verdict:
    """The default version of a launch template that is not exempted gives no network interface a public address.

    Source: AWS Config Developer Guide, "ec2-launch-template-public-ip-disabled".
    """
    if template.resource_id in listed(parameters.exempted_launch_templates):
        return COMPLIANT
    if "LaunchTemplateData" not in template.configuration:
        objects(template, "LaunchTemplateData", "NetworkInterfaces")  # says why, where it was refused
        raise Unseen("LaunchTemplateData: not in the configuration")
    interfaces = objects(template, "LaunchTemplateData", "NetworkInterfaces")
    found = [flag(one, "AssociatePublicIpAddress") for one in interfaces]
    return expect(True not in found, "LaunchTemplateData.NetworkInterfaces.AssociatePublicIpAddress", found)


@rule(
    "INCOMING_SSH_DISABLED", on=GROUP, severity=Severity.HIGH,
    fix="Let SSH in from known addresses only (RevokeSecurityGroupIngress).",
)  # fmt: skip
def incoming_ssh_disabled(group: Item) -> Verdict:
    """A security group does not let SSH (TCP port 22) in from anywhere.

    Source: AWS Config Developer Guide, "restricted-ssh", which says CIDRs other than 0.0.0.0/0 or ::/0.
    """
    return _closed(group, (22,), (4, 6))


@rule(
    "RESTRICTED_INCOMING_TRAFFIC", on=GROUP, severity=Severity.HIGH,
    fix="Let the port in from known addresses only (RevokeSecurityGroupIngress).",
)  # fmt: skip
def restricted_incoming_traffic(group: Item, parameters: BlockedPorts) -> Verdict:
    """A security group does not let the given TCP ports in from anywhere.

    Source: AWS Config Developer Guide, "restricted-common-ports".
    """
    return _closed(group, parameters.ports, (4, 6))


@rule(
    "VPC_DEFAULT_SECURITY_GROUP_CLOSED", on=GROUP, severity=Severity.MEDIUM,
    fix="Revoke every rule of the VPC's default security group.",
)  # fmt: skip
def default_security_group_closed(group: Item) -> Verdict:
    """A VPC's default security group has no rule, neither in nor out.

    Source: AWS Config Developer Guide, "vpc-default-security-group-closed".
    """
    name = text(group, "groupName")
    if name is None:
        raise Unseen("groupName: not in the configuration")
    if name != "default":
        return not_applicable(f"{name} is not a default security group")
    for place in ("ipPermissions", "ipPermissionsEgress"):
        rules = objects(group, place)
        if rules:
            return non_compliant(f"{place} has {len(rules)} rules")
    return COMPLIANT


@rule(
    "NACL_NO_UNRESTRICTED_SSH_RDP", on="AWS::EC2::NetworkAcl", severity=Severity.MEDIUM,
    fix="Deny ports 22 and 3389 from anywhere by an entry with a lower number (CreateNetworkAclEntry).",
)  # fmt: skip
def nacl_no_unrestricted_ssh_rdp(acl: Item) -> Verdict:
    """No entry of a network ACL lets TCP or UDP in from anywhere to port 22 or 3389, unless an earlier one denies it.

    Source: AWS Config Developer Guide, "nacl-no-unrestricted-ssh-rdp".
    """
    if "entries" not in acl.configuration:
        objects(acl, "entries")  # says why, where it was refused
        raise Unseen("entries: not in the configuration")
    entries = [one for one in objects(acl, "entries") if flag(one, "egress") is False]
    entries.sort(key=lambda one: number(one, "ruleNumber") or 0)
    for version in (4, 6):
        for protocol in ("6", "17"):
            for port in (22, 3389):
                entry = next((one for one in entries if _meets(one, version, protocol, port)), None)
                if entry is not None and text(entry, "ruleAction") == "allow":
                    return expect(False, f"The entry that decides on port {port} from {ANYWHERE[version]}", entry)
    return COMPLIANT


@rule(
    "INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY", on="AWS::EC2::InternetGateway", severity=Severity.MEDIUM,
    fix="Detach the internet gateway, or name its VPC among the authorized ones.",
)  # fmt: skip
def internet_gateway_authorized_vpc_only(gateway: Item, parameters: AuthorizedVpcs) -> Verdict:
    """An internet gateway that is attached is so to an authorized VPC.

    Source: AWS Config Developer Guide, "internet-gateway-authorized-vpc-only".
    """
    vpcs = [text(one, "vpcId") for one in objects(gateway, "attachments")]
    if not vpcs:
        return not_applicable("The internet gateway is not attached")
    others = [one for one in vpcs if one not in listed(parameters.authorized_vpc_ids)]
    return expect(not others, "attachments.vpcId", others)


@rule(
    "VPC_FLOW_LOGS_ENABLED", on="AWS::EC2::VPC", trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    also={FLOW_LOG: ()},
    fix="Make a flow log of the VPC (CreateFlowLogs).",
)  # fmt: skip
def vpc_flow_logs_enabled(vpc: Item, parameters: Traffic, inventory: Inventory) -> Verdict:
    """A VPC has an active flow log, of the given traffic where it matters.

    Source: AWS Config Developer Guide, "vpc-flow-logs-enabled".
    """
    found = [one for one in inventory.of_type(FLOW_LOG) if text(one, "resourceId") == vpc.resource_id]
    active = [one for one in found if text(one, "flowLogStatus") == "ACTIVE"]
    kinds = [text(one, "trafficType") for one in active]
    return expect(
        bool(kinds) if not parameters.traffic_type else parameters.traffic_type in kinds, "trafficType", kinds
    )


@rule(
    "EC2_EBS_ENCRYPTION_BY_DEFAULT", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    also={ACCOUNT: ()},
    fix="Turn on encryption by default in the region (EnableEbsEncryptionByDefault).",
)  # fmt: skip
def ebs_encryption_by_default(account: Inventory) -> Verdict:
    """New volumes are encrypted by default, in every region that was looked at.

    Source: AWS Config Developer Guide, "ec2-ebs-encryption-by-default".
    """
    place = "ebsEncryptionByDefault"
    regions = {
        item.region: flag(item, place)
        for item in account.of_type(ACCOUNT)
        if place in item.configuration or any(reason.startswith(place) for reason in item.unknown)
    }
    if not regions:
        raise Unseen(f"{place}: not collected")
    off = sorted(region for region, is_on in regions.items() if not is_on)
    return COMPLIANT if not off else non_compliant(f"{place} is off in {', '.join(off)}")


def _closed(group: Item, ports: tuple[int, ...], versions: tuple[int, ...]) -> Verdict:
    if "ipPermissions" not in group.configuration:
        objects(group, "ipPermissions")  # says why, where it was refused
        raise Unseen("ipPermissions: not in the configuration")
    for permission in objects(group, "ipPermissions"):
        if text(permission, "ipProtocol") not in _TCP:
            continue
        low, high = number(permission, "fromPort"), number(permission, "toPort")
        for port in ports:
            if low is not None and high is not None and low != -1 and not low <= port <= high:
                continue
            for cidr in sources(permission):
                if cidr in [ANYWHERE[version] for version in versions]:
                    return non_compliant(f"ipPermissions lets {cidr} in to TCP port {port}")
    return COMPLIANT


def sources(permission: Mapping[str, Any]) -> Iterator[str]:
    """The address ranges of a permission; Config writes IPv4 ranges twice, as objects and as plain texts."""
    yield from (text(one, "cidrIp") or "" for one in objects(permission, "ipv4Ranges"))
    yield from (text(one, "cidrIpv6") or "" for one in objects(permission, "ipv6Ranges"))
    plain = permission.get("ipRanges")
    if isinstance(plain, list) and all(isinstance(one, Mapping) for one in plain):
        yield from (text(one, "cidrIp") or "" for one in plain)
    else:
        yield from texts(permission, "ipRanges")


def _meets(entry: Mapping[str, Any], version: int, protocol: str, port: int) -> bool:
    """Whether an entry decides on a packet from an address that no narrower entry names."""
    cidr = text(entry, "cidrBlock" if version == 4 else "ipv6CidrBlock")
    if cidr is None or text(entry, "protocol") not in (protocol, "-1"):
        return False
    try:
        if ip_network(cidr, strict=False).prefixlen != 0:
            return False
    except ValueError:
        raise Garbled("entries.cidrBlock is no address range") from None
    low, high = number(entry, "portRange", "from"), number(entry, "portRange", "to")
    return low is None or high is None or low <= port <= high
