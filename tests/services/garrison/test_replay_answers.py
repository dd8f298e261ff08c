"""Questions that are worked out once have the answers that each event would have had by itself."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.policy import (
    AuthorizationRequest,
    CompiledPrincipal,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    Source,
    compile_principal,
    parse_document,
)
from garrison.policy.context import lower_keys
from garrison.policy.replay import Change, Draft, Outcome, PolicyReplay
from garrison.policy.supposing import Suppositions
from garrison.services.garrison.events import Recorded
from garrison.services.garrison.foreign import action_of, is_unknown, question_of, request_of
from garrison.services.garrison.replays.policies import ReplayedPolicy
from garrison.services.garrison.replays.records import PastEvent
from tests.lake.templates import ACCOUNT, record

ROLE = f"arn:aws:iam::{ACCOUNT}:role/builder"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1"


def source(effect: str, action: str = "*") -> Source:
    statement = {"Effect": effect, "Action": action, "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return Source(PolicyKind.IDENTITY, "held", parse_document(text, PolicyKind.IDENTITY))


def user(name: str) -> dict[str, Any]:
    return {
        "type": "IAMUser",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "userName": name,
        "accountId": ACCOUNT,
        "principalId": f"AIDA{name}",
    }


def session(issuer: str, created: str, mfa: str) -> dict[str, Any]:
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/builder/one",
        "accountId": ACCOUNT,
        "principalId": "AROAX:one",
        "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": {
            "sessionIssuer": {"arn": issuer, "type": "Role"},
            "attributes": {"creationDate": created, "mfaAuthenticated": mfa},
        },
    }


callers = st.builds(user, st.sampled_from(["alice", "bob"])) | st.builds(
    session,
    st.sampled_from([ROLE, ROLE + "2"]),
    st.sampled_from(["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"]),
    st.sampled_from(["true", "false"]),
)
calls = st.sampled_from(
    [
        ("s3.amazonaws.com", "CreateBucket"),
        ("s3.amazonaws.com", "GetObject"),
        ("s3.amazonaws.com", "ListBuckets"),
        ("ec2.amazonaws.com", "DescribeInstances"),
        ("kms.amazonaws.com", "CreateKey"),
        ("kms.amazonaws.com", "Decrypt"),
        ("lambda.amazonaws.com", "CreateFunction20150331"),
        ("lambda.amazonaws.com", "NoSuchCall"),
    ]
)
foreign = st.fixed_dictionaries(
    {
        "userIdentity": callers,
        "call": calls,
        "awsRegion": st.sampled_from(["eu-central-1", "us-east-1"]),
        "sourceIPAddress": st.sampled_from(["198.51.100.7", "192.0.2.1", "s3.amazonaws.com"]),
        "requestParameters": st.sampled_from(
            [None, {"bucketName": "a"}, {"bucketName": "b", "key": "k"}, {"keyId": KEY}]
        ),
        "responseElements": st.sampled_from([None, {"x": "arn:aws:s3:::a"}, {"keyMetadata": {"arn": KEY}}, {"x": 1}]),
        "resources": st.sampled_from([None, [], [{"ARN": "arn:aws:s3:::a", "accountId": "444455556666"}], "odd"]),
        "errorCode": st.sampled_from([None, "AccessDenied", "NoSuchBucket"]),
        "errorMessage": st.sampled_from(
            [None, "with an explicit deny in a policy", "because no identity-based policy allows it"]
        ),
        "recipientAccountId": st.sampled_from([ACCOUNT, ACCOUNT, None]),
        "eventTime": st.sampled_from(["2026-03-01T10:00:00Z", "2026-03-03T10:00:00Z"]),
        "tlsDetails": st.sampled_from([None, {"tlsVersion": "TLSv1.3"}]),
    }
)
conditions = st.sampled_from(
    [
        {},
        {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}},
        {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
        {"DateGreaterThan": {"aws:CurrentTime": "2026-03-02T00:00:00Z"}},
        {"DateLessThan": {"aws:TokenIssueTime": "2026-03-02T00:00:00Z"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"Bool": {"aws:SecureTransport": "false"}},
        {"StringEquals": {"aws:PrincipalTag/Team": "red"}},
        {"StringEquals": {"aws:ResourceAccount": ACCOUNT}},
        {"ArnLike": {"aws:PrincipalArn": ALICE}},
    ]
)
resources = st.sampled_from(["*", "arn:aws:s3:::a", "arn:aws:s3:::${aws:username}", KEY])
statements = st.builds(
    lambda effect, actions, resource, condition: {
        "Effect": effect,
        **actions,
        "Resource": resource,
        **({"Condition": condition} if condition else {}),
    },
    st.sampled_from(["Allow", "Deny"]),
    st.sampled_from([{"Action": "*"}, {"Action": ["s3:*", "kms:Decrypt"]}, {"NotAction": "s3:*"}]),
    resources,
    conditions,
)


@st.composite
def near(draw: st.DrawFn, whole: st.SearchStrategy[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events that differ from one of them in few members, so that what must not be taken for the same nearly is."""
    one, other = draw(whole), draw(whole)
    differing = draw(st.lists(st.sets(st.sampled_from(sorted(one)), max_size=2), min_size=8, max_size=30))
    return [one | {member: other[member] for member in members} for members in differing]


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    text = json.dumps({"Version": "2012-10-17", "Statement": draw(st.lists(statements, min_size=1, max_size=2))})
    kind = draw(st.sampled_from([PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SCP]))
    if draw(st.booleans()):
        return Draft(kind, "draft", text, lambda who: who.user_name == "alice")
    return Draft(kind, "draft", text)


