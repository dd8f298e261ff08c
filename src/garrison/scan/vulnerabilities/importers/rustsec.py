"""RustSec advisories, as its database writes them (Markdown with TOML in front) or as JSON of the same.

Source: https://github.com/RustSec/advisory-db, "Advisory Format".
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import msgspec

from garrison.scan.vulnerabilities import ratings
from garrison.scan.vulnerabilities.advisory import Advisory, Facts, Range, Record, Refused, Text, Withdrawn
from garrison.scan.vulnerabilities.importers.osv import MOST_TEXT, ids_of, links
from garrison.scan.vulnerabilities.importers.requirements import affected

_FENCE = b"```toml"
_NO_VULNERABILITY = {"unmaintained", "notice"}


class _Advisory(msgspec.Struct):
    id: str
    package: str
    aliases: list[str] = []
    related: list[str] = []
    cvss: str | None = None
    date: str = ""
    url: str | None = None
    references: list[str] = []
    informational: str | None = None
    withdrawn: str | None = None
    title: str | None = None
    description: str | None = None


class _Versions(msgspec.Struct):
    patched: list[str] = []
    unaffected: list[str] = []


class _File(msgspec.Struct):
    advisory: _Advisory
    versions: _Versions = msgspec.field(default_factory=_Versions)
    details: str = ""


_decoder = msgspec.json.Decoder(_File)


def is_markdown(data: bytes) -> bool:
    """Whether a text is an advisory's file."""
    return data.lstrip().startswith(_FENCE) and b"[advisory]" in data[:4096]


def read_markdown(data: bytes) -> Iterator[Record]:
    """The advisory of a file."""
    front, _, rest = data.decode("utf-8", "replace").partition("```toml")[2].partition("```")
    values = tomllib.loads(front)
    values.setdefault("details", rest.strip())
    yield from _records(msgspec.convert(_plain(values), _File))


def read(data: bytes) -> Iterator[Record]:
    """The advisory of one JSON object."""
    yield from _records(_decoder.decode(data))


def _plain(value: object) -> object:
    """TOML's dates as text."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _records(found: _File) -> Iterator[Record]:
    told = found.advisory
    if told.withdrawn:
        yield Withdrawn(told.id)
        return
    try:
        intervals = affected("semver", [*found.versions.patched, *found.versions.unaffected])
    except ValueError as error:
        yield Refused(told.id[:200], str(error))
        return
    rating = ratings.rating(told.cvss, "RUST_SEC") if told.cvss else None
    ids = ids_of(told.id, told.aliases)
    facts = Facts(
        ids,
        tuple(each for each in (told.id, *told.aliases, *told.related) if each not in ids)[:50],
        "INFORMATIONAL" if told.informational in _NO_VULNERABILITY else "",
        (rating,) if rating else (),
        published=f"{told.date}T00:00:00Z" if told.date else "",
        modified=f"{told.date}T00:00:00Z" if told.date else "",
        source="RUST_SEC",
        url=f"https://rustsec.org/advisories/{told.id}.html",
    )
    title, _, description = found.details.partition("\n")
    text = Text(
        (told.title or title.lstrip("# "))[:256],
        (told.description or description.strip())[:MOST_TEXT],
        links([told.url or "", *told.references]),
    )
    yield Advisory(id=told.id, facts=facts, text=text, affected={("crates.io", told.package): Range(intervals)})
