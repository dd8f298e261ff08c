"""OSV records: the form of osv.dev, GitHub advisories, PyPA, Go, AlmaLinux, Debian, Ubuntu, Alpine, Bitnami and others.

Source: the OSV schema 1.7, https://ossf.github.io/osv-schema/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from garrison.scan.vulnerabilities import ratings
from garrison.scan.vulnerabilities.advisory import Advisory, Facts, Range, Rating, Record, Refused, Text, Withdrawn
from garrison.scan.vulnerabilities.ecosystems import kept_as, package_name
from garrison.scan.vulnerabilities.importers.osv_ranges import Affected, Severity, listed, merged, of_streams, range_of

MOST_AFFECTED = 20_000
MOST_NAME = 300
"""Characters of an id, an ecosystem or a package."""
MOST_TEXT = 1_024
"""Characters of a description (Inspector: FindingDescription)."""
MOST_URLS = 20
MOST_URL = 1_000

_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,}")
_DISTRIBUTION_IDS = re.compile("(ALSA|ALBA|RLSA|RXSA|RHSA|SUSE|openSUSE|DSA|DLA|MGASA|USN|PHSA|AZL)-")
"""Advisories of distributions, whose `related` are what they fix."""
_STREAM = re.compile(r"[a-z0-9][\w.+-]{0,100}:[\w.+-]{1,100}")
"""A module and its stream where a title names them: `nodejs:18`."""
_SUMMARY_SEVERITY = re.compile("(Critical|Important|Moderate|Low):")


class _Reference(msgspec.Struct):
    url: str = ""


class _Osv(msgspec.Struct):
    id: str
    summary: str | None = None
    details: str | None = None
    aliases: list[str] | None = None
    related: list[str] | None = None
    upstream: list[str] | None = None
    published: str | None = None
    modified: str | None = None
    withdrawn: str | None = None
    severity: list[Severity] | None = None
    affected: list[Affected] | None = None
    references: list[_Reference] | None = None
    database_specific: Any = None


_decoder = msgspec.json.Decoder(_Osv)


def read(data: bytes) -> Iterator[Record]:
    """The advisory of one record; raises `msgspec.DecodeError` for what is none."""
    record = _decoder.decode(data)
    if record.withdrawn:
        yield Withdrawn(record.id)
        return
    affected: dict[tuple[str, str], Range] = {}
    if len(record.id) > MOST_NAME:
        yield Refused(record.id[:200], f"its id is longer than {MOST_NAME} characters")
        return
    entries = record.affected or []
    if len(entries) > MOST_AFFECTED:
        yield Refused(record.id, f"more than {MOST_AFFECTED} packages")
        return
    streams = _streams(record.summary or "")
    for entry in entries:
        if entry.package is None:
            continue
        if len(entry.package.ecosystem) > MOST_NAME or len(entry.package.name) > MOST_NAME:
            yield Refused(record.id, f"a name is longer than {MOST_NAME} characters")
            continue
        ecosystem = kept_as(entry.package.ecosystem)
        named = (ecosystem, package_name(ecosystem, entry.package.name))
        try:
            made = range_of(ecosystem, entry)
        except ValueError as error:
            yield Refused(f"{record.id} {named[1]}"[:200], str(error))
            made = listed(entry)
        if made is not None:
            made = of_streams(made, streams)
            affected[named] = merged(affected[named], made) if named in affected else made
    if affected:
        yield Advisory(
            id=record.id, facts=_facts(record, next(iter(affected))[0]), text=_text(record), affected=affected
        )


def _streams(title: str) -> tuple[str, ...]:
    """The streams of modules that an advisory of RHEL's family is about: only its title tells."""
    return tuple(filter(_STREAM.fullmatch, (word.strip(",;()") for word in title[:1_000].split())))


