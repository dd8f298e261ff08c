"""Advisories and hosts by the hundred thousand, the same ones every time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

from garrison.scan.inventory.facts import Inventory, Package, Platform

COMMON = 1_500
"""Packages that most hosts have some of."""
PACKAGES = 30_000
VARIANTS = 8
"""Versions of a package that are about."""
_ECOSYSTEMS = (("Debian:12", 0.6), ("PyPI", 0.2), ("npm", 0.2))
_TEXT = "An attacker who can send requests may read memory, run code or stop the service; update to the fixed version. "


def write_advisories(path: Path, count: int) -> None:
    """OSV records of that many advisories: three fifths Debian's, the others PyPI's and npm's; a quarter of common packages."""
    made = random.Random(1)
    with path.open("w") as file:
        for number in range(count):
            file.write(json.dumps(_advisory(made, number)) + "\n")


def _advisory(made: random.Random, number: int) -> dict[str, object]:
    ecosystem = made.choices([name for name, _ in _ECOSYSTEMS], [share for _, share in _ECOSYSTEMS])[0]
    is_common = made.random() < 0.25
    name = package_name(int(made.paretovariate(0.7) * 10) % COMMON if is_common else made.randrange(PACKAGES))
    fixed = version(ecosystem, made.randrange(1, VARIANTS))
    events = [{"introduced": "0"}] + ([{"fixed": fixed}] if made.random() < 0.97 else [])
    cve = f"CVE-{2016 + number % 11}-{10_000 + number}"
    return {
        "id": f"SYN-{number}",
        "aliases": [cve],
        "summary": f"{name} mishandles input {number}",
        "details": " ".join(made.choices(_TEXT.split(), k=100)),
        "published": f"{2016 + number % 11}-03-04T00:00:00Z",
        "modified": "2026-11-01T00:00:00Z",
        "severity": [
            {
                "type": "CVSS_V3",
                "score": f"CVSS:3.1/AV:N/AC:{made.choice('LH')}/PR:N/UI:N/S:U/C:H/I:{made.choice('NLH')}/A:H",
            }
        ],
        "affected": [
            {"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
        ],
        "references": [{"type": "WEB", "url": f"https://advisories.example.com/{cve}"}],
    }


def package_name(number: int) -> str:
    """One of the packages."""
    return f"package-{number}"


def version(ecosystem: str, variant: int) -> str:
    """One of the versions that are about; a later variant is a later version."""
    return f"1:2.{variant}.4+dfsg-{variant}+deb12u{variant}" if ecosystem == "Debian:12" else f"2.{variant}.4"


def hosts(first: int, count: int, packages: int) -> Iterator[Inventory]:
    """Hosts of so many packages each: three fifths common ones, the others of all there are; a fifth of them Python's and npm's."""
    held: dict[tuple[str, int, int], Package] = {}
    platform = Platform(id="debian", version="12", name="Debian 12")
    for host in range(first, first + count):
        made = random.Random(f"host {host}")
        chosen = made.sample(range(COMMON), packages * 3 // 5) + made.sample(range(COMMON, PACKAGES), packages * 2 // 5)
        age = made.choices(range(VARIANTS - 4, VARIANTS), [1, 2, 4, 8])[0]  # most are fairly up to date
        kinds = ["deb"] * 8 + ["pypi", "npm"]
        named = [(kinds[n % 10], n, max(age - made.randrange(2), 0)) for n in chosen]
        for each in named:
            if each not in held:
                held[each] = _package(*each)
        yield Inventory(host=f"host-{host}", platform=platform, packages=tuple(held[each] for each in named))


def _package(kind: str, number: int, variant: int) -> Package:
    name = package_name(number)
    told = version("Debian:12" if kind == "deb" else kind, variant)
    namespace = "debian/" if kind == "deb" else ""
    return Package(purl=f"pkg:{kind}/{namespace}{name}@{told}", ecosystem=kind, name=name, version=told, source=name)
