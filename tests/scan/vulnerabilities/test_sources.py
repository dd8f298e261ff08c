"""Each source's own form, by a few records written as it writes them."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from typing import Any

import pytest

from garrison.scan.vulnerabilities import reading
from garrison.scan.vulnerabilities.advisory import Interval
from garrison.scan.vulnerabilities.importers.requirements import affected
from garrison.scan.vulnerabilities.status import status
from tests.scan.vulnerabilities.conftest import Made, inventory, osv, package


def found(made: Made, *packages: Any, **more: Any) -> dict[str, tuple[str, str, str]]:
    """Each vulnerability with its severity, the fix and the state of its only package."""
    vulnerabilities, _ = made.database.match(inventory(*packages, **more))
    return {each.id: (each.severity, each.packages[0].fixed_in, each.packages[0].status) for each in vulnerabilities}


def refused(made: Made) -> list[str]:
    told = status(made.path)
    assert told is not None
    return [reason for _, _, reason in told.refused]


def test_debians_tracker(made: Made) -> None:
    def issue(**release: str) -> dict[str, Any]:
        return {
            "description": "Something",
            "scope": "local",
            "releases": {"bookworm": release, "sid": {"status": "open"}},
        }

    made.write(
        "data.json",
        {
            "vim": {
                "CVE-2026-1001": issue(status="resolved", fixed_version="2:9.0.1378-2+deb12u1", urgency="high**"),
                "CVE-2026-1002": issue(status="open", urgency="unimportant"),
                "CVE-2026-1003": issue(status="open", urgency="low", nodsa_reason="ignored"),
                "CVE-2026-1004": issue(status="open", urgency="end-of-life"),
                "CVE-2026-1005": issue(status="resolved", fixed_version="0", urgency="low"),
                "TEMP-0000001-AAAAAA": issue(status="open", urgency="not yet assigned"),
            },
            "bad": {"CVE-2026-1": ["nonsense"]},
        },
    )
    made.build()
    editor = package("pkg:deb/debian/vim-tiny@2:9.0.1378-2", source="vim", source_version="2:9.0.1378-2")
    assert found(made, editor) == {
        "CVE-2026-1001": ("HIGH", "2:9.0.1378-2+deb12u1", "affected"),
        "CVE-2026-1002": ("INFORMATIONAL", "", "unfixed"),
        "CVE-2026-1003": ("LOW", "", "wontfix"),
        "CVE-2026-1004": ("UNTRIAGED", "", "end-of-life"),
        "TEMP-0000001-AAAAAA": ("UNTRIAGED", "", "unfixed"),
    }
    assert len(refused(made)) == 1


def test_alpines_secdb(made: Made) -> None:
    fixes = {
        "3.1.4-r5": ["CVE-2026-2001 XSA-1", "CVE-2026-2002"],
        "0": ["CVE-2026-2003"],
        "odd version": ["CVE-2026-2004"],
    }
    packages = [{"pkg": {"name": "openssl", "secfixes": fixes}}]
    made.write("main.json", {"distroversion": "v3.19", "reponame": "main", "packages": packages})
    made.write(
        "os.json",
        {"apkurl": "{{urlprefix}}/{{reponame}}", "urlprefix": "https://packages.wolfi.dev", "packages": packages},
    )
    made.build()
    library = package("pkg:apk/alpine/libssl3@3.1.4-r1", source="openssl")
    for system, release in (("alpine", "3.19.1"), ("wolfi", "20230201")):
        fixed = found(made, library, system=system, release=release)
        assert fixed == {f"CVE-2026-200{n}": ("UNTRIAGED", "3.1.4-r5", "affected") for n in (1, 2)}
    assert len(refused(made)) == 2


MARKDOWN = """```toml
[advisory]
id = "RUSTSEC-2026-0001"
package = "thing"
date = 2026-02-03
aliases = ["CVE-2026-3001"]
cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

[versions]
patched = [">= 1.2.3", "^1.1.7"]
unaffected = ["< 0.9"]
```

# Thing breaks

It really does.
"""
YAML = """---
gem: thing
cve: 2026-3002
date: 2026-02-03
url: https://example.com/1
title: Thing breaks
description: |
  It really does.
