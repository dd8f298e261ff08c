"""RubyGems by the specifications that `gem install` writes: Ruby, of which nothing is run. Source: guides.rubygems.org, "Specification Reference"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from garrison.scan.inventory.facts import Package
from garrison.scan.inventory.purl import gem
from garrison.scan.roots import Root
from garrison.scan.roots.root import text

MOST_BYTES = 1024 * 1024
_STUB = re.compile(r"^# stub: (\S+) (\S+) (\S+) ", re.MULTILINE)
_ASSIGNED = re.compile(
    r"^\s*\w+\.(name|version|platform)\s*=\s*(?:Gem::Version\.new\()?[\"']([^\"'\n]+)[\"']", re.MULTILINE
)
_LICENCES = re.compile(r"^\s*\w+\.licenses?\s*=\s*([^\n]*)$", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([^\"'\n]+)[\"']")


def specification(root: Root, path: str) -> Iterator[Package]:
    """What a .gemspec tells of, where it lies in a folder of installed specifications."""
    if "/specifications/" not in path:
        return
    said = text(root, path, most=MOST_BYTES) or ""
    stub = _STUB.search(said)
    assigned = dict(reversed(_ASSIGNED.findall(said)))
    name, version, platform = (
        stub.groups() if stub else (assigned.get(each, "") for each in ("name", "version", "platform"))
    )
    if not name or not version:
        return
    licences = _LICENCES.search(said)
    yield Package(
        purl=gem(name, version, platform),
        ecosystem="gem",
        name=name,
        version=version,
        path=path,
        licences=tuple(_QUOTED.findall(licences[1])) if licences else (),
    )
