"""Package databases of RPM and Alpine, whole and broken; and a minimal Debian beside dpkg's own word."""

from __future__ import annotations

import contextlib
import gzip
import io
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.scan.inventory import Package, take
from garrison.scan.inventory.system import owners, rpm_berkeley, rpm_ndb, rpm_sqlite
from garrison.scan.inventory.system.rpm_header import Broken, header
from garrison.scan.roots import Folder

BERKELEY = Path(__file__).parent / "data" / "Packages.gz"
"""The same headers, made into a Berkeley DB by Debian's `db5.3_load`."""
DATABASE = Path(__file__).parent / "data" / "rpmdb.sqlite.gz"
"""Made by rpm 4.18 from two packages built for this test: `rpm --root … -i`."""
ALPINE = """\
C:Q1abc=
P:musl
V:1.2.4-r2
A:x86_64
L:MIT
o:musl
F:lib
R:ld-musl-x86_64.so.1

P:libcrypto3
V:3.1.4-r1
A:x86_64
o:openssl

P:broken
"""


@pytest.fixture(scope="module")
def blobs() -> list[bytes]:
    return list(rpm_sqlite.headers(io.BytesIO(gzip.decompress(DATABASE.read_bytes()))))


def ndb(blobs: list[bytes]) -> bytes:
    """A database as SUSE's rpm writes it: a page of slots, then each header between its marks."""
    slots, body = b"RpmP" + struct.pack("<7I", 0, 1, 1, len(blobs) + 1, 0, 0, 0), b""
    for number, blob in enumerate(blobs, 1):
        framed = b"BlbS" + struct.pack("<3I", number, 1, len(blob)) + blob
        framed += b"\0" * (-len(framed) % 16)
        slots += b"Slot" + struct.pack("<3I", number, 256 + len(body) // 16, len(framed) // 16 + 1)
        body += framed
    empty = (4096 - len(slots)) // 16
    return slots + (b"Slot" + b"\0" * 12) * empty + body


def rpm_root(top: Path, name: str, database: bytes) -> Path:
    (top / "etc").mkdir()
    (top / "etc/os-release").write_text('ID="almalinux"\nVERSION_ID="9.3"\n')
    (top / "var/lib/rpm").mkdir(parents=True)
    (top / "usr/lib/sysimage").mkdir(parents=True)
    (top / "usr/lib/sysimage/rpm").symlink_to("/var/lib/rpm")
    (top / "var/lib/rpm" / name).write_bytes(database)
    return top


@pytest.mark.parametrize("name", ["rpmdb.sqlite", "Packages.db", "Packages"])
def test_rpm_tells_of_its_packages_in_every_form(tmp_path: Path, blobs: list[bytes], name: str) -> None:
    files = {"rpmdb.sqlite": DATABASE, "Packages": BERKELEY}
    database = gzip.decompress(files[name].read_bytes()) if name in files else ndb(blobs)
    with Folder(str(rpm_root(tmp_path, name, database))) as root:
        found = take(root)
        assert root.unread == []
        brought = owners(root, ["/usr/bin/sample", "/bin/other"], found.packages)
    assert [(each.name, each.version, each.source, each.source_version) for each in found.packages] == [
        ("garrison-sample", "2:1.4.2-3.el9", "garrison-sample", "1.4.2-3.el9"),
        ("garrison-sample-libs", "2:1.4.2-3.el9", "garrison-sample", "1.4.2-3.el9"),
    ]
    assert found.packages[0].purl == (
        "pkg:rpm/almalinux/garrison-sample@1.4.2-3.el9?arch=x86_64&distro=almalinux-9.3&epoch=2"
    )
    assert {path: each.name for path, each in brought.items()} == {"/usr/bin/sample": "garrison-sample"}
    assert found.platform.end_of_life == "2032-05-31"


def of_module(blob: bytes, label: str) -> bytes:
    """A header that names a module (tag 5096)."""
    tags, length = struct.unpack_from(">II", blob)
    start = 8 + tags * 16
    more = struct.pack(">IIII", 5096, 6, length, 1)
    said = label.encode() + b"\0"
    return struct.pack(">II", tags + 1, length + len(said)) + blob[8:start] + more + blob[start : start + length] + said


def test_a_package_of_a_module_tells_its_stream(tmp_path: Path, blobs: list[bytes]) -> None:
    labelled = [of_module(blobs[0], "sample:18:9030020230718081414:rhel9"), blobs[1]]
    with Folder(str(rpm_root(tmp_path, "Packages.db", ndb(labelled)))) as root:
        first, second = take(root).packages
    assert first.purl.endswith("&epoch=2&rpmmod=sample:18") and "rpmmod" not in second.purl


@pytest.mark.parametrize(
    ("name", "database", "reason"),
    [
        ("rpmdb.sqlite", b"SQLite format 3\0" + b"\xff" * 4096, "SQLite cannot read"),
        ("rpmdb.sqlite", b"", "no table of packages"),
        ("Packages.db", b"RpmP" + b"\0" * 28, "unknown version or size"),
        ("Packages.db", b"", "not an ndb database"),
        ("Packages", b"\0" * 512, "Berkeley DB"),
        ("Packages", b"", "Berkeley DB"),
    ],
)
def test_a_broken_database_is_said_to_be_unread(tmp_path: Path, name: str, database: bytes, reason: str) -> None:
    with Folder(str(rpm_root(tmp_path, name, database))) as root:
        assert take(root).packages == ()
        assert [reason in note.reason for note in root.unread] == [True]


def test_a_header_that_is_not_whole_costs_only_its_own_package(tmp_path: Path, blobs: list[bytes]) -> None:
    with Folder(str(rpm_root(tmp_path, "Packages.db", ndb([blobs[0][:40], blobs[1]])))) as root:
        assert [each.name for each in take(root).packages] == ["garrison-sample-libs"]
        assert len(root.unread) == 1


@given(st.binary(max_size=400), st.integers(0, 3000), st.booleans())
def test_no_bytes_stop_the_parser_of_headers(noise: bytes, place: int, whole: bool) -> None:
    blob = next(rpm_sqlite.headers(io.BytesIO(gzip.decompress(DATABASE.read_bytes()))))
    tried = noise if whole else blob[:place] + noise + blob[place + len(noise) :]
    with contextlib.suppress(Broken):
        header(tried, with_files=True)


@given(st.binary(min_size=1, max_size=4), st.integers(0, 8192))
def test_no_bytes_stop_the_reading_of_sqlite(noise: bytes, place: int) -> None:
    whole = gzip.decompress(DATABASE.read_bytes())
    with contextlib.suppress(Broken):
        list(rpm_sqlite.headers(io.BytesIO(whole[:place] + noise + whole[place + len(noise) :])))


def test_a_schema_that_is_no_text_is_a_broken_database() -> None:
    whole = gzip.decompress(DATABASE.read_bytes()).replace(b"CREATE TABLE", b"\xff\xffEATE TABLE")
    with pytest.raises(Broken):
        list(rpm_sqlite.headers(io.BytesIO(whole)))


@given(st.binary(max_size=8192), st.integers(0, 4096))
def test_no_bytes_stop_the_parser_of_ndb(noise: bytes, place: int) -> None:
    good = ndb([b"\0" * 64])
    for tried in (noise, b"RpmP" + noise, good[:place] + noise + good[place + len(noise) :]):
        with contextlib.suppress(Broken):
            assert all(len(blob) <= len(tried) for blob in rpm_ndb.headers(io.BytesIO(tried)))


@given(st.binary(max_size=64), st.integers(0, 20480))
def test_no_bytes_stop_the_parser_of_berkeley(noise: bytes, place: int) -> None:
    whole = gzip.decompress(BERKELEY.read_bytes())
    for tried in (noise, whole[:place], whole[:place] + noise + whole[place + len(noise) :]):
        with contextlib.suppress(Broken):
            list(rpm_berkeley.headers(io.BytesIO(tried)))


def test_alpine_names_package_and_origin(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text('ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n')
    (tmp_path / "lib/apk/db").mkdir(parents=True)
    (tmp_path / "lib/apk/db/installed").write_text(ALPINE)
    with Folder(str(tmp_path)) as root:
        found = take(root)
        brought = owners(root, ["/lib/ld-musl-x86_64.so.1"], found.packages)
    assert [(each.purl, each.source, each.licences) for each in found.packages] == [
        ("pkg:apk/alpine/libcrypto3@3.1.4-r1?arch=x86_64&distro=alpine-3.19.1", "openssl", ()),
        ("pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.19.1", "musl", ("MIT",)),
    ]
    assert list(brought) == ["/lib/ld-musl-x86_64.so.1"]
    assert found.platform.end_of_life == "2025-11-01"


def test_a_minimal_debians_packages_are_those_of_dpkg_query(debian: Path) -> None:
    form = "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n"
    command = ["dpkg-query", f"--admindir={debian}/var/lib/dpkg", "-W", "-f", form]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    with Folder(str(debian)) as root:
        found = take(root)
        assert root.unread == []
        assert owners(root, ["/usr/bin/bash"], found.packages)["/usr/bin/bash"].name == "bash"

    def row(each: Package) -> tuple[str, ...]:
        return (each.name, each.version, each.architecture, each.source, each.source_version)

    assert sorted(map(row, found.packages)) == sorted(tuple(line.split("\t")) for line in said.splitlines())
    assert (found.platform.id, found.platform.version, found.platform.architecture) == ("debian", "12", "amd64")