cvss_v3: 7.5
patched_versions:
  - "~> 2.3.4"
  - ">= 3.0.1"
unaffected_versions:
  - "< 1.0"
"""


def test_rustsec_and_ruby_as_their_repositories_have_them(made: Made) -> None:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, text in {
            "a/crates/RUSTSEC-2026-0001.md": MARKDOWN,
            "a/gems/thing.yml": YAML,
            "a/README.md": "# Hello",
        }.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    made.write("repositories.tar.gz", held.getvalue())
    made.build()
    crates = {"0.8": False, "0.9": True, "1.1.6": True, "1.1.7": False, "1.2.0": False, "2.0.0": False}
    for version, is_affected in crates.items():
        assert bool(found(made, package(f"pkg:cargo/thing@{version}"))) is is_affected, version
    gems = {"0.9": False, "1.0": True, "2.3.3": True, "2.3.9": False, "2.4": True, "3.0.0": True, "3.0.1": False}
    for version, is_affected in gems.items():
        assert bool(found(made, package(f"pkg:gem/thing@{version}"))) is is_affected, version
    (told,), _ = made.database.match(inventory(package("pkg:cargo/thing@1.0.0")))
    assert (told.severity, told.score, told.title, told.published) == (
        "CRITICAL",
        9.8,
        "Thing breaks",
        "2026-02-03T00:00:00Z",
    )
    assert found(made, package("pkg:gem/thing@3.0.0")) == {"CVE-2026-3002": ("HIGH", "3.0.1", "affected")}
    assert refused(made) == ["no form of a source that is known"]


@pytest.mark.parametrize(
    ("scheme", "safe", "unsafe"),
    [
        ("semver", [], [Interval()]),
        ("semver", [">= 1.2"], [Interval(fixed="1.2")]),
        ("semver", ["> 1.2"], [Interval(last="1.2")]),
        ("semver", ["<= 1.0", ">= 1.2"], [Interval("1.0", fixed="1.2", is_after=True)]),
        ("semver", ["< 1.0", ">= 1.0"], []),
        ("semver", [">= 1.0, < 1.5", ">= 2"], [Interval(fixed="1.0"), Interval("1.5", fixed="2")]),
        (
            "semver",
            ["~0.9.9", "^0.8.1"],
            [Interval(fixed="0.8.1"), Interval("0.9-0", fixed="0.9.9"), Interval("0.10-0")],
        ),
        ("semver", ["=1.3"], [Interval(fixed="1.3"), Interval("1.3", is_after=True)]),
        ("gem", ["~> 2.3.14", "~> 3.1"], [Interval(fixed="2.3.14"), Interval("2.4.a", fixed="3.1"), Interval("4.a")]),
        ("semver", [">= 1", ">= 3", ">= 2, < 4"], [Interval(fixed="1")]),
    ],
)
def test_what_is_safe_leaves_what_is_not(scheme: str, safe: list[str], unsafe: list[Interval]) -> None:
    assert list(affected(scheme, safe)) == unsafe


@pytest.mark.parametrize("requirement", ["nonsense version", ">= ", "!= 1", ">= 1 < 2", "*"])
def test_what_is_no_requirement_is_said_to_be_none(requirement: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        affected("semver", [requirement])


def test_retirejs(made: Made) -> None:
    vulnerabilities = [
        {
            "below": "1.9.0b1",
            "severity": "medium",
            "cwe": ["CWE-79"],
            "identifiers": {"CVE": ["CVE-2026-4001"]},
            "info": ["https://x"],
        },
        {"atOrAbove": "1.4", "below": "3.5", "severity": "high", "identifiers": {"githubID": "GHSA-1-1-1"}, "info": []},
    ]
    made.write("retire.json", {"jquery": {"npmname": "jquery", "vulnerabilities": vulnerabilities, "extractors": {}}})
    made.build()
    assert found(made, package("pkg:npm/jquery@1.8.3")) == {
        "CVE-2026-4001": ("MEDIUM", "1.9.0b1", "affected"),
        "GHSA-1-1-1": ("HIGH", "3.5", "affected"),
    }
    assert found(made, package("pkg:npm/jquery@1.9.0")).keys() == {"GHSA-1-1-1"}


def test_scores_of_nvd_epss_kev_and_cve_records_meet_at_the_cve(made: Made) -> None:
    vector, weaker = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N"
    cve = {
        "id": "CVE-2026-5001",
        "descriptions": [{"lang": "en", "value": "Breaks."}],
        "weaknesses": [{"description": [{"lang": "en", "value": "CWE-79"}]}],
        "metrics": {
            "cvssMetricV31": [
                {"source": "someone@example.com", "cvssData": {"vectorString": weaker}},
                {"source": "nvd@nist.gov", "cvssData": {"vectorString": vector}},
            ]
        },
    }
    made.write("osv.json", osv("GHSA-5", "npm", "thing", {"introduced": "0"}, aliases=["CVE-2026-5001"]))
    made.write("nvd.json", {"resultsPerPage": 2, "vulnerabilities": [{"cve": cve}, {"cve": 7}]})
    made.write("epss.csv", "#model_version:v2026\ncve,epss,percentile\nCVE-2026-5001,0.91,0.99\nCVE-2026-5002,x,1\n")
    exploited = [{"cveID": "CVE-2026-5001", "dueDate": "2026-12-24"}]
    made.write("kev.json", {"catalogVersion": "2026.11.26", "vulnerabilities": exploited})
    record = {
        "cveMetadata": {"cveId": "CVE-2026-5002", "state": "PUBLISHED"},
        "containers": {
            "cna": {
                "metrics": [
                    {"cvssV4_0": {"vectorString": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}}
                ]
            }
        },
    }
    made.write("record.json", record)
    made.build()
    (told,), _ = made.database.match(inventory(package("pkg:npm/thing@1")))
    assert (told.severity, told.score, told.scores[0].source, told.epss) == ("CRITICAL", 9.8, "NVD", 0.91)
    assert (told.is_exploited, told.exploit_due, told.weaknesses) == (True, "2026-12-24", ("CWE-79",))
    assert told.description == "Breaks."
    other = made.database.describe("CVE-2026-5002")
    assert other is not None
    assert (other.severity, other.score, other.scores[0].version) == ("CRITICAL", 9.3, "4.0")
    assert made.database.describe("CVE-2026-9999") is None
    assert len(refused(made)) == 2


PACKAGES = """Package: openssl
Source: openssl
Version: 3.0.17-1~deb12u3
Architecture: amd64
Description: Secure Sockets Layer toolkit
 Package: not-this

