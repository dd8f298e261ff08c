"""No request and no web ACL that compiles makes a decision raise, and explaining says the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garrison.waf.decision import Action
from garrison.waf.patterns import PatternCache
from garrison.waf.program import Program
from garrison.waf.request import Request
from garrison.waf.transformations import TRANSFORMATIONS
from tests.waf.acl import NOW, program, reference, rule, web_acl

ALL = {"All": {}}
FIELDS: list[dict[str, Any]] = [
    {"SingleHeader": {"Name": "host"}},
    {"SingleQueryArgument": {"Name": "a"}},
    {"AllQueryArguments": {}},
    {"UriPath": {}},
    {"QueryString": {}},
    {"Method": {}},
    {"UriFragment": {"FallbackBehavior": "MATCH"}},
    {"JA3Fingerprint": {"FallbackBehavior": "MATCH"}},
    {"JA4Fingerprint": {"FallbackBehavior": "NO_MATCH"}},
    {"HeaderOrder": {"OversizeHandling": "CONTINUE"}},
    *({"Body": {"OversizeHandling": handling}} for handling in ("CONTINUE", "MATCH", "NO_MATCH")),
    *(
        {"JsonBody": {"MatchPattern": pattern, "MatchScope": scope, "InvalidFallbackBehavior": fallback}}
        for pattern in (ALL, {"IncludedPaths": ["/a/0", "/b"]})
        for scope, fallback in (("ALL", "MATCH"), ("KEY", "EVALUATE_AS_STRING"), ("VALUE", "NO_MATCH"))
    ),
    *(
        {kind: {"MatchPattern": ALL, "MatchScope": scope, "OversizeHandling": handling}}
        for kind in ("Headers", "Cookies")
        for scope, handling in (("ALL", "CONTINUE"), ("KEY", "MATCH"), ("VALUE", "NO_MATCH"))
    ),
]
TYPES = st.lists(st.sampled_from(sorted(TRANSFORMATIONS)), min_size=1, max_size=4).map(
    lambda names: [{"Priority": number, "Type": name} for number, name in enumerate(names)]
)
FORWARDED = {"HeaderName": "x-forwarded-for", "FallbackBehavior": "MATCH"}


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    reading = {"FieldToMatch": draw(st.sampled_from(FIELDS)), "TextTransformations": draw(TYPES)}
    constraint = draw(st.sampled_from(("EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "CONTAINS_WORD")))
    return draw(
        st.sampled_from(
            (
                {"ByteMatchStatement": {**reading, "SearchString": b"a=1", "PositionalConstraint": constraint}},
                {"RegexMatchStatement": {**reading, "RegexString": "(a|b)+[^\\s]{2}$"}},
                {"RegexPatternSetReferenceStatement": {**reading, "ARN": "set"}},
                {"SqliMatchStatement": {**reading, "SensitivityLevel": "HIGH"}},
                {"XssMatchStatement": reading},
                {"SizeConstraintStatement": {**reading, "ComparisonOperator": "GT", "Size": 3}},
                {"IPSetReferenceStatement": {"ARN": "ips", "IPSetForwardedIPConfig": {**FORWARDED, "Position": "ANY"}}},
                {"GeoMatchStatement": {"CountryCodes": ["US"], "ForwardedIPConfig": FORWARDED}},
                {"AsnMatchStatement": {"AsnList": [0]}},
                {"LabelMatchStatement": {"Scope": "NAMESPACE", "Key": "ns"}},
            )
        )
    )


STATEMENTS = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda each: {"AndStatement": {"Statements": each}}),
        st.lists(inner, min_size=2, max_size=3).map(lambda each: {"OrStatement": {"Statements": each}}),
        inner.map(lambda each: {"NotStatement": {"Statement": each}}),
    ),
    max_leaves=5,
)
TRICKY = st.text(alphabet="a1=&;%+'\"<>/\\{}[]:,. -*u0x\r\n\x00é", max_size=40).map(str.encode) | st.binary(max_size=40)
TYPES_OF_CONTENT = (
    b"",
    b"application/json",
    b"application/x-www-form-urlencoded",
    b"text/xml",
    b"multipart/form-data; boundary=a",
)
HEADERS = st.lists(
    st.tuples(st.sampled_from((b"host", b"cookie", b"x-forwarded-for", b"user-agent", b"a")) | TRICKY, TRICKY),
    max_size=6,
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    headers = (*draw(HEADERS), (b"content-type", draw(st.sampled_from(TYPES_OF_CONTENT))))
    body = draw(TRICKY) * draw(st.sampled_from((0, 1, 1, 900)))
    cut = draw(st.none() | st.just(len(body) + 10))
    target = b"/" + draw(TRICKY) if draw(st.booleans()) else draw(TRICKY)
    fragment, ja3 = draw(st.none() | TRICKY), draw(st.none() | st.text(max_size=40))
    address = draw(st.sampled_from(("192.0.2.1", "::1", "", "no address", "fe80::1%eth0")))
    return Request(draw(TRICKY), target, headers, body, cut, address, fragment=fragment, ja3=ja3)


def fresh(request: Request) -> Request:
    """The same, with nothing taken apart yet."""
    return Request(
        request.method, request.target, request.headers, request.body, request.body_bytes, request.address,
        fragment=request.fragment, ja3=request.ja3,
    )  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STATEMENTS, min_size=1, max_size=3), st.lists(requests(), min_size=1, max_size=4))
def test_any_request_is_decided_about_by_any_web_acl(statements: list[Any], asked: list[Request]) -> None:
    counting = [
        rule(f"c{number}", each, "Count", RuleLabels=[{"Name": f"ns:{number}"}])
        for number, each in enumerate(statements)
    ]
    limited = {"RateBasedStatement": {"Limit": 2, "AggregateKeyType": "IP", "ScopeDownStatement": statements[0]}}
    acl = web_acl(*counting, rule("rate", limited), rule("last", statements[-1]))
    ready = program(acl, ip_sets={"ips": ("192.0.2.0/24", "::/1")}, regex_sets={"set": ("a{2,4}", "^.?$")})
    for request in asked:
        decision = ready.decide(request, NOW)
        assert decision.action in {Action.ALLOW, Action.BLOCK}
        assert isinstance(decision.ambiguities, tuple)
        explanation = ready.explain(fresh(request), NOW)
        if not decision.rates and not explanation.decision.rates:
            assert explanation.decision == decision


GROUPS = ("CommonRuleSet", "SQLiRuleSet", "KnownBadInputsRuleSet", "LinuxRuleSet", "AdminProtectionRuleSet")


def managed(patterns: PatternCache) -> Program:
    rules = [
        reference(name, {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": f"AWSManagedRules{name}"}}, "Count")
        for name in GROUPS
    ]
    return program(web_acl(*rules), cache=patterns)


def test_any_request_is_decided_about_by_managed_groups_and_by_threads_as_by_one(
    patterns: PatternCache,
) -> None:
    ready = managed(patterns)
    seen: list[Request] = []

    @settings(max_examples=250, deadline=None)
    @given(requests())
    def each(request: Request) -> None:
        seen.append(fresh(request))
        ready.decide(request, NOW)

    each()
    alone = [ready.decide(fresh(request), NOW) for request in seen]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda request: ready.decide(request, NOW), seen))
    assert together == alone
