"""Pass on what was counted to CloudWatch, each count exactly once.

A count waits in the transaction of the batch that brought it; the metric data remember how far they have taken.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from garrison.arn import Arn, parse_arn
from garrison.detect.summary import of_values
from garrison.metrics import Datum, Metric, MetricData, Source, open_metric_data
from garrison.services.wafv2.naming import at_arn
from garrison.services.wafv2.records.file import COUNT, Waiting, records_of
from garrison.services.wafv2.resources import CLOUDFRONT, WebACL
from garrison.services.wafv2.service import service
from garrison.waf.records.counts import Count

if TYPE_CHECKING:
    from garrison.services.background import Workplace

NAMESPACE = "AWS/WAFV2"
_BATCH = 2_000
_EVER = 2**62
_decoder = msgspec.json.Decoder(Count)


@service.task("metrics", every=timedelta(seconds=1))
def publish(place: Workplace) -> None:
    """Pass on what waits now."""
    file = records_of(place.parts)
    web_acls = file.waiting_for(COUNT)
    if not web_acls:
        return
    metrics = open_metric_data(place.home, sync=not place.parts.settings.ephemeral)
    token = file.token()
    for arn in web_acls:
        while waiting := file.waiting(COUNT, arn, _EVER, _BATCH):
            _put(place, metrics, f"waf/{token}/{arn}", arn, waiting)
            file.forget(one.number for one in waiting)


def _put(place: Workplace, metrics: MetricData, source: str, arn: str, waiting: list[Waiting]) -> None:
    taken = metrics.position(source)
    fresh = [one for one in waiting if one.number > taken]
    owner = parse_arn(arn)
    if owner is None or not fresh:
        return
    shared = _shared_dimensions(place, arn, owner)
    if shared is None:
        return
    data = [_datum(_decoder.decode(one.body), shared) for one in fresh]
    metrics.put(
        owner.account,
        owner.region,
        data,
        received_at=place.clock.now(),
        source=Source(source, fresh[-1].number),
    )


def _shared_dimensions(place: Workplace, arn: str, owner: Arn) -> tuple[tuple[str, str], ...] | None:
    """The web ACL's dimensions: the name of its metric, and the region, which those of CloudFront have not."""
    with place.parts.store.reading(owner.account, owner.region) as unit:
        web_acl = at_arn(unit, WebACL, arn)
    if web_acl is None:
        return None
    name = web_acl.document["VisibilityConfig"]["MetricName"]
    region = () if web_acl.scope == CLOUDFRONT else (("Region", owner.region),)
    return (("WebACL", name), *region)


def _datum(count: Count, shared: tuple[tuple[str, str], ...]) -> Datum:
    metric = Metric(NAMESPACE, count.name, tuple(sorted((*shared, *count.dimensions))))
    return Datum(metric, datetime.fromtimestamp(count.minute, UTC), of_values([float(count.number)]), "None")


@service.task("records-thinning", every=timedelta(seconds=30))
def thin(place: Workplace) -> None:
    """Let go of samples, batches and held back addresses that are too old or too many."""
    file = records_of(place.parts)
    if file.exists:
        file.thin_out(place.clock.now().timestamp())
