"""How the built-in policies are made: the shortest patterns that match what is wanted and nothing else."""

from __future__ import annotations

import importlib.util
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

SCRIPT = Path(__file__).parents[3] / "scripts" / "build_builtin_policies.py"


def load() -> ModuleType:
    specification = importlib.util.spec_from_file_location("build_builtin_policies", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


script = load()
WORDS = ["Get", "List", "Describe", "Object", "Objects", "Acl", "ACL", "Version", "V2", "Tags", "Getter"]
ACTIONS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("".join)


@given(actions=st.sets(ACTIONS, max_size=30), data=st.data())
def test_patterns_match_what_is_wanted_and_nothing_else(actions: set[str], data: st.DataObject) -> None:
    wanted = data.draw(st.sets(st.sampled_from(sorted(actions)))) if actions else set()
    patterns = script.covering_patterns(wanted, actions)
    matched = {action for action in actions if any(fnmatchcase(action, pattern) for pattern in patterns)}
    assert matched == wanted
    assert len(patterns) <= len(wanted)


@pytest.mark.parametrize(
    ("wanted", "others", "patterns"),
    [
        ({"GetBucket", "GetObject"}, {"PutObject"}, ["Get*"]),
        ({"GetBucket", "GetObjectAcl", "GetObjectTags"}, {"GetObject"}, ["GetBucket", "GetObjectAcl", "GetObjectTags"]),
        ({"ListKeys"}, set(), ["ListKeys"]),
        (set(), {"ListKeys"}, []),
    ],
)
def test_a_verb_becomes_a_pattern_only_where_all_its_actions_are_wanted(
    wanted: set[str], others: set[str], patterns: list[str]
) -> None:
    assert script.covering_patterns(wanted, wanted | others) == patterns


def test_the_policies_in_the_package_are_those_that_the_script_makes(suites: Path) -> None:
    texts = script.build(script.read_services(suites / "iam" / "service-authorization.json.gz"))
    kept = {file.stem: file.read_text() for file in script.OUTPUT.glob("*.json")}
    assert kept == texts
