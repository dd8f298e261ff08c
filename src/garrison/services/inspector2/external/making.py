"""Make the reports and exports that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison import codec
from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.scan_findings import coverage, listing
from garrison.scan_findings.criteria import where
from garrison.services.garrison.host_reports import reports_of
from garrison.services.inspector2.external.asking import FAILED, FINDINGS, IN_PROGRESS, SUCCEEDED, check_key
from garrison.services.inspector2.external.bills import bill_of
from garrison.services.inspector2.external.formats import as_csv, as_json
from garrison.services.inspector2.external.writing import BucketWriter, Cancelled, put
from garrison.services.inspector2.resources import ExternalReport
from garrison.services.inspector2.service import findings_of, places_of, service

if TYPE_CHECKING:
    from garrison.scan_findings import Kept
    from garrison.scan_findings.coverage import Covered
    from garrison.services.background import Workplace

_TYPES = {"CSV": "text/csv", "JSON": "application/json"}
_BATCH = 200
_CODES = {
    "NoSuchBucket": "BUCKET_NOT_FOUND",
    "AccessDenied": "INVALID_PERMISSIONS",
    "AccessDeniedException": "INVALID_PERMISSIONS",
}
_OWN_CODES = frozenset({"NO_FINDINGS_FOUND", "MALFORMED_KMS_KEY", "INCOMPATIBLE_BUCKET_REGION"})

_log = get_logger(__name__)


@service.task("external-reports", every=timedelta(seconds=0.5))
def make_reports(place: Workplace) -> None:
    """Make what was asked for, one after the other; what a crash cut short is made again."""
    for account, region in places_of(place.parts):
        with place.parts.store.reading(account, region) as unit:
            waiting = unit.page(ExternalReport, where={"status": IN_PROGRESS})
        for report in waiting:
            _make(place, report)


def _make(place: Workplace, report: ExternalReport) -> None:
    try:
        check_key(report)
        if report.kind == FINDINGS:
            _make_findings(place, report)
        else:
            _make_bills(place, report)
    except Cancelled:
        return
    except ApiError as error:
        code = error.code if error.code in _OWN_CODES else _CODES.get(error.code, "INTERNAL_ERROR")
        _log.warning("report_not_made", report=report.report_id, bucket=report.bucket, cause=error.code)
        _end(place, report, status=FAILED, error_code=code, error_message=error.message)
        return
    _end(place, report, status=SUCCEEDED)


def _make_findings(place: Workplace, report: ExternalReport) -> None:
    now, kept = place.clock.now(), findings_of(place.parts)
    condition = where(report.criteria)
    key = f"{_prefix(report)}{report.report_id}.{report.format.lower()}"
    with kept.reading() as db:
        if not listing.page(db, report.account, report.region, condition, limit=1):
            raise ApiError("NO_FINDINGS_FOUND", "No findings meet the criteria.")
        found = listing.each(db, report.account, report.region, condition)
        with BucketWriter(place.parts, report, key, _TYPES[report.format], lambda: _is_wanted(place, report)) as writer:
            for piece in _pieces(report, found, now):
                writer.write(piece)


def _pieces(report: ExternalReport, found: Iterable[Kept], now: datetime) -> Iterator[bytes]:
    return as_csv(found, now) if report.format == "CSV" else as_json(found)


def _make_bills(place: Workplace, report: ExternalReport) -> None:
    kept, after, made = findings_of(place.parts), ("", "", ""), 0
    condition = coverage.where(report.criteria)
    folder = f"{_prefix(report)}{report.format}_outputs_{report.report_id}/account={report.account}/"
    while True:
        with kept.reading() as db:
            batch = coverage.page(db, report.account, report.region, condition, after=after, limit=_BATCH)
        for one in batch:
            made += _make_bill(place, report, folder, one)
        if len(batch) < _BATCH:
            break
        after = (batch[-1].target.resource_type, batch[-1].target.resource, batch[-1].scan)
    if not made:
        raise ApiError("NO_FINDINGS_FOUND", "No resources with an inventory meet the criteria.")


def _make_bill(place: Workplace, report: ExternalReport, folder: str, one: Covered) -> bool:
    """Write one resource's bill; whether there was anything to write."""
    if one.scan != "PACKAGE" or not one.host:
        return False
    if not _is_wanted(place, report):
        raise Cancelled
    last = reports_of(place.parts).last(report.account, report.region, one.host)
    if last is None:
        return False
    body: dict[str, Any] = bill_of(last.inventory, report.format, place.clock.now())
    key = f"{folder}resource={one.target.resource_type}/{one.target.resource}.json"
    put(place.parts, report, "PutObject", key, Body=codec.encode(body), ContentType="application/json")
    return True


def _prefix(report: ExternalReport) -> str:
    return f"{report.prefix.strip('/')}/" if report.prefix and report.prefix.strip("/") else ""


def _is_wanted(place: Workplace, report: ExternalReport) -> bool:
    with place.parts.store.reading(report.account, report.region) as unit:
        found = unit.get(ExternalReport, report.report_id)
    return found is not None and found.status == IN_PROGRESS


def _end(place: Workplace, report: ExternalReport, **changes: Any) -> None:
    at = place.clock.now()
    with place.parts.store.writing(report.account, report.region, event_id=None, at=at) as unit:
        found = unit.get(ExternalReport, report.report_id)
        if found is not None and found.status == IN_PROGRESS:
            unit.save(replace(found, **changes))
