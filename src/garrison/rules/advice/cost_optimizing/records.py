"""Route 53 records that are paid for as more than they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.records import RECORDS, ZONE, records_of
from garrison.rules.advice.result import Advised, Status
from garrison.rules.reading import text


@check(
    "51fC20e7I2", "route-53-latency-record-sets", Category.COST_OPTIMIZING, on=ZONE, parts=(RECORDS,),
    name="Amazon Route 53 Latency Resource Record Sets", chinese_name="Amazon Route 53 延迟资源记录集",
    columns=("Hosted Zone Name", "Hosted Zone ID", "Resource Record Set Name", "Resource Record Set Type"),
    fix="Add record sets of other regions, or make it a simple one.",
)  # fmt: skip
def lonely_latency_record(zone: Item, inputs: Inputs) -> Iterator[Advised]:
    """A name that is answered by latency has record sets of more than one region.

    Source: AWS Support User Guide, "Amazon Route 53 Latency Resource Record Sets".
    """
    by_name = Counter(
        (text(record, "name") or "", text(record, "type") or "")
        for record in records_of(zone)
        if text(record, "region") is not None
    )
    for (name, kind), count in by_name.items():
        status = Status.WARNING if count == 1 else Status.OK
        yield advised(zone, status, text(zone, "Name"), zone.resource_id, name, kind)
