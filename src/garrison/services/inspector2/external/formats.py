"""Findings as rows of a report: CSV for spreadsheets, JSON as the API shows them.

Source: Inspector user guide, "Exporting Amazon Inspector findings reports" (the columns of the CSV file).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from garrison import codec
from garrison.findings.rows import harmless
from garrison.scan_findings import Kept
from garrison.services.inspector2.shapes import shown

_TIMES = frozenset(
    {
        *("vendorCreatedAt", "vendorUpdatedAt", "launchedAt", "pushedAt", "lastInUseAt", "lastModifiedAt"),
        "lastKnownExploitAt",
    }
)
"""Members of a finding's body that are seconds since 1970."""


def as_json(findings: Iterable[Kept]) -> Iterator[bytes]:
    """One document with all findings, piece by piece."""
    yield b'{"findings":['
    for number, finding in enumerate(findings):
        yield (b"," if number else b"") + codec.encode(plain(shown(finding)))
    yield b"]}"


def plain(value: Any, name: str = "") -> Any:
    """A finding with its times as RFC 3339 texts."""
    if isinstance(value, datetime):
        return _text(value)
    if isinstance(value, Mapping):
        return {key: plain(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one, name) for one in value]
    return _text(datetime.fromtimestamp(value, UTC)) if name in _TIMES else value


def as_csv(findings: Iterable[Kept], now: datetime) -> Iterator[bytes]:
    """A line for each finding, after a header."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for finding in findings:
        told = _Told(finding, now)
        rows.writerow([harmless(str(column(told))) for column in COLUMNS.values()])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()


class _Told:
    """A finding, by what the columns ask of it."""

    def __init__(self, finding: Kept, now: datetime) -> None:
        self.finding, self.now = finding, now
        self.body = finding.body
        self.resource: dict[str, Any] = self.body["resources"][0]
        details = self.resource.get("details") or {}
        self.instance: dict[str, Any] = details.get("awsEc2Instance") or {}
        self.image: dict[str, Any] = details.get("awsEcrContainerImage") or {}
        self.function: dict[str, Any] = details.get("awsLambdaFunction") or {}
        self.flaw: dict[str, Any] = self.body.get("packageVulnerabilityDetails") or {}
        self.network: dict[str, Any] = self.body.get("networkReachabilityDetails") or {}
        self.packages: list[dict[str, Any]] = self.flaw.get("vulnerablePackages") or []

    def of_packages(self, member: str) -> str:
        """One value of each package."""
        return ", ".join(str(one.get(member, "N/A")) for one in self.packages)

    def cvss(self, source: str, version: str, member: str) -> Any:
        """Of the score of a source (`NVD`, or any other) in a version of CVSS."""
        for one in self.flaw.get("cvss") or ():
            is_nvd = one["source"].upper() == "NVD"
            if is_nvd == (source == "NVD") and one["version"].startswith(version):
                return one[member]
        return ""

    def ports(self) -> str:
        """The open range."""
        range_ = self.network.get("openPortRange")
        return f"{range_['begin']}-{range_['end']}" if range_ else ""

    def path(self) -> str:
        """The components on the way."""
        return ", ".join(one["componentId"] for one in (self.network.get("networkPath") or {}).get("steps") or ())

    def vector(self) -> str:
        """Of the adjusted score."""
        return str(((self.body.get("inspectorScoreDetails") or {}).get("adjustedCvss") or {}).get("scoringVector", ""))


COLUMNS: dict[str, Callable[[_Told], Any]] = {
    "AWS Account Id": lambda told: told.finding.account,
    "Severity": lambda told: told.finding.severity,
    "Fix Available": lambda told: told.finding.fix or "",
    "Finding Type": lambda told: told.finding.type,
    "Title": lambda told: told.finding.title,
    "Description": lambda told: told.body["description"],
    "Finding ARN": lambda told: told.finding.arn,
    "First Seen": lambda told: _text(told.finding.first_at),
    "Last Seen": lambda told: _text(told.finding.last_at),
    "Last Updated": lambda told: _text(told.finding.updated_at),
    "Resource ID": lambda told: told.resource["id"],
    "Container Image Tags": lambda told: ", ".join(told.image.get("imageTags") or ()),
    "Region": lambda told: told.finding.region,
    "Platform": lambda told: (told.instance or told.image).get("platform", ""),
    "Resource Tags": lambda told: ", ".join(
        f"{key}:{value}" for key, value in (told.resource.get("tags") or {}).items()
    ),
    "Affected Packages": lambda told: told.of_packages("name"),
    "Package Installed Version": lambda told: told.of_packages("version"),
    "Fixed in Version": lambda told: told.of_packages("fixedInVersion"),
    "Package Remediation": lambda told: told.of_packages("remediation"),
    "File Path": lambda told: told.of_packages("filePath"),
    "Network Paths": _Told.path,
    "Age (Days)": lambda told: (told.now - told.finding.first_at).days,
    "Remediation": lambda told: told.body["remediation"]["recommendation"].get("text", ""),
    "Inspector Score": lambda told: told.finding.score if told.finding.score is not None else "",
    "Inspector Score Vector": _Told.vector,
    "Status": lambda told: told.finding.status,
    "Vulnerability Id": lambda told: told.flaw.get("vulnerabilityId", ""),
    "Vendor": lambda told: told.flaw.get("source", ""),
    "Vendor Severity": lambda told: told.flaw.get("vendorSeverity", ""),
    "Vendor Advisory": lambda told: told.flaw.get("sourceUrl", ""),
    "Vendor Advisory Published": lambda told: (
        plain(told.flaw.get("vendorCreatedAt", ""), "vendorCreatedAt") if told.flaw.get("vendorCreatedAt") else ""
    ),
    "NVD CVSS4 Score": lambda told: told.cvss("NVD", "4", "baseScore"),
    "NVD CVSS4 Vector": lambda told: told.cvss("NVD", "4", "scoringVector"),
    "NVD CVSS3 Score": lambda told: told.cvss("NVD", "3", "baseScore"),
    "NVD CVSS3 Vector": lambda told: told.cvss("NVD", "3", "scoringVector"),
    "NVD CVSS2 Score": lambda told: told.cvss("NVD", "2", "baseScore"),
    "NVD CVSS2 Vector": lambda told: told.cvss("NVD", "2", "scoringVector"),
    "Vendor CVSS3 Score": lambda told: told.cvss("vendor", "3", "baseScore"),
    "Vendor CVSS3 Vector": lambda told: told.cvss("vendor", "3", "scoringVector"),
    "Vendor CVSS2 Score": lambda told: told.cvss("vendor", "2", "baseScore"),
    "Vendor CVSS2 Vector": lambda told: told.cvss("vendor", "2", "scoringVector"),
    "Resource Type": lambda told: told.resource["type"],
    "Ami": lambda told: told.instance.get("imageId", ""),
    "Resource Ipv4": lambda told: ", ".join(told.instance.get("ipV4Addresses") or ()),
    "Resource Ipv6": lambda told: ", ".join(told.instance.get("ipV6Addresses") or ()),
    "Resource Vpc": lambda told: told.instance.get("vpcId", ""),
    "Port Range": _Told.ports,
    "Epss Score": lambda told: told.finding.epss if told.finding.epss is not None else "",
    "Exploit Available": lambda told: told.finding.exploit or "",
    "Lambda Layers": lambda told: ", ".join(told.function.get("layers") or ()),
    "Lambda Package Type": lambda told: told.function.get("packageType", ""),
    "Reference Urls": lambda told: ", ".join(told.flaw.get("referenceUrls") or ()),
}
"""Heading, to what is told under it."""


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
