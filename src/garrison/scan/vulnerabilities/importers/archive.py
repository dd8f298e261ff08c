"""What a distribution's security archive holds: apt's `Packages` index, or a list of packages with their versions.

Source: deb-src-control(5) and https://wiki.debian.org/DebianRepository/Format, "Packages" indices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from garrison.scan.vulnerabilities.advisory import Held, Record
from garrison.scan.vulnerabilities.importers.debian_tracker import RELEASES

_UBUNTU = {"focal": "20.04", "jammy": "22.04", "noble": "24.04"}
_CODENAME = re.compile(rf"({'|'.join([*RELEASES, *_UBUNTU])})[-_/](?:security|updates/)")


class _Entry(msgspec.Struct):
    package: str
    version: str
    source: str = ""


_entries = msgspec.json.Decoder(list[_Entry])


def ecosystem_of(name: str) -> str:
    """The release that a file's name or address tells of; raises `ValueError` where it tells of none."""
    found = _CODENAME.search(name)
    if found is None:
        raise ValueError("its name does not tell the release: name it as bookworm-security…")
    codename = found[1]
    return f"Debian:{RELEASES[codename]}" if codename in RELEASES else f"Ubuntu:{_UBUNTU[codename]}"


def read_list(name: str, data: bytes) -> Iterator[Record]:
    """A JSON list of packages."""
    ecosystem = ecosystem_of(name)
    for each in _entries.decode(data):
        yield Held(ecosystem, each.package, each.source or each.package, each.version)


def is_index(data: bytes) -> bool:
    """Whether a text is a `Packages` index."""
    return data.startswith(b"Package: ")


def read_index(name: str, data: bytes) -> Iterator[Record]:
    """A `Packages` index: paragraphs of fields."""
    ecosystem = ecosystem_of(name)
    fields: dict[str, str] = {}
    for line in (*data.decode("utf-8", "replace").split("\n"), ""):
        if line:
            field, _, value = line.partition(": ")
            fields.setdefault(field, value.strip())
            continue
        if "Package" in fields and "Version" in fields:
            source = fields.get("Source", fields["Package"]).partition(" ")[0]
            yield Held(ecosystem, fields["Package"], source, fields["Version"])
        fields = {}
