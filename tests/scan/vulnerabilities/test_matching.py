"""Which packages a database names, and what it says where it knows nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.scan.vulnerabilities.conftest import Made, inventory, osv, package

Build = Callable[..., Made]


def found(made: Made, *packages: Any, **more: Any) -> dict[str, list[tuple[str, str, str]]]:
    """Each vulnerability with the packages that have it, what fixes them, and their state."""
    vulnerabilities, _ = made.database.match(inventory(*packages, **more))
    return {each.id: [(has.name, has.fixed_in, has.status) for has in each.packages] for each in vulnerabilities}


def test_an_interval_holds_its_beginning_and_not_its_fix(of: Build) -> None:
    made = of(
        osv("PYSEC-1", "PyPI", "Some.Package", {"introduced": "1.0"}, {"fixed": "1.5"}, aliases=["CVE-2026-1000"])
    )
    for version, is_affected in {"0.9": False, "1.0rc1": False, "1.0": True, "1.4.9": True, "1.5": False}.items():
        assert bool(found(made, package(f"pkg:pypi/some-package@{version}"))) is is_affected, version
    assert found(made, package("pkg:pypi/some-package@1.2")) == {"CVE-2026-1000": [("some-package", "1.5", "affected")]}


@pytest.mark.parametrize(
    ("events", "version", "is_affected"),
    [
        ([{"introduced": "0"}, {"last_affected": "2.0"}], "2.0", True),
        ([{"introduced": "0"}, {"last_affected": "2.0"}], "2.0.1", False),
        ([{"introduced": "0"}], "99", True),
        ([{"fixed": "2.0"}, {"introduced": "0"}], "1.0", True),
        ([{"introduced": "3.0"}, {"fixed": "3.2"}, {"introduced": "0"}, {"fixed": "2.5"}], "2.7", False),
        ([{"introduced": "3.0"}, {"fixed": "3.2"}, {"introduced": "0"}, {"fixed": "2.5"}], "3.1", True),
        ([{"introduced": "1.0"}, {"introduced": "1.0"}, {"fixed": "1.2"}], "1.1", True),
    ],
)
def test_events_draw_intervals_in_any_order(
    of: Build, events: list[dict[str, str]], version: str, is_affected: bool
) -> None:
    made = of(osv("GHSA-aaaa-bbbb-cccc", "npm", "thing", *events))
    assert bool(found(made, package(f"pkg:npm/thing@{version}"))) is is_affected


def test_listed_versions_count_beside_intervals(of: Build) -> None:
    record = osv(
        "PYSEC-2", "PyPI", "thing", {"introduced": "2"}, {"fixed": "3"}, affected={"versions": ["1.1", "2.5", "odd"]}
    )
    made = of(record)
    assert found(made, package("pkg:pypi/thing@1.1")) == {"PYSEC-2": [("thing", "3", "affected")]}
    assert found(made, package("pkg:pypi/thing@odd"))
    assert not found(made, package("pkg:pypi/thing@1.2"))


def test_a_distribution_names_source_packages(of: Build) -> None:
    made = of(
        osv(
            "DSA-1-1",
            "Debian:12",
            "openssl",
            {"introduced": "0"},
            {"fixed": "3.0.11-1~deb12u2"},
            related=["CVE-2026-1007"],
        )
    )
    library = package("pkg:deb/debian/libssl3@3.0.11-1~deb12u1", source="openssl", source_version="3.0.11-1~deb12u1")
    assert found(made, library) == {"CVE-2026-1007": [("libssl3", "3.0.11-1~deb12u2", "affected")]}
    rebuilt = package("pkg:deb/debian/libssl3@3.0.11-1~deb12u2+b1", source="openssl", source_version="3.0.11-1~deb12u2")
    assert not found(made, rebuilt)
    assert not found(made, library, release="11")


def test_a_module_and_what_is_outside_it_are_two_lines(of: Build) -> None:
    fixed = "18.20-1.module_el9"
    made = of(
        osv("ALSA-2026:1", "AlmaLinux:9", "nodejs", {"introduced": "0"}, {"fixed": fixed}, related=["CVE-2026-1008"])
    )
    assert not found(made, package("pkg:rpm/almalinux/nodejs@16.20-1.el9"), system="almalinux", release="9.4")
    assert found(made, package("pkg:rpm/almalinux/nodejs@18.1-1.module_el9"), system="almalinux", release="9.4")


@pytest.mark.parametrize(
    ("installed", "is_found"),
    [
        ("nodejs@16.20-1.module_el9?rpmmod=nodejs:16", False),
        ("nodejs@16.20-1.module_el9?arch=x86_64&rpmmod=nodejs:16:9030020230718:rhel9:x86_64", False),
        ("nodejs@18.1-1.module_el9?rpmmod=nodejs:18", True),
        ("nodejs@18.1-1.module_el9?rpmmod=nodejs-devel%3A18:9030020230718", True),
        ("nodejs@18.20-1.module_el9?rpmmod=nodejs:18", False),
        ("nodejs@16.20-1.module_el9", True),
        ("nodejs@18.1-1.el9?rpmmod=nodejs:18", True),
    ],
)
def test_another_stream_of_a_module_is_another_line(of: Build, installed: str, is_found: bool) -> None:
    title = "Important: nodejs:18 and nodejs-devel:18 security, bug fix, and enhancement update"
    fix = {"fixed": "18.20-1.module_el9"}
    made = of(
        osv("ALSA-2026:2", "AlmaLinux:9", "nodejs", {"introduced": "0"}, fix, summary=title, related=["CVE-2026-1011"])
    )
    asked = package(f"pkg:rpm/almalinux/{installed}")
    assert bool(found(made, asked, system="almalinux", release="9.4")) is is_found


def test_what_a_title_names_of_a_package_outside_modules_is_no_stream(of: Build) -> None:
    title = "ALSA-2026:3: kernel:5.14.0 security update (Important)"
    made = of(
        osv(
            "ALSA-2026:3",
            "AlmaLinux:9",
            "kernel-core",
            {"introduced": "0"},
            {"fixed": "5.14.0-9.el9"},
            summary=title,
            related=["CVE-2026-1012"],
        )
    )
    assert found(made, package("pkg:rpm/almalinux/kernel-core@5.14.0-1.el9"), system="almalinux", release="9.4")


def test_one_cve_of_two_sources_is_one_finding(of: Build) -> None:
    made = of(
        osv("PYSEC-3", "PyPI", "thing", {"introduced": "0"}, aliases=["CVE-2026-1009"]),
        osv(
            "GHSA-x",
            "PyPI",
            "thing",
            {"introduced": "0"},
            {"fixed": "2"},
            aliases=["CVE-2026-1009"],
            summary="Thing breaks",
        ),
    )
    (only,), _ = made.database.match(inventory(package("pkg:pypi/thing@1")))
    assert (only.id, only.title, only.packages[0].fixed_in) == ("CVE-2026-1009", "Thing breaks", "2")
    assert set(only.aliases) == {"PYSEC-3", "GHSA-x"}


def test_what_was_withdrawn_counts_no_more(of: Build) -> None:
    made = of(osv("GHSA-y", "npm", "thing", {"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z"))
    assert not found(made, package("pkg:npm/thing@1"))


def test_nothing_known_is_said_and_not_taken_for_nothing_there(of: Build) -> None:
    made = of(osv("GHSA-z", "npm", "thing", {"introduced": "0"}))
    held = inventory(
        package("pkg:deb/debian/bash@5.2-1"),
        package("pkg:deb/debian/dash@0.5-1"),
        package("pkg:npm/thing@latest"),
        package("pkg:conan/zlib@1.3"),
    )
    vulnerabilities, gaps = made.database.match(held)
    assert not vulnerabilities
    assert {(gap.subject, gap.reason, gap.packages) for gap in gaps} == {
        ("Debian 12", "no data for Debian 12", 2),
        ("npm", "the version of thing is none of its order: latest", 1),
        ("conan", "the database knows no such ecosystem", 1),
    }


def test_without_a_database_everything_is_a_gap(made: Made) -> None:
    vulnerabilities, gaps = made.database.match(inventory(package("pkg:npm/thing@1")))
    assert not vulnerabilities
    assert "vulndb update" in gaps[0].reason
    assert gaps[0].packages == 1
    assert made.database.changed_since("") == set()


def test_the_distribution_judges_what_it_packages_itself(of: Build) -> None:
    made = of(
        osv("GHSA-1", "PyPI", "requests", {"introduced": "0"}, {"fixed": "2.31"}, aliases=["CVE-2026-1005"]),
        osv("DSA-9-1", "Debian:12", "bash", {"introduced": "0"}, {"fixed": "5"}),
    )
    place = "/usr/lib/python3/dist-packages/requests-2.28.1.dist-info/METADATA"
    packaged = package("pkg:pypi/requests@2.28.1", path=place)
    patched = package("pkg:deb/debian/python3-requests@2.28.1-1+deb12u1", source="requests")
    assert not found(made, packaged, patched)
    assert found(made, packaged)  # nobody else answers for it
    assert found(
        made, packaged, patched, release="11"
    )  # no advisories for that release: upstream's are better than none
    brought = package(
        "pkg:pypi/requests@2.28.1", path="/usr/local/lib/python3.11/dist-packages/requests.dist-info/METADATA"
    )
    assert found(made, brought, patched)
    upgraded = package("pkg:pypi/requests@2.30.0", path=place)  # by somebody else, over what the system brought
    assert found(made, upgraded, patched)


def test_of_the_kernels_only_the_running_one_counts(of: Build) -> None:
    made = of(
        osv("DSA-8-1", "Debian:12", "linux", {"introduced": "0"}, {"fixed": "6.1.90-1"}, related=["CVE-2026-1006"])
    )
    old = package(
        "pkg:deb/debian/linux-image-6.1.0-18-amd64@6.1.76-1", source="linux-signed-amd64", source_version="6.1.76+1"
    )
    new = package(
        "pkg:deb/debian/linux-image-6.1.0-21-amd64@6.1.90-1", source="linux-signed-amd64", source_version="6.1.90+1"
    )
    headers = package("pkg:deb/debian/linux-libc-dev@6.1.76-1", source="linux")
    assert not found(made, old, new, headers, kernel="6.1.0-21-amd64")
    assert found(made, old, new, kernel="6.1.0-18-amd64")
    assert found(made, old, new)  # a disk that does not run: either may be booted
    _, gaps = made.database.match(inventory(old, kernel="6.1.0-99-custom"))
    assert [gap.subject for gap in gaps] == ["kernel 6.1.0-99-custom"]
