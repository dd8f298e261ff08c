"""The file's tables, and where it lies."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from garrison.sqlite_files import Schema
from garrison.store.bulk import BulkFile

FILE = "inspector/assessments.db"
"""Its place in the home."""
_SCHEMA = Schema(
    "file of assessments",
    1,
    """
CREATE TABLE place (id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, UNIQUE (account, region));
CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, place INTEGER NOT NULL, arn TEXT NOT NULL UNIQUE);
CREATE TABLE finding (
    id INTEGER PRIMARY KEY AUTOINCREMENT, place INTEGER NOT NULL, run INTEGER NOT NULL, name TEXT NOT NULL,
    agent TEXT NOT NULL, scaling_group TEXT NOT NULL, rule TEXT NOT NULL, package TEXT NOT NULL, severity TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (run, name)
);
CREATE INDEX finding_of_place ON finding (place, id);
CREATE INDEX finding_of_run ON finding (run, severity, id);
CREATE INDEX finding_of_host ON finding (run, agent);
CREATE INDEX finding_of_agent ON finding (place, agent, id);
CREATE INDEX finding_of_rule ON finding (place, rule, id);
CREATE INDEX finding_of_package ON finding (place, package, severity, id);
CREATE INDEX finding_of_group ON finding (place, scaling_group, id);
CREATE INDEX finding_of_time ON finding (place, created_at, id);
CREATE INDEX finding_of_severity ON finding (place, severity, id);
CREATE TABLE attribute (
    finding INTEGER NOT NULL, is_user INTEGER NOT NULL, key TEXT NOT NULL, value TEXT,
    PRIMARY KEY (finding, is_user, key)
) WITHOUT ROWID;
CREATE INDEX attribute_of_key ON attribute (is_user, key, value, finding);
CREATE TABLE agent (
    run INTEGER NOT NULL, agent TEXT NOT NULL, health TEXT NOT NULL, code TEXT NOT NULL, details TEXT NOT NULL,
    scaling_group TEXT NOT NULL, telemetry TEXT NOT NULL, is_evaluated INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL,
    PRIMARY KEY (run, agent)
) WITHOUT ROWID;
CREATE INDEX agent_of_name ON agent (agent, run);
CREATE TABLE exclusion (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (run, name)
);
CREATE TABLE preview (
    token TEXT PRIMARY KEY, place INTEGER NOT NULL, template TEXT NOT NULL, asked_at INTEGER NOT NULL, body TEXT
) WITHOUT ROWID;
CREATE TABLE notice (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, place INTEGER NOT NULL, run TEXT NOT NULL,
    event TEXT NOT NULL, topic TEXT NOT NULL, message TEXT NOT NULL, at INTEGER NOT NULL, due_at INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX notice_due ON notice (due_at, id);
CREATE TABLE passed (
    run INTEGER NOT NULL, package TEXT NOT NULL, rule TEXT NOT NULL, hosts INTEGER NOT NULL, PRIMARY KEY (run, package, rule)
) WITHOUT ROWID;
CREATE TABLE report (
    run INTEGER NOT NULL, kind TEXT NOT NULL, format TEXT NOT NULL, asked_at INTEGER NOT NULL, status TEXT NOT NULL,
    body BLOB, PRIMARY KEY (run, kind, format)
);
CREATE INDEX report_waiting ON report (status, asked_at)
""",
    shrinks=True,
)


class Assessments(BulkFile):
    """The file of assessments, as one process uses it."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        super().__init__(path, _SCHEMA, sync=sync)


@lru_cache(maxsize=8)
def open_assessments(home: Path, *, sync: bool) -> Assessments:
    """The assessments of a home; the same object for each home in a process."""
    return Assessments(home / FILE, sync=sync)
