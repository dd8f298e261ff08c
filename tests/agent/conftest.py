"""A real server, and the agent's one file run by a bare Python as another user."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from garrison.agent.building import build
from garrison.testing import Account, allow
from garrison.testing.policies import document

NOBODY = 65534
PYTHON = "/usr/bin/python3"
"""The system's: one that lies in somebody's home nobody else can run."""
TRUST = json.loads(
    document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "rolesanywhere.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        }
    )
)


class Fleet:
    """The server's side of hosts: a role for agents, and invitations."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.garrison = account.client("garrison")
        self.role = account.role("agent", [allow("garrison:PutHostReport", "garrison:GetHostJobs")], trust=TRUST).arn
        asked = {"name": "agents", "roleArns": [self.role], "enabled": True}
        self.profile = account.client("rolesanywhere").create_profile(**asked)["profile"]["profileArn"]

    def invite(self, name: str, **more: Any) -> str:
        """A token."""
        asked = {"Name": name, "ProfileArn": self.profile, "RoleArn": self.role} | more
        return str(self.garrison.create_host_invitation(**asked)["Token"])


class Machine:
    """A host where the agent's file runs as nobody, with no package installed and nothing in its environment."""

    def __init__(self, folder: Path, zipapp: Path) -> None:
        self.folder, self.zipapp = folder, zipapp
        self.root = folder / "root"
        (self.root / "etc").mkdir(parents=True)
        (self.root / "etc" / "os-release").write_text('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n')
        (self.root / "var/lib/dpkg").mkdir(parents=True)
        self.install("openssl@3.0.11-1~deb12u2", "zlib1g@1:1.2.13.dfsg-1")
        (self.root / "var/lib/dpkg/status.d").mkdir(0o700)
        self.home = folder / "home"
        self.home.mkdir()
        os.chown(self.home, NOBODY, NOBODY)

    def install(self, *packages: str) -> None:
        """Have these packages."""
        lines = []
        for name, _, version in (one.partition("@") for one in packages):
            lines.append(f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n")
        (self.root / "var/lib/dpkg/status").write_text("\n".join(lines))

    def command(self, *arguments: str) -> list[str]:
        """A bare Python with the file: no site packages, no environment."""
        return [PYTHON, "-I", "-S", str(self.zipapp), *arguments, "--folder", str(self.home / "own")]

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run the agent."""
        return subprocess.run(
            self.command(*arguments),
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={"PATH": os.environ["PATH"]},
            cwd="/",
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
        )

    def once(self) -> subprocess.CompletedProcess[str]:
        """One round."""
        return self.run("run", "--once", "--root", str(self.root))

    def status(self) -> dict[str, Any]:
        """What the agent says of itself."""
        return json.loads(self.run("status", "--json").stdout)


@pytest.fixture(scope="module")
def fleet(garrison_module: Account) -> Fleet:
    return Fleet(garrison_module)


@pytest.fixture(scope="session")
def zipapp() -> Any:
    """The built file, where everybody may read it."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="garrison-agent-", dir="/tmp"))
    folder.chmod(0o755)
    path = folder / "garrison-agent.pyz"
    path.write_bytes(build())
    path.chmod(0o755)
    yield path
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def machine(zipapp: Path) -> Any:
    """A host that nobody has invited yet."""
    import tempfile

    if os.geteuid() != 0 or not Path(PYTHON).exists() or shutil.which("openssl") is None:
        pytest.skip("running the agent as another user needs root, /usr/bin/python3 and openssl")
    folder = Path(tempfile.mkdtemp(prefix="garrison-host-", dir="/tmp"))
    folder.chmod(0o755)
    yield Machine(folder, zipapp)
    shutil.rmtree(folder, ignore_errors=True)
