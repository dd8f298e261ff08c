"""Rules are evaluated by priority, until one of them ends it."""

from __future__ import annotations

from garrison.waf.decision import Action
from tests.waf.acl import NOW, byte_match, get, program, rule, web_acl

PATH = {"UriPath": {}}


def test_the_first_rule_that_blocks_ends_the_evaluation() -> None:
    acl = web_acl(
        rule("count", byte_match("/admin", "STARTS_WITH", PATH), "Count"),
        rule("block", byte_match("/admin/secret", "STARTS_WITH", PATH)),
        rule("late", byte_match("/", "STARTS_WITH", PATH), "Count"),
    )
    decision = program(acl).decide(get("/admin/secret"), NOW)
    assert decision.action is Action.BLOCK
    assert decision.rule == "block"
    assert [hit.rule for hit in decision.counted] == ["count"]
