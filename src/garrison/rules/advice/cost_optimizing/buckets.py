"""S3 buckets whose objects and leftovers are kept for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison import codec
from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.result import Advised, Command, Status
from garrison.rules.advice.showing import colour, plain
from garrison.rules.reading import number, objects, part, text

_BUCKET, _LIFECYCLE, _VERSIONING = "AWS::S3::Bucket", "BucketLifecycleConfiguration", "BucketVersioningConfiguration"
_LONGEST_UPLOAD_DAYS = 7


def _rules(bucket: Item) -> list[Mapping[str, Any]]:
    """The lifecycle rules that are on."""
    return [one for one in objects(part(bucket, _LIFECYCLE), "rules") if text(one, "status") == "Enabled"]


@check(
    "c18d2gz100", "s3-bucket-lifecycle-policy", Category.COST_OPTIMIZING, on=_BUCKET, parts=(_LIFECYCLE,),
    name="Amazon S3 Bucket Lifecycle Policy Configured", chinese_name="Amazon S3 存储桶生命周期策略配置",
    columns=COLUMNS, fix="Give the bucket lifecycle rules that expire objects or move them to cheaper storage classes.",
)  # fmt: skip
def with_lifecycle(bucket: Item, inputs: Inputs) -> Advised:
    """A bucket has a lifecycle rule that is on.

    Source: AWS Support User Guide, "Amazon S3 Bucket Lifecycle Policy Configured"; AWS Config Developer Guide,
    "s3-lifecycle-policy-check".
    """
    return row(bucket, inputs, Status.OK if _rules(bucket) else Status.WARNING, "S3_LIFECYCLE_POLICY_CHECK")


@check(
    "c18d2gz171", "s3-versioned-buckets-without-lifecycle", Category.COST_OPTIMIZING, on=_BUCKET,
    parts=(_LIFECYCLE, _VERSIONING),
    name="Amazon S3 version-enabled buckets without lifecycle policies configured",
    chinese_name="已启用版本控制但未配置生命周期策略的 Amazon S3 存储桶",
    columns=COLUMNS, fix="Give the bucket lifecycle rules for versions that are no longer current.",
)  # fmt: skip
def versioned_with_lifecycle(bucket: Item, inputs: Inputs) -> Advised | None:
    """A bucket that keeps old versions has a lifecycle rule that is on.

    Source: AWS Support User Guide, "Amazon S3 version-enabled buckets without lifecycle policies configured"; AWS Config Developer
    Guide, "s3-version-lifecycle-policy-check".
    """
    if text(part(bucket, _VERSIONING), "status") != "Enabled":
        return None
    return row(bucket, inputs, Status.OK if _rules(bucket) else Status.WARNING, "S3_VERSION_LIFECYCLE_POLICY_CHECK")


@check(
    "c1cj39rr6v", "s3-incomplete-multipart-upload-abort", Category.COST_OPTIMIZING, on=_BUCKET, parts=(_LIFECYCLE,),
    name="Amazon S3 Incomplete Multipart Upload Abort Configuration", chinese_name="Amazon S3 未完成分段上传的中止配置",
    columns=(
        "Status", "Region", "Bucket Name", "Bucket ARN", "Lifecycle rule for deleting incomplete MPU",
        "Days After Initiation", "Last Updated Time",
    ),
    fix="Add a lifecycle rule for the whole bucket that aborts multipart uploads after seven days.",
)  # fmt: skip
def aborting_uploads(bucket: Item, inputs: Inputs) -> Advised:
    """A lifecycle rule for all objects aborts multipart uploads that are incomplete after seven days at most.

    Source: AWS Support User Guide, "Amazon S3 Incomplete Multipart Upload Abort Configuration".
    """
    after = min(
        (days for one in _rules(bucket) if _is_of_all(one) and (days := _abort_days(one)) is not None), default=None
    )
    status = Status.OK if after is not None and after <= _LONGEST_UPLOAD_DAYS else Status.WARNING
    return advised(
        bucket, status,
        colour(status), bucket.region, bucket.resource_id, bucket.arn, "Yes" if after is not None else "No", plain(after),
        inputs.now.isoformat(),
        commands=_aborting(bucket) if status is Status.WARNING and not objects(part(bucket, _LIFECYCLE), "rules") else (),
    )  # fmt: skip


def _abort_days(rule: Mapping[str, Any]) -> float | None:
    return number(rule, "abortIncompleteMultipartUpload", "daysAfterInitiation")


def _is_of_all(rule: Mapping[str, Any]) -> bool:
    """Whether a rule holds for every object."""
    predicate = (rule.get("filter") or {}).get("predicate")
    return not text(rule, "prefix") and (
        not predicate or (predicate.get("type") == "LifecyclePrefixPredicate" and not predicate.get("prefix"))
    )


def _aborting(bucket: Item) -> list[Command]:
    """What puts the rule in place of none; where there are rules it would replace them, and nothing is proposed."""
    rule = {
        "ID": "abort-incomplete-uploads",
        "Status": "Enabled",
        "Filter": {},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _LONGEST_UPLOAD_DAYS},
    }
    told = codec.encode({"Rules": [rule]}).decode()
    return [
        (
            "s3api",
            "put-bucket-lifecycle-configuration",
            "--bucket",
            bucket.resource_id,
            "--lifecycle-configuration",
            told,
        )
    ]
