"""Hosts judged against the vulnerability database, and versions put in order, beside univers and apt_pkg.

    python benchmarks/match.py [--hosts 1000] [--packages 500] [--advisories 200000] [--pairs 100000]

First the orders: random pairs of each ecosystem, a third of them neighbours, compared with univers and, where the system's python3 has it,
with apt_pkg: not one may differ. Pairs that only one side takes for versions, and those of Alpine without a revision or with a zero in
front of a number (which univers compares by Gentoo's rule), are not compared. Then the rates: keys made and compared, keys from the cache, univers. Then 1,000 hosts by
two processes, and a sample of them by univers: each package's version against each range that the database names for it. Last, one new
advisory: which hosts it touches, matched again.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from _advisories import hosts, version, write_advisories
from univers import versions as univers
from univers.version_range import VersionRange

from garrison.scan.vulnerabilities.building import build
from garrison.scan.vulnerabilities.database import Database
from garrison.scan.vulnerabilities.sources import folder_sources
from garrison.scan.vulnerabilities.versions import SCHEMES, Unordered, key

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.scan.vulnerabilities.test_versions import PEERS, neighbour, sign  # the makers of versions that the tests use

TARGET_SECONDS = 60
TARGET_AGAIN = 1
_APT = """
import apt_pkg, json, sys
apt_pkg.init_system()
print(json.dumps([apt_pkg.version_compare(*pair) for pair in json.load(sys.stdin)]))
"""


def main() -> int:
    """Run all and print the figures; exit 1 where an order differs or a target is missed."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--hosts", type=int, default=1000)
    arguments.add_argument("--packages", type=int, default=500)
    arguments.add_argument("--advisories", type=int, default=200_000)
    arguments.add_argument("--pairs", type=int, default=100_000)
    chosen = arguments.parse_args()
    compared = [_compare(scheme, chosen.pairs) for scheme in PEERS]
    is_met = all(compared)
    _rates()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sources = folder / "sources"
        sources.mkdir()
        write_advisories(sources / "advisories.jsonl", chosen.advisories)
        path = folder / "vulnerabilities.db"
        build(path, folder_sources(sources), datetime.now(UTC))
        is_met = _judge(path, chosen.hosts, chosen.packages) and is_met
        is_met = _again(path, folder, chosen.hosts, chosen.packages) and is_met
    return 0 if is_met else 1


def _pairs(scheme: str, count: int) -> list[tuple[str, str]]:
    """Pairs of what both sides take for versions."""
    make, peer, signs = PEERS[scheme]
    made = random.Random(7)
    found: list[tuple[str, str]] = []
    while len(found) < count:
        one = make(made)
        other = neighbour(made, one, signs) if signs and made.random() < 0.33 else make(made)
        try:
            for each in (one, other):
                peer(each)
                key(scheme, each)
        except (Unordered, ValueError):
            continue
        found.append((one, other))
    return found


def _compare(scheme: str, count: int) -> bool:
    peer = PEERS[scheme][1]
    pairs = _pairs(scheme, count)
    different = [
        pair for pair in pairs if sign(*(key(scheme, each) for each in pair)) != sign(*(peer(each) for each in pair))
    ]
    told = f"{scheme:8} {len(pairs):,} pairs, {len(different)} sort otherwise than with univers {different[:3] or ''}"
    if scheme == "dpkg":
        apt = _apt(pairs)
        others = (
            []
            if apt is None
            else [p for p, r in zip(pairs, apt, strict=True) if sign(*(key("dpkg", v) for v in p)) != sign(r, 0)]
        )
        told += ", apt_pkg is not there" if apt is None else f", {len(others)} than with apt_pkg {others[:3] or ''}"
        different += others
    print(told.rstrip())
    return not different


def _apt(pairs: list[tuple[str, str]]) -> list[int] | None:
    done = subprocess.run(
        ["/usr/bin/python3", "-c", _APT], input=json.dumps(pairs), capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


def _rates() -> None:
    pairs = _pairs("dpkg", 20_000)
    make = SCHEMES["dpkg"]
    ours = _rate(lambda one, other: make(one) < make(other), pairs)
    cached = _rate(lambda one, other: key("dpkg", one) < key("dpkg", other), pairs)
    theirs = _rate(lambda one, other: univers.DebianVersion(one) < univers.DebianVersion(other), pairs[:4_000])
    print(
        f"dpkg comparisons a second: keys made {ours:,.0f}, from the cache {cached:,.0f}, univers {theirs:,.0f}: ratio {cached / theirs:.0f}×"
    )


def _rate(compare: Callable[[str, str], object], pairs: list[tuple[str, str]]) -> float:
    for pair in pairs[:1000]:
        compare(*pair)
    started = time.process_time()
    for pair in pairs:
        compare(*pair)
    return len(pairs) / (time.process_time() - started)


def _judge(path: Path, count: int, packages: int) -> bool:
    half = count // 2
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_ready, [path] * 2))
        waiting = [pool.submit(_judged, path, first, half, packages) for first in (0, half)]
        done = [each.result() for each in waiting]
    seconds, used = max(each[0] for each in done), sum(each[1] for each in done)
    found = sum(each[2] for each in done)
    print(
        f"{2 * half:,} hosts × {packages} packages: {seconds:.1f} s by two processes ({used:.1f} s of the processor), {found:,} findings   "
        f"target {TARGET_SECONDS} s"
    )
    _beside_univers(path, packages, used / (2 * half))
    return seconds < TARGET_SECONDS


