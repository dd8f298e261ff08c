"""S3 buckets whose objects cannot be brought back, or whose use nobody can look up."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.lookups import with_id
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, yes
from garrison.rules.managed.s3 import BUCKET, policy_text
from garrison.rules.managed.s3_policies import grants_of
from garrison.rules.reading import Unseen, flag, part, text, value

DELIVERY = "LogDelivery"
DELIVERER = "logging.s3.amazonaws.com"
WRITING = ("Write", "WRITE", "FullControl", "FULL_CONTROL")


@check(
    "R365s2Qddf", "amazon-s3-bucket-versioning", Category.FAULT_TOLERANCE, on=BUCKET,
    parts=("BucketVersioningConfiguration",),
    name="Amazon S3 Bucket Versioning", chinese_name="Amazon S3 存储桶版本控制",
    columns=("Region", "Bucket Name", "Versioning", "MFA Delete Enabled", "Status"),
    fix="Enable versioning (PutBucketVersioning), with lifecycle rules for old versions.",
)  # fmt: skip
def versioning(bucket: Item, inputs: Inputs) -> Advised:
    """A bucket keeps the versions of its objects.

    A bucket of which that cannot be seen is not available, where AWS says yellow. Source: AWS Support User Guide, "Amazon S3 Bucket
    Versioning".
    """
    found = part(bucket, "BucketVersioningConfiguration")
    state = text(found, "status")
    if state is None:
        raise Unseen("BucketVersioningConfiguration: not collected")
    status = Status.OK if state == "Enabled" else Status.WARNING
    shown = "Not Enabled" if state == "Off" else state
    command = (
        "s3api", "put-bucket-versioning", "--bucket", bucket.resource_id,
        "--versioning-configuration", "Status=Enabled",
    )  # fmt: skip
    return advised(
        bucket, status, bucket.region, bucket.resource_id, shown, yes(flag(found, "isMfaDeleteEnabled") is True),
        colour(status), commands=() if status is Status.OK else [command],
    )  # fmt: skip


@check(
    "BueAdJ7NrP", "amazon-s3-bucket-logging", Category.FAULT_TOLERANCE, on=BUCKET,
    parts=("BucketLoggingConfiguration", "AccessControlList", "BucketPolicy"),
    name="Amazon S3 Bucket Logging", chinese_name="Amazon S3 存储桶日志记录",
    columns=(
        "Region", "Bucket Name", "Target Name", "Target Exists", "Same Owner", "Write Enabled", "Status", "Reason",
    ),
    fix="Have access logs written to a bucket of the account that lets logging.s3.amazonaws.com write (PutBucketLogging).",
)  # fmt: skip
def logging(bucket: Item, inputs: Inputs) -> Advised:
    """A bucket has access logs (yellow where not) that go to a bucket which exists and which may be written to (red).

    Source: AWS Support User Guide, "Amazon S3 Bucket Logging".
    """
    found = part(bucket, "BucketLoggingConfiguration")
    if "destinationBucketName" not in found:
        raise Unseen("BucketLoggingConfiguration: not collected")
    name = text(found, "destinationBucketName")
    if name is None:
        yellow = (colour(Status.WARNING), "Logging is not enabled")
        return advised(bucket, Status.WARNING, bucket.region, bucket.resource_id, *(None,) * 4, *yellow)
    target = with_id(inputs, BUCKET, name)
    if target is None:
        red = (colour(Status.ERROR), "The target bucket does not exist")
        return advised(bucket, Status.ERROR, bucket.region, bucket.resource_id, name, "No", None, "No", *red)
    writes = _takes_logs(target)
    status = Status.OK if writes else Status.ERROR
    reason = None if writes else "Logs cannot be written"
    return advised(
        bucket, status, bucket.region, bucket.resource_id, name, "Yes", "Yes", yes(writes), colour(status), reason
    )


def _takes_logs(target: Item) -> bool:
    """Whether S3 may write logs into a bucket, by its access control list or its policy."""
    if DELIVERER in (policy_text(target) or ""):
        return True
    acl = part(target, "AccessControlList")
    if not acl:
        raise Unseen("AccessControlList of the target bucket: not collected")
    return any(grantee == DELIVERY and permission in WRITING for grantee, permission in grants_of(acl))


@check(
    "c18d2gz119", "amazon-s3-bucket-replication-not-enabled", Category.FAULT_TOLERANCE, on=BUCKET,
    parts=("BucketReplicationConfiguration",),
    name="Amazon S3 Bucket Replication Not Enabled", chinese_name="未启用 Amazon S3 存储桶复制",
    columns=COLUMNS, fix="Replicate the bucket to another one, best in another region (PutBucketReplication).",
)  # fmt: skip
def replication(bucket: Item, inputs: Inputs) -> Advised:
    """A bucket has a replication rule that is on.

    Source: AWS Support User Guide, "Amazon S3 Bucket Replication Not Enabled".
    """
    rules = value(part(bucket, "BucketReplicationConfiguration"), "rules") or {}
    many = rules.values() if isinstance(rules, dict) else rules if isinstance(rules, list) else ()
    is_on = any(isinstance(one, dict) and text(one, "status") == "Enabled" for one in many)
    return row(bucket, inputs, Status.OK if is_on else Status.WARNING, "s3-bucket-replication-enabled")
