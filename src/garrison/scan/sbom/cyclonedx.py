"""CycloneDX, the form that OWASP keeps (ECMA-424). Source: cyclonedx.org, "JSON Reference" of 1.5 and 1.6."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from garrison import __version__
from garrison.scan.inventory.facts import Inventory, Package
from garrison.scan.roots.root import shown
from garrison.scan.sbom.naming import EPOCH, identity, references, subject, time

VERSIONS = ("1.5", "1.6")
PROPERTY = "garrison:"
"""Before the names of what CycloneDX has no place for."""


def cyclonedx(inventory: Inventory, *, version: str = "1.6", at: datetime = EPOCH) -> dict[str, Any]:
    """The inventory's document, ready for JSON; `version` is one of `VERSIONS`."""
    if version not in VERSIONS:
        raise ValueError(f"CycloneDX {version} is not written, only {', '.join(VERSIONS)}")
    named = references(inventory.packages)
    system = _system(inventory)
    components = ([system] if system else []) + [
        _component(package, reference) for package, reference in zip(inventory.packages, named, strict=True)
    ]
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": f"urn:uuid:{identity(inventory, at)}",
        "version": 1,
        "metadata": {
            "timestamp": time(at),
            "tools": {"components": [{"type": "application", "name": "garrison", "version": __version__}]},
            "component": _subject(inventory),
        },
        "components": components,
        "dependencies": [{"ref": "subject", "dependsOn": [each["bom-ref"] for each in components]}],
    }


def _subject(inventory: Inventory) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "container" if inventory.image else "device",
        "bom-ref": "subject",
        "name": shown(subject(inventory)),
    }
    if inventory.image:
        made["version"] = inventory.image
    said = {"machine": inventory.machine, "instance": inventory.instance, "kernel": inventory.platform.kernel}
    return made | _properties(said)


def _system(inventory: Inventory) -> dict[str, Any] | None:
    platform = inventory.platform
    if not platform.id:
        return None
    made: dict[str, Any] = {
        "type": "operating-system",
        "bom-ref": "operating-system",
        "name": platform.id,
        "version": platform.version,
    }
    if platform.name:
        made["description"] = platform.name
    said = {
        "codename": platform.codename,
        "architecture": platform.architecture,
        "endOfLife": platform.end_of_life,
        "like": " ".join(platform.like),
    }
    return made | _properties(said)


def _component(package: Package, reference: str) -> dict[str, Any]:
    group, name = grouped(package)
    made: dict[str, Any] = {"type": "library", "bom-ref": reference}
    if group:
        made["group"] = shown(group)
    made |= {"name": shown(name), "version": shown(package.version), "purl": package.purl}
    if package.digest:
        made["hashes"] = [{"alg": "SHA-256", "content": package.digest}]
    if package.licences:
        made["licenses"] = [{"license": {"name": shown(each)}} for each in package.licences]
    said = {
        "source": package.source if package.source != package.name else "",
        "sourceVersion": package.source_version if package.source_version != package.version else "",
        "architecture": package.architecture,
        "path": package.path,
    }
    return made | _properties(said)


def grouped(package: Package) -> tuple[str, str]:
    """The group that CycloneDX keeps apart (a scope of npm, a group of Maven), and the rest of the name."""
    if package.ecosystem == "npm":
        scope, _, name = package.name.rpartition("/")
        return scope, name
    if package.ecosystem == "maven":
        group, _, name = package.name.rpartition(":")
        return group, name
    return "", package.name


def _properties(said: dict[str, str]) -> dict[str, Any]:
    found = [{"name": PROPERTY + name, "value": shown(value)} for name, value in said.items() if value]
    return {"properties": found} if found else {}
