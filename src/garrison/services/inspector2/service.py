"""The Inspector service object that the operations' modules register with, and its findings' file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.scan_findings import FILE, ScanFindings, open_findings, progress
from garrison.services.registry import Service

if TYPE_CHECKING:
    from garrison.services.call import Parts

PRINCIPAL = "inspector2.amazonaws.com"
"""The service's principal: who calls where Inspector calls others, and whom the policies of buckets and topics must allow."""
service = Service("inspector2")
service.keeps(FILE)


def places_of(parts: Parts) -> list[tuple[str, str]]:
    """The accounts and regions of the home where there may be something to do; none before anything was kept."""
    kept = findings_of(parts)
    if not kept.exists:
        return []
    with kept.reading() as db:
        return progress.places(db)


def findings_of(parts: Parts) -> ScanFindings:
    """The findings of the home."""
    return open_findings(parts.settings.home_path, sync=not parts.settings.ephemeral)
