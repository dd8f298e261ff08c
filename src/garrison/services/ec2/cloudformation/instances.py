"""AWS::EC2::Instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from garrison.services.ec2.cloudformation.nouns import Noun, tags_of, update_tags, wait_until
from garrison.services.handlers import TagStyle, Work, kind

_LONGEST_TOKEN = 64
_MADE_WITH = (
    "ImageId",
    "KeyName",
    "SubnetId",
    "PrivateIpAddress",
    "SecurityGroups",
    "BlockDeviceMappings",
    "NetworkInterfaces",
    "LaunchTemplate",
)
"""What an instance has for good."""
_STOPPED_FOR = {"InstanceType": "InstanceType", "EbsOptimized": "EbsOptimized", "UserData": "UserData"}
_SET_RUNNING = ("SourceDestCheck", "DisableApiTermination", "InstanceInitiatedShutdownBehavior")
_DEFAULTS = {
    "InstanceType": "m1.small",
    "EbsOptimized": False,
    "UserData": "",
    "SourceDestCheck": True,
    "DisableApiTermination": False,
    "InstanceInitiatedShutdownBehavior": "stop",
}


class _Instances(Noun):
    """Instances are described in the reservations that made them, and for a while after their end."""

    def first(self, work: Work, **asked: Any) -> Mapping[str, Any] | None:
        found = work.call_if_there("ec2", self.described_by, **asked)
        for reservation in (found or {}).get("Reservations") or ():
            for one in reservation["Instances"]:
                if one["State"]["Name"] not in ("shutting-down", "terminated"):
                    shown: Mapping[str, Any] = one
                    return shown
        return None


_INSTANCE = _Instances(
    "instance", "RunInstances", "Instances", "DescribeInstances", "Reservations", "InstanceId", "InstanceIds"
)

instance = kind(
    "AWS::EC2::Instance",
    "AvailabilityZone Tenancy IamInstanceProfile Monitoring MetadataOptions SecurityGroupIds "
    + " ".join((*_MADE_WITH, *_STOPPED_FOR, *_SET_RUNNING)),
    create_only="AvailabilityZone Tenancy MetadataOptions " + " ".join(_MADE_WITH),
    attributes="InstanceId AvailabilityZone PrivateDnsName PrivateIp PublicDnsName PublicIp VpcId",
    write_only="UserData BlockDeviceMappings NetworkInterfaces LaunchTemplate SecurityGroups "
    + "DisableApiTermination InstanceInitiatedShutdownBehavior",
    tags=TagStyle.OF_STACK,
    gone="InvalidInstanceID.NotFound",
)


@instance.create
def create_instance(work: Work) -> None:
    """One instance, until it runs."""
    zone = {"AvailabilityZone": work.properties.get("AvailabilityZone"), "Tenancy": work.properties.get("Tenancy")}
    placement = {name: value for name, value in zone.items() if value is not None}
    profile, monitored = work.text("IamInstanceProfile"), work.properties.get("Monitoring")
    made = _INSTANCE.make(
        work,
        MinCount=1,
        MaxCount=1,
        ClientToken=work.generated_name(_LONGEST_TOKEN),
        Placement=placement or None,
        IamInstanceProfile={"Name": profile} if profile is not None else None,
        Monitoring={"Enabled": monitored} if monitored is not None else None,
        **work.given(
            *_MADE_WITH,
            *_STOPPED_FOR,
            "MetadataOptions",
            "SecurityGroupIds",
            "DisableApiTermination",
            "InstanceInitiatedShutdownBehavior",
        ),
    )
    work.made(made["InstanceId"], InstanceId=made["InstanceId"])
    _wait_for(work, "running")
    shown = _INSTANCE.shown(work) or made
    work.made(
        made["InstanceId"],
        AvailabilityZone=(shown.get("Placement") or {}).get("AvailabilityZone"),
        PrivateDnsName=shown.get("PrivateDnsName"),
        PrivateIp=shown.get("PrivateIpAddress"),
        PublicDnsName=shown.get("PublicDnsName") or "",
        PublicIp=shown.get("PublicIpAddress") or "",
        VpcId=shown.get("VpcId"),
    )
    if work.properties.get("SourceDestCheck") is not None:
        _modify(work, "SourceDestCheck")


def _wait_for(work: Work, wanted: str) -> None:
    def is_so() -> bool:
        shown = _INSTANCE.shown(work)
        state = shown["State"]["Name"] if shown is not None else "terminated"
        if state == "terminated" and wanted != state:
            raise work.fail(f"The instance {work.physical_id} was terminated.")
        return bool(state == wanted)

    wait_until(work, is_so, f"The state {wanted} of {work.physical_id}")


def _modify(work: Work, name: str) -> None:
    value = {"Value": work.properties.get(name, _DEFAULTS[name])}
    work.call("ec2", "ModifyInstanceAttribute", InstanceId=work.physical_id, **{name: value})


def _update_groups(work: Work) -> None:
    work.call("ec2", "ModifyInstanceAttribute", InstanceId=work.physical_id, Groups=work.listed("SecurityGroupIds"))


def _update_monitoring(work: Work) -> None:
    is_monitored = str(work.properties.get("Monitoring", "")).lower() == "true"
    work.call("ec2", "MonitorInstances" if is_monitored else "UnmonitorInstances", InstanceIds=[work.physical_id])


def _update_profile(work: Work) -> None:
    wanted = work.text("IamInstanceProfile")
    asked = [{"Name": "instance-id", "Values": [work.physical_id]}]
    answer = work.call("ec2", "DescribeIamInstanceProfileAssociations", Filters=asked)
    states = ("associating", "associated")
    found = [one for one in answer["IamInstanceProfileAssociations"] if one["State"] in states]
    old = found[0]["AssociationId"] if found else None
    if wanted is None:
        if old is not None:
            work.call("ec2", "DisassociateIamInstanceProfile", AssociationId=old)
    elif old is not None:
        said = {"AssociationId": old, "IamInstanceProfile": {"Name": wanted}}
        work.call("ec2", "ReplaceIamInstanceProfileAssociation", **said)
    else:
        said = {"InstanceId": work.physical_id, "IamInstanceProfile": {"Name": wanted}}
        work.call("ec2", "AssociateIamInstanceProfile", **said)


_UPDATES: dict[str, Callable[[Work], None]] = {
    "SecurityGroupIds": _update_groups,
    "Monitoring": _update_monitoring,
    "IamInstanceProfile": _update_profile,
}


@instance.update
def update_instance(work: Work) -> None:
    """What can be set while it runs; for the rest it is stopped and started."""
    for name, update in _UPDATES.items():
        if work.has_changed(name):
            update(work)
    for name in _SET_RUNNING:
        if work.has_changed(name):
            _modify(work, name)
    if work.has_changed(*_STOPPED_FOR):
        work.call("ec2", "StopInstances", InstanceIds=[work.physical_id])
        _wait_for(work, "stopped")
        for name in _STOPPED_FOR:
            if work.has_changed(name):
                _modify(work, name)
        work.call("ec2", "StartInstances", InstanceIds=[work.physical_id])
        _wait_for(work, "running")
    update_tags(work)


@instance.delete
def delete_instance(work: Work) -> None:
    """The instance, until it is gone: its subnet and groups are free then."""
    work.call("ec2", "TerminateInstances", InstanceIds=[work.physical_id])
    wait_until(work, lambda: _is_terminated(work), f"The end of {work.physical_id}")


def _is_terminated(work: Work) -> bool:
    found = work.call_if_there("ec2", "DescribeInstances", InstanceIds=[work.physical_id]) or {}
    states = [one["State"]["Name"] for each in found.get("Reservations") or () for one in each["Instances"]]
    return all(state == "terminated" for state in states)


@instance.read
def read_instance(work: Work) -> Mapping[str, Any] | None:
    """It as it is."""
    shown = _INSTANCE.shown(work)
    if shown is None:
        return None
    names = ("ImageId", "InstanceType", "KeyName", "SubnetId", "PrivateIpAddress", "EbsOptimized", "SourceDestCheck")
    placement, profile = shown.get("Placement") or {}, (shown.get("IamInstanceProfile") or {}).get("Arn")
    there = [one["GroupId"] for one in shown.get("SecurityGroups") or ()]
    wanted = work.listed("SecurityGroupIds")
    return {name: shown.get(name) for name in names} | {
        "AvailabilityZone": placement.get("AvailabilityZone"),
        "Tenancy": placement.get("Tenancy"),
        "IamInstanceProfile": profile.rpartition("/")[2] if profile else None,
        "Monitoring": (shown.get("Monitoring") or {}).get("State") in ("enabled", "pending"),
        "SecurityGroupIds": [*(one for one in wanted if one in there), *(one for one in there if one not in wanted)],
        "Tags": tags_of(shown),
    }
