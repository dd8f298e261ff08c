"""The conformance packs that AWS publishes: each is read, and this many of their rules are implemented."""

from __future__ import annotations

import tarfile
import tomllib
from pathlib import Path

import pytest

from garrison.rules import InvalidParameters, activate, managed_rules
from garrison.rules.packs import read_pack

FLOORS = tomllib.loads((Path(__file__).parents[1] / "floors.toml").read_text())
GIVEN = {"CustomConfigRuleLambdaArn": "arn:aws:lambda:eu-west-1:111122223333:function:judge"}
"""The one parameter of a published pack that has no default."""
PLACEHOLDERS = {("S3_BUCKET_POLICY_NOT_MORE_PERMISSIVE", "1024")}
"""Defaults that the packs' users have to replace: this one is no bucket policy."""


def test_every_published_pack_is_read_and_its_rules_take_the_parameters_given(
    suites: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known, packs, total, implemented = managed_rules(), 0, 0, 0
    with tarfile.open(suites / "config" / "conformance-packs.tar.gz") as archive:
        for member in archive:
            if not member.name.endswith((".yaml", ".yml")):
                continue
            file = archive.extractfile(member)
            assert file is not None
            template = file.read()
            pack = read_pack(template, {name: value for name, value in GIVEN.items() if name.encode() in template})
            packs += 1
            total += len(pack.rules)
            for one in pack.rules:
                if one.identifier not in known:
                    continue
                try:
                    activate(known[one.identifier], one.parameters, name=one.name, scope=one.resource_types)
                except InvalidParameters:
                    assert (one.identifier, *one.parameters.values()) in PLACEHOLDERS, one
                else:
                    implemented += 1
    with capsys.disabled():
        print(f"\nconformance packs read: {packs}; rules of theirs implemented: {implemented}/{total}")
    assert packs >= FLOORS["config_packs"] and implemented >= FLOORS["config_pack_rules"]
