"""Amazon EFS: file systems, with their policies, mount targets and whether they are backed up."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

_OF_FILE_SYSTEM = {"FileSystemId": At("FileSystemId")}

FILE_SYSTEM = Type(
    "AWS::EFS::FileSystem",
    Call("DescribeFileSystems", "FileSystems[]"),
    id="FileSystemId",
    arn="FileSystemArn",
    title="Name",
    tags="Tags",
    created="CreationTime",
    rename={"FileSystemArn": "Arn"},
    drop=("SizeInBytes", "NumberOfMountTargets"),
    parts=(
        Part(
            "BackupPolicy",
            Call("DescribeBackupPolicy", params=_OF_FILE_SYSTEM),
            "BackupPolicy",
            into=Place.CONFIGURATION,
            absent=("PolicyNotFound",),
        ),
        Part(
            "FileSystemPolicy",
            Call("DescribeFileSystemPolicy", params=_OF_FILE_SYSTEM),
            "Policy",
            absent=("PolicyNotFound",),
        ),
        Part("MountTargets", Call("DescribeMountTargets", params=_OF_FILE_SYSTEM), "MountTargets"),
    ),
)

SERVICE = Service("efs", (FILE_SYSTEM,))
