"""What of the machine that runs the tests an installation may know: how packages are reached, and nothing else."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from .documents import PROJECT

_NETWORK = re.compile(r"(PIP_.*|https?_proxy|no_proxy|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)", re.IGNORECASE)
_LOCAL_PATH = re.compile(r"(?:file://)?(/[^\s,']+)")


def interpreter() -> str:
    """The Python that made this environment: what `python3` is to a user."""
    return str(getattr(sys, "_base_executable", sys.executable))


def network_settings() -> dict[str, str]:
    """The variables by which this machine reaches its package index: an index, a proxy, an authority."""
    return {name: value for name, value in os.environ.items() if _NETWORK.fullmatch(name)}


def plain_environment(home: Path, **more: str) -> dict[str, str]:
    """A user's environment: none of the variables of the run that tests, but those that reach the package index."""
    user_settings = Path.home() / ".config" / "pip" / "pip.conf"
    found = {"PIP_CONFIG_FILE": str(user_settings)} if user_settings.exists() else {}
    found |= {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    return found | network_settings() | more


def without_package_index(home: Path, **more: str) -> dict[str, str]:
    """An environment from which no package index can be reached."""
    unreachable = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "1"}
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"} | unreachable | more


def free_port() -> int:
    """A port of the loopback interface that nothing uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def copy_checkout(target: Path) -> Path:
    """What a fresh clone would hold: every file that git knows, as it stands in the working tree."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(PROJECT), "ls-files", "-z"], capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        source = PROJECT / name
        if source.exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    return target


def keep_console(cache: Path) -> None:
    """Let a user's cache have the console as it is built here, as whoever has built the same source before."""
    built = PROJECT / "src" / "garrison" / "gateway" / "console" / "built"
    if (built / ".source").is_file():
        shutil.copytree(built, cache / "garrison" / "console" / (built / ".source").read_text())


def run(command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would and keep what it says."""
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


def pip_settings() -> configparser.ConfigParser:
    """This machine's pip settings, all files in one, the user's after the machine's."""
    merged = configparser.ConfigParser(interpolation=None)
    merged.read(["/etc/pip.conf", Path.home() / ".config" / "pip" / "pip.conf"])
    return merged


def local_places() -> list[Path]:
    """Files and folders of this machine that its pip settings name: authorities, and indexes kept on its own disk."""
    values = list(network_settings().values())
    settings = pip_settings()
    values += [value for section in settings.sections() for value in settings[section].values()]
    named = {Path(found) for value in values for found in _LOCAL_PATH.findall(value) if "://" not in found[1:]}
    # The pages of an index in a folder `simple` point at files beside it.
    return sorted(path.parent if path.name == "simple" else path for path in named if path.exists())
