"""Java archives by Maven's properties in them, else by their manifests and names; archives within archives too.

Source: maven.apache.org, "Maven Archiver" (pom.properties), and the JAR File Specification (manifests).
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from garrison.scan.inventory.facts import Package
from garrison.scan.inventory.languages.archives import BrokenZip, Entry, entries, read
from garrison.scan.inventory.purl import maven
from garrison.scan.roots import Root
from garrison.scan.roots.root import note

MOST_DEPTH = 4
"""Archives within archives: a WAR in an EAR with a fat JAR in it is three."""
MOST_NESTED_BYTES = 64 * 1024 * 1024
"""Of one archive within another, which is held in memory."""
MOST_INSIDE_BYTES = 512 * 1024 * 1024
"""Of all that lie within one file."""
MOST_TEXT_BYTES = 1024 * 1024
_PROPERTIES = re.compile(r"META-INF/maven/[^/]+/[^/]+/pom\.properties")
_NAMED = re.compile(r"(?P<name>.+?)-(?P<version>v?\d[\w.+-]*)\.[jwe]ar")
_ARCHIVES = (".jar", ".war", ".ear")
_WANTED = (b".jar", b".war", b".ear", b"/pom.properties", b"META-INF/MANIFEST.MF")
_Sums = tuple[str, str, str]
"""Group, artifact, version."""


@dataclass(slots=True)
class _Left:
    """What may still be read of one file."""

    inside_bytes: int = MOST_INSIDE_BYTES


def archive(root: Root, path: str) -> Iterator[Package]:
    """What is in an archive, with what is in the archives in it."""
    file = root.open(path)
    if file is not None:
        with file:
            yield from _packages(root, path, file, 1, _Left())


def _packages(root: Root, path: str, file: BinaryIO, depth: int, left: _Left) -> Iterator[Package]:
    try:
        known = entries(file, _is_wanted)
        digest = _digest(file)
        said = [found for each in known if _PROPERTIES.fullmatch(each.name) if (found := _maven(file, each))]
        if not said:
            said = _guessed(_manifest(file, known), path.rpartition("/")[2])
        for group, artifact, version in dict.fromkeys(said):
            yield _package(group, artifact, version, path, digest)
        for each in known:
            if each.name.endswith(_ARCHIVES):
                yield from _nested(root, path, file, each, depth, left)
    except (BrokenZip, OSError, OverflowError) as error:
        note(root, path, f"an archive that cannot be read: {error}")


def _is_wanted(name: bytes) -> bool:
    return name.endswith(_WANTED)


def _nested(root: Root, path: str, within: BinaryIO, each: Entry, depth: int, left: _Left) -> Iterator[Package]:
    inside = f"{path}!/{each.name}"
    if depth >= MOST_DEPTH:
        note(root, inside, f"more than {MOST_DEPTH} archives within each other")
        return
    most = min(MOST_NESTED_BYTES, left.inside_bytes)
    found = read(within, each, most)
    if found is None:
        note(root, inside, f"larger than {most} bytes")
        return
    left.inside_bytes -= len(found)
    yield from _packages(root, inside, io.BytesIO(found), depth + 1, left)


def _maven(file: BinaryIO, each: Entry) -> _Sums | None:
    said = {
        name.strip(): value.strip()
        for line in _text(file, each).splitlines()
        for name, equals, value in (line.partition("="),)
        if equals and not line.startswith("#")
    }
    group, artifact, version = (said.get(name, "") for name in ("groupId", "artifactId", "version"))
    return (group, artifact, version) if group and artifact and version else None


def _manifest(file: BinaryIO, known: list[Entry]) -> dict[str, str]:
    """The main section of the manifest; a line that begins with a space goes on with the one before."""
    each = next((each for each in known if each.name == "META-INF/MANIFEST.MF"), None)
    main = re.split(r"\r?\n\r?\n|\r\r", _text(file, each) if each else "", maxsplit=1)[0]
    lines = re.sub(r"(?:\r\n|\n|\r) ", "", main).splitlines()
    return {name: value.strip() for name, colon, value in (line.partition(":") for line in lines) if colon}


def _guessed(manifest: dict[str, str], file_name: str) -> list[_Sums]:
    """Where Maven left nothing: the name of the file, and what its manifest says of it."""
    named = _NAMED.fullmatch(file_name)
    bundle = manifest.get("Bundle-SymbolicName", "").split(";")[0].strip()
    artifact = (
        (named["name"] if named else "")
        or manifest.get("Implementation-Title", "")
        or bundle.rpartition(".")[2]
        or file_name.rpartition(".")[0]
    )
    version = next(
        (
            manifest[name]
            for name in ("Implementation-Version", "Bundle-Version", "Specification-Version")
            if manifest.get(name)
        ),
        "",
    )
    version = (named["version"] if named else "") or version
    group = manifest.get("Implementation-Vendor-Id", "") or _group_of(bundle, artifact)
    return [(group, artifact, version)] if artifact and version else []


def _group_of(bundle: str, artifact: str) -> str:
    """The group that a bundle's symbolic name tells: `org.apache.commons.lang3`, or group and artifact together."""
    if "." not in bundle:
        return ""
    before, _, last = bundle.rpartition(".")
    return before if last in artifact or artifact.endswith(last) else bundle


def _text(file: BinaryIO, each: Entry) -> str:
    return (read(file, each, MOST_TEXT_BYTES) or b"").decode("utf-8", "replace")


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    found = hashlib.sha256()
    while piece := file.read(1024 * 1024):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()


def _package(group: str, artifact: str, version: str, path: str, digest: str) -> Package:
    return Package(
        purl=maven(group, artifact, version),
        ecosystem="maven",
        name=f"{group}:{artifact}" if group else artifact,
        version=version,
        path=path,
        digest=digest,
    )