def _ready(path: Path) -> str:
    return Database(path).mark


def _judged(path: Path, first: int, count: int, packages: int) -> tuple[float, float, int]:
    """Seconds, those of the processor, and findings; making the hosts is not counted."""
    database = Database(path)
    seconds = used = 0.0
    found = 0
    for host in hosts(first, count, packages):
        started, clock = time.perf_counter(), time.process_time()
        vulnerabilities, gaps = database.match(host)
        seconds += time.perf_counter() - started
        used += time.process_time() - clock
        found += len(vulnerabilities)
        assert not gaps
    return seconds, used, found


_UNIVERS = {
    "deb": ("deb", univers.DebianVersion),
    "pypi": ("pypi", univers.PypiVersion),
    "npm": ("npm", univers.SemverVersion),
}
_ECOSYSTEMS = {"deb": "Debian:12", "pypi": "PyPI", "npm": "npm"}


def _beside_univers(path: Path, packages: int, ours: float) -> None:
    """The same question of three hosts with univers' ranges, parsed once; only deciding is timed, no finding is made."""
    database = Database(path)
    ranges: dict[tuple[str, str], list[tuple[str, VersionRange]]] = {}
    _, opened = database.mark, database._opened
    assert opened is not None
    seconds, found, expected = 0.0, 0, 0
    for host in hosts(0, 3, packages):
        for package in host.packages:
            asked = (package.ecosystem, package.name)
            if asked not in ranges:
                ranges[asked] = _ranges(opened, *asked)
        started = time.process_time()
        for package in host.packages:
            installed = _UNIVERS[package.ecosystem][1](package.version)
            found += len({named for named, each in ranges[package.ecosystem, package.name] if installed in each})
        seconds += time.process_time() - started
        expected += len(database.match(host)[0])
    assert found == expected, (found, expected)
    print(
        f"a host: {ours * 1000:.1f} ms with its findings made; univers, deciding alone: {seconds / 3 * 1000:.1f} ms: ratio {seconds / 3 / ours:.1f}×"
    )


def _ranges(opened: object, ecosystem: str, name: str) -> list[tuple[str, VersionRange]]:
    number = opened.numbers[_ECOSYSTEMS[ecosystem]]
    rows = opened.db.execute(
        "SELECT id, range FROM affected JOIN advisories ON number = advisory WHERE ecosystem = ? AND name = ?",
        (number, name),
    )
    kind = _UNIVERS[ecosystem][0]
    made = []
    for named, packed in rows:
        (interval,) = opened._decode_range(packed).intervals
        last = interval.fixed or version("Debian:12" if ecosystem == "deb" else ecosystem, 99)
        made.append((named, VersionRange.from_string(f"vers:{kind}/<{last}")))
    return made


def _again(path: Path, folder: Path, count: int, packages: int) -> bool:
    """One new advisory of a common package: which hosts it touches, judged for it alone."""
    database = Database(path)
    fleet = list(hosts(0, count, packages))
    for host in fleet[:5]:
        database.match(host)
    by_name: dict[tuple[str, str], list[int]] = {}
    for number, host in enumerate(fleet):
        for package in host.packages:
            by_name.setdefault((_ECOSYSTEMS[package.ecosystem], package.name), []).append(number)
    mark = database.mark
    more = folder / "more"
    more.mkdir()
    name = max((named for named in by_name if named[0] == "Debian:12"), key=lambda named: len(by_name[named]))[1]
    events = [{"introduced": "0"}]
    affected = [
        {"package": {"ecosystem": "Debian:12", "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    ]
    (more / "new.json").write_text(
        json.dumps({"id": "SYN-NEW", "modified": "2026-11-26T00:00:00Z", "affected": affected})
    )
    started = time.perf_counter()
    build(path, folder_sources(more), datetime.now(UTC))
    taken = time.perf_counter() - started
    started = time.perf_counter()
    changed = database.changed_since(mark)
    touched = {number for named in changed for number in by_name.get(named, ())}
    found = sum(
        any(each.id == "SYN-NEW" for each in database.match(fleet[number], only=changed)[0]) for number in touched
    )
    seconds = time.perf_counter() - started
    print(
        f"one new advisory: taken in {taken:.1f} s; {len(touched)} of {count:,} hosts matched again in {seconds:.2f} s, {found} have it   "
        f"target {TARGET_AGAIN} s"
    )
    return seconds < TARGET_AGAIN and found == len(touched)


if __name__ == "__main__":
    sys.exit(main())
