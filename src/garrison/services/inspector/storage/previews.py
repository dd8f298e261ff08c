"""Previews of exclusions: asked for under a token, worked out in the background, kept for a day."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from garrison import codec
from garrison.services.inspector.storage.agents import Excluded
from garrison.verdicts.kept import number_of

KEPT_FOR = timedelta(days=1)


class Preview(NamedTuple):
    """A preview that was asked for."""

    excluded: tuple[Excluded, ...] | None
    """None while it is being worked out."""


class Asked(NamedTuple):
    """A preview that is to be worked out."""

    token: str
    account: str
    region: str
    template: str


def ask(db: sqlite3.Connection, place: int, template: str, token: str, at: datetime) -> None:
    """Keep that a preview is asked for; old ones go."""
    db.execute("DELETE FROM preview WHERE asked_at < ?", (number_of(at - KEPT_FOR),))
    db.execute(
        "INSERT INTO preview (token, place, template, asked_at) VALUES (?, ?, ?, ?)",
        (token, place, template, number_of(at)),
    )


def is_waiting(db: sqlite3.Connection, template: str) -> bool:
    """Whether a preview of a template is being worked out."""
    return db.execute("SELECT 1 FROM preview WHERE template = ? AND body IS NULL", (template,)).fetchone() is not None


def get(db: sqlite3.Connection, template: str, token: str) -> Preview | None:
    """The preview of a token."""
    row = db.execute("SELECT body FROM preview WHERE token = ? AND template = ?", (token, template)).fetchone()
    if row is None:
        return None
    return Preview(None if row[0] is None else msgspec.json.decode(row[0], type=tuple[Excluded, ...]))


def waiting(db: sqlite3.Connection) -> list[Asked]:
    """Previews to be worked out."""
    rows = db.execute(
        "SELECT preview.token, place.account, place.region, preview.template FROM preview JOIN place ON place.id = preview.place"
        " WHERE body IS NULL ORDER BY asked_at"
    )
    return [Asked(*row) for row in rows]


def put(db: sqlite3.Connection, token: str, excluded: Sequence[Excluded]) -> None:
    """Keep what was worked out."""
    db.execute("UPDATE preview SET body = ? WHERE token = ?", (codec.encode(list(excluded)).decode(), token))
