"""Alpine's secdb, also Wolfi's and Chainguard's: which version of a package fixes which CVE.

Source: https://secdb.alpinelinux.org/.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from garrison.scan.vulnerabilities.advisory import Advisory, Facts, Interval, Range, Record, Refused, Text
from garrison.scan.vulnerabilities.versions import Unordered, key


class _Fixes(msgspec.Struct):
    name: str
    secfixes: dict[str, list[str] | None] | None = None


class _Entry(msgspec.Struct):
    pkg: _Fixes


class _Secdb(msgspec.Struct):
    packages: list[_Entry]
    distroversion: str = ""
    reponame: str = ""
    apkurl: str = ""
    urlprefix: str = ""


_decoder = msgspec.json.Decoder(_Secdb)


def read(data: bytes) -> Iterator[Record]:
    """An advisory for each CVE of each package."""
    found = _decoder.decode(data)
    ecosystem = _ecosystem(found)
    source = f"{ecosystem.partition(':')[0].upper()}_CVE"
    for entry in found.packages:
        for version, fixed in (entry.pkg.secfixes or {}).items():
            if version == "0":  # never affected
                continue
            try:
                key("apk", version)
            except Unordered as error:
                yield Refused(f"{entry.pkg.name} {version}"[:200], str(error))
                continue
            for named in fixed or ():
                if words := named.split():
                    yield _advisory(ecosystem, source, entry.pkg.name, version, words)


def _ecosystem(found: _Secdb) -> str:
    place = f"{found.apkurl} {found.urlprefix} {found.reponame}"
    for word, ecosystem in (("wolfi", "Wolfi"), ("chainguard", "Chainguard")):
        if word in place:
            return ecosystem
    if not found.distroversion:
        raise ValueError("it does not say which release of Alpine it is of")
    return f"Alpine:{found.distroversion}"


def _advisory(ecosystem: str, source: str, package: str, version: str, words: list[str]) -> Advisory:
    url = f"https://security.alpinelinux.org/vuln/{words[0]}" if source == "ALPINE_CVE" else ""
    return Advisory(
        id=words[0],
        facts=Facts((words[0],), tuple(words[1:10]), source=source, url=url),
        text=Text(),
        affected={(ecosystem, package): Range((Interval(fixed=version),))},
    )
