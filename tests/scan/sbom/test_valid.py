"""What is written holds to the published forms: CycloneDX by its own schemas, SPDX by what its specification demands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from garrison.scan.inventory import Inventory, Package, Platform, take
from garrison.scan.roots import Folder
from garrison.scan.sbom import cyclonedx, spdx

BARE = Inventory(
    host="",
    platform=Platform(id="", version="", name=""),
    packages=(
        Package(
            purl="pkg:maven/g/a@1", ecosystem="maven", name="g:a", version="1", digest="0" * 64, licences=("MIT and x",)
        ),
        Package(purl="pkg:npm/a", ecosystem="npm", name="a", version=""),
        Package(purl="pkg:npm/a", ecosystem="npm", name="a", version="", path="/x/\udcff"),
    ),
    image="sha256:" + "0" * 64,
)


@pytest.fixture(scope="module")
def inventories(debian: Path) -> list[Inventory]:
    with Folder(str(debian)) as root:
        return [BARE, take(root, with_languages=False)]


@pytest.mark.parametrize("version", ["1.5", "1.6"])
def test_cyclonedx_is_valid_by_its_schema(inventories: list[Inventory], version: str) -> None:
    from cyclonedx.schema import SchemaVersion  # loading takes seconds, and every process of a run collects all files
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion.from_version(version))
    for inventory in inventories:
        assert validator.validate_str(json.dumps(cyclonedx(inventory, version=version))) is None


def test_spdx_has_what_its_specification_demands(inventories: list[Inventory]) -> None:
    for inventory in inventories:
        said = spdx(inventory)
        assert {"spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo"} <= said.keys()
        assert said["dataLicense"] == "CC0-1.0" and "#" not in said["documentNamespace"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said["creationInfo"]["created"])
        identifiers = [each["SPDXID"] for each in said["packages"]]
        assert len(set(identifiers)) == len(identifiers)
        assert all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", each) for each in identifiers)
        assert all(each["name"] and each["downloadLocation"] == "NOASSERTION" for each in said["packages"])
        known = {*identifiers, "SPDXRef-DOCUMENT"}
        assert all({each["spdxElementId"], each["relatedSpdxElement"]} <= known for each in said["relationships"])