Package: libssl3
Source: openssl (3.0.17-1~deb12u3)
Version: 3.0.17-1~deb12u3

"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deb.debian.org_debian-security_dists_bookworm-security_main_binary-amd64_Packages", PACKAGES),
        ("bookworm-security-index.json", [{"package": "libssl3", "source": "openssl", "version": "3.0.17-1~deb12u3"}]),
    ],
)
def test_without_advisories_the_security_archive_says_what_is_behind(made: Made, name: str, content: Any) -> None:
    made.write(name, content)
    made.build()
    old, new = (package(f"pkg:deb/debian/libssl3@3.0.{n}-1~deb12u3", source="openssl") for n in (9, 17))
    vulnerabilities, gaps = made.database.match(inventory(old, package("pkg:deb/debian/not-there@1")))
    assert [(each.id, each.severity, each.packages[0].fixed_in) for each in vulnerabilities] == [
        ("debian-12-security/libssl3", "UNTRIAGED", "3.0.17-1~deb12u3")
    ]
    assert [(gap.subject, gap.reason, gap.packages) for gap in gaps] == [
        ("Debian 12", "no advisories: only compared with its security archive", 2)
    ]
    assert not found(made, new)


def test_an_archive_that_does_not_tell_its_release_is_set_aside(made: Made) -> None:
    made.write("Packages", PACKAGES)
    made.build()
    assert "does not tell the release" in refused(made)[0]


