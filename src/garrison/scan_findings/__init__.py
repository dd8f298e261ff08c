"""What scans have found on hosts, images and functions: findings that open, close and re-open, and what is covered by scans.

    kept = open_findings(home, sync=True)
    with kept.writing() as db:
        recording.record(db, target, Scan.PACKAGE, found, at=now)
    with kept.reading() as db:
        listing.page(db, account, region, criteria, sort, limit=100)

All of it is in one SQLite file of the home, written in short batches and durable before an answer leaves: a scan that is killed
half-way leaves what was found before as it was.
"""

from __future__ import annotations

from garrison.scan_findings.file import FILE, ScanFindings, open_findings
from garrison.scan_findings.kept import ACTIVE, CLOSED, SUPPRESSED, Found, Kept, Scan, Target

__all__ = [
    "ACTIVE",
    "CLOSED",
    "FILE",
    "SUPPRESSED",
    "Found",
    "Kept",
    "Scan",
    "ScanFindings",
    "Target",
    "open_findings",
]
