"""PutWafRecords: an adapter tells what it decided; each batch is kept once, and durably before the answer leaves."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from garrison.services.garrison.faults import invalid, not_found
from garrison.services.garrison.service import service
from garrison.services.wafv2.naming import at_arn
from garrison.services.wafv2.records.file import records_of
from garrison.services.wafv2.resources import LoggingConfiguration, WebACL
from garrison.waf.records.batch import Batch, Unreadable, decode
from garrison.waf.records.counts import ALLOWED, BLOCKED, COUNTED, PASSED

if TYPE_CHECKING:
    from datetime import datetime

    from garrison.services.call import Call

Request = Mapping[str, Any]
_NAMES = (ALLOWED, BLOCKED, COUNTED, PASSED)
_DIMENSIONS = frozenset({"Rule", "RuleGroup", "Label", "LabelNamespace"})
LONGEST_VALUE = 1024
OLDEST_SECONDS, NEWEST_SECONDS = 14 * 86_400, 3600
"""How far from the present what is told may be."""


def _arn(_call: Call, request: Request) -> str:
    return str(request["WebAclArn"])


def _context(call: Call, request: Request) -> dict[str, Any]:
    found = at_arn(call.unit, WebACL, request["WebAclArn"])
    return {f"aws:ResourceTag/{key}": value for key, value in found.tags.items()} if found is not None else {}


@service.operation(
    "PutWafRecords",
    needs={"garrison:PutWafRecords": _arn},
    context=_context,
    read_only=False,
    stored_apart=True,
    data_event=True,
    hidden=("Records",),
)
def put_waf_records(call: Call, request: Request) -> dict[str, Any]:
    """Keep a batch; one that was kept before is not kept again."""
    web_acl = at_arn(call.unit, WebACL, request["WebAclArn"])
    if web_acl is None or (web_acl.account, web_acl.region) != (call.account, call.region):
        raise not_found("There is no such web ACL.")
    try:
        batch = decode(request["Records"])
    except Unreadable as problem:
        raise invalid(f"Records is not a batch: {problem}.") from None
    _check(batch, web_acl.arn, call.at)
    is_new = records_of(call.parts).put(
        web_acl.arn,
        request["BatchId"],
        request.get("Adapter") or call.principal.arn,
        batch,
        call.at.timestamp(),
        keeps_log=call.unit.get(LoggingConfiguration, web_acl.arn) is not None,
    )
    return {"Kept": is_new}


def _check(batch: Batch, web_acl: str, now: datetime) -> None:
    """What would go into logs and metrics under the web ACL's name must be its own, and of the present."""
    oldest, newest = now.timestamp() - OLDEST_SECONDS, now.timestamp() + NEWEST_SECONDS
    times = [
        *(_milliseconds(record) / 1000 for record in batch.records),
        *(one.at for one in batch.samples),
        *(one.minute for one in batch.counts),
    ]
    if not all(oldest <= at <= newest for at in times):
        raise invalid("Records has times that are too far from the present.")
    if any(record.get("webaclId") != web_acl for record in batch.records):
        raise invalid("Records has log records of another web ACL.")
    for one in batch.counts:
        names = [name for name, _ in one.dimensions]
        is_known = one.name in _NAMES and names and _DIMENSIONS.issuperset(names) and len(set(names)) == len(names)
        if not is_known or one.number < 1 or any(not 0 < len(value) <= LONGEST_VALUE for _, value in one.dimensions):
            raise invalid("Records has counts that are none.")
    for blocked in batch.blocked:
        for address in blocked.addresses:
            _check_address(address)


def _milliseconds(record: Mapping[str, Any]) -> int:
    at = record.get("timestamp")
    if not isinstance(at, int):
        raise invalid("Records has log records without timestamp.")
    return at


def _check_address(address: str) -> None:
    try:
        ip_address(address)
    except ValueError:
        raise invalid("Records has held back addresses that are none.") from None
