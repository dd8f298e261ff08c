"""What a draft changes about logged requests, by rule, with samples."""

from __future__ import annotations

from typing import Any

from garrison.waf.bundle import Bundle
from garrison.waf.recorded import COMPLETE, Gaps, Recorded
from garrison.waf.replay import Replay
from garrison.waf.supposing import Supposer
from tests.waf.acl import NOW, byte_match, get, rule, web_acl

PATH, BODY = {"UriPath": {}}, {"Body": {"OversizeHandling": "CONTINUE"}}
ADMIN = rule("admin", byte_match("/admin", "STARTS_WITH", PATH))
BAD_BODY = rule("body", byte_match("bad", "CONTAINS", BODY))


def supposer(*rules: dict[str, Any]) -> Supposer:
    return Supposer(Bundle(web_acl(*rules)))


def log(*entries: tuple[str, str | None], gaps: Gaps = COMPLETE) -> list[Recorded]:
    return [
        Recorded(get(path), gaps, NOW + number, str(number), action, "old" if action == "BLOCK" else "")
        for number, (path, action) in enumerate(entries)
    ]


def test_changes_are_told_by_rule_with_samples() -> None:
    replay = Replay(supposer(ADMIN))
    replay.feed(
        [*log(("/admin?x=1", "ALLOW"), ("/admin", "BLOCK"), ("/", "BLOCK"), ("/", "ALLOW"), ("/admin", None)), None],
        "f.log",
    )
    shown = replay.shown()
    assert (shown["Requests"], shown["Unreadable"]) == (5, 1)
    assert shown["Totals"] == {"newlyBlocked": 2, "noLongerBlocked": 1}
    newly, no_longer = shown["Groups"]
    assert (newly["Rule"], newly["Count"]) == ("admin", 2)
    assert newly["Samples"][0] == {
        "Name": "f.log:1",
        "Method": "GET",
        "Target": "/admin?x=1",
        "Address": "192.0.2.44",
        "Time": "2026-09-21T14:13:20Z",
    }
    assert (no_longer["Rule"], no_longer["Count"]) == ("old", 1)


def test_what_the_source_does_not_tell_is_undetermined_and_named() -> None:
    replay = Replay(supposer(BAD_BODY, ADMIN))
    replay.feed(log(("/", "ALLOW"), ("/admin", "ALLOW"), ("/", "BLOCK"), gaps=Gaps(frozenset({"body"}))))
    shown = replay.shown()
    assert shown["Totals"] == {"undetermined": 2, "newlyBlocked": 1}
    undetermined = shown["Groups"][1]
    assert (undetermined["Rule"], undetermined["Count"], undetermined["Missing"]) == ("body", 2, ["body"])


def test_a_log_without_decisions_is_held_against_the_web_acl_in_force() -> None:
    replay = Replay(supposer(BAD_BODY), supposer(BAD_BODY, ADMIN))
    replay.feed(log(("/admin", None), ("/", None)))
    assert replay.shown()["Totals"] == {"noLongerBlocked": 1}
    assert replay.shown()["Groups"][0]["Rule"] == "admin"


def test_both_web_acls_in_the_same_doubt_change_nothing() -> None:
    replay = Replay(supposer(BAD_BODY), supposer(BAD_BODY))
    replay.feed(log(("/", None), gaps=Gaps(frozenset({"body"}))))
    assert replay.shown()["Totals"] == {}
