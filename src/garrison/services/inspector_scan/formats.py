"""What was found in a bill of material, as CycloneDX 1.5 with its vulnerabilities, and as Inspector's own form.

Source: Inspector user guide, "Creating a custom CI/CD pipeline integration with Amazon Inspector Scan" (API output formats), "Using
CycloneDX namespaces with Amazon Inspector".
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from garrison import __version__
from garrison.scan.inventory.facts import Inventory, Package
from garrison.scan.vulnerabilities.vulnerability import Score, Vulnerability

_NAMESPACE = "amazon:inspector:sbom_scanner:"
_COUNTED = ("critical", "high", "medium", "low")
_SEVERITIES = {"CRITICAL": "critical", "HIGH": "high", "MEDIUM": "medium", "LOW": "low", "INFORMATIONAL": "info"}
_METHODS = {"2.0": "CVSSv2", "3.0": "CVSSv3", "3.1": "CVSSv31", "4.0": "CVSSv4"}


class Judged(NamedTuple):
    """A document's packages and what is known of them."""

    inventory: Inventory
    found: tuple[Vulnerability, ...]
    skipped: tuple[tuple[Package, str], ...]
    """Packages that nothing was known of the kind of, with the reason."""
    at: datetime


def as_cyclonedx(judged: Judged) -> dict[str, Any]:
    """CycloneDX 1.5 with its vulnerabilities."""
    references = {_key(one.purl, one.path): f"comp-{number}" for number, one in enumerate(judged.inventory.packages, 1)}
    counts = [(f"{name}_vulnerabilities", str(number)) for name, number in _counts(judged.found).items()]
    skipped = [("garrison:components_skipped", str(len(judged.skipped)))] if judged.skipped else []
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "metadata": {
            "properties": [*_properties(counts), *({"name": name, "value": value} for name, value in skipped)],
            "tools": [{"vendor": "Garrison", "name": "garrison", "version": __version__}],
            "timestamp": judged.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        },
        "components": [_component(one, references[_key(one.purl, one.path)]) for one in judged.inventory.packages],
        "vulnerabilities": [_vulnerability(one, number, references) for number, one in enumerate(judged.found, 1)],
    }


def as_inspector(judged: Judged) -> dict[str, Any]:
    """Inspector's own form."""
    number = len(judged.found)
    word = "vulnerability" if number == 1 else "vulnerabilities"
    return {
        "status": f"SBOM parsed successfully, {number} {word} found",
        "inspector": {
            "messages": [
                {"name": one.name, "purl": one.purl, "info": f"Component skipped: {reason}"}
                for one, reason in judged.skipped
            ],
            "vulnerability_count": _counts(judged.found),
            "vulnerabilities": [_own(one) for one in judged.found],
        },
    }


def _counts(found: Iterable[Vulnerability]) -> dict[str, int]:
    counts = dict.fromkeys(_COUNTED, 0)
    for one in found:
        name = _SEVERITIES.get(one.severity, "")
        if name in counts:
            counts[name] += 1
    return counts


def _properties(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": f"{_NAMESPACE}{name}", "value": value} for name, value in pairs]


def _key(purl: str, path: str) -> str:
    return f"{purl} {path}"


def _component(one: Package, reference: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "bom-ref": reference,
        "type": "library",
        "name": one.name,
        "version": one.version,
        "purl": one.purl,
    }
    return made | ({"properties": _properties([("path", one.path)])} if one.path else {})


def _vulnerability(one: Vulnerability, number: int, references: dict[str, str]) -> dict[str, Any]:
    touched = [
        (references[_key(each.purl, each.path)], each)
        for each in one.packages
        if _key(each.purl, each.path) in references
    ]
    facts = [("exploit_available", "true")] if one.is_exploited else []
    facts += [("cisa_kev_date_due", _midnight(one.exploit_due))] if one.exploit_due else []
    facts += [(f"fixed_version:{reference}", each.fixed_in) for reference, each in touched if each.fixed_in]
    members: dict[str, Any] = {
        "bom-ref": f"vuln-{number}",
        "id": one.id,
        "source": {"name": one.source or "Garrison"} | ({"url": one.source_url} if one.source_url else {}),
        "references": [{"id": alias, "source": {"name": _issuer(alias)}} for alias in one.aliases],
        "ratings": _ratings(one),
        "cwes": _weaknesses(one),
        "description": one.description or one.title,
        "advisories": [{"url": url} for url in one.urls],
        "created": one.published,
        "updated": one.modified,
        "affects": [{"ref": reference} for reference, _ in touched],
        "properties": _properties(facts),
    }
    return {name: value for name, value in members.items() if value}


def _ratings(one: Vulnerability) -> list[dict[str, Any]]:
    ratings = [
        {
            "source": {"name": score.source},
            "score": score.base,
            "severity": _SEVERITIES.get(one.severity, "unknown"),
            "method": _METHODS.get(score.version, "other"),
            "vector": score.vector,
        }
        for score in one.scores
    ]
    if one.epss is not None:
        source = {"name": "EPSS", "url": "https://www.first.org/epss/"}
        ratings.append({"source": source, "score": one.epss, "severity": "none", "method": "other"})
    if not ratings:
        ratings.append(
            {
                "source": {"name": one.source or "Garrison"},
                "severity": _SEVERITIES.get(one.severity, "unknown"),
                "method": "other",
            }
        )
    return ratings


def _own(one: Vulnerability) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "cisa_kev_date_due": _midnight(one.exploit_due) if one.exploit_due else None,
        "cwes": _weaknesses(one),
        "cvss": _cvss(one),
        "epss": one.epss,
        "exploit_available": True if one.is_exploited else None,
    }
    members: dict[str, Any] = {
        "id": one.id,
        "severity": _SEVERITIES.get(one.severity, "untriaged"),
        "source": one.source_url or one.source,
        "related": list(one.aliases),
        "description": one.description or one.title,
        "references": list(one.urls),
        "created": one.published,
        "updated": one.modified,
        "properties": {name: value for name, value in facts.items() if value not in (None, [])},
        "affects": [
            {
                name: value
                for name, value in (
                    ("installed_version", each.purl),
                    ("fixed_version", each.fixed_in),
                    ("path", each.path),
                )
                if value
            }
            for each in one.packages
        ],
    }
    return {name: value for name, value in members.items() if value}


def _cvss(one: Vulnerability) -> list[dict[str, Any]]:
    """A row for each source, with its scores of each version."""
    rows: dict[str, dict[str, Any]] = {}
    for score in one.scores:
        row = rows.setdefault(
            score.source, {"source": score.source, "severity": _SEVERITIES.get(one.severity, "untriaged")}
        )
        version = _major(score)
        row.setdefault(f"cvss{version}_base_score", score.base)
        row.setdefault(f"cvss{version}_base_vector", score.vector)
    return list(rows.values())


def _major(score: Score) -> str:
    return score.version.partition(".")[0]


def _weaknesses(one: Vulnerability) -> list[int]:
    numbers = (name.rpartition("-")[2] for name in one.weaknesses)
    return [int(number) for number in numbers if number.isdigit()]


def _issuer(alias: str) -> str:
    return {"GHSA": "GITHUB", "CVE": "NVD"}.get(alias.partition("-")[0], alias.partition("-")[0])


def _midnight(day: str) -> str:
    return day if "T" in day else f"{day}T00:00:00Z"
