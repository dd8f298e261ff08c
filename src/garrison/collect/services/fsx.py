"""Amazon FSx: file systems."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Tie, Type
from garrison.collect.ec2_network import IN_VPC

FILE_SYSTEM = Type(
    "AWS::FSx::FileSystem",
    Call("DescribeFileSystems", "FileSystems[]"),
    narrow="FileSystemIds[]",
    id="FileSystemId",
    owner="OwnerId",
    arn="ResourceARN",
    tags="Tags",
    created="CreationTime",
    secrets=("OntapConfiguration.FsxAdminPassword",),
    ties=(
        IN_VPC,
        Tie("Is contained in Subnet", "AWS::EC2::Subnet", "SubnetIds[]"),
        Tie("Contains NetworkInterface", "AWS::EC2::NetworkInterface", "NetworkInterfaceIds[]"),
    ),
)

SERVICE = Service("fsx", (FILE_SYSTEM,))
