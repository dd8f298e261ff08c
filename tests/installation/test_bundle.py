"""Installing without internet: from a bundle that is whole, and never from one that is not."""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from .documents import PROJECT
from .machine import interpreter, run, without_package_index


def unpack(archive: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Verify a bundle as `make up OFFLINE=1` does."""
    script = str(PROJECT / "scripts" / "unpack_bundle.py")
    return run([sys.executable, script, str(archive), str(target)], target.parent, without_package_index(target.parent))


def read(archive: Path) -> dict[str, bytes]:
    """A bundle's files."""
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar.getmembers()}  # type: ignore[union-attr]


def write(archive: Path, files: dict[str, bytes], *links: tarfile.TarInfo) -> Path:
    """An archive of these files and links, in this order."""
    with tarfile.open(archive, "w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for link in links:
            tar.addfile(link)
    return archive


def with_file(files: dict[str, bytes], name: str, content: bytes) -> dict[str, bytes]:
    """The files and one more, which the manifest names too: what a forger would write."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    return files | {"manifest.json": json.dumps(manifest).encode(), name: content}


@pytest.fixture(scope="module")
def small(bundle: Path) -> dict[str, bytes]:
    """The files of a bundle of one real wheel, the smallest: enough for what is refused whatever else there is."""
    with tarfile.open(bundle) as tar:
        smallest = min((each for each in tar if each.name.endswith(".whl")), key=lambda each: each.size)
        files = {name: tar.extractfile(name).read() for name in ("manifest.json", smallest.name)}  # type: ignore[union-attr]
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {smallest.name: manifest["files"][smallest.name]}
    return files | {"manifest.json": json.dumps(manifest).encode()}


def test_make_up_offline_installs_and_starts_without_any_network(
    checkout: Path, bundle: Path, without_network: list[str], tmp_path: Path
) -> None:
    environment = without_package_index(tmp_path, PYTHON=interpreter())
    (checkout / "dist").mkdir()
    (checkout / "dist" / bundle.name).symlink_to(bundle)
    up = run([*without_network, "make", "up", "OFFLINE=1", "OPTIONS=--port 0"], checkout, environment)
    try:
        assert up.returncode == 0, up.stdout[-2000:] + up.stderr
        assert "Garrison is ready." in up.stdout
        assert (checkout / "src" / "garrison" / "gateway" / "console" / "built" / "index.html").is_file()
    finally:
        down = run(["make", "down"], checkout, environment)
    assert down.returncode == 0, down.stderr


def test_an_archive_holds_wheels_the_console_and_a_manifest_and_nothing_else(bundle: Path) -> None:
    files = read(bundle)
    assert next(iter(files)) == "manifest.json"
    known = [name for name in files if name.startswith(("wheels/", "console/"))]
    assert len(known) == len(files) - 1
    assert {"console/index.html", "console/.source"} < set(known)
    assert json.loads(files["manifest.json"])["files"].keys() == set(known)


def test_a_console_of_another_source_or_in_another_place_is_refused(small: dict[str, bytes], tmp_path: Path) -> None:
    manifest = json.loads(small["manifest.json"])
    cases = {
        "console/.source": "built from another source",
        "console/../x.js": "which no bundle holds",
        "console/app.py": "which no bundle",
    }
    for name, cause in cases.items():
        manifest["files"] = {name: hashlib.sha256(b"x").hexdigest()}
        forged = write(tmp_path / "forged.tar", {"manifest.json": json.dumps(manifest).encode(), name: b"x"})
        done = unpack(forged, tmp_path / "out")
        assert (done.returncode, cause in done.stderr) == (1, True), done.stderr


def test_a_flipped_byte_is_refused_with_the_name_of_the_file(bundle: Path, tmp_path: Path) -> None:
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    damaged = tmp_path / bundle.name
    damaged.write_bytes(content)
    done = unpack(damaged, tmp_path / "out")
    assert done.returncode == 1
    assert "in the bundle is damaged: its SHA-256 is not the manifest's." in done.stderr
    assert "Copy it again, or make it anew with `make bundle`." in done.stderr
    assert "Traceback" not in done.stderr


def test_make_up_offline_says_why_it_refuses_a_damaged_bundle(checkout: Path, bundle: Path, tmp_path: Path) -> None:
    content = bytearray(bundle.read_bytes())
    content[-20_000_000] ^= 1
    (damaged := tmp_path / "damaged.tar").write_bytes(content)
    command = ["make", "up", "OFFLINE=1", f"BUNDLE={damaged}"]
    done = run(command, checkout, without_package_index(tmp_path, PYTHON=interpreter()))
    assert done.returncode != 0
    assert "in the bundle is damaged" in done.stderr
    assert not (tmp_path / ".garrison").exists()


def test_bytes_flipped_anywhere_never_let_an_unlocked_wheel_out(small: dict[str, bytes], tmp_path: Path) -> None:
    """A small bundle of one real wheel, with one byte changed at many places: refused, or the same wheel comes out."""
    (wheel,) = (name for name in small if name.endswith(".whl"))
    archive = write(tmp_path / "small.tar", small)
    content = archive.read_bytes()
    places = [*range(0, 512, 16), *range(1024, 1536, 16), *random.Random(1).sample(range(len(content)), 30)]
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from unpack_bundle import BadBundle, unpack\n"
        "content = Path(sys.argv[2]).read_bytes()\n"
        "for place in map(int, sys.argv[4:]):\n"
        "    damaged = bytearray(content); damaged[place] ^= 0x55\n"
        "    Path(sys.argv[2]).write_bytes(damaged)\n"
        "    folder = Path(sys.argv[3]) / str(place)\n"
        "    try:\n"
        "        unpack(Path(sys.argv[2]), folder, Path(sys.argv[1]).parent)\n"
        "    except BadBundle:\n"
        "        pass\n"
    )
    arguments = [str(PROJECT / "scripts"), str(archive), str(tmp_path / "out"), *map(str, places)]
    done = run([sys.executable, "-c", program, *arguments], tmp_path, without_package_index(tmp_path))
    assert done.returncode == 0, done.stderr
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            assert path.name == Path(wheel).name
            assert path.read_bytes() == small[wheel]
    assert {path.name for path in tmp_path.iterdir()} == {"small.tar", "out"}


@pytest.mark.parametrize(
    "name", ["../evil.whl", "wheels/../../evil.whl", "/tmp/evil.whl", "wheels/sub/evil.whl", "wheels/.evil.whl", "a.py"]
)
def test_a_name_that_leaves_the_folder_is_refused(small: dict[str, bytes], tmp_path: Path, name: str) -> None:
    hostile = write(tmp_path / "hostile.tar", with_file(small, name, b"evil"))
    done = unpack(hostile, tmp_path / "out")
    assert done.returncode == 1
    assert "which no bundle holds: it was tampered with." in done.stderr
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_special_files_are_refused(small: dict[str, bytes], tmp_path: Path, kind: bytes) -> None:
    link = tarfile.TarInfo("wheels/evil.whl")
    link.type = kind
    link.linkname = "/etc/passwd"
    done = unpack(write(tmp_path / "hostile.tar", small, link), tmp_path / "out")
    assert done.returncode == 1
    assert "tampered with" in done.stderr


def test_a_forged_manifest_does_not_let_in_what_is_not_locked(small: dict[str, bytes], tmp_path: Path) -> None:
    forged = write(tmp_path / "forged.tar", with_file(small, "wheels/evil-1-py3-none-any.whl", b"evil"))
    done = unpack(forged, tmp_path / "out")
    assert done.returncode == 1
    assert "is not a file that requirements/runtime.txt locks." in done.stderr


def test_a_bundle_for_another_python_says_so(small: dict[str, bytes], tmp_path: Path) -> None:
    manifest = small["manifest.json"].replace(b'"platform": "cp3', b'"platform": "cp2')
    done = unpack(write(tmp_path / "other.tar", small | {"manifest.json": manifest}), tmp_path / "out")
    assert done.returncode == 1
    assert "The bundle was made for cp2" in done.stderr


@pytest.mark.parametrize("content", [b"", b"not a tar", b"\0" * 10240, b"\x1f\x8b" + b"\0" * 600])
def test_what_is_no_bundle_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "none.tar").write_bytes(content)
    done = unpack(tmp_path / "none.tar", tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr.startswith("garrison: ")
    assert "Traceback" not in done.stderr


def test_a_truncated_bundle_is_refused(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "short.tar").write_bytes(bundle.read_bytes()[:-5_000_000])
    done = unpack(tmp_path / "short.tar", tmp_path / "out")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_offline_without_a_bundle_says_how_to_make_one(checkout: Path, tmp_path: Path) -> None:
    done = run(["make", "up", "OFFLINE=1"], checkout, without_package_index(tmp_path, PYTHON=interpreter()))
    assert done.returncode != 0
    assert "Make it with `make bundle` on a machine with internet" in done.stderr
