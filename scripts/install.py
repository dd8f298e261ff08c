"""Install one of `requirements/*.txt` into the environment that runs this script, or say in one sentence why not.

    python scripts/install.py runtime                      # from the package index
    python scripts/install.py runtime --offline [ARCHIVE]  # from a bundle, without any network
    python scripts/install.py test

Every package must have a hash of the lock file, and none of what the server needs is built from source, so nothing of a package
runs while it is installed. With `runtime`, Garrison itself follows as an editable install of this checkout. The Makefile is what calls this.
"""

from __future__ import annotations

import argparse
import compileall
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import build_console
from unpack_bundle import BadBundle, find_bundle, unpack

ROOT = Path(__file__).parents[1]

CAUSES = (
    (
        r"DO NOT MATCH THE HASHES",
        "A package is not the one that was locked: its hash differs, and it was not installed.",
        "Something between this machine and the package index altered it. Use another index (pip config list).",
    ),
    (
        r"No space left on device",
        "The disk is full.",
        "Garrison needs 600 MB. Free some, or set TMPDIR to another disk.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "The certificate of the package index is not trusted on this machine.",
        "Name the authority that signed it: export PIP_CERT=/path/to/authority.pem",
    ),
    (
        r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|ConnectionResetError"
        r"|Temporary failure in name resolution|Network is unreachable|ConnectionError",
        "The package index cannot be reached.",
        "Check the network and the proxy (pip config list), or install without internet: docs/offline.md",
    ),
    (
        r"No matching distribution found for (?P<package>[^\s;]+)",
        "There is no {package} for this Python and this kind of machine.",
        "Garrison is installed on Linux, x86_64 or aarch64, Python 3.11 to 3.13: choose one with PYTHON=python3.11.",
    ),
    (r"Permission denied", "The environment's folder cannot be written.", "Check who owns it: ls -ld .venv"),
)
"""What pip says, and what it means to who installs. The first that matches is the cause."""

FROM_SOURCE = "pyspark-client"
"""A package of pure Python that is published as source only: what tests compare Spark with, and the extra `[spark]`."""

ABSENT_FROM_BUNDLE = (
    "The bundle does not hold all that is needed.",
    "A bundle carries what `make up` needs. For tests and linters install with internet: leave OFFLINE=1 out.",
)


class Failed(Exception):
    """One cause and its remedy."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy


def main() -> None:
    """Install what the command line names."""
    arguments = argparse.ArgumentParser(description="Install one of requirements/*.txt, hash by hash.")
    arguments.add_argument("name", help="runtime, test, lint, bench or lock")
    arguments.add_argument("--offline", nargs="?", const="", metavar="ARCHIVE", help="install from a bundle")
    chosen = arguments.parse_args()
    try:
        if chosen.offline is None:
            install(chosen.name, [], os.environ)
        else:
            install_from_bundle(chosen.name, chosen.offline)
    except Failed as failed:
        sys.exit(f"garrison: {failed.cause}\n  {failed.remedy}")
    except BadBundle as bad:
        sys.exit(f"garrison: {bad}\n  {bad.remedy}")


def install_from_bundle(name: str, archive: str) -> None:
    """Verify a bundle and install from it, deaf to every index that the machine's settings name."""
    with tempfile.TemporaryDirectory(prefix="garrison-bundle-") as folder:
        wheels = unpack(Path(archive) if archive else find_bundle(ROOT), Path(folder), ROOT)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        environment["PIP_CONFIG_FILE"] = os.devnull
        install(name, ["--no-index", "--find-links", str(wheels)], environment)
        if (console := Path(folder) / "console").is_dir():
            build_console.place(console)


def install(name: str, source: list[str], environment: os._Environ[str] | dict[str, str]) -> None:
    """Install the locked packages from `source`, then Garrison itself where they are those it runs on."""
    requirements = ROOT / "requirements" / f"{name}.txt"
    binary = ["--require-hashes", "--only-binary", ":all:", *source]
    if FROM_SOURCE in requirements.read_text():
        # It is built with what is locked too: nothing is fetched for the building.
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as builder:
            builder.write(locked("setuptools", requirements.read_text()))
            builder.flush()
            pip([*binary, "-r", builder.name], environment)
        binary += ["--no-binary", FROM_SOURCE, "--no-build-isolation"]
    if name != "runtime":
        binary.append("--no-compile")  # most of what tests and linters bring is never loaded
    pip([*binary, "-r", str(requirements)], environment)
    if name == "runtime":
        pip(["--no-deps", "--no-build-isolation", *source, "-e", str(ROOT)], environment)
        # Whoever runs the server may be another user, who cannot keep what Python compiles.
        compileall.compile_dir(ROOT / "src", quiet=2)


def locked(package: str, requirements: str) -> str:
    """The lines of a lock file that are about one package."""
    found = re.search(rf"^{re.escape(package)}==(.*\\\n)*.*\n", requirements, re.MULTILINE)
    if found is None:
        raise Failed(f"{package} is not locked.", "Lock it: make lock")
    return found[0]


def pip(arguments: list[str], environment: os._Environ[str] | dict[str, str]) -> None:
    """Run `pip install`; raises `Failed` with the cause, and keeps pip's own words in `install.log`."""
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode == 0:
        return
    log = Path(sys.prefix) / "install.log"
    log.write_text(f"{done.stdout}\n{done.stderr}")
    cause, remedy = cause_of(done.stderr + done.stdout, offline="--no-index" in arguments)
    raise Failed(cause, f"{remedy}\n  pip's own words are in {log}.")


def cause_of(said: str, *, offline: bool) -> tuple[str, str]:
    """The cause and the remedy that pip's output stands for."""
    for pattern, cause, remedy in CAUSES:
        if found := re.search(pattern, said):
            if offline and "package" in found.groupdict():
                return ABSENT_FROM_BUNDLE
            return cause.format(**found.groupdict()), remedy
    last = next((line for line in reversed(said.splitlines()) if line.startswith("ERROR")), "pip failed")
    return f"The packages could not be installed: {last}", "Read pip's words, and try again."


if __name__ == "__main__":
    main()
