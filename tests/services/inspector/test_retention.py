"""Findings leave the disk for want of room or for their age, run by run, and the run says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from garrison.testing.plugin import _account
from tests.services.inspector.conftest import CARELESS, Assessed, wait
from tests.services.refusals import refused

CEILING_BYTES = 1024 * 1024
LARGE = [replace(CARELESS, rule=f"rule_{number}", title=f"Rule {number}", fix="x" * 18_000) for number in range(30)]
"""More than half of the ceiling."""


@pytest.fixture(scope="module")
def small(pytestconfig: pytest.Config) -> Iterator[Assessed]:
    settings = {"assessment_ceiling_bytes": CEILING_BYTES, "assessment_retention_days": 30}
    with _account(pytestconfig, **settings) as account:
        yield Assessed(account)


def told_of(small: Assessed, run: str) -> list[dict[str, Any]]:
    """The exclusions of a run."""
    arns = small.inspector.list_exclusions(assessmentRunArn=run)["exclusionArns"]
    return [*small.inspector.describe_exclusions(exclusionArns=arns)["exclusions"].values()] if arns else []


def test_the_first_run_is_emptied_above_the_ceiling_and_says_so(small: Assessed) -> None:
    small.instance("i-0bbbbbbbbbbbbbbb1", role="large")
    small.put("large", *LARGE, instance="i-0bbbbbbbbbbbbbbb1")
    template = small.template(small.target(role="large"))
    first = small.assess(template)
    [finding, *_] = small.findings(first)
    assert told_of(small, first) == []
    second = small.assess(template)
    wait(lambda: not small.findings(first))
    [told] = told_of(small, first)
    assert told["title"] == "Findings were removed"
    assert f"larger than {CEILING_BYTES} bytes" in told["description"]
    assert small.run(first)["findingCounts"]["Medium"] == len(LARGE)
    assert finding["arn"] in small.inspector.describe_findings(findingArns=[finding["arn"]])["failedItems"]
    asked = {"assessmentRunArn": first, "reportFileFormat": "HTML", "reportType": "FULL"}
    assert refused(small.inspector.get_assessment_report, **asked)[0] == "UnsupportedFeatureException"
    assert len(small.findings(second)) == len(LARGE)
    assert told_of(small, second) == []


def test_findings_go_when_their_time_is_over_but_never_of_a_run_under_way(small: Assessed) -> None:
    small.instance("i-0bbbbbbbbbbbbbbb2", role="old")
    small.put("old", CARELESS, instance="i-0bbbbbbbbbbbbbbb2")
    template = small.template(small.target(role="old"))
    old = small.assess(template)
    under_way = small.start(template)
    small.account.clock.shift(timedelta(days=30, minutes=1))
    small.ended(under_way)
    wait(lambda: not small.findings(old))
    assert "ended more than 30 days before" in told_of(small, old)[0]["description"]
    assert len(small.findings(under_way)) == 1
