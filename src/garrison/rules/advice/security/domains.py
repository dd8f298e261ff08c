"""Names that others can speak or serve under: mail without a sender policy, names that lead to buckets of nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.records import RECORDS, ZONE
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.advice.zones import is_of_service, records, title

_BUCKET = re.compile(r"(?P<bucket>.+?)\.s3[.-](?:[a-z0-9.-]+\.)?amazonaws\.com", re.ASCII)
"""The names by which S3 serves a bucket."""


@check(
    "c9D319e7sG", "amazon-route-53-mx-and-sender-policy-framework", Category.SECURITY, on=ZONE,
    parts=(RECORDS,),
    name="Amazon Route 53 MX Resource Record Sets and Sender Policy Framework",
    chinese_name="Amazon Route 53 MX 资源记录集和发件人策略框架",
    columns=("Hosted Zone Name", "Hosted Zone ID", "Resource Record Set Name", "Status"),
    fix="Make a TXT record that says who sends mail for the name: “v=spf1 … -all”.",
)  # fmt: skip
def sender_policy(zone: Item, inputs: Inputs) -> Iterator[Advised]:
    """A name that takes mail has a TXT record with a sender policy; in an SPF record alone it is yellow, without any red.

    Source: AWS Support User Guide, "Amazon Route 53 MX Resource Record Sets and Sender Policy Framework".
    """
    if is_of_service(zone):
        return
    found = records(zone)
    policies = {
        (one.name, one.kind)
        for one in found
        if one.kind in ("TXT", "SPF") and any(each.strip('" ').lower().startswith("v=spf1") for each in one.values)
    }
    for one in found:
        if one.kind != "MX":
            continue
        if (one.name, "TXT") in policies:
            status = Status.OK
        else:
            status = Status.WARNING if (one.name, "SPF") in policies else Status.ERROR
        yield advised(zone, status, title(zone), zone.resource_id, one.name, colour(status))


@check(
    "c1ng44jvbm", "amazon-route-53-mismatching-cname-records-to-s3", Category.SECURITY, on=ZONE,
    parts=(RECORDS,),
    name="Amazon Route 53 mismatching CNAME records pointing directly to S3 buckets",
    chinese_name="直接指向 S3 存储桶的不匹配的 Amazon Route 53 CNAME 记录",
    columns=(
        "Status", "Hosted Zone ID", "Hosted Zone ARN", "Matching CNAME Records", "Mismatching CNAME Records",
        "Last Updated Time",
    ),
    fix="Have the name lead to a bucket of the same name, or to a distribution of CloudFront's.",
)  # fmt: skip
def bucket_names(zone: Item, inputs: Inputs) -> Advised | None:
    """A name that leads to an S3 bucket is the bucket's name.

    Source: AWS Support User Guide, "Amazon Route 53 mismatching CNAME records pointing directly to S3 buckets".
    """
    if is_of_service(zone):
        return None
    fitting: list[str] = []
    others: list[str] = []
    for one in records(zone):
        for each in one.values if one.kind == "CNAME" else ():
            served = _BUCKET.fullmatch(each.rstrip(".").lower()[:512])
            if served is not None:
                (fitting if served["bucket"] == one.name else others).append(one.name)
    status = Status.ERROR if others else Status.OK
    return advised(
        zone, status, colour(status), zone.resource_id, zone.arn, ", ".join(fitting) or None, ", ".join(others) or None,
        inputs.now.isoformat(),
    )  # fmt: skip
