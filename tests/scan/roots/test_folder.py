"""A folder as a root file system: nothing in it leads out, and what cannot be read is said."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from garrison.scan.roots import Folder, Kind


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    top = tmp_path / "root"
    (top / "etc").mkdir(parents=True)
    (tmp_path / "secret").write_text("outside")
    (top / "etc/hostname").write_text("inside")
    return top


@pytest.fixture
def root(tree: Path) -> Iterator[Folder]:
    with Folder(str(tree)) as opened:
        yield opened


@pytest.mark.parametrize(
    "said", ["../secret", "../../secret", "/secret", "../../../../../../etc/../secret", "secret/../../secret"]
)
def test_no_link_leads_out(tree: Path, root: Folder, said: str) -> None:
    (tree / "link").symlink_to(said)
    assert root.read("/link") is None
    assert root.target("/link") == said


@pytest.mark.parametrize(
    "said", ["etc/hostname", "/etc/hostname", "../etc/hostname", "../../../etc/hostname", "./etc/../etc/hostname"]
)
def test_links_inside_lead_where_they_would_in_that_root(tree: Path, root: Folder, said: str) -> None:
    (tree / "link").symlink_to(said)
    assert root.read("/link") == b"inside"
    assert root.read("/../../link") == b"inside"


def test_a_link_to_a_folder_leads_on(tree: Path, root: Folder) -> None:
    (tree / "config").symlink_to("etc")
    assert root.read("/config/hostname") == b"inside"
    assert root.names("/config") == ["hostname"]


def test_loops_end(tree: Path, root: Folder) -> None:
    (tree / "a").symlink_to("b")
    (tree / "b").symlink_to("a")
    (tree / "etc/again").symlink_to("../etc")
    assert root.read("/a") is None
    assert root.read("/" + "etc/again/" * 60 + "hostname") is None
    assert {entry.path for entry in root.walk()} == {"/a", "/b", "/etc", "/etc/again", "/etc/hostname"}


def test_pipes_and_devices_are_never_opened(tree: Path, root: Folder) -> None:
    os.mkfifo(tree / "pipe")
    assert root.read("/pipe") is None
    found = root.stat("/pipe")
    assert found is not None and found.kind is Kind.OTHER


def test_a_file_too_large_is_unread_and_that_is_said(tree: Path, root: Folder) -> None:
    with (tree / "sparse").open("wb") as file:
        file.truncate(10 * 2**30)
    assert root.read("/sparse", most=1000) is None
    assert [(note.path, note.reason) for note in root.unread] == [("/sparse", "larger than 1000 bytes")]


def test_what_is_absent_is_no_unread(root: Folder) -> None:
    assert root.read("/none") is None
    assert root.stat("/etc/hostname/below") is None
    assert root.names("/none") == []
    assert root.read("/with\0nul") is None
    assert root.unread == []


def test_names_of_any_bytes_are_walked(tree: Path, root: Folder) -> None:
    for name in (b"new\nline", b"\xff\xfe", b"-rf"):
        (Path(os.fsdecode(os.fsencode(tree) + b"/" + name))).write_bytes(b"x")
    found = {entry.path for entry in root.walk()}
    assert {"/new\nline", os.fsdecode(b"/\xff\xfe"), "/-rf"} <= found
    assert root.read(os.fsdecode(b"/\xff\xfe")) == b"x"


def test_it_leaves_no_handle_open(tree: Path, root: Folder) -> None:
    (tree / "loop").symlink_to("loop")
    before = len(os.listdir("/proc/self/fd"))
    for path in ("/etc/hostname", "/loop", "/none", "/etc", "/loop/x"):
        root.read(path)
        root.stat(path)
        root.names(path)
        root.target(path)
    list(root.walk())
    assert len(os.listdir("/proc/self/fd")) == before
