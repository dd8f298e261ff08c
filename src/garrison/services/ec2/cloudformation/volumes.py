"""AWS::EC2::Volume and AWS::EC2::VolumeAttachment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.ec2.cloudformation.nouns import Noun, tags_of, update_tags, wait_until
from garrison.services.handlers import TagStyle, Work, kind

_GONE = "InvalidVolume.NotFound InvalidAttachment.NotFound IncorrectState"
_MADE_WITH = ("AvailabilityZone", "Encrypted", "KmsKeyId", "SnapshotId", "MultiAttachEnabled", "OutpostArn")
_SET = ("Size", "VolumeType", "Iops", "Throughput")
_VOLUME = Noun("volume", "CreateVolume", "", "DescribeVolumes", "Volumes", "VolumeId", "VolumeIds", "DeleteVolume")

volume = kind(
    "AWS::EC2::Volume",
    " ".join((*_MADE_WITH, *_SET)),
    required="AvailabilityZone",
    create_only=" ".join(_MADE_WITH),
    attributes="VolumeId",
    tags=TagStyle.OF_STACK,
    gone="InvalidVolume.NotFound",
)


@volume.create
def create_volume(work: Work) -> None:
    """A volume, until it can be attached."""
    made = _VOLUME.make(work, **work.given(*_MADE_WITH, *_SET))
    work.made(made["VolumeId"], VolumeId=made["VolumeId"])
    _wait_for(work, made["VolumeId"], "available")


def _wait_for(work: Work, identifier: str, wanted: str) -> None:
    wait_until(
        work,
        lambda: (_VOLUME.shown(work, identifier) or {}).get("State", wanted) == wanted,
        f"The state {wanted} of {identifier}",
    )


@volume.update
def update_volume(work: Work) -> None:
    """Size, type and speed, while it is in use."""
    if work.has_changed(*_SET):
        work.call("ec2", "ModifyVolume", VolumeId=work.physical_id, **work.given(*_SET))
    update_tags(work)


@volume.delete
def delete_volume(work: Work) -> None:
    """The volume with what it holds."""
    _VOLUME.delete(work)


@volume.read
def read_volume(work: Work) -> Mapping[str, Any] | None:
    """It as it is."""
    shown = _VOLUME.shown(work)
    if shown is None:
        return None
    return {name: shown.get(name) or None for name in (*_MADE_WITH, *_SET)} | {"Tags": tags_of(shown)}


attachment = kind(
    "AWS::EC2::VolumeAttachment",
    "Device InstanceId VolumeId",
    required="InstanceId VolumeId",
    create_only="Device InstanceId VolumeId",
    gone=_GONE,
)


def _shown_attachment(work: Work) -> Mapping[str, Any] | None:
    shown = _VOLUME.shown(work, work.text("VolumeId"))
    for one in (shown or {}).get("Attachments") or ():
        if one.get("InstanceId") == work.text("InstanceId") and one.get("State") in ("attaching", "attached"):
            found: Mapping[str, Any] = one
            return found
    return None


@attachment.create
def create_attachment(work: Work) -> None:
    """The volume at the instance."""
    identifier = f"{work.text('VolumeId')}|{work.text('InstanceId')}"
    said = work.given("Device", "InstanceId", "VolumeId")
    work.call_for_new(identifier, lambda: _shown_attachment(work), "ec2", "AttachVolume", **said)
    work.made(identifier)
    _wait_for(work, f"{work.text('VolumeId')}", "in-use")


@attachment.delete
def delete_attachment(work: Work) -> None:
    """The volume is free."""
    work.call("ec2", "DetachVolume", **work.given("InstanceId", "VolumeId"))
    _wait_for(work, f"{work.text('VolumeId')}", "available")


@attachment.read
def read_attachment(work: Work) -> Mapping[str, Any] | None:
    """Where it is."""
    shown = _shown_attachment(work)
    return {name: shown.get(name) for name in ("Device", "InstanceId", "VolumeId")} if shown is not None else None