def found(replayed: ReplayedPolicy) -> Counter[tuple[Any, ...]]:
    return Counter(
        {
            (each["Effect"], each["Principal"], each["Action"], each["Resource"], tuple(each["MissingKeys"])): each[
                "Count"
            ]
            for each in replayed.groups.shown()
        }
    )


def merged(outcomes: list[tuple[str, Outcome]]) -> Counter[tuple[Any, ...]]:
    """Outcomes in groups as `Groups` makes them, each keyed by all the names that were missing in it."""
    counts: Counter[str] = Counter()
    missing: dict[str, set[str]] = {}
    for group, outcome in outcomes:
        key = json.dumps([outcome.change.value, *json.loads(group)])
        counts[key] += 1
        missing.setdefault(key, set()).update(outcome.missing)
    return Counter({(*json.loads(key), tuple(sorted(missing[key]))): count for key, count in counts.items()})


def foreign_alone(draft: Draft, told: dict[str, Any]) -> tuple[str, Outcome] | None:
    """The straightforward way: everything made anew for one record."""
    facts = action_of(told)
    if facts is None:
        return None
    question = question_of(told, facts)
    explicit = [source("Deny")] if question.was_explicitly_denied else []
    principal = compile_principal(question.identity, [source("Allow")] if question.was_allowed else explicit)
    outcome = PolicyReplay(draft, Suppositions(is_unknown)).outcome(principal, request_of(told, question))
    if outcome is not None and outcome.change is Change.NEWLY_ALLOWED and not question.is_identity_denial:
        outcome = replace(outcome, change=Change.UNDETERMINED, missing=("other policies",))
    group = json.dumps([Recorded(told).principal_arn, question.action, question.resource])
    return None if outcome is None else (group, outcome)


@settings(deadline=None, max_examples=40)
@given(draft=drafts(), events=near(foreign))
def test_calls_of_other_accounts_change_as_each_would_by_itself(draft: Draft, events: list[dict[str, Any]]) -> None:
    replayed = ReplayedPolicy(draft, ACCOUNT, lambda _: compile_principal(_ALICE), lambda _: None, None)
    alone = []
    for number, members in enumerate(events):
        service, name = members["call"]
        rest = {key: value for key, value in members.items() if key != "call"}
        told = record(number, eventSource=service, eventName=name, **rest)
        told["errorCode"] = told["errorCode"] if told["errorMessage"] is None else "AccessDenied"
        replayed.feed(PastEvent(json.dumps(told)))
        alone.append(foreign_alone(draft, told))
    assert found(replayed) == merged([each for each in alone if each is not None])


_ALICE = PrincipalIdentity(kind=PrincipalType.USER, account=ACCOUNT, arn=ALICE, user_name="alice")
own_events = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["alice", "bob"]),
        "decisions": st.lists(
            st.tuples(st.sampled_from(["s3:GetObject", "kms:Decrypt"]), st.sampled_from(["arn:aws:s3:::a", KEY])),
            max_size=2,
        ),
        "context": st.dictionaries(
            st.sampled_from(
                ["aws:CurrentTime", "aws:RequestedRegion", "AWS:principaltag/TEAM", "aws:MultiFactorAuthPresent"]
            ),
            st.sampled_from(["2026-03-03T10:00:00Z", "us-east-1", "red", "true"]),
        ),
    }
)


