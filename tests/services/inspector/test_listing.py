"""Listing findings in the file: whichever index serves a filter, the answer is what looking at every finding gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garrison.services.inspector.resources import Pair
from garrison.services.inspector.storage import findings, listing, runs
from garrison.services.inspector.storage.file import Assessments
from garrison.services.inspector.storage.findings import Kept, Made
from garrison.services.inspector.storage.wanted import Wanted

BEGIN = datetime(2026, 11, 26, tzinfo=UTC)
SEVERITIES = ("High", "Medium", "Low")


def made(number: int) -> Made:
    return Made(
        rule=f"rule-{number % 7}",
        package=f"package-{number % 2}",
        severity=SEVERITIES[number % 3],
        title="t",
        description="d",
        recommendation="r",
        subject=str(number),
        attributes=(Pair("number", str(number % 5)), Pair("INSTANCE_ID", "i")),
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assessments]:
    kept = Assessments(tmp_path_factory.mktemp("home") / "a.db", sync=False)
    with kept.writing() as db:
        for region in ("here", "there"):
            place = runs.put_place(db, "123456789012", region)
            for run in range(3):
                number = runs.put_run(db, "123456789012", region, f"arn:{region}/run/{run}")
                for agent in range(3):
                    found = [made(each) for each in range(agent * 4, agent * 4 + 12)]
                    marks = (Pair("team", "blue"),) if agent else ()
                    at = BEGIN + timedelta(hours=run)
                    group = "fleet" if agent == 1 else ""
                    packages = ["package-0", "package-1"]
                    findings.replace(db, place, number, f"i-{agent}", group, packages, found, marks, at)
    yield kept
    kept.close()


def fits(one: Kept, asked: dict[str, Any]) -> bool:
    attributes, marks = set(one.made.attributes), set(one.user_attributes)
    tests = {
        "agents": lambda given: one.agent in given,
        "scaling_groups": lambda given: one.scaling_group in given,
        "rules": lambda given: one.made.rule in given,
        "severities": lambda given: one.made.severity in given,
        "packages": lambda given: one.made.package in given,
        "attributes": lambda given: all(has(attributes, pair) for pair in given),
        "user_attributes": lambda given: all(has(marks, pair) for pair in given),
        "since": lambda given: one.created_at >= given,
        "until": lambda given: one.created_at <= given,
    }
    return all(tests[name](given) for name, given in asked.items())


def has(pairs: set[Pair], wanted: Pair) -> bool:
    return wanted in pairs if wanted.value is not None else wanted.key in {pair.key for pair in pairs}


def some(*values: Any) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


hours = st.integers(-1, 3).map(lambda hour: BEGIN + timedelta(hours=hour))
filters = st.fixed_dictionaries(
    {},
    optional={
        "agents": some("i-0", "i-1", "i-2", "i-9"),
        "scaling_groups": some("fleet", "none"),
        "rules": some(*(f"rule-{number}" for number in range(8))),
        "severities": some(*SEVERITIES, "Undefined"),
        "packages": some("package-0", "package-1", "package-9"),
        "attributes": some(Pair("number", "3"), Pair("number", "9"), Pair("number"), Pair("INSTANCE_ID", "i")),
        "user_attributes": some(Pair("team", "blue"), Pair("team"), Pair("none")),
        "since": hours,
        "until": hours,
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(asked=filters, named=st.none() | some(0, 1, 2), limit=st.integers(1, 40))
def test_every_filter_finds_what_fits_page_by_page(
    file: Assessments, asked: dict[str, Any], named: list[int] | None, limit: int
) -> None:
    with file.reading() as db:
        place = runs.place_id(db, "123456789012", "here")
        assert place is not None
        numbers = [runs.run_id(db, f"arn:here/run/{run}") or 0 for run in range(3)]
        chosen = numbers if named is None else sorted(numbers[one] for one in named)
        everything = [one for number in chosen for one in findings.of_run(db, number)]
        expected = sorted(one.number for one in everything if fits(one, asked))
        wanted = Wanted(runs=None if named is None else chosen, **asked)
        found: list[int] = []
        while page := listing.listed(db, place, wanted, after=found[-1] if found else 0, limit=limit):
            found += [one.number for one in page]
    assert found == expected


def test_a_host_evaluated_again_has_findings_of_the_same_names(tmp_path: Path) -> None:
    kept = Assessments(tmp_path / "a.db", sync=False)
    with kept.writing() as db:
        place, run = runs.put_place(db, "1", "r"), runs.put_run(db, "1", "r", "arn:run")
        packages = ["package-0", "package-1"]
        first = findings.replace(db, place, run, "i", "", packages, [made(1), made(2)], (), BEGIN)
        again = findings.replace(db, place, run, "i", "", packages, [made(1), made(2)], (), BEGIN)
        assert first == again
        assert findings.counts(db, run) == {"Medium": 1, "Low": 1}
        findings.drop(db, run)
        assert list(findings.of_run(db, run)) == []
        assert findings.replace(db, place, run, "i", "", packages, [made(1), made(2)], (), BEGIN) == first
        runs.drop(db, ["arn:run"])
        assert db.execute("SELECT count(*) FROM finding").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM attribute").fetchone() == (0,)
    kept.close()
