"""VEX statements take out what does not concern a product, and say why."""

from __future__ import annotations

from typing import Any

import pytest

from garrison.scan.vulnerabilities.importers import vex
from tests.scan.vulnerabilities.conftest import Made, inventory, osv, package

CVE = "CVE-2026-1001"


def openvex(product: Any, status: str = "not_affected") -> dict[str, Any]:
    statement = {
        "vulnerability": {"name": CVE},
        "products": [product],
        "status": status,
        "justification": "inline_mitigations",
    }
    return {"@context": "https://openvex.dev/ns/v0.2.0", "author": "Us", "statements": [statement]}


CSAF = {
    "document": {"category": "csaf_vex", "publisher": {"name": "Maker"}},
    "product_tree": {
        "branches": [
            {
                "branches": [
                    {
                        "product": {
                            "product_id": "p",
                            "product_identification_helper": {"purl": "pkg:deb/debian/openssl"},
                        }
                    }
                ]
            }
        ],
        "relationships": [{"product_reference": "p", "full_product_name": {"product_id": "on:p"}}],
    },
    "vulnerabilities": [
        {
            "cve": CVE,
            "product_status": {"known_not_affected": ["on:p"]},
            "flags": [{"label": "vulnerable_code_not_present", "product_ids": ["on:p"]}],
        }
    ],
}
CYCLONEDX = {
    "bomFormat": "CycloneDX",
    "components": [{"bom-ref": "c1", "purl": "pkg:deb/debian/libssl3"}],
    "vulnerabilities": [
        {
            "id": CVE,
            "analysis": {"state": "not_affected", "justification": "code_not_reachable"},
            "affects": [{"ref": "urn:x#c1"}],
        }
    ],
}


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (openvex({"@id": "pkg:deb/debian/libssl3"}), "not_affected: inline_mitigations (Us)"),
        (openvex("pkg:deb/debian/libssl3@3.0.9-1?arch=amd64", "fixed"), "fixed: inline_mitigations (Us)"),
        (
            openvex({"@id": "web-1", "subcomponents": [{"@id": "pkg:deb/debian/openssl"}]}),
            "not_affected: inline_mitigations (Us)",
        ),
        (openvex({"@id": "other", "subcomponents": [{"@id": "pkg:deb/debian/openssl"}]}), ""),
        (openvex({"@id": "pkg:deb/debian/libssl3@3.0.8-1"}), ""),
        (openvex({"@id": "pkg:deb/debian/libssl3?arch=arm64"}), ""),
        (openvex({"@id": "pkg:rpm/debian/libssl3"}), ""),
        (openvex({"@id": "pkg:deb/debian/libssl3"}, "under_investigation"), ""),
        (CSAF, "not_affected: vulnerable_code_not_present (Maker)"),
        (CYCLONEDX, "not_affected: code_not_reachable"),
    ],
)
def test_statements_clear_what_they_name(made: Made, document: dict[str, Any], reason: str) -> None:
    made.write("osv.json", osv("DSA-1-1", "Debian:12", "openssl", {"introduced": "0"}, related=[CVE]))
    made.write("vex.json", document)
    made.build()
    library = package("pkg:deb/debian/libssl3@3.0.9-1?arch=amd64", source="openssl", source_version="3.0.9-1")
    found = made.database.assess(inventory(library))
    assert [each.id for each in found.vulnerabilities] == ([] if reason else [CVE])
    assert [(each.id, why) for each, why in found.suppressed] == ([(CVE, reason)] if reason else [])


def test_a_statement_given_beside_the_inventory_counts_too(made: Made) -> None:
    made.write("osv.json", osv("GHSA-1", "npm", "thing", {"introduced": "0"}, aliases=[CVE]))
    made.build()
    document = openvex({"@id": "pkg:oci/web@sha256%3Aab", "subcomponents": [{"@id": "pkg:npm/thing"}]})
    statements = list(vex.read_openvex(__import__("json").dumps(document).encode()))
    here = inventory(package("pkg:npm/thing@1"), image="sha256:ab")
    assert not made.database.match(here, vex=statements)[0]
    elsewhere = inventory(package("pkg:npm/thing@1"), image="sha256:cd")
    assert made.database.match(elsewhere, vex=statements)[0]


def test_the_last_of_several_statements_counts(made: Made) -> None:
    made.write("osv.json", osv("GHSA-1", "npm", "thing", {"introduced": "0"}, aliases=[CVE]))
    made.write("vex-1.json", openvex("pkg:npm/thing"))
    made.write("vex-2.json", openvex("pkg:npm/thing", "affected"))
    made.build()
    assert made.database.match(inventory(package("pkg:npm/thing@1")))[0]
