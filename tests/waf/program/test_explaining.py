"""The steps of a decision, with what each statement saw."""

from __future__ import annotations

from garrison.waf.decision import Action
from garrison.waf.explanation import SeenValue
from tests.waf.acl import NOW, byte_match, get, program, reference, rule, rule_group, web_acl

ARN = "arn:aws:wafv2:us-east-1:111122223333:regional/rulegroup/group/1"
ARGUMENTS = {"AllQueryArguments": {}}


def test_every_step_up_to_the_end_is_there_with_values_after_each_transformation() -> None:
    group = rule_group(
        rule("quiet", byte_match("nothing", "CONTAINS", ARGUMENTS)),
        rule("loud", byte_match("/a", "CONTAINS", {"UriPath": {}}), "Count", RuleLabels=[{"Name": "loud"}]),
    )
    either = {"OrStatement": {"Statements": [byte_match("select", "CONTAINS", ARGUMENTS, "URL_DECODE", "LOWERCASE")]}}
    acl = program(
        web_acl(
            reference("ref", {"RuleGroupReferenceStatement": {"ARN": ARN}}),
            rule("r", either),
            rule("never", byte_match("/", "STARTS_WITH", {"UriPath": {}})),
        ),
        rule_groups={ARN: group},
    )
    request = get("/a?q=SEL%45CT")
    explanation = acl.explain(request, NOW)
    assert explanation.decision == acl.decide(request, NOW)
    names = [(step.group, step.rule, step.action) for step in explanation.steps]
    assert names == [("", "ref", None), (ARN, "quiet", None), (ARN, "loud", Action.COUNT), ("", "r", Action.BLOCK)]
    assert explanation.steps[2].labels == ("awswaf:111122223333:rulegroup:group:loud",)
    statement = explanation.steps[3].statement
    assert statement is not None
    assert (statement.statement, statement.outcome, statement.why) == ("Or", True, "1 of 1 match")
    (part,) = statement.parts
    assert (part.statement, part.field) == ("ByteMatch", "ALL_QUERY_ARGS")
    assert part.why == "b'select' CONTAINS is there"
    stages = (("", b"SEL%45CT"), ("URL_DECODE", b"SELECT"), ("LOWERCASE", b"select"))
    assert part.values == (SeenValue("q", stages),)
