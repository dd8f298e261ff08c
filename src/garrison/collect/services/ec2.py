"""Amazon EC2: machines and disks; the network is in `collect/ec2_network.py`."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type
from garrison.collect.ec2_network import IN_SUBNET, IN_VPC, NETWORK, arn_of
from garrison.collect.forms.permissions import security_group
from garrison.collect.quotas import REGIONAL_QUOTAS

INSTANCE = Type(
    "AWS::EC2::Instance",
    Call("DescribeInstances", "Reservations[].Instances[]"),
    narrow="InstanceIds[]",
    id="InstanceId",
    arn=arn_of("instance", "InstanceId"),
    tags="Tags",
    created="LaunchTime",
    zone="Placement.AvailabilityZone",
    ties=(
        IN_VPC,
        IN_SUBNET,
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "SecurityGroups[].GroupId"),
        Tie("Is attached to Volume", "AWS::EC2::Volume", "BlockDeviceMappings[].Ebs.VolumeId"),
        Tie("Contains NetworkInterface", "AWS::EC2::NetworkInterface", "NetworkInterfaces[].NetworkInterfaceId"),
    ),
)
VOLUME = Type(
    "AWS::EC2::Volume",
    Call("DescribeVolumes", "Volumes[]"),
    narrow="VolumeIds[]",
    id="VolumeId",
    arn=arn_of("volume", "VolumeId"),
    tags="Tags",
    created="CreateTime",
    zone="AvailabilityZone",
    ties=(Tie("Is attached to Instance", "AWS::EC2::Instance", "Attachments[].InstanceId"),),
)
SNAPSHOT = Type(
    "AWS::EC2::Snapshot",
    Call("DescribeSnapshots", "Snapshots[]", params={"OwnerIds": ["self"]}),
    narrow="SnapshotIds[]",
    id="SnapshotId",
    owner="OwnerId",
    arn="arn:{partition}:ec2:{region}::snapshot/{SnapshotId}",
    tags="Tags",
    created="StartTime",
    ties=(Tie("Is created from Volume", "AWS::EC2::Volume", "VolumeId", known=True),),
    parts=(
        Part(
            "CreateVolumePermissions",
            Call(
                "DescribeSnapshotAttribute",
                params={"Attribute": "createVolumePermission", "SnapshotId": At("SnapshotId")},
            ),
            "CreateVolumePermissions",
        ),
    ),
)
IMAGE = Type(
    "AWS::EC2::Image",
    Call("DescribeImages", "Images[]", params={"Owners": ["self"]}),
    narrow="ImageIds[]",
    id="ImageId",
    owner="OwnerId",
    arn="arn:{partition}:ec2:{region}::image/{ImageId}",
    title="Name",
    tags="Tags",
    parts=(
        Part(
            "LaunchPermissions",
            Call("DescribeImageAttribute", params={"Attribute": "launchPermission", "ImageId": At("ImageId")}),
            "LaunchPermissions",
        ),
    ),
)
SECURITY_GROUP = Type(
    "AWS::EC2::SecurityGroup",
    Call("DescribeSecurityGroups", "SecurityGroups[]"),
    narrow="GroupIds[]",
    id="GroupId",
    arn=arn_of("security-group", "GroupId"),
    title="GroupName",
    tags="Tags",
    ties=(IN_VPC,),
    drop=("SecurityGroupArn",),
    shaped=security_group,
)
LAUNCH_TEMPLATE = Type(
    "AWS::EC2::LaunchTemplate",
    Call("DescribeLaunchTemplates", "LaunchTemplates[]"),
    narrow="LaunchTemplateIds[]",
    id="LaunchTemplateId",
    arn=arn_of("launch-template", "LaunchTemplateId"),
    title="LaunchTemplateName",
    tags="Tags",
    created="CreateTime",
    rename={"LaunchTemplateId": "Id"},
    only=("LaunchTemplateId", "LaunchTemplateName", "DefaultVersionNumber", "LatestVersionNumber"),
    secrets=("UserData",),
    parts=(
        Part(
            "LaunchTemplateData",
            Call(
                "DescribeLaunchTemplateVersions",
                params={"LaunchTemplateId": At("LaunchTemplateId"), "Versions": ["$Default"]},
            ),
            "LaunchTemplateVersions[].LaunchTemplateData",
            into=Place.CONFIGURATION,
        ),
    ),
)
RESERVED_INSTANCES = Type(
    "AWS::EC2::ReservedInstances",
    Call("DescribeReservedInstances", "ReservedInstances[]"),
    narrow="ReservedInstancesIds[]",
    id="ReservedInstancesId",
    arn=arn_of("reserved-instances", "ReservedInstancesId"),
    tags="Tags",
    created="Start",
)
ACCOUNT = Type(
    "AWS::::Account",
    Call("GetEbsEncryptionByDefault"),
    id="{account}",
    arn="arn:{partition}:iam::{account}:root",
    parts=(
        Part("EbsDefaultKmsKeyId", Call("GetEbsDefaultKmsKeyId"), "KmsKeyId"),
        Part("SnapshotBlockPublicAccess", Call("GetSnapshotBlockPublicAccessState"), "State"),
        Part("ImageBlockPublicAccess", Call("GetImageBlockPublicAccessState"), "ImageBlockPublicAccessState"),
        Part("InstanceMetadataDefaults", Call("GetInstanceMetadataDefaults"), "AccountLevel"),
        *REGIONAL_QUOTAS,
    ),
)

SERVICE = Service(
    "ec2", (INSTANCE, VOLUME, SNAPSHOT, IMAGE, SECURITY_GROUP, LAUNCH_TEMPLATE, RESERVED_INSTANCES, ACCOUNT, *NETWORK)
)
