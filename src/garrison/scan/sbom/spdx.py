"""SPDX 2.3 (ISO/IEC 5962 is 2.2.1). Source: spdx.github.io/spdx-spec/v2.3, chapters 6, 7 and 11, annex F for package URLs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from garrison import __version__
from garrison.scan.inventory.facts import Inventory, Package
from garrison.scan.roots.root import shown
from garrison.scan.sbom.naming import EPOCH, identity, subject, time

_NOTHING = "NOASSERTION"
SUBJECT, SYSTEM = "SPDXRef-Subject", "SPDXRef-OperatingSystem"
BUILT_FROM = "built package from: "
"""How `sourceInfo` begins, as other writers of SPDX do it."""
FOUND_IN = "found in: "


def spdx(inventory: Inventory, *, at: datetime = EPOCH) -> dict[str, Any]:
    """The inventory's document, ready for JSON."""
    name = shown(subject(inventory))
    packages = [_subject(inventory, name)]
    if inventory.platform.id:
        packages.append(_system(inventory))
    packages += [_package(package, number) for number, package in enumerate(inventory.packages, 1)]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": f"urn:uuid:{identity(inventory, at)}",
        "creationInfo": {"created": time(at), "creators": [f"Tool: garrison-{__version__}"]},
        "packages": packages,
        "relationships": [
            _relation("SPDXRef-DOCUMENT", "DESCRIBES", SUBJECT),
            *(_relation(SUBJECT, "CONTAINS", package["SPDXID"]) for package in packages[1:]),
        ],
    }


def _subject(inventory: Inventory, name: str) -> dict[str, Any]:
    purpose = "CONTAINER" if inventory.image else "DEVICE"
    return _entry(SUBJECT, name, purpose) | ({"versionInfo": inventory.image} if inventory.image else {})


def _system(inventory: Inventory) -> dict[str, Any]:
    platform = inventory.platform
    return _entry(SYSTEM, platform.id, "OPERATING-SYSTEM") | {
        "versionInfo": platform.version,
        "description": platform.name or platform.id,
    }


def _package(package: Package, number: int) -> dict[str, Any]:
    made = _entry(f"SPDXRef-Package-{number}", shown(package.name), "LIBRARY")
    if package.version:
        made["versionInfo"] = shown(package.version)
    made["externalRefs"] = [
        {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": package.purl}
    ]
    if package.digest:
        made["checksums"] = [{"algorithm": "SHA256", "checksumValue": package.digest}]
    if package.licences:
        made["licenseComments"] = "declared as: " + shown(", ".join(package.licences))
    if package.source:
        made["sourceInfo"] = f"{BUILT_FROM}{shown(package.source)} {shown(package.source_version)}".strip()
    if package.path:
        made["comment"] = FOUND_IN + shown(package.path)
    return made


def _entry(identifier: str, name: str, purpose: str) -> dict[str, Any]:
    return {
        "SPDXID": identifier,
        "name": name,
        "downloadLocation": _NOTHING,
        "filesAnalyzed": False,
        "licenseConcluded": _NOTHING,
        "licenseDeclared": _NOTHING,
        "copyrightText": _NOTHING,
        "primaryPackagePurpose": purpose,
    }


def _relation(one: str, kind: str, other: str) -> dict[str, str]:
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
