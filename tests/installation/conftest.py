"""What the tests of installation share: a fresh clone, a bundle, and a machine without network."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from .documents import PROJECT
from .machine import copy_checkout, plain_environment, run

LOOPBACK_UP = (
    "import fcntl, os, socket, struct, sys\n"
    "with socket.socket() as any_socket:\n"
    "    fcntl.ioctl(any_socket, 0x8914, struct.pack('16sh14x', b'lo', 0x41))\n"  # SIOCSIFFLAGS: IFF_UP | IFF_RUNNING
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh clone in a folder of its own."""
    return copy_checkout(tmp_path / "garrison")


@pytest.fixture(scope="session")
def bundle(request: pytest.FixtureRequest) -> Path:
    """The archive that `make bundle` writes, of which nothing may be changed: made once for all processes of a run."""
    locked = (PROJECT / "requirements" / "runtime.txt").read_bytes() + (PROJECT / "pyproject.toml").read_bytes()
    source = PROJECT / "src" / "garrison" / "gateway" / "console" / "built" / ".source"
    locked += source.read_bytes() if source.is_file() else b""
    folder = Path(request.config.cache.mkdir("bundle")) / hashlib.sha256(locked).hexdigest()[:16]
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (ready := list(folder.glob("garrison-bundle-*.tar"))):
            command = [sys.executable, "scripts/make_bundle.py", "--output", str(folder)]
            made = run(command, PROJECT, plain_environment(folder))
            assert made.returncode == 0, made.stdout + made.stderr
            ready = list(folder.glob("garrison-bundle-*.tar"))
    return ready[0]


@pytest.fixture(scope="session")
def without_network() -> list[str]:
    """What to put before a command so that it has a loopback interface and no other; skips where that is not allowed."""
    for command in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        prefix = [*command, sys.executable, "-c", LOOPBACK_UP]
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
            return prefix
    pytest.skip("this machine lets nobody make a network namespace")