def compiled(recorded: Recorded) -> CompiledPrincipal:
    name = recorded.record["userIdentity"]["userName"]
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    identity = PrincipalIdentity(kind=PrincipalType.USER, account=ACCOUNT, arn=arn, user_name=name)
    return compile_principal(identity, [source("Allow", "s3:*" if name == "bob" else "*")])


def own_alone(draft: Draft, recorded: Recorded, action: str, resource: str) -> Outcome | None:
    principal = compiled(recorded)
    principal.context.update(lower_keys(recorded.own["context"]))
    request = AuthorizationRequest(action, resource, ACCOUNT, recorded.own["context"])
    return PolicyReplay(draft).outcome(principal, request)


@settings(deadline=None, max_examples=40)
@given(draft=drafts(), events=near(own_events))
def test_own_calls_change_as_each_would_by_itself(draft: Draft, events: list[dict[str, Any]]) -> None:
    replayed = ReplayedPolicy(draft, ACCOUNT, compiled, lambda _: None, None)
    alone: list[tuple[str, Outcome]] = []
    for number, members in enumerate(events):
        decisions = [{"action": action, "resource": resource} for action, resource in members["decisions"]]
        decision = json.dumps({"decisions": decisions, "context": members["context"]})
        past = PastEvent(json.dumps(record(number, userIdentity=user(members["name"]))), decision)
        replayed.feed(past)
        for action, resource in members["decisions"]:
            outcome = own_alone(draft, past.recorded(), action, resource)
            if outcome is not None:
                group = json.dumps([past.recorded().principal_arn, action, resource])
                alone.append((group, outcome))
    assert found(replayed) == merged(alone)


def test_a_record_that_no_policy_can_be_asked_about_is_counted_and_harms_nothing() -> None:
    draft = Draft(PolicyKind.SCP, "draft", DENY)
    replayed = ReplayedPolicy(draft, ACCOUNT, compiled, lambda _: None, None)
    odd: list[dict[str, Any]] = [
        {"userIdentity": "nobody"},
        {"userIdentity": {"type": "IAMUser", "arn": {"a": 1}}},
        {"eventName": 7},
        {"awsRegion": ["eu-central-1"]},
    ]
    for number, members in enumerate(odd):
        replayed.feed(PastEvent(msgspec.json.encode(record(number, **members))))
    assert (replayed.skipped, replayed.groups.shown()) == (len(odd), [])
    replayed.feed(PastEvent(json.dumps(record(9))))
    assert replayed.groups.totals == {"newlyDenied": 1}


DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})


FUNCTION = {"eventSource": "lambda.amazonaws.com", "eventName": "CreateFunction20150331", "resources": None}
UNTOLD = {"requestParameters": None, "responseElements": None, "resources": None}


@pytest.mark.parametrize(
    ("same", "one", "other"),
    [
        (UNTOLD, {"resources": [{"ARN": "arn:aws:s3:::a"}]}, {"resources": [{"ARN": "arn:aws:s3:::b"}]}),
        (
            UNTOLD | FUNCTION,
            {"responseElements": {"functionArn": f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:a"}},
            {"responseElements": {"functionArn": f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:b"}},
        ),
        (
            FUNCTION | {"requestParameters": {"functionName": "f"}},
            {"awsRegion": "eu-central-1"},
            {"awsRegion": "us-east-1"},
        ),
        (
            FUNCTION | {"requestParameters": {"functionName": "f"}},
            {"recipientAccountId": "111122223333"},
            {"recipientAccountId": "444455556666"},
        ),
        (UNTOLD, {"requestParameters": {"bucketName": "a"}}, {"requestParameters": {"bucketName": "b"}}),
    ],
)
@pytest.mark.parametrize("is_escaped", [False, True])
def test_records_that_name_different_resources_are_never_taken_for_the_same(
    same: dict[str, Any], one: dict[str, Any], other: dict[str, Any], is_escaped: bool
) -> None:
    def over(*events: dict[str, Any]) -> Counter[tuple[Any, ...]]:
        replayed = ReplayedPolicy(Draft(PolicyKind.SCP, "draft", DENY), ACCOUNT, compiled, lambda _: None, None)
        for number, members in enumerate(events):
            text = json.dumps(record(number, **(same | members)))
            replayed.feed(PastEvent(text.replace('"arn:', '"\\u0061rn:') if is_escaped else text))
        return found(replayed)

    together = over(one, other)
    assert together == over(one) + over(other)
    assert over(one) != over(other)
