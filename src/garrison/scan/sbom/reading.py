"""Read a bill of material that some tool wrote, CycloneDX or SPDX in JSON, as an inventory: what has a package URL, or says what it is.

Tools differ in where they put what an advisory needs beside the package URL (the source package, the distribution): their own
properties are understood where they are known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from garrison.scan.inventory.end_of_life import end_of_life
from garrison.scan.inventory.facts import Inventory, Package, Platform
from garrison.scan.inventory.purl import Parts, parts
from garrison.scan.sbom.cyclonedx import PROPERTY
from garrison.scan.sbom.spdx import BUILT_FROM, FOUND_IN

MOST_BYTES = 256 * 1024 * 1024
MOST_PACKAGES = 1_000_000
_SOURCES = {
    f"{PROPERTY}source": "source",
    f"{PROPERTY}sourceVersion": "source_version",
    f"{PROPERTY}path": "path",
    "aquasecurity:trivy:SrcName": "source",
    "aquasecurity:trivy:SrcVersion": "source_version",
    "aquasecurity:trivy:SrcRelease": "source_release",
    "aquasecurity:trivy:SrcEpoch": "source_epoch",
    "aquasecurity:trivy:FilePath": "path",
    "syft:location:0:path": "path",
    "amazon:inspector:sbom_generator:source_path": "path",
    "amazon:inspector:sbom_scanner:path": "path",
}
"""Properties of components that say what a field here says."""
_DISTRIBUTION = re.compile(r"([a-z][a-z0-9_.]*(?:-[a-z][a-z0-9_.]*)*)-(\d[\w.]*)")


class NotABill(ValueError):
    """A document that is none, or of a kind that is not read; the text says which."""


def read(document: bytes) -> Inventory:
    """The inventory that a document describes; raises `NotABill`."""
    if len(document) > MOST_BYTES:
        raise NotABill(f"larger than {MOST_BYTES} bytes")
    try:
        said = json.loads(document)
    except (ValueError, RecursionError):
        raise NotABill("it is not JSON") from None
    if isinstance(said, dict) and said.get("bomFormat") == "CycloneDX":
        return _of_cyclonedx(said)
    if isinstance(said, dict) and str(said.get("spdxVersion", "")).startswith("SPDX-2"):
        return _of_spdx(said)
    raise NotABill("it is neither CycloneDX nor SPDX 2 in JSON")


def _of_cyclonedx(said: dict[str, Any]) -> Inventory:
    packages, platform = [], None
    about = _table(_table(said.get("metadata")).get("component"))
    for component in _components([said.get("components"), about.get("components")]):
        if component.get("type") == "operating-system":
            platform = _platform(_text(component, "name"), _text(component, "version"), _text(component, "description"))
        elif package := _of_component(component):
            packages.append(package)
    version = _text(about, "version")
    return _inventory(_text(about, "name"), platform, packages, version if version.startswith("sha256:") else "")


def _components(waiting: list[Any]) -> Iterator[dict[str, Any]]:
    """Every component with those within it."""
    count = 0
    while waiting:
        for each in _list(waiting.pop()):
            count += 1
            if count > MOST_PACKAGES:
                raise NotABill(f"more than {MOST_PACKAGES} components")
            if isinstance(each, dict):
                yield each
                waiting.append(each.get("components"))


def _of_component(component: dict[str, Any]) -> Package | None:
    found = parts(_text(component, "purl"))
    if found is None:
        return None
    properties = (_table(each) for each in _list(component.get("properties")))
    known = {_SOURCES[name]: _text(each, "value") for each in properties if (name := _text(each, "name")) in _SOURCES}
    hashes = (_table(each) for each in _list(component.get("hashes")))
    digest = next((_text(each, "content") for each in hashes if each.get("alg") == "SHA-256"), "")
    package = replace(_package(found, _text(component, "purl")), digest=digest.lower())
    return replace(
        package,
        source=known.get("source") or package.source,
        source_version=_whole(known) or package.source_version,
        path=known.get("path", ""),
    )


def _whole(known: dict[str, str]) -> str:
    """A source package's version with its epoch and release, which some tools tell apart."""
    version = known.get("source_version", "")
    if version and known.get("source_release"):
        version += f"-{known['source_release']}"
    epoch = known.get("source_epoch", "0")
    return f"{epoch}:{version}" if version and epoch != "0" else version


def _of_spdx(said: dict[str, Any]) -> Inventory:
    packages, platform = [], None
    for each in map(_table, _list(said.get("packages"))[:MOST_PACKAGES]):
        purpose = _text(each, "primaryPackagePurpose").replace("_", "-")
        if purpose == "OPERATING-SYSTEM":
            platform = _platform(_text(each, "name"), _text(each, "versionInfo"), _text(each, "description"))
            continue
        references = (_text(_table(ref), "referenceLocator") for ref in _list(each.get("externalRefs")))
        named = next((ref for ref in references if ref.startswith("pkg:")), "")
        found = parts(named)
        if found is not None:
            packages.append(_of_spdx_package(_package(found, named), each))
    return _inventory(_text(said, "name"), platform, packages, "")


def _of_spdx_package(package: Package, said: dict[str, Any]) -> Package:
    built, found = _text(said, "sourceInfo"), _text(said, "comment")
    if built.startswith(BUILT_FROM):
        source, _, version = built.removeprefix(BUILT_FROM).partition(" ")
        package = replace(package, source=source, source_version=version or package.version)
    return replace(package, path=found.removeprefix(FOUND_IN)) if found.startswith(FOUND_IN) else package


def _package(found: Parts, purl: str) -> Package:
    """What the package URL alone tells; `upstream` is where syft puts the source package."""
    separator = {"npm": "/", "golang": "/", "maven": ":"}.get(found.kind)
    name = f"{found.namespace}{separator}{found.name}" if separator and found.namespace else found.name
    epoch = found.qualifiers.get("epoch", "")
    version = f"{epoch}:{found.version}" if epoch and found.kind in ("rpm", "deb") else found.version
    source, _, source_version = found.qualifiers.get("upstream", "").removesuffix(".src.rpm").partition("@")
    if found.kind == "rpm" and source:
        source, source_version = source.rsplit("-", 2)[0], source_version or found.version
    return Package(
        purl=purl,
        ecosystem=found.kind,
        name=name,
        version=version,
        architecture=found.qualifiers.get("arch", ""),
        source=source or (name if found.kind in ("deb", "rpm", "apk") else ""),
        source_version=source_version or (version if found.kind in ("deb", "rpm", "apk") else ""),
    )


def _inventory(name: str, platform: Platform | None, packages: list[Package], image: str) -> Inventory:
    return Inventory(
        host=name,
        platform=platform or _told_by(packages),
        packages=tuple(packages),
        image=image,
    )


def _told_by(packages: list[Package]) -> Platform:
    """The distribution that the package URLs name, where nothing else tells."""
    for package in packages:
        found = parts(package.purl)
        said = _DISTRIBUTION.fullmatch(found.qualifiers.get("distro", "")) if found else None
        if said and package.ecosystem in ("deb", "rpm", "apk"):
            return _platform(said[1], said[2], "")
    return Platform(id="", version="", name="")


def _platform(identity: str, version: str, name: str) -> Platform:
    known = identity.lower()
    return Platform(
        id=known, version=version, name=name or f"{identity} {version}".strip(), end_of_life=end_of_life(known, version)
    )


def _table(said: Any) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []


def _text(said: dict[str, Any], name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) else ""
