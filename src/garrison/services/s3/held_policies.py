"""Buckets as resources with policies of their own, for whoever asks about access to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from garrison import codec
from garrison.arn import parse_arn
from garrison.services.held_policies import HeldPolicy
from garrison.services.s3.finding import is_public, lookup_bucket
from garrison.services.s3.resources import Bucket
from garrison.services.s3.service import service

if TYPE_CHECKING:
    from garrison.store import Unit


@service.resource_policies(Bucket.resource_type)
def policies_of_buckets(unit: Unit, arn: str | None) -> Iterator[HeldPolicy]:
    """The region's buckets, or the bucket that an ARN is about: itself, or an object in it."""
    found = _bucket_of(unit, arn) if arn is not None else None
    buckets = unit.page(Bucket) if arn is None else [found] if found is not None else []
    for bucket in buckets:
        yield HeldPolicy(
            arn=bucket.arn,
            resource_type=Bucket.resource_type,
            account=bucket.account,
            created_at=bucket.created_at,
            text=_in_effect(bucket),
        )


def _bucket_of(unit: Unit, arn: str) -> Bucket | None:
    parsed = parse_arn(arn)
    if parsed is None or parsed.service != "s3" or parsed.account:
        return None
    return lookup_bucket(unit, parsed.resource.partition("/")[0])


def _in_effect(bucket: Bucket) -> str | None:
    """The bucket's policy, with what the block of public access makes of a public one: nobody from outside but AWS's services."""
    restricts = (bucket.public_access_block or {}).get("RestrictPublicBuckets")
    if bucket.policy is None or not restricts or not is_public(bucket.policy):
        return bucket.policy
    document = codec.decode(bucket.policy)
    written = document["Statement"]
    document["Statement"] = [*(written if isinstance(written, list) else [written]), _nobody_outside(bucket)]
    return codec.encode(document).decode()


def _nobody_outside(bucket: Bucket) -> dict[str, object]:
    return {
        "Sid": "RestrictPublicBuckets",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket.arn, f"{bucket.arn}/*"],
        "Condition": {
            "StringNotEquals": {"aws:PrincipalAccount": bucket.account},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }
