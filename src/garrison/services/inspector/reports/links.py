"""Links to reports: good for an hour for whoever has one, as the addresses that AWS signs; nobody can make one for another report."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from garrison import codec
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.storage import reports
from garrison.services.signed_links import opened, signed

if TYPE_CHECKING:
    from garrison.services.call import Parts

PATH = "/_garrison/inspector/reports/"
GOOD_FOR = timedelta(hours=1)
TYPES = {"HTML": "text/html; charset=utf-8", "PDF": "application/pdf"}
_PURPOSE = "inspector-report-links"


class _Named(NamedTuple):
    run: int
    kind: str
    format: str


def link_to(parts: Parts, run: int, kind: str, form: str, now: datetime) -> str:
    """The address of a report, good from now on."""
    named = codec.encode(_Named(run, kind, form))
    token = signed(parts, _PURPOSE, named, until=now + GOOD_FOR)
    return f"{parts.settings.effective_public_url}{PATH}{token}.{form.lower()}"


def fetched(parts: Parts, name: str, now: datetime) -> tuple[str, bytes] | None:
    """Content type and content of the report that a link's last part stands for; None where it is none, or no longer good."""
    token, _, ending = name.partition(".")
    content = opened(parts, _PURPOSE, token, now)
    if content is None:
        return None
    named = msgspec.json.decode(content, type=_Named)
    if ending != named.format.lower():
        return None
    with assessments_of(parts).reading() as db:
        body = reports.body(db, named.run, named.kind, named.format)
    return (TYPES[named.format], body) if body is not None else None
