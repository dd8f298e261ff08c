"""The checked-in table of service authorization facts is what its script makes of the source."""

from __future__ import annotations

import gzip
import json
import runpy
from importlib.resources import files
from pathlib import Path

from garrison.policy import actions

SCRIPT = Path(__file__).parents[3] / "scripts" / "build_actions.py"


def test_the_table_is_what_the_script_builds(suites: Path) -> None:
    source = json.loads(gzip.decompress((suites / "iam" / "service-authorization.json.gz").read_bytes()))
    built = runpy.run_path(str(SCRIPT))["build"](source)
    held = files("garrison.policy").joinpath("data", "service-authorization.json.gz").read_bytes()
    assert json.loads(gzip.decompress(held)) == built
    assert len(held) < 400_000


def test_every_fact_of_the_source_can_be_asked(suites: Path) -> None:
    source = json.loads(gzip.decompress((suites / "iam" / "service-authorization.json.gz").read_bytes()))
    total = 0
    for service, facts in source["services"].items():
        for name, expected in facts["actions"].items():
            found = actions.action(f"{service}:{name}")
            assert found is not None
            assert found.name == f"{service}:{name}"
            assert ", ".join(found.access_levels) == expected["level"]
            assert set(found.condition_keys) == set(expected.get("conditionKeys", ()))
            assert [use.name for use in found.resources] == [one["name"] for one in expected.get("resources", ())]
            total += 1
    assert total == 22_091
