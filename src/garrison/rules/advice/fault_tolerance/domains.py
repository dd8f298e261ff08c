"""DNS that does not turn to what is healthy: health checks that are gone, failover of one half, answers kept too long."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import with_id
from garrison.rules.advice.records import RECORDS, ZONE
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.advice.zones import (
    HEALTH,
    Record,
    by_name,
    is_of_service,
    is_private,
    name_servers,
    records,
    title,
)
from garrison.rules.reading import Unseen

RECORD_COLUMNS = ("Hosted Zone Name", "Hosted Zone ID", "Resource Record Set Name", "Resource Record Set Type")
LONGEST_SECONDS = 60


def _said(zone: Item, status: Status, record: Record | None, *more: str | None) -> Advised:
    named = (record.name, record.kind) if record else (None, None)
    return advised(zone, status, title(zone), zone.resource_id, *named, *more)


@check(
    "Cb877eB72b", "amazon-route-53-deleted-health-checks", Category.FAULT_TOLERANCE, on=ZONE,
    parts=(RECORDS,), also={HEALTH: ()},
    name="Amazon Route 53 Deleted Health Checks", chinese_name="Amazon Route 53 已删除的运行状况检查",
    columns=(*RECORD_COLUMNS, "Resource Record Set Identifier"),
    fix="Make a new health check and name it in the record (ChangeResourceRecordSets).",
)  # fmt: skip
def deleted_health_checks(zone: Item, inputs: Inputs) -> Iterator[Advised]:
    """The health checks that records name exist; zones that services made are left alone.

    Source: AWS Support User Guide, "Amazon Route 53 Deleted Health Checks".
    """
    if is_of_service(zone):
        return
    gone = [one for one in records(zone) if one.health_check and with_id(inputs, HEALTH, one.health_check) is None]
    yield from (_said(zone, Status.WARNING, one, one.identifier) for one in gone)
    if not gone:
        yield _said(zone, Status.OK, None, None)


@check(
    "b73EEdD790", "amazon-route-53-failover-resource-record-sets", Category.FAULT_TOLERANCE, on=ZONE,
    parts=(RECORDS,),
    name="Amazon Route 53 Failover Resource Record Sets", chinese_name="Amazon Route 53 故障转移资源记录集",
    columns=(*RECORD_COLUMNS, "Reason"),
    fix="Make the record that is missing, and give primary and secondary health checks of their own.",
)  # fmt: skip
def failover(zone: Item, inputs: Inputs) -> Iterator[Advised]:
    """Failover records come in pairs, primary and secondary, with health checks of their own.

    Source: AWS Support User Guide, "Amazon Route 53 Failover Resource Record Sets".
    """
    if is_of_service(zone):
        return
    pairs: dict[tuple[str, str], dict[str, Record]] = {}
    for one in records(zone):
        if one.failover:
            pairs.setdefault((one.name, one.kind), {})[one.failover] = one
    for pair in pairs.values():
        reason = _wrong(pair)
        status = Status.WARNING if reason else Status.OK
        yield _said(zone, status, next(iter(pair.values())), reason)


def _wrong(pair: dict[str, Record]) -> str | None:
    primary, secondary = pair.get("PRIMARY"), pair.get("SECONDARY")
    if secondary is None:
        return "The primary has no secondary resource record set"
    if primary is None:
        return "The secondary has no primary resource record set"
    if primary.health_check and primary.health_check == secondary.health_check:
        return "Primary and secondary have the same health check"
    return None


@check(
    "C056F80cR3", "amazon-route-53-high-ttl-resource-record-sets", Category.FAULT_TOLERANCE, on=ZONE,
    parts=(RECORDS,),
    name="Amazon Route 53 High TTL Resource Record Sets", chinese_name="Amazon Route 53 高 TTL 资源记录集",
    columns=("Status", *RECORD_COLUMNS, "Resource Record Set ID", "TTL"),
    fix="Have answers kept for 60 seconds (ChangeResourceRecordSets).",
)  # fmt: skip
def high_ttl(zone: Item, inputs: Inputs) -> Iterator[Advised]:
    """Answers of failover records and of those with a health check are kept for 60 seconds at most.

    Source: AWS Support User Guide, "Amazon Route 53 High TTL Resource Record Sets".
    """
    if is_of_service(zone):
        return
    for one in records(zone):
        if one.ttl is None or not (one.failover or one.health_check):
            continue
        status = Status.WARNING if one.ttl > LONGEST_SECONDS else Status.OK
        yield advised(
            zone, status, colour(status), title(zone), zone.resource_id, one.name, one.kind, one.identifier,
            f"{one.ttl:g}",
        )  # fmt: skip


@check(
    "cF171Db240", "amazon-route-53-name-server-delegations", Category.FAULT_TOLERANCE, on=ZONE,
    parts=(RECORDS,),
    name="Amazon Route 53 Name Server Delegations", chinese_name="Amazon Route 53 名称服务器委派",
    columns=("Hosted Zone Name", "Hosted Zone ID", "Number of Name Server Delegations Used"),
    fix="Name all four of the zone's name servers where it is delegated from.",
)  # fmt: skip
def delegations(zone: Item, inputs: Inputs) -> Advised | None:
    """The zone above, where it is the account's too, delegates to all four name servers of a zone.

    Where a registrar delegates to, only the DNS tells. Source: AWS Support User Guide, "Amazon Route 53 Name Server Delegations".
    """
    if is_private(zone) or is_of_service(zone):
        return None
    given = name_servers(zone)
    if not given:
        raise Unseen("NameServers: not collected")
    labels, known = title(zone).split("."), by_name(inputs)
    above = next((".".join(labels[at:]) for at in range(1, len(labels)) if ".".join(labels[at:]) in known), None)
    if above is None:
        raise Unseen("which name servers the registrar uses is told by the DNS alone")
    named = {
        each.rstrip(".").lower()
        for one in records(known[above])
        if one.kind == "NS" and one.name == title(zone)
        for each in one.values
    }
    count = len(given & named)
    status = Status.OK if given <= named else Status.WARNING
    return advised(zone, status, title(zone), zone.resource_id, str(count))
