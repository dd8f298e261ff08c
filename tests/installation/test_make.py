"""`make` on machines that lack something: one cause, and what to do about it."""

from __future__ import annotations

import socket
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from .documents import PROJECT
from .machine import free_port, interpreter, plain_environment, run, without_package_index


def stand_in(folder: Path, body: str) -> str:
    """A program that passes for `python3`."""
    path = folder / "python3"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_an_old_python_is_refused_with_its_version(checkout: Path, tmp_path: Path) -> None:
    old = stand_in(tmp_path, 'case "$*" in *version_info*) exit 1;; *--version*) echo Python 3.9.2;; esac')
    done = run(["make", "up", f"PYTHON={old}"], checkout, plain_environment(tmp_path))
    assert done.returncode != 0
    assert "garrison: Garrison needs Python 3.11 or later; this is Python 3.9.2." in done.stderr
    assert "make up PYTHON=python3.12" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_without_venv_is_refused_with_the_package_to_install(checkout: Path, tmp_path: Path) -> None:
    lacking = stand_in(tmp_path, 'case "$*" in *ensurepip*) exit 1;; *) exit 0;; esac')
    done = run(["make", "up", f"PYTHON={lacking}"], checkout, plain_environment(tmp_path))
    assert done.returncode != 0
    assert "garrison: Python lacks its venv module.\n  Install it: sudo apt-get install -y python3-venv" in done.stderr


def test_an_absent_python_is_named(checkout: Path, tmp_path: Path) -> None:
    done = run(["make", "up", "PYTHON=python9"], checkout, plain_environment(tmp_path))
    assert done.returncode != 0
    assert "garrison: There is no python9 on this machine." in done.stderr


def test_without_a_package_index_the_way_around_it_is_named_and_a_second_try_begins_anew(
    checkout: Path, tmp_path: Path
) -> None:
    done = run(["make", "up"], checkout, without_package_index(tmp_path, PYTHON=interpreter()))
    assert done.returncode != 0
    assert "garrison: The package index cannot be reached." in done.stderr
    assert "docs/offline.md" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (checkout / ".venv" / ".runtime").exists()


def test_a_package_with_another_hash_is_not_installed(checkout: Path, tmp_path: Path) -> None:
    locked = checkout / "requirements" / "lock.txt"
    locked.write_text("six==1.17.0 --hash=sha256:" + "0" * 64 + "\n")
    environment = plain_environment(tmp_path)
    made = run([interpreter(), "-m", "venv", str(tmp_path / "venv")], tmp_path, environment)
    assert made.returncode == 0, made.stderr
    done = run([str(tmp_path / "venv" / "bin" / "python"), "scripts/install.py", "lock"], checkout, environment)
    assert done.returncode == 1
    assert "its hash differs, and it was not installed." in done.stderr


def test_make_down_before_anything_is_installed_says_so(checkout: Path, tmp_path: Path) -> None:
    done = run(["make", "down"], checkout, plain_environment(tmp_path))
    assert done.returncode != 0
    assert "garrison: Garrison is not installed in .venv." in done.stderr


def test_a_port_in_use_is_named_with_the_way_to_another(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "garrison", "up", "--detach", "--port", str(port)]
        done = run(command, tmp_path, plain_environment(tmp_path))
    assert done.returncode == 1
    assert f"garrison: Port {port} on 127.0.0.1 cannot be used: Address already in use." in done.stderr
    assert "--port" in done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is built for others."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    built = run([*command, str(PROJECT)], folder, without_package_index(folder))
    assert built.returncode == 0, built.stderr
    return next(folder.glob("garrison-*.whl"))


def test_a_wheel_holds_all_that_a_server_needs(wheel: Path, tmp_path: Path) -> None:
    """Installed in an environment of its own, where pip finds the locked packages, and started there."""
    environment = without_package_index(tmp_path)
    venv = tmp_path / "venv" / "bin"
    assert run([interpreter(), "-m", "venv", str(venv.parent)], tmp_path, environment).returncode == 0
    # A folder that is named so is searched, but its own path files are not read: of Garrison there is the wheel only.
    packages = sysconfig.get_path("purelib", vars={"base": str(venv.parent)})
    Path(packages, "locked.pth").write_text(sysconfig.get_path("purelib"))
    pip = [str(venv / "python"), "-m", "pip", "install", "--no-index", "--no-compile"]
    for what in (
        ["--no-deps", "--force-reinstall", str(wheel)],
        ["garrison"],
    ):  # itself, then what it says that it needs
        installed = run([*pip, *what], tmp_path, environment)
        assert installed.returncode == 0, installed.stderr

    garrison = str(venv / "garrison")
    version = run([garrison, "version"], tmp_path, environment)
    assert version.stdout.startswith("Garrison ")
    up = run([garrison, "up", "--detach", "--port", str(free_port())], tmp_path, environment)
    try:
        assert up.returncode == 0, up.stderr
    finally:
        down = run([garrison, "down"], tmp_path, environment)
    assert down.returncode == 0, down.stderr


def test_the_wheel_leaves_nothing_of_the_package_out(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    source = PROJECT / "src"
    files = {
        str(path.relative_to(source))
        for path in (source / "garrison").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= inside
