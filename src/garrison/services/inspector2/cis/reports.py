"""Reports of CIS scans, as PDF and CSV: GetCisScanReport makes one, once, and gives a link to it that is good for an hour.

Source: Inspector API reference, "GetCisScanReport".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from garrison import codec
from garrison.findings.pdf import Pdf
from garrison.findings.rows import harmless
from garrison.scan_findings import cis
from garrison.scan_findings.cis import FAILED, CisResult, CisScan, Order
from garrison.services.inspector2.cis.listing import find_scan
from garrison.services.inspector2.service import findings_of, service
from garrison.services.signed_links import opened, signed

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call, Parts

PATH = "/_garrison/inspector2/cis/"
GOOD_FOR = timedelta(hours=1)
TYPES = {"CSV": "text/csv; charset=utf-8", "PDF": "application/pdf"}
MOST_ROWS = 200_000
"""Of a CSV file; MOST_TOLD of a PDF, whose further failures are counted."""
MOST_TOLD = 2_000
_PURPOSE = "inspector2-cis-links"
COLUMNS = (
    "Scan ARN", "Scan Name", "Scan Date", "Account Id", "Resource Id", "Platform", "Check Id", "Title", "Level", "Status",
    "Status Reason", "Description", "Remediation", "Finding ARN",
)  # fmt: skip


class _Named(NamedTuple):
    scan: str
    format: str


@service.operation("GetCisScanReport", needs={"inspector2:GetCisScanReport": "*"}, long=True)
def get_cis_scan_report(call: Call, request: shapes.GetCisScanReportRequestTypeDef) -> dict[str, Any]:
    """A link to the report of a scan; none while the scan is in progress."""
    scan, form = find_scan(call, request["scanArn"]), request.get("reportFormat") or "PDF"
    wanted = request.get("targetAccounts")
    if scan is None or (wanted and call.account not in wanted):
        return {"status": "FAILED"}
    if scan.status == cis.IN_PROGRESS:
        return {"status": "IN_PROGRESS"}
    _make(call.parts, scan, form)
    token = signed(call.parts, _PURPOSE, codec.encode(_Named(scan.arn, form)), until=call.at + GOOD_FOR)
    link = f"{call.parts.settings.effective_public_url}{PATH}{token}.{form.lower()}"
    return {"status": "SUCCEEDED", "url": link}


def fetched(parts: Parts, name: str, now: datetime) -> tuple[str, bytes] | None:
    """Content type and content of the report that a link's last part stands for; None where it is none, or no longer good."""
    content = opened(parts, _PURPOSE, name.partition(".")[0], now)
    if content is None:
        return None
    named = msgspec.json.decode(content, type=_Named)
    with findings_of(parts).reading() as db:
        body = cis.report_of(db, named.scan, named.format)
    return (TYPES[named.format], body) if body is not None else None


def _make(parts: Parts, scan: CisScan, form: str) -> None:
    """Make a report where it was not made; what a scan came to does not change any more."""
    with findings_of(parts).reading() as db:
        if cis.report_of(db, scan.arn, form) is not None:
            return
        results = cis.list_results(db, scan.arn, {}, Order(by="CHECK_ID", limit=MOST_ROWS))
        targets = cis.list_targets(db, scan.arn, {}, Order(by="RESOURCE_ID", limit=MOST_TOLD))
    body = as_csv(scan, results) if form == "CSV" else as_pdf(scan, results, targets)
    with findings_of(parts).writing() as db:
        cis.put_report(db, scan.arn, form, body)


def as_csv(scan: CisScan, results: list[CisResult]) -> bytes:
    """A line for each check of each host."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for one in results:
        cells = (
            *(
                scan.arn,
                scan.name,
                f"{scan.at:%Y-%m-%dT%H:%M:%SZ}",
                one.account,
                one.resource,
                one.platform,
                one.check_id,
            ),
            *(one.title, one.level, one.status, one.reason, one.description, one.remediation, one.finding),
        )
        rows.writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode()


def as_pdf(scan: CisScan, results: list[CisResult], targets: list[cis.CisTarget]) -> bytes:
    """The scan, its hosts, and what failed on them."""
    pdf = Pdf(f"CIS scan {scan.name}")
    pdf.add(f"CIS scan {scan.name}", size=18, is_bold=True)
    for line in _facts(scan):
        pdf.add(line, before=2)
    pdf.add("Hosts", size=13, is_bold=True, before=16)
    for target in targets:
        told = f"{target.failed} failed, {target.passed} passed, {target.skipped} skipped"
        pdf.add(
            f"{target.resource} ({target.platform or 'unknown'}): {told}, {target.status or target.reason}", before=2
        )
    pdf.add("Failed checks", size=13, is_bold=True, before=16)
    failed = [one for one in results if one.status == FAILED]
    last = ""
    for one in failed[:MOST_TOLD]:
        if one.check_id != last:
            pdf.add(f"{one.check_id} {one.title}", is_bold=True, before=8)
            pdf.add(f"Remediation: {one.remediation or 'none is known'}", indent=12)
            last = one.check_id
        pdf.add(f"{one.resource}: {one.reason}", indent=12, grey=0.35)
    if len(failed) > MOST_TOLD:
        pdf.add(f"{len(failed) - MOST_TOLD:,} further failures are in the CSV report.", before=8)
    return pdf.finish()


def _facts(scan: CisScan) -> Iterator[str]:
    yield f"Scan: {scan.arn}"
    yield f"Date: {scan.at:%Y-%m-%d %H:%M:%S} UTC"
    yield f"Level: {scan.level}"
    yield f"Checks: {scan.failed} failed of {scan.total}"
