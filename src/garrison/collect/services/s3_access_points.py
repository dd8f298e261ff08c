"""Amazon S3's access points, which each region lists of itself; S3 Control's settings of the account are in `s3control.py`."""

from __future__ import annotations

from garrison.collect.declaration import AccountId, At, Call, Service, Tie, Type

_CONTROL = "s3control"

ACCESS_POINT = Type(
    "AWS::S3::AccessPoint",
    Call(
        "GetAccessPoint",
        params={"AccountId": AccountId(), "Name": At("Name")},
        each=Call("ListAccessPoints", "AccessPointList[]", params={"AccountId": AccountId()}, service=_CONTROL),
        service=_CONTROL,
    ),
    id="Name",
    arn="AccessPointArn",
    title="Name",
    created="CreationDate",
    rename={"AccessPointArn": "Arn"},
    ties=(
        Tie("Is associated with Bucket", "AWS::S3::Bucket", "Bucket"),
        Tie("Is contained in Vpc", "AWS::EC2::VPC", "VpcConfiguration.VpcId"),
    ),
)

SERVICE = Service("s3-access-points", (ACCESS_POINT,))
"""A name of our own: botocore has one service for these, which are asked for in each region, and for settings of the account."""
