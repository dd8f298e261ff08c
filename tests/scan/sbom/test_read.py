"""Bills of material from anywhere, read back as inventories."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.scan.inventory import Inventory, Package, Platform
from garrison.scan.inventory.purl import golang, maven, npm, parts, purl, pypi, system
from garrison.scan.sbom import NotABill, cyclonedx, read, spdx

PACKAGES = (
    Package(
        purl=system("deb", "libc6", "2:2.36-9+deb12u4", distribution="debian", release="12", arch="amd64"),
        ecosystem="deb",
        name="libc6",
        version="2:2.36-9+deb12u4",
        architecture="amd64",
        source="glibc",
        source_version="2.36-9",
        path="/var/lib/dpkg/status",
    ),
    Package(purl=npm("@a/b", "1.0.0"), ecosystem="npm", name="@a/b", version="1.0.0", path="/srv/x/package.json"),
    Package(
        purl=maven("org.x", "y", "1"), ecosystem="maven", name="org.x:y", version="1", path="/a.jar", digest="ab" * 32
    ),
    Package(purl=pypi("Foo_Bar", "1.0"), ecosystem="pypi", name="foo-bar", version="1.0", path="/p"),
)
INVENTORY = Inventory(
    host="web-1",
    platform=Platform(id="debian", version="12", name="Debian GNU/Linux 12 (bookworm)", end_of_life="2028-06-30"),
    packages=PACKAGES,
)


@pytest.mark.parametrize("write", [cyclonedx, spdx])
def test_what_is_written_is_read_back(write: object) -> None:
    found = read(json.dumps(write(INVENTORY)).encode())  # type: ignore[operator]
    expected = (
        PACKAGES if write is cyclonedx else (*PACKAGES[:2], dataclasses.replace(PACKAGES[2], digest=""), PACKAGES[3])
    )
    assert found.packages == expected
    assert dataclasses.replace(found.platform, end_of_life="2028-06-30") == INVENTORY.platform
    assert found.host == "web-1"


def test_other_tools_documents_are_understood() -> None:
    trivy = {
        "bomFormat": "CycloneDX",
        "metadata": {"component": {"name": "app", "type": "container"}},
        "components": [
            {"type": "operating-system", "name": "debian", "version": "12.4"},
            {
                "type": "library",
                "name": "libssl3",
                "purl": "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12.4",
                "properties": [
                    {"name": "aquasecurity:trivy:SrcName", "value": "openssl"},
                    {"name": "aquasecurity:trivy:SrcVersion", "value": "3.0.11"},
                ],
                "components": [{"type": "library", "name": "in", "purl": "pkg:npm/in@1"}],
            },
            {"type": "file", "name": "none"},
        ],
    }
    found = read(json.dumps(trivy).encode())
    assert {(each.name, each.source, each.source_version) for each in found.packages} == {
        ("libssl3", "openssl", "3.0.11"),
        ("in", "", ""),
    }
    syft = {
        "spdxVersion": "SPDX-2.3",
        "name": "image",
        "packages": [
            {
                "name": "openssl-libs",
                "externalRefs": [
                    {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:x"},
                    {
                        "referenceType": "purl",
                        "referenceLocator": "pkg:rpm/almalinux/openssl-libs@3.0.7-1.el9?arch=x86_64&epoch=1&distro=almalinux-9.3&upstream=openssl-3.0.7-1.el9.src.rpm",
                    },
                ],
            }
        ],
    }
    inventory = read(json.dumps(syft).encode())
    (package,) = inventory.packages
    assert (package.version, package.source, package.source_version) == ("1:3.0.7-1.el9", "openssl", "3.0.7-1.el9")
    assert (inventory.platform.id, inventory.platform.version) == ("almalinux", "9.3")


@pytest.mark.parametrize(
    "said", [b"", b"[]", b"{}", b'{"bomFormat": "SPDX"}', b"\xff", b"[" * 100_000, b'{"spdxVersion": "SPDX-3.0"}']
)
def test_what_is_no_bill_is_refused(said: bytes) -> None:
    with pytest.raises(NotABill):
        read(said)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=40)
@given(_JSON, _JSON, _JSON)
def test_no_document_stops_the_reader(one: object, other: object, third: object) -> None:
    component = {"purl": one, "properties": other, "hashes": third, "name": one, "components": [other]}
    for said in (
        {"bomFormat": "CycloneDX", "metadata": one, "components": other},
        {"bomFormat": "CycloneDX", "metadata": {"component": one}, "components": [component, third]},
        {"spdxVersion": "SPDX-2.2", "name": one, "packages": other},
        {"spdxVersion": "SPDX-2.3", "packages": [one, {"externalRefs": other, "sourceInfo": third, "name": one}]},
    ):
        read(json.dumps(said).encode())


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (pypi("Foo.Bar__x", "1.0"), "pkg:pypi/foo-bar-x@1.0"),
        (npm("@angular/core", "1.0.0+x"), "pkg:npm/%40angular/core@1.0.0%2Bx"),
        (golang("github.com/BurntSushi/toml", "v1.0"), "pkg:golang/github.com/burntsushi/toml@v1.0"),
        (maven("org.x", "y z", "1"), "pkg:maven/org.x/y%20z@1"),
        (
            system("deb", "a", "1:2~rc/1", distribution="debian", release="12"),
            "pkg:deb/debian/a@1:2~rc%2F1?distro=debian-12",
        ),
        (system("rpm", "A", "1", distribution="rhel", release="9", epoch=""), "pkg:rpm/redhat/A@1?distro=rhel-9"),
    ],
)
def test_package_urls_are_canonical(made: str, expected: str) -> None:
    assert made == expected


_WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(_WORD, _WORD, _WORD)
def test_a_package_url_says_what_it_was_made_of(namespace: str, name: str, version: str) -> None:
    made = purl("generic", name, version, namespace=namespace.strip("/") or "n", qualifiers={"a": version})
    found = parts(made)
    assert found is not None
    assert (found.name, found.version, found.qualifiers) == (name, version, {"a": version})
