"""How long one new advisory takes over many hosts, beside judging all of them anew with the same database.

    python benchmarks/rematch.py [HOSTS] [ADVISORIES]

Each host has 500 packages, and the advisory is about one that every host has. What is timed begins with the new database in its place
and ends with all findings on the disk; the peer matches every host's whole inventory and writes nothing.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec

from garrison.clock import SystemClock
from garrison.scan.inventory.facts import Inventory, Package, Platform
from garrison.scan.vulnerabilities.building import build
from garrison.scan.vulnerabilities.sources import folder_sources
from garrison.scan_findings import Scan, Target, coverage, installed, open_findings, recording
from garrison.scan_findings.coverage import Covered
from garrison.scan_findings.installed import HostKey
from garrison.services.inspector2.scanning import instances, packages
from garrison.services.inspector2.scanning.assessing import database_of
from garrison.services.inspector2.scanning.rematching import rematch
from garrison.services.inspector2.scanning.subjects import Basis, facts_of

NOW = datetime(2026, 11, 26, tzinfo=UTC)
PACKAGES, NAMES = 500, 3000
ACCOUNT, REGION = "111122223333", "eu-west-1"
PLATFORM = Platform(id="debian", version="12", name="Debian 12")


def advisory(number: int, name: str) -> dict[str, Any]:
    """An OSV record about a package's versions before 2.0."""
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": f"1.{number % 40}-1"}]}]
    return {
        "id": f"CVE-{2000 + number // 100_000}-{number:06d}",
        "modified": "2026-11-01T00:00:00Z",
        "details": f"A flaw in {name}.",
        "affected": [{"package": {"ecosystem": "Debian:12", "name": name}, "ranges": ranges}],
    }


def hosts(count: int) -> Iterator[tuple[str, Inventory]]:
    """Hosts with packages in one of three versions, `package-0` on every one."""
    chance = random.Random(7)
    for number in range(count):
        names = ["package-0", *(f"package-{one}" for one in chance.sample(range(1, NAMES), PACKAGES - 1))]
        found = tuple(package(name, f"1.{chance.choice((37, 38, 39))}-1") for name in names)
        yield f"host-{number}", Inventory(host=f"host-{number}", platform=PLATFORM, packages=found)


def package(name: str, version: str) -> Package:
    """An installed package of Debian."""
    purl = f"pkg:deb/debian/{name}@{version}?arch=amd64&distro=debian-12"
    return Package(purl=purl, ecosystem="deb", name=name, version=version, source=name, source_version=version)


def main() -> None:
    """Build, judge, build again with one advisory more, and time what follows from it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    advisories = int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
    with tempfile.TemporaryDirectory() as folder:
        home, sources = Path(folder) / "home", Path(folder) / "sources"
        home.mkdir()
        sources.mkdir()
        known = [advisory(number, f"package-{number % NAMES}") for number in range(advisories)]
        (sources / "known.jsonl").write_text("".join(json.dumps(one) + "\n" for one in known))
        path = home / "vulnerabilities.db"
        build(path, folder_sources(sources), NOW)
        settings = SimpleNamespace(home_path=home, ephemeral=False)
        place: Any = SimpleNamespace(home=home, parts=SimpleNamespace(settings=settings), clock=SystemClock())
        estate = list(hosts(count))
        began = time.perf_counter()
        findings = sum(judge(home, name, inventory) for name, inventory in estate)
        print(f"{count} hosts with {findings:,} findings judged and kept in {time.perf_counter() - began:.1f} s")
        before = database_of(home).mark
        (sources / "new.jsonl").write_text(json.dumps(advisory(999_999, "package-0")) + "\n")
        build(path, folder_sources(sources), NOW)
        database_of(home).mark  # noqa: B018 - opens the new file, which a server has done before it finds anything new
        began, worked = time.perf_counter(), time.process_time()
        touched = rematch(place, before)
        seconds, processor = time.perf_counter() - began, time.process_time() - worked
        began = time.perf_counter()
        for _, inventory in estate:
            database_of(home).match(inventory)
        whole = time.perf_counter() - began
    print(
        f"one new advisory over {touched} hosts: {seconds:.2f} s ({processor:.2f} s of a processor);"
        f" all judged anew: {whole:.2f} s ({whole / seconds:.1f} times)"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def judge(home: Path, name: str, inventory: Inventory) -> int:
    """Judge a host as a report is judged; gives how many findings it has."""
    key = HostKey(ACCOUNT, REGION, name)
    target = Target(ACCOUNT, REGION, instances.TYPE, f"i-{int(name.rpartition('-')[2]):017x}")
    shown = instances.resource(target, PLATFORM, {}, None)
    found, _ = database_of(home).match(inventory)
    basis = Basis(instance=target.resource, platform=PLATFORM, listeners=(), resource=shown)
    with open_findings(home, sync=True).writing() as db:
        recording.record(db, target, Scan.PACKAGE, [packages.found(one, shown) for one in found], at=NOW)
        installed.put(db, key, msgspec.json.encode(basis).decode(), facts_of(inventory))
        mark = database_of(home).mark
        coverage.put(db, Covered(target=target, scan=Scan.PACKAGE, host=name, since=NOW, digest=f"{mark}/x"))
    return len(found)


if __name__ == "__main__":
    main()