def _facts(record: _Osv, ecosystem: str) -> Facts:
    others = [*(record.aliases or ()), *(record.upstream or ())]
    if _DISTRIBUTION_IDS.match(record.id):
        others += record.related or ()
    others = [each for each in others if len(each) <= MOST_NAME]
    ids = ids_of(record.id, others)
    specific = record.database_specific if isinstance(record.database_specific, dict) else {}
    given = list(record.severity or ())
    for entry in record.affected or ():
        given += entry.severity or ()
    source = source_of(record.id, ecosystem)
    weaknesses = specific.get("cwe_ids") or specific.get("cwes") or ()
    return Facts(
        ids,
        tuple(dict.fromkeys(each for each in (record.id, *others) if each not in ids))[:50],
        _severity_of(record, specific, given),
        _ratings(given, source),
        tuple(str(each) for each in weaknesses if isinstance(each, str))[:10] if isinstance(weaknesses, list) else (),
        _date(record.published),
        _date(record.modified) or _date(record.published),
        source,
        url_of(record.id, source),
    )


def ids_of(own: str, others: Iterable[str]) -> tuple[str, ...]:
    """The vulnerabilities that an advisory tells of: CVEs, else the GHSA, else itself."""
    known = [own, *others]
    cves = dict.fromkeys(each for each in known if _CVE.fullmatch(each))
    if cves:
        return tuple(cves)
    return (next((each for each in known if each.startswith("GHSA-")), own),)


def _severity_of(record: _Osv, specific: dict[str, Any], given: list[Severity]) -> str:
    for each in given:
        if each.type == "Ubuntu":
            return ratings.word(each.score)
    if record.id.startswith("MAL-"):
        return "CRITICAL"  # the package itself is the attack
    stated = specific.get("severity")
    if isinstance(stated, str) and (found := ratings.word(stated)):
        return found
    led = _SUMMARY_SEVERITY.match(record.summary or "")
    return ratings.word(led[1]) if led else ""


def _ratings(given: Iterable[Severity], source: str) -> tuple[Rating, ...]:
    found = (ratings.rating(each.score, source) for each in given if each.type.startswith("CVSS_"))
    return tuple(dict.fromkeys(each for each in found if each is not None))[:10]


def _text(record: _Osv) -> Text:
    urls = links(each.url for each in record.references or ())
    return Text((record.summary or "")[:256], (record.details or "")[:MOST_TEXT], urls)


def links(found: Iterable[str]) -> tuple[str, ...]:
    """Those of some addresses that lead to a web page and to nothing else."""
    pages = (each for each in found if each.startswith(("https://", "http://")) and len(each) <= MOST_URL)
    return tuple(dict.fromkeys(pages))[:MOST_URLS]


def _date(text: str | None) -> str:
    """RFC 3339, or nothing; Go writes the year 1 where it knows none."""
    return text[:32].replace(" ", "T") if text and not text.startswith("0001-") else ""


_SOURCES = {
    "GHSA": "GITHUB_SEC",
    "PYSEC": "PYPA_SEC",
    "GO": "GOLANG_SEC",
    "RUSTSEC": "RUST_SEC",
    "BIT": "BITNAMI_SEC",
    "MAL": "OPENSSF_MALICIOUS",
}
_DISTRIBUTION_SOURCES = {
    "Debian": "DEBIAN_CVE",
    "Ubuntu": "UBUNTU_CVE",
    "AlmaLinux": "ALMALINUX_CVE",
    "Rocky Linux": "ROCKYLINUX_CVE",
    "Red Hat": "REDHAT_CVE",
    "Alpine": "ALPINE_CVE",
    "SUSE": "SUSE_CVE",
    "openSUSE": "SUSE_CVE",
}


def source_of(own: str, ecosystem: str) -> str:
    """Who says so, in Inspector's way of naming sources."""
    distribution = _DISTRIBUTION_SOURCES.get(ecosystem.partition(":")[0])
    return distribution or _SOURCES.get(own.partition("-")[0], "OSV")


def url_of(own: str, source: str) -> str:
    """Where people read an advisory."""
    if source == "DEBIAN_CVE" and (cve := _CVE.search(own)):
        return f"https://security-tracker.debian.org/tracker/{cve[0]}"
    return f"https://osv.dev/vulnerability/{own}"
