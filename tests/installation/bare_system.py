"""A bare Debian in a folder, a copy of what debootstrap made: what is not installed in it is not there."""

from __future__ import annotations

import io
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from .machine import copy_checkout, keep_console, local_places, network_settings, pip_settings

USER = "visitor"
MACHINE = "opt/machine"
"""Where the system sees the authorities and indexes that lie on the disk of the machine that makes it."""


class BareSystem:
    """A root file system whose processes have their own /proc and end with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home" / USER
        self.checkout = self.home / "garrison"
        self._holder: subprocess.Popen[str] | None = None
        self._first_process = 0

    def make(self, debian: Path) -> None:
        """Make it a copy of Debian's smallest system, and give it the machine's way to its package index."""
        self.root.chmod(0o755)
        subprocess.run(["cp", "-a", f"{debian}/.", str(self.root)], check=True)
        for name in ("resolv.conf", "hosts"):
            shutil.copyfile(f"/etc/{name}", self.root / "etc" / name)
        settings = io.StringIO()
        pip_settings().write(settings)
        (self.root / "etc" / "pip.conf").write_text(self._inside(settings.getvalue()))
        proxy = subprocess.run(["apt-config", "dump", "Acquire::http"], capture_output=True, check=True)
        (self.root / "etc" / "apt" / "apt.conf.d" / "99machine").write_bytes(proxy.stdout)
        # Nobody switches this machine off: dpkg need not wait for the disk after each file.
        (self.root / "etc" / "dpkg" / "dpkg.cfg.d" / "machine").write_text("force-unsafe-io\n")

    def start(self) -> None:
        """Begin the namespaces in which the commands run."""
        script = ["set -e"]
        mounts = [("proc", "proc"), ("tmpfs", "dev/shm")]
        for kind, place in mounts:
            (self.root / place).mkdir(parents=True, exist_ok=True)
            script.append(f'mount -t {kind} {kind} "{self.root}/{place}"')
        for path in local_places():
            inside = self.root / MACHINE / path.relative_to("/")
            inside.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                shutil.copyfile(path, inside)
                continue
            inside.mkdir(exist_ok=True)
            script.append(f'mount -o bind,ro "{path}" "{inside}"')
        script += ["read -r self _ < /proc/self/stat", 'echo "$self"', "exec sleep infinity"]
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", "\n".join(script)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        self._first_process = int(self._holder.stdout.readline() or 0)
        assert self._first_process, "the namespaces could not be made"

    def stop(self) -> None:
        """End every process that runs in the system, and with them its mounts."""
        if self._holder is not None:
            self._holder.send_signal(signal.SIGKILL)
            self._holder.wait()

    def run(self, command: str, *, user: str = USER, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command in the checkout, with nothing in its environment but what is given here."""
        home = "/root" if user == "root" else f"/home/{user}"
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "LANG": "C.UTF-8", "USER": user}
        environment |= {name: self._inside(value) for name, value in network_settings().items()}
        environment |= {"DEBIAN_FRONTEND": "noninteractive"} | variables
        enter = ["nsenter", f"--target={self._first_process}", "--mount", "--pid"]
        enter += ["chroot", f"--userspec={user}:{user}", str(self.root)]
        enter += ["sh", "-c", 'cd "$1" 2>/dev/null; exec sh -c "$2"', "sh", f"/home/{USER}/garrison", command]
        return subprocess.run(
            enter, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )

    def _inside(self, text: str) -> str:
        """Settings of this machine with its local places named as they are called inside."""
        places = sorted((str(path) for path in local_places()), key=len, reverse=True)
        if not places:
            return text
        return re.sub("|".join(map(re.escape, places)), lambda found: f"/{MACHINE}{found[0]}", text)

    def add_checkout(self) -> None:
        """Make the user, and a fresh clone in the user's home."""
        made = self.run(f"useradd --create-home --shell /bin/bash {USER}", user="root")
        assert made.returncode == 0, made.stderr
        copy_checkout(self.checkout)
        keep_console(self.home / ".cache")
        given = self.run(f"chown -R {USER}:{USER} /home/{USER}", user="root")
        assert given.returncode == 0, given.stderr


def skip_unless_possible() -> None:
    """Skip, naming what is missing, where this machine cannot make a bare system."""
    tried = subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this machine lets root make no mount namespace")
