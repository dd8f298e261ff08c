"""What could be delivered faster: CloudFront's settings, buckets that it should stand before, and Route 53's aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import Metric
from garrison.rules.advice.records import RECORDS, ZONE, plain_name, records_of, targets
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import GIGABYTE, colour, gigabytes
from garrison.rules.reading import objects, text, texts, value

_DISTRIBUTION, _BUCKET = "AWS::CloudFront::Distribution", "AWS::S3::Bucket"
_DAYS = 30
_MOST_RATIO, _LARGE_BYTES = 25, 10 * 1024 * GIGABYTE
_MOST_HOPS = 8
_COSTLY_HEADERS = frozenset(
    {
        "*", "accept", "accept-encoding", "cookie", "date", "if-modified-since", "if-none-match", "range", "referer",
        "user-agent", "x-forwarded-for", "x-real-ip", "from", "if-range", "max-forwards", "pragma", "te", "via", "warning",
    }
)  # fmt: skip
"""Request headers with so many values that hardly an object is asked for twice (CloudFront Developer Guide, "Caching content based on
request headers")."""
_ALIASED = re.compile(
    r"(\.s3-website[.-][a-z0-9-]+\.amazonaws\.com(\.cn)?|\.cloudfront\.net|\.elb\.([a-z0-9-]+\.)?amazonaws\.com(\.cn)?"
    r"|\.[a-z0-9-]+\.elb\.amazonaws\.com(\.cn)?)$"
)
"""What an alias record can stand for: S3 websites, distributions, load balancers."""

STORED = Metric(
    _BUCKET, "AWS/S3", "BucketSizeBytes", lambda bucket: {"BucketName": bucket.resource_id, "StorageType": "StandardStorage"},
    "Average", _DAYS, most_gaps=0.9,
)  # fmt: skip
DOWNLOADED = Metric(
    _BUCKET, "AWS/S3", "BytesDownloaded", lambda bucket: {"BucketName": bucket.resource_id, "FilterId": "EntireBucket"},
    "Sum", _DAYS, most_gaps=0.9,
)  # fmt: skip
"""Measured only where request metrics are on, by a filter of this name."""


@check(
    "796d6f3D83", "cloudfront-content-delivery-optimization", Category.PERFORMANCE, on=_BUCKET, metrics=(STORED, DOWNLOADED),
    name="CloudFront Content Delivery Optimization", chinese_name="CloudFront 内容分发优化",
    columns=("Region", "Bucket Name", "S3 Storage (GB)", "Data Transfer Out (GB)", "Ratio of Transfer to Storage", "Status"),
    fix="Put a CloudFront distribution before the bucket.",
)  # fmt: skip
def content_delivery(bucket: Item, inputs: Inputs) -> Advised:
    """Less than 25 times what a bucket holds was fetched from it in the last 30 days; red from 10 TB on.

    AWS counts transfers itself; in CloudWatch they are only of buckets with request metrics (filter `EntireBucket`).

    Source: AWS Support User Guide, "CloudFront Content Delivery Optimization".
    """
    sizes = inputs.series(STORED, bucket).known
    stored, fetched = sum(sizes) / len(sizes), sum(inputs.series(DOWNLOADED, bucket).known)
    ratio = fetched / stored if stored else 0.0
    many = ratio >= _MOST_RATIO
    status = (Status.ERROR if fetched >= _LARGE_BYTES else Status.WARNING) if many else Status.OK
    return advised(
        bucket, status,
        bucket.region, bucket.resource_id, gigabytes(stored), gigabytes(fetched), f"{ratio:.1f}", colour(status),
    )  # fmt: skip


@check(
    "N415c450f2", "cloudfront-header-forwarding", Category.PERFORMANCE, on=_DISTRIBUTION,
    name="CloudFront Header Forwarding and Cache Hit Ratio", chinese_name="CloudFront 标头转发和缓存命中率",
    columns=("Status", "Distribution ID", "Distribution Domain Name", "Cache Behavior Path Pattern", "Headers"),
    fix="Forward only headers by whose value the origin's answer differs.",
)  # fmt: skip
def header_forwarding(distribution: Item, inputs: Inputs) -> Iterator[Advised]:
    """A distribution forwards no header by which hardly an object is found in the cache.

    Source: AWS Support User Guide, "CloudFront Header Forwarding and Cache Hit Ratio".
    """
    for pattern, behavior in _behaviors(distribution):
        headers = texts(behavior, "forwardedValues", "headers", "items")
        costly = [one for one in headers if one.lower() in _COSTLY_HEADERS]
        status = Status.WARNING if costly else Status.OK
        shown = colour(status), distribution.resource_id, text(distribution, "domainName"), pattern
        yield advised(distribution, status, *shown, ", ".join(costly) or None)


def _behaviors(distribution: Item) -> Iterator[tuple[str, Mapping[str, Any]]]:
    default = value(distribution, "distributionConfig", "defaultCacheBehavior")
    if isinstance(default, Mapping):
        yield "Default (*)", default
    for behavior in objects(distribution, "distributionConfig", "cacheBehaviors", "items"):
        yield text(behavior, "pathPattern") or "", behavior


@check(
    "N420c450f2", "cloudfront-alternate-domain-names", Category.PERFORMANCE, on=_DISTRIBUTION, also={ZONE: (RECORDS,)},
    name="CloudFront Alternate Domain Names", chinese_name="CloudFront 备用域名",
    columns=("Status", "Distribution ID", "Distribution Domain Name", "Alternate Domain Name", "Reason"),
    fix="Have DNS send the name to the distribution, by an alias record or a CNAME.",
)  # fmt: skip
def alternate_names(distribution: Item, inputs: Inputs) -> Iterator[Advised]:
    """The hosted zones of the account send each alternate domain name of a distribution to it.

    Names that the account's zones know nothing of may be served elsewhere; AWS flags them too.

    Source: AWS Support User Guide, "CloudFront Alternate Domain Names".
    """
    domain = text(distribution, "domainName") or ""
    for name in texts(distribution, "distributionConfig", "aliases", "items"):
        reason = _why_elsewhere(plain_name(name), plain_name(domain), inputs.once(targets))
        status = Status.WARNING if reason else Status.OK
        yield advised(distribution, status, colour(status), distribution.resource_id, domain, name, reason)


def _why_elsewhere(name: str, domain: str, known: Mapping[str, set[str]]) -> str | None:
    """Why a name does not lead to a distribution's, following records from one to the next; None where it does."""
    wildcard = f"*.{name.partition('.')[2]}"
    for _ in range(_MOST_HOPS):
        led = known.get(name) or known.get(wildcard)
        if not led:
            return "No CNAME or alias record was found"
        if domain in led:
            return None
        (name, *others) = sorted(led)
        if others:
            return "The record leads elsewhere too"
        wildcard = f"*.{name.partition('.')[2]}"
    return "Too many redirects"


@check(
    "B913Ef6fb4", "route-53-alias-record-sets", Category.PERFORMANCE, on=ZONE, parts=(RECORDS,),
    name="Amazon Route 53 Alias Resource Record Sets", chinese_name="Amazon Route 53 别名资源记录集",
    columns=(
        "Hosted Zone Name", "Hosted Zone ID", "Resource Record Set Name", "Resource Record Set Type",
        "Resource Record Set Identifier", "Alias Target", "Status",
    ),
    fix="Replace the CNAME by an alias record of type A or AAAA: it is answered faster and costs nothing.",
)  # fmt: skip
def alias_records(zone: Item, inputs: Inputs) -> Iterator[Advised]:
    """No CNAME stands where an alias record could: for an S3 website, a distribution or a load balancer.

    Source: AWS Support User Guide, "Amazon Route 53 Alias Resource Record Sets".
    """
    for record in records_of(zone):
        if text(record, "type") != "CNAME":
            continue
        target = next((text(one, "value") or "" for one in objects(record, "resourceRecords")), "")
        status = Status.WARNING if _ALIASED.search(plain_name(target)) else Status.OK
        yield advised(
            zone, status,
            text(zone, "Name"), zone.resource_id, text(record, "name"), text(record, "type"),
            text(record, "setIdentifier"), target or None, colour(status),
        )  # fmt: skip
