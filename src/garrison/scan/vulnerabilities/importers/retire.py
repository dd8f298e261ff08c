"""RetireJS: JavaScript libraries, by their npm names where it has one.

Source: https://github.com/RetireJS/retire.js, repository/jsrepository-v*.json.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from garrison.scan.vulnerabilities import ratings
from garrison.scan.vulnerabilities.advisory import Advisory, Facts, Interval, Range, Record, Refused, Text
from garrison.scan.vulnerabilities.importers.osv import MOST_TEXT, ids_of, links
from garrison.scan.vulnerabilities.versions import Unordered, key

_EXAMPLE = "retire-example"


class _Identifiers(msgspec.Struct):
    summary: str = ""
    CVE: list[str] = []
    githubID: str = ""


class _Vulnerability(msgspec.Struct):
    below: str = ""
    atOrAbove: str = ""
    excludes: list[str] = []
    severity: str = ""
    cwe: list[str] = []
    identifiers: _Identifiers = msgspec.field(default_factory=_Identifiers)
    info: list[str] = []
    details: str = ""


class _Library(msgspec.Struct):
    npmname: str = ""
    vulnerabilities: list[_Vulnerability] = []


_decoder = msgspec.json.Decoder(dict[str, _Library])


def read(data: bytes) -> Iterator[Record]:
    """An advisory for each vulnerability of each library."""
    for name, library in _decoder.decode(data).items():
        if name == _EXAMPLE:
            continue
        for number, each in enumerate(library.vulnerabilities):
            yield _advisory(name, library, f"RETIREJS-{name}-{number}", each)


def _advisory(name: str, library: _Library, own: str, found: _Vulnerability) -> Record:
    try:
        for version in filter(None, (found.below, found.atOrAbove)):
            key("semver", version)
    except Unordered as error:
        return Refused(own[:200], str(error))
    others = [*found.identifiers.CVE, *filter(None, (found.identifiers.githubID,))]
    ids = ids_of(own, others)
    facts = Facts(
        ids,
        tuple(each for each in others if each not in ids),
        ratings.word(found.severity),
        weaknesses=tuple(found.cwe[:10]),
        source="RETIREJS",
        url=next(iter(links(found.info)), ""),
    )
    named = ("npm", library.npmname) if library.npmname else ("JavaScript", name)
    interval = Interval(found.atOrAbove, fixed=found.below)
    text = Text(found.identifiers.summary[:256], found.details[:MOST_TEXT], links(found.info))
    return Advisory(id=own, facts=facts, text=text, affected={named: Range((interval,))})
