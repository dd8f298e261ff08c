"""Deliver log records to where the web ACL's logging configuration says: a log group, or five minutes at a time a bucket.

Sources: AWS WAF Developer Guide, "Sending web ACL traffic logs to a CloudWatch Logs log group", "… to an Amazon S3 bucket".
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.arn import Arn, parse_arn
from garrison.errors import ApiError, GarrisonError
from garrison.logs import get_logger
from garrison.services.inside import call_as_service
from garrison.services.wafv2.log_destinations import PRINCIPAL, Destination, destination_of, put_object, under
from garrison.services.wafv2.naming import at_arn
from garrison.services.wafv2.records.file import LOG, RecordsFile, Waiting, records_of
from garrison.services.wafv2.resources import CLOUDFRONT, LoggingConfiguration, WebACL
from garrison.services.wafv2.service import service

if TYPE_CHECKING:
    from garrison.services.background import Workplace

_log = get_logger("garrison.waf")

MOST_EVENTS = 2_000
MOST_BYTES = 1_000_000
EVENT_OVERHEAD_BYTES = 26
LARGEST_EVENT_BYTES = 256 * 1024 - EVENT_OVERHEAD_BYTES
"""Limits of PutLogEvents; of a record that is larger nothing is delivered to a log group."""
PERIOD = timedelta(minutes=5)
MOST_IN_FILE = 10_000
"""Records; a period of more makes several files."""
PAUSE = timedelta(seconds=30)
"""How long a destination that refuses rests."""
_EVER = 2**62
_resting: dict[str, datetime] = {}


class Where(NamedTuple):
    """A web ACL's log, and where it goes."""

    web_acl: WebACL
    owner: Arn
    destination: Destination


@service.task("log-delivery", every=timedelta(seconds=1))
def deliver(place: Workplace) -> None:
    """Deliver what is due; what a destination refuses waits."""
    file = records_of(place.parts)
    for arn in file.waiting_for(LOG):
        if place.clock.now() < _resting.get(arn, datetime.min.replace(tzinfo=UTC)):
            continue
        try:
            _deliver_one(place, file, arn)
        except GarrisonError as problem:
            _resting[arn] = place.clock.now() + PAUSE
            _log.warning("waf_log_not_delivered", web_acl=arn, cause=str(problem))


def _deliver_one(place: Workplace, file: RecordsFile, arn: str) -> None:
    where = _where(place, arn)
    if where is None:
        file.forget_all(LOG, arn)
    elif where.destination.service == "logs":
        _to_logs(place, file, where)
    else:
        _to_bucket(place, file, where)


def _where(place: Workplace, arn: str) -> Where | None:
    owner = parse_arn(arn)
    assert owner is not None
    with place.parts.store.reading(owner.account, owner.region) as unit:
        web_acl = at_arn(unit, WebACL, arn)
        configuration = unit.get(LoggingConfiguration, arn)
    if web_acl is None or configuration is None:
        return None
    return Where(web_acl, owner, destination_of(configuration.destination))


def _to_logs(place: Workplace, file: RecordsFile, where: Where) -> None:
    token = file.token()
    while waiting := file.waiting(LOG, where.web_acl.arn, _EVER, MOST_EVENTS):
        for batch in _batches(waiting):
            events = [
                {"timestamp": one.at, "message": one.body.decode()}
                for one in sorted(batch, key=lambda one: one.at)
                if len(one.body) <= LARGEST_EVENT_BYTES
            ]
            if events:
                _put_events(place, where, events, f"waf-log/{token}/{batch[0].number}-{batch[-1].number}")
            file.forget(one.number for one in batch)


def _batches(waiting: list[Waiting]) -> Iterator[list[Waiting]]:
    """Within the limits of a call: so many bytes, and no more than a day apart."""
    batch: list[Waiting] = []
    size = 0
    for one in waiting:
        more = len(one.body) + EVENT_OVERHEAD_BYTES
        day = timedelta(hours=23) // timedelta(milliseconds=1)
        if batch and (size + more > MOST_BYTES or abs(one.at - batch[0].at) > day // 2):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += more
    if batch:
        yield batch


def _put_events(place: Workplace, where: Where, events: list[dict[str, Any]], once: str) -> None:
    region = "cloudfront" if where.web_acl.scope == CLOUDFRONT else where.owner.region
    stream = {
        "logGroupName": where.destination.name,
        "logStreamName": f"{region}_{where.web_acl.name}_0",
    }
    try:
        _call_logs(place, where, "PutLogEvents", stream | {"logEvents": events}, once)
    except ApiError as problem:
        if problem.code != "ResourceNotFoundException":
            raise
        _call_logs(place, where, "CreateLogStream", stream, None)
        _call_logs(place, where, "PutLogEvents", stream | {"logEvents": events}, once)


def _call_logs(place: Workplace, where: Where, operation: str, parameters: dict[str, Any], once: str | None) -> None:
    owner = where.owner
    source = f"arn:aws:logs:{owner.region}:{owner.account}:*"
    call_as_service(
        place.parts,
        PRINCIPAL,
        owner.account,
        owner.region,
        "logs",
        operation,
        parameters,
        source_arn=source,
        once=once,
    )


def _to_bucket(place: Workplace, file: RecordsFile, where: Where) -> None:
    """Files of the periods that are over. A file that is put again after a crash has the same key."""
    period = int(PERIOD.total_seconds() * 1000)
    now = int(place.clock.now().timestamp() * 1000)
    token = file.token()
    while waiting := file.waiting(LOG, where.web_acl.arn, now - now % period, MOST_IN_FILE):
        ordered = sorted(waiting, key=lambda one: (one.at // period, one.number))
        for number, group in groupby(ordered, key=lambda one: one.at // period):
            records = list(group)
            began = datetime.fromtimestamp(number * period / 1000, UTC)
            key = _key(where, began, f"{token}/{records[0].number}")
            body = gzip.compress(b"".join(one.body + b"\n" for one in records), mtime=0)
            parameters = {"Bucket": where.destination.name, "Key": key, "Body": body}
            put_object(place.parts, where.web_acl.arn, parameters)
            file.forget(one.number for one in records)


def _key(where: Where, began: datetime, seed: str) -> str:
    """`AWSLogs/account/WAFLogs/region/web-acl/year/month/day/hour/minute/account_waflogs_region_web-acl_time_hash.log.gz`."""
    account, name = where.owner.account, where.web_acl.name
    region = "cloudfront" if where.web_acl.scope == CLOUDFRONT else where.owner.region
    digest = hashlib.sha256(seed.encode()).hexdigest()[:8]
    folder = f"AWSLogs/{account}/WAFLogs/{region}/{name}/{began:%Y/%m/%d/%H/%M}"
    return under(where.destination, f"{folder}/{account}_waflogs_{region}_{name}_{began:%Y%m%dT%H%MZ}_{digest}.log.gz")
