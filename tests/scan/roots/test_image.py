"""Images in files, as a root: layers over each other as the OCI specification says, and nothing that a hostile one can do."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.scan.inventory import take
from garrison.scan.roots import Image, Kind, NotAnImage, image, layers
from garrison.scan.roots.extent import Extent
from garrison.scan.roots.tar import BrokenTar, members

Entries = list[tuple[str, str | None]]
"""Path and content; no content is a folder, `-> x` a link, `= x` a hard link."""


def tar(entries: Entries, form: int = tarfile.PAX_FORMAT) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as file:
        for path, content in entries:
            info = tarfile.TarInfo(path)
            info.mode = 0o755 if content is None else 0o644
            if content is None:
                info.type = tarfile.DIRTYPE
            elif content.startswith("-> "):
                info.type, info.linkname = tarfile.SYMTYPE, content[3:]
            elif content.startswith("= "):
                info.type, info.linkname = tarfile.LNKTYPE, content[2:]
            elif content == "device":
                info.type, info.devmajor, info.devminor = tarfile.CHRTYPE, 1, 3
            else:
                info.size = len(content.encode())
            file.addfile(info, io.BytesIO((content or "").encode()) if info.isreg() else None)
    return made.getvalue()


def outer(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as file:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return made.getvalue()


def docker(*contents: bytes) -> bytes:
    names = [f"layer{number}/layer.tar" for number in range(len(contents))]
    manifest = [{"Config": "c.json", "RepoTags": ["app:1"], "Layers": names}]
    files = {"manifest.json": json.dumps(manifest).encode(), "c.json": b"{}"}
    return outer(files | dict(zip(names, contents, strict=True)))


def oci(*contents: bytes) -> bytes:
    blobs: dict[str, bytes] = {}

    def put(content: bytes, kind: str) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        blobs[f"blobs/sha256/{digest}"] = content
        return {"digest": f"sha256:{digest}", "mediaType": kind, "size": len(content)}

    listed = [put(each, "application/vnd.oci.image.layer.v1.tar+gzip") for each in contents]
    manifest = put(json.dumps({"schemaVersion": 2, "config": put(b"{}", "c"), "layers": listed}).encode(), "manifest")
    about = put(json.dumps({"layers": listed[:1]}).encode(), "manifest")
    about["annotations"] = {"vnd.docker.reference.type": "attestation-manifest"}
    manifest["annotations"] = {"org.opencontainers.image.ref.name": "app:2"}
    inner = put(json.dumps({"manifests": [about, manifest]}).encode(), "index")
    return outer({"oci-layout": b"{}", "index.json": json.dumps({"manifests": [inner]}).encode()} | blobs)


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[bytes], Image]:
    def make(content: bytes) -> Image:
        (tmp_path / "image.tar").write_bytes(content)
        return Image(str(tmp_path / "image.tar"))

    return make


BASE: Entries = [
    ("usr/", None),
    ("usr/lib/os-release", "ID=alpine\nVERSION_ID=3.19.1\n"),
    ("lib", "-> usr/lib"),
    ("etc/os-release", "-> ../usr/lib/os-release"),
    ("etc/old", "old"),
    ("var/cache/a", "a"),
    ("var/cache/b", "b"),
    ("dev/null", "device"),
]
UPPER: Entries = [
    ("etc/.wh.old", ""),
    ("var/cache/", None),
    ("var/cache/c", "c"),
    ("var/cache/.wh..wh..opq", ""),
    ("lib/apk/db/installed", "P:musl\nV:1.2.4-r2\nA:x86_64\n\n"),
    ("etc/same", "= usr/lib/os-release"),
    ("a" * 150 + "/" + "b" * 120, "long"),
]


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
@pytest.mark.parametrize(
    "made", [docker, lambda *each: oci(*map(gzip.compress, each)), lambda *each: gzip.compress(docker(*each))]
)
def test_layers_lie_over_each_other(opened: Callable[[bytes], Image], made: Callable[..., bytes], form: int) -> None:
    with opened(made(tar(BASE, form), tar(UPPER, form))) as root:
        assert root.unread == []
        assert root.names("/etc") == ["os-release", "same"]
        assert root.names("/var/cache") == ["c"]
        assert root.read("/etc/same") == root.read("/etc/os-release") == b"ID=alpine\nVERSION_ID=3.19.1\n"
        assert root.names("/usr/lib") == ["apk", "os-release"]
        assert root.read("/" + "a" * 150 + "/" + "b" * 120) == b"long"
        assert root.read("/dev/null") is None
        found = root.stat("/dev/null")
        assert found is not None and found.kind is Kind.OTHER
        inventory = take(root)
        assert [each.purl for each in inventory.packages] == [
            "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.19.1"
        ]
        assert inventory.image.startswith("sha256:") and root.name in ("app:1", "app:2")
        walked = {entry.path: entry.kind for entry in root.walk()}
        assert walked["/lib"] is Kind.LINK and "/lib/apk" not in walked and "/usr/lib/apk/db/installed" in walked


def test_a_layout_in_a_folder_is_read_where_it_lies(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(oci(gzip.compress(tar(BASE))))) as file:
        file.extractall(tmp_path / "layout", filter="data")
    (tmp_path / "layout/blobs/sha256/link").symlink_to("/etc/passwd")
    with Image(str(tmp_path / "layout")) as root:
        assert root.unread == [] and root.read("/etc/os-release") == b"ID=alpine\nVERSION_ID=3.19.1\n"
        assert root.name == "app:2"


def test_a_whiteout_hides_lower_layers_only(opened: Callable[[bytes], Image]) -> None:
    lower = tar([("d/x", "1"), ("d/y", "1"), ("f", "1")])
    upper = tar([("d/x", "2"), (".wh.d", ""), ("f", "2"), (".wh.f", "")])
    with opened(docker(lower, upper)) as root:
        assert root.names("/d") == ["x"] and root.read("/d/x") == b"2" and root.read("/f") == b"2"
    with opened(docker(lower, tar([(".wh.d", "")]), tar([("d/z", "3")]))) as root:
        assert root.names("/d") == ["z"]


def test_links_and_paths_lead_nowhere_else(opened: Callable[[bytes], Image], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("outside")
    hostile = tar(
        [
            ("up", "-> ../../../secret"),
            ("round", "-> round"),
            ("a", "-> b"),
            ("b", "-> a"),
            ("../out", "x"),
            ("/abs", "kept"),
            ("gone", "= ../secret"),
            ("a/through", "x"),
            ("\udcff\n", "bytes"),
        ]
    )
    with opened(docker(hostile)) as root:
        assert root.read("/up") is None and root.read("/round") is None and root.read("/a/x") is None
        assert root.read("/abs") == b"kept"
        assert root.read("/\udcff\n") == b"bytes"
        assert {note.reason for note in root.unread} == {
            "a path that leads out of its layer, or too deep",
            "a hard link to what is not there",
            "it lies below something that is no folder",
        }
    assert sorted(os.listdir(tmp_path)) == ["image.tar", "secret"]


def test_bombs_cut_layers_and_missing_ones_are_unread(
    opened: Callable[[bytes], Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image, "MOST_UNPACKED_BYTES", 1_000_000)
    monkeypatch.setattr(layers, "MOST_ENTRIES", 50)
    bomb = gzip.compress(tar([("zeros", "\0" * 3_000_000)]))
    cut = gzip.compress(tar([("kept", "x"), ("y", "y" * 5000)]), 0)[:-3000]
    many = tar([(f"f{number}", "") for number in range(200)])
    with opened(docker(cut, bomb, b"\x28\xb5\x2f\xfd zstd", many)) as root:
        assert root.read("/kept") == b"x"
        reasons = " ".join(note.reason for note in root.unread)
    for said in ("more than 1000000 bytes", "zstd", "more than 50 entries", "cannot be unpacked"):
        assert said in reasons


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "neither"),
        (b"no archive at all" * 100, "no tar archive"),
        (outer({"x": b"y"}), "neither"),
        (outer({"index.json": b'{"manifests": []}'}), "no manifest"),
        (outer({"index.json": b'{"manifests": [{"digest": "sha256:../../etc"}]}'}), "no manifest"),
        (outer({"manifest.json": b'[{"Layers": 7}]'}), "names no layers"),
        (gzip.compress(b"x" * 2000, mtime=0)[:100], "no tar archive"),
    ],
)
def test_what_is_no_image_is_refused(opened: Callable[[bytes], Image], content: bytes, reason: str) -> None:
    with pytest.raises(NotAnImage, match=reason):
        opened(content)


def test_a_layer_of_zstd_is_read_where_something_unpacks_it(tmp_path: Path) -> None:
    import pyarrow

    layer = tar([("etc/os-release", "ID=debian\n")])
    packed = pyarrow.compress(layer, codec="zstd", asbytes=True)
    (tmp_path / "image.tar").write_bytes(oci(packed))

    def unpack(stream: Any) -> Any:
        return pyarrow.CompressedInputStream(pyarrow.PythonFile(stream, mode="r"), "zstd")

    with Image(str(tmp_path / "image.tar"), unpack_zstd=unpack) as root:
        assert root.unread == [] and root.read("/etc/os-release") == b"ID=debian\n"


@given(st.binary(max_size=600), st.integers(0, 6000))
def test_no_bytes_stop_the_reading_of_tar(tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int) -> None:
    whole = tar([*BASE, ("x" * 300, "pax")])
    path = tmp_path_factory.getbasetemp() / "noise.tar"
    path.write_bytes(whole[:place] + noise + whole[place + len(noise) :])
    handle = os.open(path, os.O_RDONLY)
    try:
        for member in members(Extent(handle, 0, path.stat().st_size)):
            assert member.size <= path.stat().st_size
    except BrokenTar:
        pass
    finally:
        os.close(handle)


def test_nothing_is_left_open(opened: Callable[[bytes], Image]) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with opened(oci(gzip.compress(tar(BASE)))) as root:
        root.read("/etc/os-release")
    with pytest.raises(NotAnImage):
        opened(gzip.compress(outer({"x": b""})))
    assert len(os.listdir("/proc/self/fd")) == before
