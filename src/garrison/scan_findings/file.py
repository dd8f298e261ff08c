"""The file of findings: its tables, and where it lies.

`finding` has a row for each problem of each resource: what lists sort and filter by as columns, the rest in `body`, JSON in the shape
of Inspector's `Finding` without what changes by itself (status and times). `package` names the vulnerable packages of findings.
`fact` has each package that is installed anywhere once, by what the vulnerability database calls it, `installed` says on which hosts: a
new advisory finds its hosts there, and in `host` what else they are judged by. `change` is the history of
findings, by which they are told, too. `covered` says what is scanned, and why not.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from garrison.sqlite_files import Schema
from garrison.store.bulk import BulkFile

FILE = "scans/findings.db"
"""Its place in the home."""
_CACHE_KIB = 32_000
_PACKAGE = "$.packageVulnerabilityDetails"
_SCHEMA = Schema(
    "file of findings",
    1,
    f"""
CREATE TABLE finding (
    id INTEGER PRIMARY KEY AUTOINCREMENT, arn TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL, region TEXT NOT NULL, resource_type TEXT NOT NULL, resource TEXT NOT NULL,
    scan TEXT NOT NULL, subject TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL,
    severity TEXT NOT NULL, rank INTEGER NOT NULL, title TEXT NOT NULL, vulnerability TEXT,
    score REAL, epss REAL, fix TEXT, exploit TEXT,
    first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, closed_at INTEGER, delete_at INTEGER,
    digest BLOB NOT NULL, body TEXT NOT NULL
);
CREATE INDEX finding_of_resource ON finding (account, region, resource, resource_type, scan, subject);
CREATE INDEX finding_by_rank ON finding (account, region, rank);
CREATE INDEX finding_by_severity ON finding (account, region, severity, status);
CREATE INDEX finding_counted ON finding (account, region, status, severity, title, vulnerability, type, resource_type, exploit, fix);
CREATE INDEX finding_by_score ON finding (account, region, score);
CREATE INDEX finding_by_epss ON finding (account, region, epss);
CREATE INDEX finding_by_first ON finding (account, region, first_at);
CREATE INDEX finding_by_last ON finding (account, region, last_at);
CREATE INDEX finding_by_vulnerability ON finding (account, region, vulnerability);
CREATE INDEX finding_by_title ON finding (account, region, title);
CREATE INDEX finding_by_source ON finding (account, region, json_extract(body, '{_PACKAGE}.source'));
CREATE INDEX finding_by_vendor_severity ON finding (account, region, json_extract(body, '{_PACKAGE}.vendorSeverity'));
CREATE INDEX finding_by_image ON finding (account, region, json_extract(body, '$.resources[0].details.awsEc2Instance.imageId'))
    WHERE json_extract(body, '$.resources[0].details.awsEc2Instance.imageId') IS NOT NULL;
CREATE INDEX finding_to_delete ON finding (delete_at) WHERE delete_at IS NOT NULL;
CREATE TABLE package (finding INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (finding, name)) WITHOUT ROWID;
CREATE INDEX package_of_name ON package (name, finding);
CREATE TABLE change (
    number INTEGER PRIMARY KEY AUTOINCREMENT, arn TEXT NOT NULL, status TEXT NOT NULL, was TEXT NOT NULL, reason TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX change_of_finding ON change (arn, number);
CREATE INDEX change_age ON change (at);
CREATE TABLE covered (
    account TEXT NOT NULL, region TEXT NOT NULL, type TEXT NOT NULL, resource TEXT NOT NULL, scan TEXT NOT NULL,
    host TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, mode TEXT NOT NULL, metadata TEXT NOT NULL,
    scanned_at INTEGER, reported_at INTEGER, since INTEGER NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (account, region, type, resource, scan)
) WITHOUT ROWID;
CREATE INDEX covered_host ON covered (account, region, host);
CREATE INDEX covered_age ON covered (code, reported_at);
CREATE TABLE host (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (account, region, name)
);
CREATE TABLE fact (
    id INTEGER PRIMARY KEY, ecosystem TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (ecosystem, name, body)
);
CREATE TABLE installed (fact INTEGER NOT NULL, host INTEGER NOT NULL, PRIMARY KEY (fact, host)) WITHOUT ROWID;
CREATE INDEX installed_on ON installed (host);
CREATE TABLE suppression (
    account TEXT NOT NULL, region TEXT NOT NULL, digest TEXT NOT NULL, criteria TEXT NOT NULL, position INTEGER,
    PRIMARY KEY (account, region)
) WITHOUT ROWID;
CREATE TABLE cursor (name TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE usage (
    account TEXT NOT NULL, region TEXT NOT NULL, type TEXT NOT NULL, hour INTEGER NOT NULL, total INTEGER NOT NULL,
    PRIMARY KEY (account, region, type, hour)
) WITHOUT ROWID;
CREATE TABLE place (account TEXT NOT NULL, region TEXT NOT NULL, PRIMARY KEY (account, region)) WITHOUT ROWID;
CREATE TABLE cis_scan (
    arn TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, configuration TEXT NOT NULL, due INTEGER NOT NULL,
    name TEXT NOT NULL, level TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL, scheduled_by TEXT NOT NULL,
    targets TEXT NOT NULL, failed INTEGER NOT NULL, total INTEGER NOT NULL, UNIQUE (configuration, due)
) WITHOUT ROWID;
CREATE INDEX cis_scan_of_place ON cis_scan (account, region, at);
CREATE INDEX cis_scan_open ON cis_scan (status) WHERE status = 'IN_PROGRESS';
CREATE TABLE cis_target (
    scan TEXT NOT NULL, account TEXT NOT NULL, resource TEXT NOT NULL, host TEXT NOT NULL, job TEXT NOT NULL UNIQUE,
    token TEXT, tags TEXT NOT NULL, platform TEXT NOT NULL, status TEXT, reason TEXT,
    passed INTEGER NOT NULL, failed INTEGER NOT NULL, skipped INTEGER NOT NULL, PRIMARY KEY (scan, account, resource)
) WITHOUT ROWID;
CREATE INDEX cis_target_awaited ON cis_target (account, host) WHERE status IS NULL;
CREATE TABLE cis_result (
    scan TEXT NOT NULL, account TEXT NOT NULL, resource TEXT NOT NULL, check_id TEXT NOT NULL, check_order TEXT NOT NULL,
    title TEXT NOT NULL, description TEXT NOT NULL, remediation TEXT NOT NULL, level TEXT NOT NULL, platform TEXT NOT NULL,
    status TEXT NOT NULL, reason TEXT NOT NULL, finding TEXT NOT NULL, PRIMARY KEY (scan, account, resource, check_id)
) WITHOUT ROWID;
CREATE INDEX cis_result_of_check ON cis_result (scan, check_order, status);
CREATE TABLE cis_report (scan TEXT NOT NULL, format TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (scan, format))
""",
    shrinks=True,
)


class ScanFindings(BulkFile):
    """The file of findings, as one process uses it."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        super().__init__(path, _SCHEMA, sync=sync, cache_kib=_CACHE_KIB)


@lru_cache(maxsize=8)
def open_findings(home: Path, *, sync: bool) -> ScanFindings:
    """The findings of a home; the same object for each home in a process."""
    return ScanFindings(home / FILE, sync=sync)
