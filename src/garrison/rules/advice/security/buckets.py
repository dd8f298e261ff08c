"""S3 buckets that others than the account get into."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, yes
from garrison.rules.managed.s3 import ACCOUNT_BLOCK, BLOCKS, BUCKET, policy_text
from garrison.rules.managed.s3_policies import EVERYBODY, grants_of, is_on_for_account
from garrison.rules.policies import parsed, public_access
from garrison.rules.reading import Unseen, flag, part

LISTING = frozenset({"Read", "READ", "FullControl", "FULL_CONTROL"})
CHANGING = frozenset({"Write", "WRITE", "FullControl", "FULL_CONTROL"})


@check(
    "Pfx0RwqBli", "amazon-s3-bucket-permissions", Category.SECURITY, on=BUCKET,
    parts=("PublicAccessBlockConfiguration", "BucketPolicy", "AccessControlList"), also={ACCOUNT_BLOCK: ()},
    name="Amazon S3 Bucket Permissions", chinese_name="Amazon S3 存储桶权限",
    columns=(
        "Region Name", "Region API Parameter", "Bucket Name", "ACL Allows List", "ACL Allows Upload/Delete", "Status",
        "Policy Allows Access", "Ignored Bucket Name",
    ),
    fix="Turn on the bucket's whole public access block (PutPublicAccessBlock), or take anybody's access away.",
)  # fmt: skip
def bucket_permissions(bucket: Item, inputs: Inputs) -> Advised:
    """Neither access control list nor policy lets anybody in (red), and all four public access blocks are on (yellow).

    A public policy that RestrictPublicBuckets keeps from the public is yellow. The account's blocks count as the bucket's do. A
    bucket whose policy cannot be seen is not available, where AWS says red. Source: AWS Support User Guide, "Amazon S3 Bucket Permissions".
    """
    block = part(bucket, "PublicAccessBlockConfiguration")
    blocked = {name: flag(block, name) is True or is_on_for_account(inputs.inventory, name) for name in BLOCKS}
    lists, changes = _open_to_anybody(bucket)
    if blocked["ignorePublicAcls"]:
        lists = changes = False
    policy = policy_text(bucket)
    is_public = policy is not None and public_access(parsed(policy), ("s3:*",)) is not None
    if lists or changes or (is_public and not blocked["restrictPublicBuckets"]):
        status = Status.ERROR
    else:
        status = Status.WARNING if is_public or not all(blocked.values()) else Status.OK
    settings = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
    command = (
        "s3api", "put-public-access-block", "--bucket", bucket.resource_id,
        "--public-access-block-configuration", settings,
    )  # fmt: skip
    return advised(
        bucket, status, bucket.region, bucket.region, bucket.resource_id, yes(lists), yes(changes), colour(status),
        yes(is_public), None, commands=[command] if status is not Status.OK else (),
    )  # fmt: skip


def _open_to_anybody(bucket: Item) -> tuple[bool, bool]:
    """Whether the access control list lets anybody list, and upload or delete."""
    acl = part(bucket, "AccessControlList")
    if not acl:
        raise Unseen("AccessControlList: not collected")
    granted = {permission for grantee, permission in grants_of(acl) if grantee in EVERYBODY}
    return bool(granted & LISTING), bool(granted & CHANGING)
