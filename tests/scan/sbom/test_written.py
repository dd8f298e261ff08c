"""Bills of material: what an inventory has is in them, each thing once."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from garrison.scan.inventory import Inventory, Package, Platform
from garrison.scan.sbom import cyclonedx, spdx

INVENTORY = Inventory(
    host="web-1",
    platform=Platform(id="debian", version="12", name="Debian GNU/Linux 12 (bookworm)"),
    packages=(
        Package(
            purl="pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12",
            ecosystem="deb",
            name="libc6",
            version="2.36-9+deb12u4",
            architecture="amd64",
            source="glibc",
            source_version="2.36-9",
            path="/var/lib/dpkg/status",
        ),
        Package(purl="pkg:npm/%40a/b@1.0.0", ecosystem="npm", name="@a/b", version="1.0.0", path="/srv/x"),
        Package(
            purl="pkg:npm/%40a/b@1.0.0",
            ecosystem="npm",
            name="@a/b",
            version="1.0.0",
            path="/srv/\udcff",
            digest="a" * 64,
        ),
    ),
)
AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def test_cyclonedx_names_every_package_once() -> None:
    made = json.loads(json.dumps(cyclonedx(INVENTORY, at=AT), ensure_ascii=False).encode())
    assert made["specVersion"] == "1.6" and made["metadata"]["timestamp"] == "2026-11-26T04:00:00Z"
    named = [each["bom-ref"] for each in made["components"]]
    assert len(set(named)) == len(named) == 4
    assert made["dependencies"] == [{"ref": "subject", "dependsOn": named}]
    assert made["components"][2]["group"] == "@a" and made["components"][2]["name"] == "b"


def test_spdx_names_every_package_once() -> None:
    made = json.loads(json.dumps(spdx(INVENTORY, at=AT), ensure_ascii=False).encode())
    named = [each["SPDXID"] for each in made["packages"]]
    assert len(set(named)) == len(named) == 5
    contained = [each["relatedSpdxElement"] for each in made["relationships"] if each["relationshipType"] == "CONTAINS"]
    assert contained == named[1:]
    assert made["packages"][2]["sourceInfo"] == "built package from: glibc 2.36-9"


def test_the_same_inventory_gives_the_same_document() -> None:
    assert cyclonedx(INVENTORY) == cyclonedx(INVENTORY)
    assert cyclonedx(INVENTORY)["serialNumber"] != cyclonedx(INVENTORY, at=AT)["serialNumber"]
