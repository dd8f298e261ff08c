"""Exceptions: what they excuse, until when, and which files are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from garrison.findings import State, UnusableExemptions, excused, read_exemptions, unused

from .test_forms import make

FILE = """
[[exception]]
rule = "S3_BUCKET_*"
resource = "arn:aws:s3:::pho*"
until = 2026-03-31
reason = "Pictures of the website."
owner = "web@example.com"
"""
LAST_MOMENT = datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)
DAY_AFTER = datetime(2026, 4, 1, tzinfo=UTC)


def test_an_exception_excuses_to_the_end_of_its_day_and_then_counts_again() -> None:
    exemptions = read_exemptions(FILE)
    (held,), (late,) = (excused([make()], exemptions, at) for at in (LAST_MOMENT, DAY_AFTER))
    assert held.is_excused and not held.counts and held.excuse is not None and held.excuse.owner == "web@example.com"
    assert not late.is_excused and late.counts and late.excuse is not None and late.excuse.is_expired


def test_the_exception_that_holds_longest_is_the_one_that_counts() -> None:
    longer = FILE + FILE.replace("2026-03-31", "2027-03-31").replace("Pictures", "Still pictures")
    (held,) = excused([make()], read_exemptions(longer), DAY_AFTER)
    assert held.is_excused and held.excuse is not None and held.excuse.reason.startswith("Still")


@pytest.mark.parametrize("pattern", ["photos", "arn:aws:s3:::photos", "ph?tos", "*"])
def test_a_resource_is_meant_by_name_id_or_arn(pattern: str) -> None:
    exemptions = read_exemptions(FILE.replace("arn:aws:s3:::pho*", pattern))
    assert excused([make()], exemptions, LAST_MOMENT)[0].is_excused


def test_only_failures_are_excused_and_an_exception_that_nothing_needs_is_told() -> None:
    exemptions = read_exemptions(FILE)
    passed, other = make(state=State.PASSED), make(check="OTHER")
    assert [each.excuse for each in excused([passed, other], exemptions, LAST_MOMENT)] == [None, None]
    assert unused([passed, other], exemptions) == exemptions
    assert unused([make()], exemptions) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("owner =", "# owner ="), "owner"),
        (("reason =", "# reason ="), "reason"),
        (("until = 2026-03-31", "until = 'soon'"), "until"),
        (("until = 2026-03-31", "# until"), "until"),
        (('rule = "S3_BUCKET_*"', 'rule = ""'), "rule"),
        (("[[exception]]", "[[exceptions]]"), "exceptions"),
        (("[[exception]]", "[[exception"), "line"),
        (("rule =", "rules ="), "rule"),
    ],
)
def test_a_file_that_leaves_something_open_is_refused(change: tuple[str, str], said: str) -> None:
    with pytest.raises(UnusableExemptions, match=said):
        read_exemptions(FILE.replace(*change))


def test_a_pattern_made_to_take_long_does_not() -> None:
    exemptions = read_exemptions(FILE.replace("arn:aws:s3:::pho*", "*a" * 200 + "b"))
    assert not excused([make(arn="a" * 5000)], exemptions, LAST_MOMENT)[0].is_excused
