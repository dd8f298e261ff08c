"""What is known of a CVE whatever package has it: CISA's known exploited ones, EPSS, NVD, CVE records and CISA's Vulnrichment.

Sources: the JSON schema of CISA's catalogue; FIRST's "EPSS data"; NVD's API 2.0; the CVE record format 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from garrison.scan.vulnerabilities import ratings
from garrison.scan.vulnerabilities.advisory import Enrichment, Rating, Record, Refused
from garrison.scan.vulnerabilities.importers.osv import MOST_TEXT

_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,12}")
_CWE = re.compile(r"CWE-[0-9]{1,6}")
_NVD = "nvd@nist.gov"


class _Exploited(msgspec.Struct):
    cveID: str
    dueDate: str = ""
    cwes: list[str] = []


class _Catalogue(msgspec.Struct):
    vulnerabilities: list[_Exploited]


_catalogue = msgspec.json.Decoder(_Catalogue)


def read_exploited(data: bytes) -> Iterator[Record]:
    """CISA's catalogue of known exploited vulnerabilities."""
    for each in _catalogue.decode(data).vulnerabilities:
        if _CVE.fullmatch(each.cveID):
            yield Enrichment(each.cveID, (), _weaknesses(each.cwes), None, True, each.dueDate[:10])
        else:
            yield Refused(each.cveID[:200], "no CVE")


def read_epss(data: bytes) -> Iterator[Record]:
    """EPSS: `cve,epss,percentile`, after a line of comment."""
    for line in data.decode("ascii", "replace").splitlines():
        cve, _, rest = line.partition(",")
        if not _CVE.fullmatch(cve):
            if not line.startswith(("#", "cve,")) and line.strip():
                yield Refused(line[:100], "no line of EPSS")
            continue
        try:
            value = float(rest.partition(",")[0])
        except ValueError:
            value = -1.0
        if 0.0 <= value <= 1.0:
            yield Enrichment(cve, epss=value)
        else:
            yield Refused(line[:100], "no probability")


class _Data(msgspec.Struct):
    vectorString: str = ""


class _Metric(msgspec.Struct):
    source: str = ""
    cvssData: _Data = msgspec.field(default_factory=_Data)


class _Described(msgspec.Struct):
    lang: str = ""
    value: str = ""
    cweId: str = ""
    description: str = ""


class _Weakness(msgspec.Struct):
    description: list[_Described] = []


class _Cve(msgspec.Struct):
    id: str
    published: str = ""
    lastModified: str = ""
    vulnStatus: str = ""
    descriptions: list[_Described] = []
    metrics: dict[str, list[_Metric]] = {}
    weaknesses: list[_Weakness] = []


class _Entry(msgspec.Struct):
    cve: _Cve


class _Page(msgspec.Struct):
    vulnerabilities: list[msgspec.Raw]


_page = msgspec.json.Decoder(_Page)
_entry = msgspec.json.Decoder(_Entry)


def read_nvd(data: bytes) -> Iterator[Record]:
    """A page of NVD's API, or a file of its feeds."""
    for raw in _page.decode(data).vulnerabilities:
        try:
            found = _entry.decode(raw).cve
        except msgspec.ValidationError as error:
            yield Refused(bytes(raw)[:80].decode("utf-8", "replace"), str(error)[:200])
            continue
        if not _CVE.fullmatch(found.id) or found.vulnStatus == "Rejected":
            continue
        metrics = (each for name, listed in found.metrics.items() if name.startswith("cvss") for each in listed)
        rated = [
            ratings.rating(each.cvssData.vectorString, "NVD" if each.source == _NVD else each.source[:64])
            for each in metrics
        ]
        yield Enrichment(
            found.id,
            _rated(rated),
            _weaknesses(one.value for each in found.weaknesses for one in each.description),
            published=found.published[:30],
            modified=found.lastModified[:30],
            description=_english(found.descriptions),
        )


class _Provider(msgspec.Struct):
    shortName: str = ""


class _ProviderMetadata(msgspec.Struct):
    providerMetadata: _Provider = msgspec.field(default_factory=_Provider)
    title: str = ""
    metrics: list[dict[str, Any]] = []
    problemTypes: list[dict[str, list[_Described]]] = []
    descriptions: list[_Described] = []


class _Containers(msgspec.Struct):
    cna: _ProviderMetadata = msgspec.field(default_factory=_ProviderMetadata)
    adp: list[_ProviderMetadata] = []


class _CveMetadata(msgspec.Struct):
    cveId: str
    state: str = ""
    datePublished: str = ""
    dateUpdated: str = ""


class _CveRecord(msgspec.Struct):
    cveMetadata: _CveMetadata
    containers: _Containers = msgspec.field(default_factory=_Containers)


_record = msgspec.json.Decoder(_CveRecord)


def read_cve_record(data: bytes) -> Iterator[Record]:
    """A CVE record, as the CVE list and Vulnrichment have them."""
    found = _record.decode(data)
    told = found.cveMetadata
    if not _CVE.fullmatch(told.cveId) or told.state == "REJECTED":
        return
    parts = [found.containers.cna, *found.containers.adp]
    rated, weaknesses, exploited = [], [], False
    for part in parts:
        source = part.providerMetadata.shortName[:64] or "CNA"
        for metric in part.metrics:
            for name, value in metric.items():
                if name.startswith("cvssV") and isinstance(value, dict):
                    rated.append(ratings.rating(str(value.get("vectorString", "")), source))
                exploited = exploited or (name == "other" and isinstance(value, dict) and value.get("type") == "kev")
        weaknesses += [one.cweId for each in part.problemTypes for one in each.get("descriptions", ())]
    yield Enrichment(
        told.cveId,
        _rated(rated),
        _weaknesses(weaknesses),
        None,
        exploited,
        published=told.datePublished[:30],
        modified=told.dateUpdated[:30],
        description=_english(found.containers.cna.descriptions),
    )


class _Summary(msgspec.Struct):
    id: str
    pub: str = ""
    cvss: dict[str, dict[str, str]] = {}
    cwe: list[str] = []
    kev: Any = None


_summary = msgspec.json.Decoder(_Summary)


def read_summary(data: bytes) -> Iterator[Record]:
    """Vulnrichment in short: a line for a CVE with vectors by who gave them."""
    found = _summary.decode(data)
    if not _CVE.fullmatch(found.id):
        raise ValueError("no CVE")
    rated = [
        ratings.rating(vector, source[:64]) for source, vectors in found.cvss.items() for vector in vectors.values()
    ]
    published = f"{found.pub}T00:00:00Z" if found.pub else ""
    yield Enrichment(found.id, _rated(rated), _weaknesses(found.cwe), None, bool(found.kev), published=published)


def _rated(found: list[Rating | None]) -> tuple[Rating, ...]:
    """NVD's first: where no vendor rates, its score counts."""
    kept = dict.fromkeys(each for each in found if each is not None)
    return tuple(sorted(kept, key=lambda each: each.source != "NVD"))[:10]


def _weaknesses(found: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in found if _CWE.fullmatch(each)))[:10]


def _english(found: list[_Described]) -> str:
    return next((each.value[:MOST_TEXT] for each in found if each.lang.startswith("en")), "")
