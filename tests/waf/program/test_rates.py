"""Rate-based rules: who is counted together, and when it is too much.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
"""

from __future__ import annotations

from typing import Any

import pytest

from garrison.waf.decision import RateHit, RuleKind
from garrison.waf.program import Program, Refused
from garrison.waf.rates import MemoryCounters
from garrison.waf.request import Request
from tests.waf.acl import NOW, byte_match, get, program, rule, web_acl

XFF = {"ForwardedIPConfig": {"HeaderName": "X-Forwarded-For", "FallbackBehavior": "MATCH"}}


def rate(kind: str = "IP", limit: int = 2, **more: Any) -> dict[str, Any]:
    return {"RateBasedStatement": {"Limit": limit, "AggregateKeyType": kind, **more}}


def limited(acl: Program, requests: list[Request], now: float = NOW) -> list[bool]:
    return [acl.decide(request, now).rule == "r" for request in requests]


def acl_of(statement: dict[str, Any]) -> Program:
    return program(web_acl(rule("r", statement)))


def test_each_address_is_counted_by_itself_until_the_window_has_passed() -> None:
    acl = acl_of(rate())
    one, other = get(address="10.1.1.1"), get(address="127.0.0.0")
    assert limited(acl, [one, one, other, one, other, one]) == [False, False, False, True, False, True]
    assert limited(acl, [one], NOW + 310) == [False]


def test_the_decision_tells_which_key_was_over_which_limit() -> None:
    acl = acl_of(rate(limit=1, EvaluationWindowSec=60))
    acl.decide(get(address="10.1.1.1"), NOW)
    decision = acl.decide(get(address="10.1.1.1"), NOW)
    assert decision.kind is RuleKind.RATE_BASED
    assert decision.rates == (RateHit("r", "IP", 1, 60, (("IP", "10.1.1.1"),)),)
    assert decision.terminating is not None
    assert decision.terminating.evidence[0].place == "IP 10.1.1.1"
    (known,) = acl.rate_rules
    assert (known.rule, known.limit, known.window_seconds, known.aggregate_key_type) == ("r", 1, 60, "IP")


@pytest.mark.parametrize(
    ("keys", "groups"),
    [
        ([{"IP": {}}, {"HTTPMethod": {}}], [0, 1, 2, 1]),
        ([{"HTTPMethod": {}}], [0, 1, 0, 1]),
        ([{"IP": {}}], [0, 0, 1, 0]),
    ],
)
def test_combinations_of_keys_make_the_instances_of_the_guide(keys: list[dict[str, Any]], groups: list[int]) -> None:
    requests = [
        Request(method, b"/", address=address)
        for address, method in (
            ("10.1.1.1", b"POST"), ("10.1.1.1", b"GET"), ("127.0.0.0", b"POST"), ("10.1.1.1", b"GET"),
        )
    ]  # fmt: skip
    acl = acl_of(rate("CUSTOM_KEYS", limit=1, CustomKeys=keys))
    expected = [groups[:number].count(group) >= 1 for number, group in enumerate(groups)]
    assert limited(acl, requests) == expected


TEXT = {"TextTransformations": [{"Priority": 0, "Type": "LOWERCASE"}]}


@pytest.mark.parametrize(
    ("key", "same", "other", "missing"),
    [
        ({"Header": {"Name": "X-Key", **TEXT}}, (get(x_key="a"), get(x_key="A")), get(x_key="b"), get()),
        ({"Cookie": {"Name": "s", **TEXT}}, (get(cookie="s=a; t=1"), get(cookie="t=2; s=A")), get(cookie="s=b"), get()),
        ({"QueryArgument": {"Name": "q", **TEXT}}, (get("/?q=a&z=1"), get("/x?q=A")), get("/?q=b"), get("/?z=1")),
        ({"QueryString": TEXT}, (get("/?q=a"), get("/x?Q=a")), get("/?q=b"), None),
        ({"UriPath": TEXT}, (get("/a?x=1"), get("/A")), get("/b"), None),
        ({"ASN": {}}, (get(address="10.0.0.1"), get(address="10.0.0.2")), None, get(address="")),
    ],
)
def test_every_kind_of_custom_key(
    key: dict[str, Any], same: tuple[Request, Request], other: Request | None, missing: Request | None
) -> None:
    acl = acl_of(rate("CUSTOM_KEYS", limit=1, CustomKeys=[key]))
    assert limited(acl, list(same)) == [False, True]
    if other is not None:
        assert limited(acl, [other]) == [False]
    if missing is not None:
        assert limited(acl, [missing] * 3) == [False] * 3


def test_fingerprints_and_labels_aggregate_too() -> None:
    acl = acl_of(rate("CUSTOM_KEYS", limit=1, CustomKeys=[{"JA3Fingerprint": {"FallbackBehavior": "MATCH"}}]))
    known, other = (Request(b"GET", b"/", address="10.0.0.1", ja3=text) for text in ("a" * 32, "b" * 32))
    assert limited(acl, [known, other, known]) == [False, False, True]
    labels = [{"LabelNamespace": {"Namespace": "awswaf:111122223333:webacl:acl:user:"}}]
    labelling = rule("l", byte_match("/a", "STARTS_WITH", {"UriPath": {}}), "Count", RuleLabels=[{"Name": "user:a"}])
    both = program(web_acl(labelling, rule("r", rate("CUSTOM_KEYS", limit=1, CustomKeys=labels))))
    assert limited(both, [get("/a"), get("/b"), get("/b"), get("/a")]) == [False, False, False, True]


def test_forwarded_addresses_count_by_the_first_and_fall_back_when_malformed() -> None:
    acl = acl_of(rate("FORWARDED_IP", limit=1, **XFF))
    assert limited(acl, [get(x_forwarded_for="10.0.0.1, 10.0.0.9"), get(x_forwarded_for="10.0.0.1")]) == [False, True]
    assert limited(acl, [get(x_forwarded_for="who")]) == [True]
    assert limited(acl, [get()] * 3) == [False] * 3
    with pytest.raises(Refused, match="needs ForwardedIPConfig"):
        acl_of(rate("FORWARDED_IP"))


def test_only_requests_in_scope_are_counted_and_limited() -> None:
    login = byte_match("/login", "STARTS_WITH", {"UriPath": {}})
    acl = acl_of(rate("CONSTANT", limit=1, ScopeDownStatement=login))
    requests = [get("/login", address=f"10.0.0.{number}") for number in range(3)]
    assert limited(acl, [get("/other"), *requests, get("/other")]) == [False, False, True, True, False]


def test_two_uses_of_one_rule_count_apart_and_a_changed_rule_begins_anew() -> None:
    counters = MemoryCounters()
    two = program(web_acl(rule("q", rate(limit=10)), rule("r", rate(limit=10))), counters=counters)
    assert len({known.counter for known in two.rate_rules}) == 2
    changed = program(web_acl(rule("q", rate(limit=11))), counters=counters)
    assert changed.rate_rules[0].counter not in {known.counter for known in two.rate_rules}
    again = program(web_acl(rule("q", rate(limit=10))), counters=counters)
    assert again.rate_rules[0].counter == two.rate_rules[0].counter


def test_explaining_a_request_counts_it_once() -> None:
    acl = acl_of(rate(limit=2))
    acl.explain(get(), NOW)
    assert limited(acl, [get(), get()]) == [False, True]
