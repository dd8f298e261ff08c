"""Waivers: a failing rule is taken on by somebody, until a day, on some hosts."""

from __future__ import annotations

from datetime import date

import pytest

from garrison.scan.benchmarks import Check, InvalidWaivers, Verdict, read_waivers, waive

FILE = """
[[waivers]]
rule = "sshd_disable_root_login"
until = 2027-01-31
who = "Ana Lima"
why = "The backup appliance signs in as root."
hosts = ["backup-*"]
"""
FAILING = Check(
    rule="sshd_disable_root_login", title="", severity="medium", verdict=Verdict.FAIL, evidence="PermitRootLogin yes"
)


@pytest.mark.parametrize(
    ("host", "today", "verdict", "evidence"),
    [
        ("backup-1", date(2027, 1, 31), Verdict.WAIVED, "PermitRootLogin yes (waived until 2027-01-31 by Ana Lima: The backup appliance signs in as root.)"),
        ("backup-1", date(2027, 2, 1), Verdict.FAIL, "PermitRootLogin yes (the waiver by Ana Lima ended on 2027-01-31)"),
        ("web-1", date(2027, 1, 1), Verdict.FAIL, "PermitRootLogin yes"),
    ],
)  # fmt: skip
def test_a_waiver_holds_for_its_hosts_until_its_day(host: str, today: date, verdict: Verdict, evidence: str) -> None:
    [check] = waive([FAILING], read_waivers(FILE), host=host, today=today)
    assert (check.verdict, check.evidence) == (verdict, evidence)


def test_only_failures_are_waived() -> None:
    unknown = Check(rule=FAILING.rule, title="", severity="medium", verdict=Verdict.UNKNOWN)
    assert waive([unknown], read_waivers(FILE), host="backup-1", today=date(2026, 1, 1)) == (unknown,)


@pytest.mark.parametrize(
    "text",
    [
        "[[waivers]]\nrule = 'x'\nwho = 'a'\nwhy = 'b'",
        "[[waivers]]\nrule = 'x'\nuntil = '2027-01-31'\nwho = 'a'\nwhy = 'b'",
        "[[waivers]]\nrule = 'x'\nuntil = 2027-01-31T00:00:00Z\nwho = 'a'\nwhy = 'b'",
        "[[waivers]]\nrule = 'x'\nuntil = 2027-01-31\nwho = ' '\nwhy = 'b'",
        "[[waivers]]\nrule = 'x'\nuntil = 2027-01-31\nwho = 'a'",
        "[[waivers]]\nrule = 'x'\nuntil = 2027-01-31\nwho = 'a'\nwhy = 'b'\nhosts = []",
        "[[waivers]]\nrule = 'x'\nuntil = 2027-01-31\nwho = 'a'\nwhy = 'b'\nforever = true",
        "waiver = 1",
        "[[waivers]",
        "waivers = 3",
    ],
)
def test_a_waiver_without_end_person_or_reason_is_refused(text: str) -> None:
    with pytest.raises(InvalidWaivers):
        read_waivers(text)
