"""Amazon S3's settings of the account as a whole."""

from __future__ import annotations

from garrison.collect.declaration import AccountId, Call, Service, Type
from garrison.items import GLOBAL

_NOTHING_BLOCKED = {
    "BlockPublicAcls": False,
    "IgnorePublicAcls": False,
    "BlockPublicPolicy": False,
    "RestrictPublicBuckets": False,
}

ACCOUNT_PUBLIC_ACCESS_BLOCK = Type(
    "AWS::S3::AccountPublicAccessBlock",
    Call(
        "GetPublicAccessBlock",
        "PublicAccessBlockConfiguration",
        params={"AccountId": AccountId()},
        absent={"NoSuchPublicAccessBlockConfiguration": {"PublicAccessBlockConfiguration": _NOTHING_BLOCKED}},
    ),
    id="{account}",
    arn="arn:{partition}:s3:::{account}",
    region=GLOBAL,
)

SERVICE = Service("s3control", (ACCOUNT_PUBLIC_ACCESS_BLOCK,), is_global=True)
