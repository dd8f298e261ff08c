"""The rules of ComplianceAsCode for Debian 12: each that a profile selects has a check, and each check gives a verdict."""

from __future__ import annotations

import json
import tomllib
import zlib
from collections import Counter
from pathlib import Path

import pytest

from garrison.scan.benchmarks import Library, Verdict, evaluate, read_rules
from garrison.scan.benchmarks.kinds import KINDS
from garrison.scan.benchmarks.natives import native
from garrison.scan.inventory import Inventory, Package, Platform
from garrison.scan.roots import Folder

FLOORS = tomllib.loads((Path(__file__).parents[1] / "floors.toml").read_text())


@pytest.fixture(scope="module")
def packed(suites: Path) -> bytes:
    return (suites / "inspector" / "complianceascode.json.gz").read_bytes()


@pytest.fixture(scope="module")
def library(packed: bytes) -> Library:
    return read_rules(packed)


def test_the_rules_of_the_debian_12_profiles_have_checks(packed: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(zlib.decompress(packed, zlib.MAX_WBITS | 16))
    selected = {one for profile in document["profiles"].values() for one in profile["selections"] if "=" not in one}
    rules = [rule for rule in document["rules"] if rule["id"] in selected]
    templates = Counter(rule["template"]["name"] for rule in rules if rule["template"] is not None)
    by_template = sum(number for name, number in templates.items() if name in KINDS)
    natively = sum(rule["template"] is None and native(rule["id"]) is not None for rule in rules)
    with capsys.disabled():
        print(
            f"\nDebian 12 rules with a check: {by_template} by {len(templates)} templates and {natively} natively, of {len(rules)}"
        )
    assert not set(templates) - set(KINDS)
    assert len(templates) >= FLOORS["benchmark_templates"]
    assert by_template + natively >= FLOORS["benchmark_rules"]


@pytest.mark.parametrize("name", ["cis_level1_server", "cis_level2_workstation", "anssi_bp28_high", "standard", "all"])
def test_every_rule_of_a_profile_gets_a_verdict(library: Library, name: str, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/bash\n")
    packages = tuple(
        Package(purl=f"pkg:deb/debian/{name}@1", ecosystem="deb", name=name, version="1")
        for name in ("bash", "linux-image-6.1")
    )
    platform = Platform(id="debian", version="12", name="Debian 12", architecture="amd64")
    profile = library.profile(name)
    with Folder(str(tmp_path)) as root:
        checks = evaluate(root, Inventory(host="h", platform=platform, packages=packages), profile)
    assert [check.rule for check in checks] == [rule.id for rule in profile.rules]
    unjudged = [check for check in checks if "cannot be judged" in check.evidence]
    assert not unjudged or name == "all", unjudged
    assert {check.verdict for check in checks} >= {Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE}


def test_a_profile_chooses_values_and_a_reader_may_choose_others(library: Library) -> None:
    assert library.profile("cis_level1_server").values["sshd_max_auth_tries_value"] == "4"
    assert (
        library.profile("cis_level1_server", {"sshd_max_auth_tries_value": "3"}).values["sshd_max_auth_tries_value"]
        == "3"
    )
    assert library.product == "debian12"
    assert "CIS" in library.profiles["cis_level1_server"]
