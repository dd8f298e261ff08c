"""The Debian security tracker's JSON: what Debian says of each CVE in each source package of each release.

Source: https://security-tracker.debian.org/tracker/data/json and the tracker's own documentation of its states.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from garrison.scan.vulnerabilities import ratings
from garrison.scan.vulnerabilities.advisory import Advisory, Facts, Interval, Range, Record, Refused, Text
from garrison.scan.vulnerabilities.importers.osv import MOST_TEXT
from garrison.scan.vulnerabilities.versions import Unordered, key

RELEASES = {
    "stretch": "9",
    "buster": "10",
    "bullseye": "11",
    "bookworm": "12",
    "trixie": "13",
    "forky": "14",
    "duke": "15",
}
"""Debian's releases by their names. Source: https://www.debian.org/releases/."""


class _Release(msgspec.Struct):
    status: str = ""
    fixed_version: str = ""
    urgency: str = ""
    nodsa_reason: str | None = None


class _Issue(msgspec.Struct):
    description: str = ""
    releases: dict[str, _Release] = {}


_packages = msgspec.json.Decoder(dict[str, msgspec.Raw])
_issues = msgspec.json.Decoder(dict[str, _Issue])


def read(data: bytes) -> Iterator[Record]:
    """An advisory for each issue of each source package."""
    for package, raw in _packages.decode(data).items():
        try:
            issues = _issues.decode(raw)
        except msgspec.ValidationError as error:
            yield Refused(package[:200], str(error)[:200])
            continue
        for named, issue in issues.items():
            yield from _issue(package, named, issue)


def _issue(package: str, named: str, issue: _Issue) -> Iterator[Record]:
    affected: dict[tuple[str, str], Range] = {}
    for codename, release in issue.releases.items():
        number = RELEASES.get(codename)
        if number is None or release.fixed_version == "0":  # sid, or never affected
            continue
        try:
            affected[f"Debian:{number}", package] = _range(release)
        except Unordered as error:
            yield Refused(f"{named} {package}"[:200], str(error))
    if affected:
        url = f"https://security-tracker.debian.org/tracker/{named}"
        facts = Facts((named,), source="DEBIAN_CVE", url=url)
        text = Text("", issue.description[:MOST_TEXT], (url,))
        yield Advisory(id=f"DEBIAN-{named}", facts=facts, text=text, affected=affected)


def _range(release: _Release) -> Range:
    severity = ratings.word(release.urgency)
    if release.status == "resolved" and release.fixed_version:
        key("dpkg", release.fixed_version)
        return Range((Interval(fixed=release.fixed_version),), severity=severity)
    if release.urgency == "end-of-life":
        return Range((Interval(),), status="end-of-life", severity=severity)
    return Range((Interval(),), status="wontfix" if release.nodsa_reason == "ignored" else "unfixed", severity=severity)
