"""What a database is made of: its sources, its age, how far each ecosystem is covered, and what was set aside."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from garrison.scan.vulnerabilities import schema


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source."""

    name: str
    address: str
    imported_at: str
    size_bytes: int
    advisories: int
    others: int
    """Scores, packages of an archive, statements."""
    withdrawn: int
    refused: int
    newest: str
    """RFC 3339, of its newest advisory."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """One ecosystem."""

    name: str
    advisories: int
    packages: int
    newest: str


@dataclass(frozen=True, slots=True)
class Status:
    """A database as a whole."""

    built_at: datetime
    mark: str
    size_bytes: int
    sources: tuple[SourceStatus, ...]
    ecosystems: tuple[Coverage, ...]
    refused: tuple[tuple[str, str, str], ...]
    """Source, record and reason of the first that were set aside."""


def status(path: Path, *, most_refused: int = 100) -> Status | None:
    """The state of the database at a path; None where there is none of this version."""
    if not path.exists() or not schema.is_current(path):
        return None
    with closing(schema.opened(path)) as db:
        notes = dict(db.execute("SELECT key, value FROM meta"))
        sources = db.execute(
            "SELECT name, address, imported_at, bytes, advisories, others, withdrawn, refused, newest FROM sources ORDER BY name"
        )
        covered = db.execute(
            "SELECT ecosystems.name, advisories, count(*), newest FROM ecosystems JOIN names ON ecosystem = number "
            "WHERE advisories > 0 AND digest != x'' GROUP BY number ORDER BY ecosystems.name"
        )
        refused = db.execute(
            "SELECT sources.name, record, reason FROM refused JOIN sources ON number = source LIMIT ?", (most_refused,)
        )
        return Status(
            datetime.fromisoformat(notes["built_at"]),
            f"{notes['lineage']}:{notes['build']}",
            path.stat().st_size,
            tuple(SourceStatus(*row) for row in sources),
            tuple(Coverage(*row) for row in covered),
            tuple(refused),
        )
