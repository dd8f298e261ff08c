"""Log records have AWS's form, and nothing in them is told that should not be."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action, Answer, Decision, Evidence, GroupResult, Hit, RateHit, RuleKind
from garrison.waf.document import DefaultAction, PassingAction, Rule, RuleAction, Statement, VisibilityConfig, WebACL
from garrison.waf.records import Recorder, keeps
from garrison.waf.request import Request

AT = 1_790_000_000.25
ACL = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/1-2"


def rule(name: str, sampled: bool = True) -> Rule:
    return Rule(name, 0, Statement(), VisibilityConfig(sampled, True, f"m-{name}"), RuleAction())


def bundle(**more: object) -> Bundle:
    protection = more.pop("protection", None)
    acl = WebACL(
        "shop",
        DefaultAction(allow=PassingAction()),
        VisibilityConfig(True, True, "m-shop"),
        rules=(rule("sqli"), rule("quiet", sampled=False), rule("common")),
        arn=ACL,
        data_protection_config=protection,
    )
    return Bundle(acl, **more)


REQUEST = Request(
    b"POST",
    b"/login?user=ann&p%61ss=hunter2&x=1",
    (
        (b"host", b"shop.example"),
        (b"user-agent", b"curl/8"),
        (b"authorization", b"Basic c2VjcmV0"),
        (b"cookie", b"theme=dark; session=s3cr3t"),
    ),
    b"q=1' or 1=1",
    address="192.0.2.7",
    request_id="r-1",
)
EVIDENCE = Evidence("SQL_INJECTION", "BODY", "q", b"1' or 1=1", level="HIGH")
BLOCKED = Decision(
    Action.BLOCK, "sqli", RuleKind.REGULAR, Hit("sqli", Action.BLOCK, evidence=(EVIDENCE,)), answer=Answer()
)
ALLOWED = Decision(Action.ALLOW, "Default_Action", RuleKind.REGULAR)


def test_a_blocked_request_has_the_members_of_awss_log() -> None:
    record = Recorder(bundle(), source_name="ALB", source_id="app/shop", secrets=()).record(REQUEST, BLOCKED, AT, "DE")
    assert json.loads(json.dumps(record)) == {
        "timestamp": 1790000000250,
        "formatVersion": 1,
        "webaclId": ACL,
        "terminatingRuleId": "sqli",
        "terminatingRuleType": "REGULAR",
        "action": "BLOCK",
        "terminatingRuleMatchDetails": [
            {
                "conditionType": "SQL_INJECTION",
                "location": "BODY",
                "matchedData": ["1' or 1=1"],
                "sensitivityLevel": "HIGH",
                "matchedFieldName": "q",
            }
        ],
        "httpSourceName": "ALB",
        "httpSourceId": "app/shop",
        "ruleGroupList": [],
        "rateBasedRuleList": [],
        "nonTerminatingMatchingRules": [],
        "requestHeadersInserted": None,
        "responseCodeSent": None,
        "httpRequest": {
            "clientIp": "192.0.2.7",
            "country": "DE",
            "headers": [
                {"name": "host", "value": "shop.example"},
                {"name": "user-agent", "value": "curl/8"},
                {"name": "authorization", "value": "Basic c2VjcmV0"},
                {"name": "cookie", "value": "theme=dark; session=s3cr3t"},
            ],
            "uri": "/login",
            "args": "user=ann&p%61ss=hunter2&x=1",
            "httpVersion": "HTTP/1.1",
            "httpMethod": "POST",
            "requestId": "r-1",
            "scheme": "https",
            "host": "shop.example",
        },
        "requestBodySize": 11,
        "requestBodySizeInspectedByWAF": 11,
    }


def test_groups_rates_labels_and_answers_are_told_in_the_logs_words() -> None:
    decision = Decision(
        Action.BLOCK,
        "common",
        RuleKind.MANAGED,
        counted=(Hit("seen", Action.COUNT),),
        groups=(
            GroupResult(
                "AWS#AWSManagedRulesCommonRuleSet",
                "common",
                Hit("NoUserAgent_HEADER", Action.BLOCK),
                (Hit("SizeRestrictions_BODY", Action.COUNT, Action.BLOCK),),
                ("GenericLFI_BODY",),
            ),
        ),
        rates=(
            RateHit("rate", "CUSTOMKEYS", 100, 120, (("HEADER:dogname", "ella"), ("HTTP_METHOD", "POST"))),
            RateHit("ips", "IP", 10, 60, (("IP", "192.0.2.7"),)),
        ),
        labels=tuple(f"l{number}" for number in range(150)),
        answer=Answer(429),
        oversize=("REQUEST_BODY",),
    )
    record = Recorder(bundle()).record(
        Request(b"GET", b"/", body=b"abc", body_bytes=9000, ja3="j3", ja4="j4", fragment=b"top"), decision, AT
    )
    assert record["ruleGroupList"] == [
        {
            "ruleGroupId": "AWS#AWSManagedRulesCommonRuleSet",
            "terminatingRule": {"ruleId": "NoUserAgent_HEADER", "action": "BLOCK", "ruleMatchDetails": None},
            "nonTerminatingMatchingRules": [
                {
                    "ruleId": "SizeRestrictions_BODY",
                    "action": "COUNT",
                    "ruleMatchDetails": None,
                    "overriddenAction": "BLOCK",
                }
            ],
            "excludedRules": [{"exclusionType": "EXCLUDED_AS_COUNT", "ruleId": "GenericLFI_BODY"}],
            "customerConfig": None,
        }
    ]
    assert record["rateBasedRuleList"] == [
        {
            "rateBasedRuleId": f"{ACL}/rate",
            "rateBasedRuleName": "rate",
            "limitKey": "CUSTOMKEYS",
            "maxRateAllowed": 100,
            "evaluationWindowSec": "120",
            "customValues": [
                {"key": "HEADER", "name": "dogname", "value": "ella"},
                {"key": "HTTP_METHOD", "value": "POST"},
            ],
        },
        {
            "rateBasedRuleId": f"{ACL}/ips",
            "rateBasedRuleName": "ips",
            "limitKey": "IP",
            "maxRateAllowed": 10,
            "evaluationWindowSec": "60",
            "limitValue": "192.0.2.7",
        },
    ]
    assert len(record["labels"]) == 100 and record["responseCodeSent"] == 429
    assert record["requestBodySize"] == 9000 and record["requestBodySizeInspectedByWAF"] == 3
    assert record["oversizeFields"] == ["REQUEST_BODY"] and record["ja3Fingerprint"] == "j3"
    assert record["httpRequest"]["fragment"] == "top"


def told(record: dict[str, object]) -> str:
    return json.dumps(record)


def test_secrets_are_told_only_where_it_is_asked_for() -> None:
    evidence = Evidence("STRING", "HEADER", "Authorization", b"Basic c2VjcmV0")
    decision = Decision(Action.BLOCK, "sqli", RuleKind.REGULAR, Hit("sqli", Action.BLOCK, evidence=(evidence,)))
    silent = told(Recorder(bundle()).record(REQUEST, decision, AT))
    assert "c2VjcmV0" not in silent and "s3cr3t" not in silent and "curl/8" in silent
    samples = told([one.request["Request"] for one in Recorder(bundle()).samples(REQUEST, decision, AT)])
    assert "c2VjcmV0" not in samples and "s3cr3t" not in samples and "curl/8" in samples
    assert told(Recorder(bundle(), secrets=()).record(REQUEST, decision, AT)).count("c2VjcmV0") == 2


@pytest.mark.parametrize(
    ("field", "gone", "left"),
    [
        ({"UriPath": {}}, ["/login"], ["hunter2", "POST"]),
        ({"QueryString": {}}, ["hunter2", "ann"], ["/login"]),
        ({"SingleHeader": {"Name": "User-Agent"}}, ["curl/8"], ["hunter2"]),
        ({"Method": {}}, ["POST"], ["hunter2"]),
    ],
)
def test_redacted_fields_are_out_of_the_log_but_not_of_samples(field: dict, gone: list[str], left: list[str]) -> None:
    recorder = Recorder(bundle(logging={"RedactedFields": [field]}))
    log, sample = told(recorder.record(REQUEST, BLOCKED, AT)), str(recorder.samples(REQUEST, BLOCKED, AT))
    assert not [one for one in gone if one in log] and not [one for one in left if one not in log]
    assert not [one for one in gone + left if one not in sample]


def protect(kind: str, action: str = "SUBSTITUTION", keys: list[str] | None = None, **more: bool) -> dict:
    field = {"FieldType": kind} | ({"FieldKeys": keys} if keys else {})
    return {"DataProtections": [{"Field": field, "Action": action, **more}]}


@pytest.mark.parametrize(
    ("protection", "gone", "left"),
    [
        (protect("SINGLE_COOKIE", keys=["session"]), ["s3cr3t"], ["theme=dark", "hunter2"]),
        (protect("SINGLE_QUERY_ARGUMENT", keys=["pass"]), ["hunter2"], ["user=ann", "x=1"]),
        (protect("SINGLE_HEADER", keys=["Authorization"]), ["c2VjcmV0"], ["curl/8"]),
        (protect("QUERY_STRING"), ["hunter2", "user=ann"], ["/login"]),
        (protect("BODY"), ["1' or 1=1"], ["hunter2"]),
        (protect("BODY", ExcludeRuleMatchDetails=True), [], ["1' or 1=1"]),
    ],
)
def test_protected_data_is_out_of_log_and_samples(protection: dict, gone: list[str], left: list[str]) -> None:
    recorder = Recorder(bundle(protection=protection), secrets=())
    log, sample = told(recorder.record(REQUEST, BLOCKED, AT)), str(recorder.samples(REQUEST, BLOCKED, AT))
    assert not [one for one in gone if one in log or one in sample]
    assert not [one for one in left if one not in log]


def test_a_hash_shows_that_values_are_equal_and_needs_the_key_to_be_tried_out() -> None:
    recorder = Recorder(bundle(protection=protect("SINGLE_COOKIE", "HASH", ["session"])), secrets=(), hash_key=b"k")
    cookie = recorder.record(REQUEST, BLOCKED, AT)["httpRequest"]["headers"][3]["value"]
    assert cookie == "theme=dark; session=" + hmac.new(b"k", b"s3cr3t", hashlib.sha256).hexdigest()


def test_rate_keys_are_protected_unless_excluded() -> None:
    decision = Decision(
        Action.BLOCK,
        "r",
        RuleKind.RATE_BASED,
        rates=(RateHit("r", "CUSTOMKEYS", 1, 60, (("COOKIE:session", "s3cr3t"),)),),
    )
    for exclude, value in ((False, "REDACTED"), (True, "s3cr3t")):
        protection = protect("SINGLE_COOKIE", keys=["session"], ExcludeRateBasedDetails=exclude)
        record = Recorder(bundle(protection=protection), secrets=()).record(REQUEST, decision, AT)
        assert record["rateBasedRuleList"][0]["customValues"][0]["value"] == value


def condition(action: str | None = None, label: str | None = None) -> dict:
    return {"ActionCondition": {"Action": action}} if action else {"LabelNameCondition": {"LabelName": label}}


def logging_filter(behavior: str, requirement: str, *conditions: dict, default: str) -> dict:
    one = {"Behavior": behavior, "Requirement": requirement, "Conditions": list(conditions)}
    return {"Filters": [one], "DefaultBehavior": default}


COUNTED = Decision(
    Action.ALLOW,
    "Default_Action",
    RuleKind.REGULAR,
    groups=(GroupResult("AWS#G", "g", counted=(Hit("a", Action.COUNT, Action.BLOCK),)),),
    labels=("awswaf:managed:aws:g:a",),
)


@pytest.mark.parametrize(
    ("told", "decision", "kept"),
    [
        (None, ALLOWED, True),
        (logging_filter("KEEP", "MEETS_ANY", condition("BLOCK"), default="DROP"), BLOCKED, True),
        (logging_filter("KEEP", "MEETS_ANY", condition("BLOCK"), default="DROP"), ALLOWED, False),
        (logging_filter("DROP", "MEETS_ALL", condition("ALLOW"), default="KEEP"), ALLOWED, False),
        (logging_filter("KEEP", "MEETS_ANY", condition("EXCLUDED_AS_COUNT"), default="DROP"), COUNTED, True),
        (logging_filter("KEEP", "MEETS_ANY", condition("COUNT"), default="DROP"), COUNTED, True),
        (
            logging_filter("KEEP", "MEETS_ALL", condition("BLOCK"), condition(label=COUNTED.labels[0]), default="DROP"),
            COUNTED,
            False,
        ),
        (
            logging_filter("KEEP", "MEETS_ANY", condition("BLOCK"), condition(label=COUNTED.labels[0]), default="DROP"),
            COUNTED,
            True,
        ),
    ],
)
def test_the_logging_filter_says_what_is_kept(told: dict | None, decision: Decision, kept: bool) -> None:
    assert keeps(told, decision) is kept
    assert (Recorder(bundle(logging={"LoggingFilter": told})).record(REQUEST, decision, AT) is not None) is kept


def test_samples_are_of_each_rule_that_asks_for_them() -> None:
    decision = Decision(
        Action.BLOCK,
        "common",
        RuleKind.MANAGED,
        Hit("NoUserAgent_HEADER", Action.BLOCK),
        counted=(Hit("quiet", Action.COUNT), Hit("sqli", Action.COUNT)),
        groups=(GroupResult("AWS#Common#Version_1.0", "common", Hit("NoUserAgent_HEADER", Action.BLOCK)),),
        answer=Answer(403),
    )
    samples = Recorder(bundle()).samples(REQUEST, decision, AT)
    assert [(one.metric, one.request["Action"]) for one in samples] == [("m-common", "BLOCK"), ("m-sqli", "COUNT")]
    assert samples[0].request["RuleNameWithinRuleGroup"] == "AWS#Common#NoUserAgent_HEADER"
    assert samples[0].request["ResponseCodeSent"] == 403
    assert [one.metric for one in Recorder(bundle()).samples(REQUEST, ALLOWED, AT)] == ["m-shop"]


@given(
    st.binary(max_size=300),
    st.lists(st.tuples(st.binary(max_size=40), st.binary(max_size=40)), max_size=20),
    st.binary(max_size=60),
)
def test_any_bytes_become_a_record(target: bytes, headers: list[tuple[bytes, bytes]], matched: bytes) -> None:
    request = Request(b"\xff", target, tuple(headers))
    decision = Decision(
        Action.BLOCK,
        "r",
        RuleKind.REGULAR,
        Hit("r", Action.BLOCK, evidence=(Evidence("XSS", "URI_PATH", matched=matched),)),
    )
    protection = protect("SINGLE_QUERY_ARGUMENT", "HASH", ["a"])
    json.dumps(Recorder(bundle(protection=protection)).record(request, decision, AT)).encode()


def test_a_record_is_bounded_however_long_the_request() -> None:
    request = Request(b"GET", b"/" + b"a" * 100_000 + b"?" + b"b" * 100_000, ((b"x", b"y" * 1000),) * 500)
    assert len(told(Recorder(bundle()).record(request, ALLOWED, AT))) < 30_000
