"""A root file system made to harm whoever scans it: everything comes to an end, nothing raises, what was not read is said."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from garrison.scan.inventory import take
from garrison.scan.roots import Folder

DATABASES = (
    "var/lib/dpkg/status",
    "var/lib/rpm/rpmdb.sqlite",
    "var/lib/rpm/Packages.db",
    "lib/apk/db/installed",
    "etc/os-release",
    "etc/passwd",
    "etc/shadow",
    "etc/group",
    "etc/sudoers",
    "etc/ssh/sshd_config",
    "etc/fstab",
    "etc/login.defs",
    "etc/pam.d/login",
    "etc/machine-id",
    "etc/hostname",
    "srv/node_modules/a/package.json",
    "srv/package-lock.json",
    "srv/x.dist-info/METADATA",
    "srv/specifications/x.gemspec",
    "srv/a.jar",
)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    for path in DATABASES:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    return tmp_path


def taken(top: Path) -> list[str]:
    """Take the inventory, of which everything can be written as JSON in UTF-8; the reasons of what was not read."""
    with Folder(str(top)) as root:
        found = take(root)
        json.dumps(dataclasses.asdict(found), ensure_ascii=False).encode()
        return [f"{note.path}: {note.reason}" for note in root.unread]


def test_databases_that_are_something_else_are_no_end(top: Path) -> None:
    kinds = ("loop", "escape", "pipe", "folder", "sparse", "noise")
    for number, path in enumerate(DATABASES):
        match kinds[number % len(kinds)]:
            case "loop":
                (top / path).symlink_to(Path(path).name)
            case "escape":
                (top / path).symlink_to("/etc/passwd/../../../../../../../etc/shadow")
            case "pipe":
                os.mkfifo(top / path)
            case "folder":
                (top / path).mkdir()
            case "sparse":
                with (top / path).open("wb") as file:
                    file.truncate(10 * 2**30)
            case "noise":
                (top / path).write_bytes(os.urandom(4096))
    reasons = taken(top)
    assert any("larger than" in each for each in reasons)


def test_sparse_files_of_every_kind_cost_no_memory(top: Path) -> None:
    for path in (*DATABASES, "usr/bin/program"):
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        with (top / path).open("wb") as file:
            file.truncate(10 * 2**30)
    (top / "usr/bin/program").chmod(0o755)
    (top / "var/lib/rpm/rpmdb.sqlite").unlink()
    tracemalloc.start()
    reasons = taken(top)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150 * 2**20
    assert sum("larger than" in each for each in reasons) >= len(DATABASES) - 3


def test_names_of_any_bytes_are_told_as_text(top: Path) -> None:
    for name in (b"new\nline", b"\xff\xfe", b"\x1b[31m", b"a" * 255):
        folder = os.fsencode(top) + b"/srv/node_modules/" + name
        os.mkdir(folder)
        Path(os.fsdecode(folder + b"/package.json")).write_text('{"name": "\\ud800x", "version": "1\\n"}')
        os.makedirs(os.fsencode(top) + b"/etc/systemd/system", exist_ok=True)
        Path(os.fsdecode(os.fsencode(top) + b"/etc/systemd/system/" + name[:200] + b".service")).write_text("x")
        Path(os.fsdecode(os.fsencode(top) + b"/etc/pam.d/" + name)).write_text("auth required x.so\n")
    assert taken(top) == []


def test_trees_too_deep_end_and_are_said(top: Path) -> None:
    handle = os.open(top, os.O_RDONLY)
    for _ in range(600):
        os.mkdir("d", dir_fd=handle)
        below = os.open("d", os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
    os.close(handle)
    (top / "loop").mkdir()
    (top / "loop/again").symlink_to("../loop")
    assert any("folders" in each for each in taken(top))


def test_archives_that_grow_are_read_to_a_limit(top: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(20):
            file.writestr(f"lib/{number}.jar", b"\0" * 8_000_000)
        file.writestr("META-INF/maven/g/a/pom.properties", b"groupId=g\n" * 2_000_000)
    (top / "srv/a.jar").write_bytes(made.getvalue())
    tracemalloc.start()
    reasons = taken(top)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * 2**20
    assert len(reasons) == 20
