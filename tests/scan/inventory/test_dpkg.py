"""Debian's package database, as dpkg leaves it and as images without dpkg have it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.scan.inventory import take
from garrison.scan.inventory.control import paragraphs
from garrison.scan.roots import Folder

STATUS = """\
Package: openssl
Status: install ok installed
Architecture: amd64
Version: 3.0.11-1~deb12u2

Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc (2.36-9)
Version: 2.36-9+deb12u4
Description: GNU C Library
 Package: nothing
 .
 Contains the standard libraries

Package: gone
Status: deinstall ok config-files
Version: 1

Package: half
Status: install reinstreq half-configured
Source: other
Version: 1:2.0-1
Architecture: all
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text(
        'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
    )
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").write_text(STATUS)
    return tmp_path


def test_what_is_on_the_disk_is_told_with_its_source(tree: Path) -> None:
    with Folder(str(tree)) as root:
        found = take(root)
    assert [(each.name, each.version, each.source, each.source_version) for each in found.packages] == [
        ("half", "1:2.0-1", "other", "1:2.0-1"),
        ("libc6", "2.36-9+deb12u4", "glibc", "2.36-9"),
        ("openssl", "3.0.11-1~deb12u2", "openssl", "3.0.11-1~deb12u2"),
    ]
    assert found.packages[1].purl == "pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12"
    assert found.platform.id == "debian" and found.platform.end_of_life == "2028-06-30"


def test_images_without_dpkg_keep_a_file_for_each_package(tree: Path) -> None:
    (tree / "var/lib/dpkg/status").unlink()
    parts = tree / "var/lib/dpkg/status.d"
    parts.mkdir()
    (parts / "base").write_text("Package: base-files\nVersion: 12.4\nArchitecture: amd64\n")
    (parts / "base.md5sums").write_text("0 etc/x\n")
    with Folder(str(tree)) as root:
        (found,) = take(root).packages
    assert (found.name, found.version, found.path) == ("base-files", "12.4", "/var/lib/dpkg/status.d/base")


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="dpkg is not installed")
def test_this_hosts_packages_are_those_of_dpkg_query() -> None:
    form = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n"
    said = subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=True).stdout
    rows = sorted(tuple(line.split("\t")[1:]) for line in said.splitlines() if line.startswith("installed\t"))
    with Folder("/") as root:
        found = take(root, with_languages=False).packages
    ours = [each for each in found if each.ecosystem == "deb"]
    assert rows == sorted(
        (each.name, each.version, each.architecture, each.source, each.source_version) for each in ours
    )


@given(st.text())
def test_no_text_stops_the_parser(said: str) -> None:
    assert all(set(found) <= {"package", "version"} for found in paragraphs(said, {"package", "version"}))
