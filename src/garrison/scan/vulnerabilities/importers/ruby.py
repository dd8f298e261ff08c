"""ruby-advisory-db: advisories of gems, as YAML files or as JSON of the same.

Source: https://github.com/rubysec/ruby-advisory-db, "YAML Schema".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from garrison.scan.vulnerabilities import ratings
from garrison.scan.vulnerabilities.advisory import Advisory, Facts, Range, Record, Refused, Text
from garrison.scan.vulnerabilities.importers.osv import MOST_TEXT, ids_of, links
from garrison.scan.vulnerabilities.importers.requirements import affected

MOST_YAML_BYTES = 256 * 1024


class _Gem(msgspec.Struct):
    title: str = ""
    gem: str | None = None
    engine: str | None = None
    cve: str | None = None
    ghsa: str | None = None
    osvdb: int | str | None = None
    url: str = ""
    date: str = ""
    description: str = ""
    cvss_v2: float | None = None
    cvss_v3: float | None = None
    cvss_v4: float | None = None
    patched_versions: list[str] | None = None
    unaffected_versions: list[str] | None = None
    related: dict[str, list[str | int]] | None = None


_decoder = msgspec.json.Decoder(_Gem)


def is_yaml(data: bytes) -> bool:
    """Whether a text is an advisory's file."""
    return len(data) <= MOST_YAML_BYTES and (b"\ngem:" in data or data.startswith(b"gem:"))


def read_yaml(data: bytes) -> Iterator[Record]:
    """The advisory of a file."""
    import yaml

    try:
        # Names that stand for others (anchors) can make a small file a large value; advisories have none.
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(data)):
            raise ValueError("it has anchors")
        values: Any = yaml.safe_load(data)
    except yaml.YAMLError as error:
        raise ValueError(str(error)[:200]) from None
    if not isinstance(values, dict):
        raise ValueError("it is no table")
    values["date"] = str(values.get("date", ""))
    if "cve" in values:
        values["cve"] = str(values["cve"])
    yield from _records(msgspec.convert(values, _Gem))


def read(data: bytes) -> Iterator[Record]:
    """The advisory of one JSON object."""
    yield from _records(_decoder.decode(data))


def _records(found: _Gem) -> Iterator[Record]:
    known = _names(found)
    if not found.gem:
        yield Refused(known[0], f"it is of {found.engine or 'no gem'}, which inventories do not name as a gem")
        return
    try:
        intervals = affected("gem", [*(found.patched_versions or ()), *(found.unaffected_versions or ())])
    except ValueError as error:
        yield Refused(f"{known[0]} {found.gem}"[:200], str(error))
        return
    base = next((each for each in (found.cvss_v3, found.cvss_v4, found.cvss_v2) if each is not None), None)
    ids = ids_of(known[0], known[1:])
    dated = f"{found.date}T00:00:00Z" if found.date else ""
    facts = Facts(
        ids,
        tuple(each for each in known if each not in ids),
        "" if base is None else ratings.band(base),
        published=dated,
        modified=dated,
        source="RUBY_SEC",
        url=next(iter(links([found.url])), ""),
    )
    others = [str(each) for each in (found.related or {}).get("url") or ()]
    text = Text(found.title[:256], found.description[:MOST_TEXT], links([found.url, *others]))
    yield Advisory(id=known[0], facts=facts, text=text, affected={("RubyGems", found.gem): Range(intervals)})


def _names(found: _Gem) -> list[str]:
    known = [f"CVE-{found.cve}"] if found.cve else []
    known += [f"GHSA-{found.ghsa}"] if found.ghsa else []
    known += [f"OSVDB-{found.osvdb}"] if found.osvdb else []
    return known or [f"RUBYSEC-{found.gem or found.engine}-{found.date}"]