def test_every_packing_is_told_by_its_content(made: Made) -> None:
    plain = json.dumps(osv("GHSA-1", "npm", "thing", {"introduced": "0"})).encode()
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("GHSA-1.json", plain)
        archive.writestr("GHSA-2.json", b"{ broken")
    for name, content in {
        "plain": plain,
        "gz": gzip.compress(plain),
        "xz": lzma.compress(plain),
        "bz2": bz2.compress(plain),
        "zip": held.getvalue(),
        "pretty": json.dumps(json.loads(plain), indent=2).encode(),
        "lines": plain + b"\n" + plain + b"\n",
    }.items():
        made.write(name, content)
    built = {each.name: each for each in made.build().sources}
    assert {name: each.advisories for name, each in built.items()} == dict.fromkeys(built, 1) | {"lines": 2}
    assert built["zip"].refused == 1


def test_bombs_and_broken_files_are_set_aside(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_UNPACKED_BYTES", 2_000_000)
    monkeypatch.setattr(reading, "MOST_DOCUMENT_BYTES", 1_000_000)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", bytes(3_000_000))
        archive.writestr("good.json", json.dumps(osv("GHSA-1", "npm", "thing", {"introduced": "0"})))
    made.write("bomb.zip", held.getvalue())
    made.write("bomb.gz", gzip.compress(bytes(5_000_000)))
    made.write("cut.gz", gzip.compress(bytes(range(256)) * 100)[:-100])
    made.write("empty", b"")
    made.write("no.zip", b"PK\x03\x04nonsense")
    made.write("binary", bytes(range(256)))
    built = {each.name: each for each in made.build().sources}
    assert {name: (each.advisories, each.refused) for name, each in built.items()} == {
        "bomb.zip": (1, 1),
        "bomb.gz": (0, 1),
        "cut.gz": (0, 1),
        "empty": (0, 1),
        "no.zip": (0, 1),
        "binary": (0, 1),
    }


def hostile() -> dict[str, Any]:
    many = [{"introduced": str(n)} for n in range(3_000)]
    return {
        "long version": osv("GHSA-1", "npm", "thing", {"introduced": "1" * 10_000}),
        "no version": osv("GHSA-2", "npm", "thing", {"introduced": "0"}, {"fixed": "'; DROP TABLE advisories --"}),
        "events": osv("GHSA-3", "npm", "thing", *many),
        "versions": osv("GHSA-4", "npm", "thing", affected={"versions": [str(n) for n in range(30_000)]}),
        "long name": osv("GHSA-6", "SUSE:" + "Linux Enterprise " * 5_000, "thing", {"introduced": "0"}),
        "long id": osv("GHSA-" + "7" * 1_000, "npm", "thing", {"introduced": "0"}),
        "types": {"id": "GHSA-5", "affected": [{"package": {"ecosystem": 7, "name": []}}]},
        "depth": "[" * 100_000,
        "tracker": {"pkg": {"CVE-2026-1": {"releases": []}}},
        "vex": {"document": [], "vulnerabilities": {}},
        "openvex": {"@context": "x", "statements": [{"products": 7, "vulnerability": {}}]},
        "cyclonedx": {
            "bomFormat": "CycloneDX",
            "vulnerabilities": [{"analysis": {"state": "resolved"}, "affects": [{"ref": 7}]}],
        },
        "secdb": {"packages": [], "apkurl": ""},
        "yaml": "gem: thing\ncve: &a [1]\nx: *a\n",
        "rust": "```toml\n[advisory]\nid = nonsense\n```",
        "nulls": {"id": None, "affected": None},
        "utf-8": b'{"id": "\xff", "affected": []}',
    }


def test_hostile_advisories_are_set_aside_with_the_reason_and_never_fatal(made: Made) -> None:
    for name, content in hostile().items():
        made.write(f"{name}.json", content)
    made.write("good.json", osv("GHSA-9", "npm", "thing", {"introduced": "0"}))
    built = made.build()
    silent = {each.name for each in built.sources if not each.refused}
    assert silent <= {"good.json", "cyclonedx.json", "vex.json"}
    assert found(made, package("pkg:npm/thing@1")).keys() == {"GHSA-9"}
