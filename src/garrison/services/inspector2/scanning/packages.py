"""What is known of a vulnerable package on a host, as an Inspector finding.

Source: Inspector API reference, "Finding", "PackageVulnerabilityDetails", "VulnerablePackage", "InspectorScoreDetails".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from garrison.scan.vulnerabilities.vulnerability import Affected, Score, Vulnerability
from garrison.scan_findings import Found
from garrison.services.inspector2.scanning.remedies import kind_of, remedy, update_of
from garrison.services.inspector2.shapes import KEPT_APART

PACKAGE_VULNERABILITY = "PACKAGE_VULNERABILITY"
LONGEST_DESCRIPTION, LONGEST_TITLE = 1024, 1024
_MOST_NAMES = 3
"""Of packages in a title."""
_ARCHITECTURES = {"amd64": "X86_64", "arm64": "AARCH64", "i386": "I386"}
_NO_SOURCE = "GARRISON"


def found(vulnerability: Vulnerability, resource: Mapping[str, Any]) -> Found:
    """A vulnerability of a host as a finding; `resource` is Inspector's `Resource`."""
    packages = vulnerability.packages
    fixes = {bool(package.fixed_in) for package in packages}
    names = tuple(dict.fromkeys(package.name for package in packages))
    shown = ", ".join(names[:_MOST_NAMES]) + (" and more" if len(names) > _MOST_NAMES else "")
    body: dict[str, Any] = {
        "description": (vulnerability.description or vulnerability.title or vulnerability.id)[:LONGEST_DESCRIPTION],
        "remediation": {"recommendation": _recommendation(vulnerability)},
        "resources": [resource],
        "packageVulnerabilityDetails": _details(vulnerability),
        KEPT_APART: _apart(vulnerability),
    }
    score = best_score(vulnerability)
    if score is not None:
        body["inspectorScoreDetails"] = {"adjustedCvss": _adjusted(vulnerability, score)}
    return Found(
        subject=vulnerability.id,
        type=PACKAGE_VULNERABILITY,
        severity=vulnerability.severity,
        title=f"{vulnerability.id} - {shown}"[:LONGEST_TITLE],
        vulnerability=vulnerability.id,
        score=vulnerability.score if score is not None else None,
        epss=vulnerability.epss,
        fix="PARTIAL" if len(fixes) == 2 else "YES" if True in fixes else "NO",
        exploit="YES" if vulnerability.is_exploited else "NO",
        packages=names,
        body=body,
    )


def best_score(vulnerability: Vulnerability) -> Score | None:
    """The score that the adjusted one was made of: of the newest version of CVSS, in the order they were told."""
    return max(vulnerability.scores, key=lambda each: float(each.version or 0), default=None)


def _recommendation(vulnerability: Vulnerability) -> dict[str, str]:
    told = {"text": remedy(vulnerability.packages)}
    return told | ({"Url": vulnerability.source_url} if vulnerability.source_url else {})


def _details(vulnerability: Vulnerability) -> dict[str, Any]:
    members = {
        "vulnerabilityId": vulnerability.id,
        "source": vulnerability.source or _NO_SOURCE,
        "sourceUrl": vulnerability.source_url or None,
        "vendorSeverity": vulnerability.severity.lower(),
        "vendorCreatedAt": seconds_of(vulnerability.published),
        "vendorUpdatedAt": seconds_of(vulnerability.modified),
        "cvss": [cvss(score) for score in vulnerability.scores],
        "relatedVulnerabilities": list(vulnerability.aliases),
        "referenceUrls": list(vulnerability.urls),
        "vulnerablePackages": [_package(package) for package in vulnerability.packages],
    }
    return {name: value for name, value in members.items() if value is not None}


def cvss(score: Score) -> dict[str, Any]:
    """A `CvssScore`."""
    return {
        "baseScore": score.base,
        "scoringVector": score.vector,
        "version": score.version,
        "source": score.source or _NO_SOURCE,
    }


def _adjusted(vulnerability: Vulnerability, score: Score) -> dict[str, Any]:
    adjustments = [{"metric": metric, "reason": reason} for metric, reason in vulnerability.adjustments]
    told = {
        "scoreSource": score.source or _NO_SOURCE,
        "cvssSource": score.source or _NO_SOURCE,
        "version": score.version,
        "score": vulnerability.score,
        "scoringVector": score.vector,
    }
    return told | ({"adjustments": adjustments} if adjustments else {})


def _package(package: Affected) -> dict[str, Any]:
    epoch, version, release = split_version(kind_of(package), package.version)
    members = {
        "name": package.name,
        "version": version,
        "epoch": epoch,
        "release": release or None,
        "arch": architecture(package.architecture),
        "packageManager": package.manager if package.manager in _MANAGERS else "OS",
        "filePath": package.path or None,
        "fixedInVersion": package.fixed_in or "NotAvailable",
        "remediation": update_of(package),
    }
    return {name: value for name, value in members.items() if value is not None}


def architecture(name: str) -> str | None:
    """As Inspector writes it: `X86_64`, `ALL`."""
    return _ARCHITECTURES.get(name, name.upper()) or None


def split_version(kind: str, version: str) -> tuple[int, str, str]:
    """Epoch, version and release of a distribution's package; what others call a version is all of it."""
    if kind not in ("deb", "rpm", "apk"):
        return 0, version, ""
    epoch, _, rest = version.rpartition(":")
    upstream, _, release = rest.rpartition("-") if "-" in rest else (rest, "", "")
    return int(epoch) if epoch.isdigit() else 0, upstream, release


def _apart(vulnerability: Vulnerability) -> dict[str, Any]:
    """What BatchGetFindingDetails tells besides."""
    members: dict[str, Any] = {
        "cwes": list(vulnerability.weaknesses) or None,
        "cisaData": cisa(vulnerability),
    }
    return {name: value for name, value in members.items() if value is not None}


def cisa(vulnerability: Vulnerability) -> dict[str, Any] | None:
    """A `CisaData`; None for what CISA's catalogue does not name."""
    if not vulnerability.is_exploited:
        return None
    due = seconds_of(vulnerability.exploit_due)
    return {"action": "Listed as exploited by CISA."} | ({"dateDue": due} if due is not None else {})


def seconds_of(text: str) -> float | None:
    """Seconds since 1970 of an RFC 3339 time or a date; None for none."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00+00:00").timestamp()
    except ValueError:
        return None


_MANAGERS = frozenset(
    [
        *("BUNDLER", "CARGO", "COMPOSER", "NPM", "NUGET", "PIPENV", "POETRY", "YARN", "GOBINARY", "GOMOD", "JAR", "OS"),
        *("PIP", "PYTHONPKG", "NODEPKG", "POM", "GEMSPEC", "DOTNET_CORE"),
    ]
)
"""Inspector's PackageManager."""
