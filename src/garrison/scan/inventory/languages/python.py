"""Python distributions by their metadata. Source: packaging.python.org, "Core metadata specifications" and "Recording installed projects"."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.scan.inventory.facts import Package
from garrison.scan.inventory.purl import pypi
from garrison.scan.roots import Root
from garrison.scan.roots.root import text

MOST_BYTES = 4 * 1024 * 1024
_CLASSIFIER = "License :: OSI Approved :: "


def distribution(root: Root, path: str) -> Iterator[Package]:
    """What a METADATA or PKG-INFO file tells of, where it lies in a folder of installed metadata or is an egg's only file."""
    folder, _, name = path.rpartition("/")
    if not (
        (name == "METADATA" and folder.endswith(".dist-info"))
        or (name == "PKG-INFO" and folder.endswith((".egg-info", "/EGG-INFO")))
        or name.endswith(".egg-info")
    ):
        return
    said = headers(text(root, path, most=MOST_BYTES) or "")
    if not said.get("name") or not said.get("version"):
        return
    project, version = said["name"][0], said["version"][0]
    yield Package(
        purl=pypi(project, version),
        ecosystem="pypi",
        name=project,
        version=version,
        path=path,
        licences=_licences(said),
    )


def headers(said: str) -> dict[str, list[str]]:
    """The headers of such a file by lower-case name, up to the empty line before the description."""
    found: dict[str, list[str]] = {}
    for line in said.split("\n"):
        if not line.strip():
            break
        name, colon, value = line.partition(":")
        if colon and line[0] not in " \t":
            found.setdefault(name.lower(), []).append(value.strip())
    return found


def _licences(said: dict[str, list[str]]) -> tuple[str, ...]:
    expressions = said.get("license-expression")
    if expressions:
        return tuple(expressions[:1])
    classified = tuple(each.removeprefix(_CLASSIFIER) for each in said.get("classifier", ()) if _CLASSIFIER in each)
    return classified or tuple(each for each in said.get("license", ())[:1] if each and each != "UNKNOWN")
