"""The file of verdicts: what stands, what is told, what is to be done, and that a crash between loses none of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from garrison.verdicts import Judged, Rule, State, Verdicts, looking, recording, work
from garrison.verdicts.looking import Counts

AT = datetime(2026, 11, 25, 10, tzinfo=UTC)
RULE = Rule("123456789012", "eu-west-1", "config-rule-abcdef")
SHOWN = ("COMPLIANT", "NON_COMPLIANT", "INSUFFICIENT_DATA")


@pytest.fixture
def kept(tmp_path: Path) -> Verdicts:
    return Verdicts(tmp_path / "verdicts.db", sync=False)


def judged(name: str, compliance: str, *, minutes: int = 0, annotation: str = "") -> Judged:
    at = AT + timedelta(minutes=minutes)
    return Judged(resource_type="T", resource_id=name, compliance=compliance, annotation=annotation, ordered_at=at)


def record(kept: Verdicts, *said: Judged, minutes: int = 0) -> int:
    at = AT + timedelta(minutes=minutes)
    with kept.writing() as db:
        return recording.record(db, RULE, said, at=at)


def standing(kept: Verdicts) -> dict[str, str]:
    with kept.reading() as db:
        return {one.resource_id: one.compliance for one in looking.of_rule(db, RULE, compliances=(), limit=100)}


def changes(kept: Verdicts) -> list[tuple[str, str | None]]:
    with kept.reading() as db:
        return [(one.resource_id, one.compliance) for one in recording.waiting_changes(db, 100)]


def test_a_verdict_on_an_older_state_never_replaces_one_on_a_newer(kept: Verdicts) -> None:
    assert record(kept, judged("a", "COMPLIANT", minutes=5)) == 1
    assert record(kept, judged("a", "NON_COMPLIANT", minutes=4), minutes=6) == 0
    assert standing(kept) == {"a": "COMPLIANT"}
    assert record(kept, judged("a", "NON_COMPLIANT", minutes=5), minutes=7) == 1
    assert standing(kept) == {"a": "NON_COMPLIANT"}


def test_only_another_compliance_is_a_change_and_is_told(kept: Verdicts) -> None:
    record(kept, judged("a", "COMPLIANT"), judged("b", "NOT_APPLICABLE"))
    record(kept, judged("a", "COMPLIANT", annotation="still"), minutes=1)
    record(kept, judged("a", "NON_COMPLIANT"), minutes=2)
    assert changes(kept) == [("a", "COMPLIANT"), ("a", "NON_COMPLIANT")]
    with kept.reading() as db:
        notices = [notice for *_, notice in recording.waiting_notices(db, 10)]
    assert [(one.old and one.old.compliance, one.new.compliance) for one in notices] == [
        (None, "COMPLIANT"),
        ("COMPLIANT", "NON_COMPLIANT"),
    ]


def test_what_was_not_judged_again_is_swept_and_its_end_is_told(kept: Verdicts) -> None:
    record(kept, judged("a", "COMPLIANT"), judged("b", "NON_COMPLIANT", minutes=9), judged("c", "NOT_APPLICABLE"))
    begun = AT + timedelta(minutes=5)
    record(kept, judged("b", "COMPLIANT", minutes=5), minutes=5)  # older than what stands, but the resource is there
    with kept.writing() as db:
        recording.sweep(db, RULE, before=begun, at=begun)
    assert standing(kept) == {"b": "NON_COMPLIANT"}
    assert changes(kept) == [("a", "COMPLIANT"), ("b", "NON_COMPLIANT"), ("a", None)]


def test_a_crash_before_the_end_of_a_transaction_leaves_nothing_half_told(kept: Verdicts) -> None:
    with suppress(RuntimeError), kept.writing() as db:
        recording.record(db, RULE, [judged("a", "COMPLIANT")], at=AT)
        work.put_cursor(db, "changes", 7)
        raise RuntimeError
    with kept.reading() as db:
        assert work.cursor(db, "changes") is None
        assert recording.waiting_notices(db, 10) == []
    assert standing(kept) == {} and changes(kept) == []


def test_what_is_asked_again_while_it_is_being_done_is_done_again(kept: Verdicts) -> None:
    with kept.writing() as db:
        work.ask(db, RULE, [("T", "a"), ("T", "b")])
    with kept.reading() as db:
        under_way = work.asked_of(db, RULE, 10)
    with kept.writing() as db:
        work.ask(db, RULE, [("T", "a")])
        work.done(db, under_way)
    with kept.reading() as db:
        assert [one.resource_id for one in work.asked_of(db, RULE, 10)] == ["a"]
        assert work.rules_asked(db) == [RULE] and not work.is_asked(db, RULE)


def test_a_token_ends_with_its_hour_and_with_its_rule(kept: Verdicts) -> None:
    with kept.writing() as db:
        token = work.new_token(db, RULE, AT)
    with kept.reading() as db:
        assert work.of_token(db, token, AT + timedelta(minutes=59)) == (RULE, AT)
        assert work.of_token(db, token, AT + timedelta(minutes=60)) is None
        assert work.of_token(db, token[:-1], AT) is None
    with kept.writing() as db:
        recording.forget_rule(db, RULE, at=AT)
    with kept.reading() as db:
        assert work.of_token(db, token, AT) is None


def test_a_rule_that_is_forgotten_leaves_its_name_with_what_ended(kept: Verdicts) -> None:
    with kept.writing() as db:
        work.put_state(db, RULE, State(name="mine"))
    record(kept, judged("a", "COMPLIANT"))
    with kept.writing() as db:
        recording.forget_rule(db, RULE, at=AT)
    with kept.reading() as db:
        assert {one.rule_name for one in recording.waiting_changes(db, 10)} == {"mine"}
        assert work.rules_known(db, RULE.account, RULE.region) == []


@pytest.mark.parametrize(
    ("counts", "compliance"),
    [
        (Counts(), "INSUFFICIENT_DATA"),
        (Counts(compliant=2), "COMPLIANT"),
        (Counts(compliant=2, insufficient=1), "INSUFFICIENT_DATA"),
        (Counts(non_compliant=1, compliant=2, insufficient=1), "NON_COMPLIANT"),
    ],
)
def test_one_that_is_not_compliant_decides_and_one_that_is_not_known_leaves_doubt(
    counts: Counts, compliance: str
) -> None:
    assert counts.compliance == compliance


def test_resources_are_counted_over_the_rules_that_apply(kept: Verdicts) -> None:
    other = RULE._replace(rule_id="config-rule-zzzzzz")
    record(kept, judged("a", "COMPLIANT"), judged("b", "NON_COMPLIANT"), judged("c", "NOT_APPLICABLE"))
    with kept.writing() as db:
        recording.record(db, other, [judged("a", "NON_COMPLIANT"), judged("b", "NON_COMPLIANT")], at=AT)
    with kept.reading() as db:
        found = looking.counts_of_resources(db, RULE.account, RULE.region, limit=10)
        assert found == [("T", "a", Counts(1, 1, 0)), ("T", "b", Counts(2, 0, 0))]
        assert looking.counts_of_resources(db, RULE.account, RULE.region, after=("T", "a"), limit=10) == found[1:]
        assert looking.resources_by_type(db, RULE.account, RULE.region) == {"T": (0, 2)}
        assert looking.counts_of_rules(db, RULE.account, RULE.region, [RULE.rule_id, "x"]) == {
            RULE.rule_id: Counts(1, 1, 0)
        }
