"""A minimal Debian, made once by debootstrap for every test that needs one: it takes a minute.

`GARRISON_DEBIAN_ROOT` names a folder that has one already; else it is kept in pytest's cache.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

RELEASE = "bookworm"
DEFAULT_MIRROR = "http://deb.debian.org/debian"


def minimal_debian(cache: Path) -> Path:
    """The root file system, of which nothing may be changed; made in `cache` where it is not there yet. Skips where it cannot be."""
    given = os.environ.get("GARRISON_DEBIAN_ROOT")
    if given:
        return Path(given)
    made, making = cache / RELEASE, cache / f"{RELEASE}.part"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two test processes one makes it
        if made.is_dir():
            return made
        skip_unless_possible()
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o755)
        command = ["debootstrap", "--variant=minbase", RELEASE, str(making), mirror()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        making.rename(made)
    return made


def skip_unless_possible() -> None:
    """Skip, naming what is missing, where this machine cannot make one."""
    if os.geteuid() != 0:
        pytest.skip("a bare root file system needs root")
    if shutil.which("debootstrap") is None:
        pytest.skip("debootstrap is not installed")


def mirror() -> str:
    """The Debian mirror that this machine uses, where it is a Debian of the same release."""
    if shutil.which("apt-get") is None:
        return DEFAULT_MIRROR
    wanted = ["Created-By: Packages", f"Codename: {RELEASE}", "Component: main", "Origin: Debian"]
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", *wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    return next(iter(listed.stdout.split()), DEFAULT_MIRROR)
