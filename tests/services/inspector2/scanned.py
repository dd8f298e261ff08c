"""An account whose hosts report, and its vulnerability database, built of a few advisories."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from garrison.scan import sending
from garrison.scan.benchmarks.check import Check
from garrison.scan.inventory.facts import Inventory
from garrison.scan.report import Report
from garrison.scan.vulnerabilities.building import build
from garrison.scan.vulnerabilities.sources import folder_sources
from garrison.testing import Account


class Scanned:
    """The account with its clients."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.account = account
        self.inspector = account.client("inspector2")
        self._garrison = account.client("garrison")
        self._sources = folder

    def build(self, *records: dict[str, Any]) -> None:
        """Build the database of OSV records."""
        (self._sources / "records.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
        build(
            self.account.home / "vulnerabilities.db", folder_sources(self._sources), datetime(2026, 11, 26, tzinfo=UTC)
        )

    def report(self, host: str, inventory: Inventory, *checks: Check) -> str:
        """A host tells of itself; gives its instance id."""
        report = Report(taken_at="2026-11-26T00:00:00Z", inventory=inventory, checks=checks)
        packed = sending.compressed(sending.encoded(report))
        return str(self._garrison.put_host_report(Host=host, Report=packed)["InstanceId"])

    def findings(self, **criteria: Any) -> dict[str, dict[str, Any]]:
        """Findings by vulnerability and host."""
        found = self.inspector.list_findings(filterCriteria=criteria) if criteria else self.inspector.list_findings()
        return {
            f"{one['packageVulnerabilityDetails']['vulnerabilityId']} {one['resources'][0]['id']}": one
            for one in found["findings"]
        }

    def statuses(self) -> dict[str, str]:
        """Statuses of findings by vulnerability and host."""
        return {name: one["status"] for name, one in self.findings().items()}

    def covered(self) -> dict[str, str]:
        """Why each host is scanned, or not."""
        listed = self.inspector.list_coverage()["coveredResources"]
        return {one["resourceId"]: one["scanStatus"]["reason"] for one in listed}
