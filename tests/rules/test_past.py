"""Rules over the past: who would have been non-compliant, since when, for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from garrison.items import DELETED, Item
from garrison.rules import Compliance, Inventory, activate, managed_rules
from garrison.rules.engine import judge
from garrison.rules.past import Asked, Lives, Past
from garrison.rules.verdict import Verdict, expect

ACCOUNT = "111122223333"
START = datetime(2026, 3, 1, tzinfo=UTC)
THING, OTHER = "Acme::Test::Thing", "Acme::Test::Other"
GOOD, BAD, UNKNOWN = Compliance.COMPLIANT, Compliance.NON_COMPLIANT, Compliance.INSUFFICIENT_DATA


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def item(name: str, hours: float, kind: str = THING, status: str = "OK", **configuration: Any) -> Item:
    return Item(
        account=ACCOUNT,
        region="eu-west-1",
        resource_type=kind,
        resource_id=name,
        arn=f"arn:{name}",
        configuration=configuration,
        captured_at=at(hours),
        status=status,
    )


def good(found: Item | None, inventory: Inventory) -> Verdict:
    assert found is not None
    return expect(found.configuration["good"] is True, "good", found.configuration["good"])


def lives(asked: Asked, before: list[Item], changes: list[Item], **more: Any) -> dict[str, list[tuple[Any, ...]]]:
    past = Past(account=ACCOUNT, start=START, end=at(100), before=before, changes=changes, **more)
    judged = Lives(asked, past)
    judged.judge()
    return {
        name: [
            (
                one.compliance,
                (one.start - START) / timedelta(hours=1),
                one.end and (one.end - START) / timedelta(hours=1),
            )
            for one in periods
        ]
        for (_, name, _), periods in judged.periods.items()
    }


def test_each_resource_has_its_times() -> None:
    asked = Asked(judge=good, resource_types=(THING,), reads=frozenset({THING}))
    before = [item("a", -5, good=True), item("b", -5, good=False)]
    changes = [
        item("a", 2, good=False),
        item("c", 3, good=False),
        item("a", 4, good=False, more=1),
        item("a", 6, good=True),
        item("b", 7, status=DELETED, good=False),
    ]
    assert lives(asked, before, changes) == {
        "a": [(GOOD, 0, 2), (BAD, 2, 6), (GOOD, 6, None)],
        "b": [(BAD, 0, 7)],
        "c": [(BAD, 3, None)],
    }


def test_a_rule_that_looks_around_sees_others_as_they_were() -> None:
    def is_watched(found: Item | None, inventory: Inventory) -> Verdict:
        assert found is not None
        watched = {one.configuration["watches"] for one in inventory.of_type(OTHER)}
        return expect(found.resource_id in watched, "watchers", sorted(watched))

    asked = Asked(judge=is_watched, resource_types=(THING,), reads=frozenset({THING, OTHER}), looks_around=True)
    changes = [item("w", 2, OTHER, watches="a"), item("w", 5, OTHER, watches="b"), item("w", 6, OTHER, status=DELETED)]
    assert lives(asked, [item("a", -1), item("b", -1)], changes) == {
        "a": [(BAD, 0, 2), (GOOD, 2, 5), (BAD, 5, None)],
        "b": [(BAD, 0, 5), (GOOD, 5, 6), (BAD, 6, None)],
    }


def test_a_rule_that_looks_at_the_clock_is_asked_each_day() -> None:
    def is_young(found: Item | None, inventory: Inventory) -> Verdict:
        assert found is not None
        return expect(inventory.at - found.captured_at < timedelta(days=2), "age", "old")

    asked = Asked(
        judge=is_young, resource_types=(THING,), reads=frozenset({THING}), looks_around=True, looks_at_clock=True
    )
    assert lives(asked, [item("a", 0)], [item("b", 30)]) == {
        "a": [(GOOD, 0, 48), (BAD, 48, None)],
        "b": [(GOOD, 30, 96), (BAD, 96, None)],
    }


def test_what_was_not_seen_by_then_is_not_known() -> None:
    active = activate(managed_rules()["CLOUD_TRAIL_ENABLED"])
    asked = Asked(
        judge=lambda found, inventory: judge(active, found, inventory),
        resource_types=active.resource_types,
        reads=frozenset(active.rule.reads),
        looks_around=True,
        looks_at_clock=True,
    )
    found = lives(
        asked, [], [], unseen=lambda when: {"AWS::CloudTrail::Trail": "AccessDenied"} if when < at(30) else {}
    )
    assert found == {ACCOUNT: [(UNKNOWN, 0, 48), (BAD, 48, None)]}
