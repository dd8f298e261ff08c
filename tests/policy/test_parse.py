"""What AWS refuses is refused, in its words, with the place; what it takes comes back whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from garrison.policy import (
    Condition,
    Effect,
    MalformedPolicy,
    PolicyKind,
    PrincipalElement,
    Quantifier,
    Statement,
    parse_document,
)

SYNTAX = "Syntax errors in policy."
GOOD: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TRUST: dict[str, Any] = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}


def refusal(document: object, kind: PolicyKind = PolicyKind.IDENTITY) -> tuple[str, str]:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(MalformedPolicy) as refused:
        parse_document(text, kind)
    return refused.value.message, refused.value.place


def of(*statements: object, **elements: object) -> dict[str, object]:
    return {"Version": "2012-10-17", **elements, "Statement": list(statements)}


def without(element: str, **changes: object) -> dict[str, object]:
    return {key: value for key, value in {**GOOD, **changes}.items() if key != element}


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ("", ""),
        ("This is not JSON", ""),
        ("[]", ""),
        ("null", ""),
        ({}, "/Statement"),
        ({"Statement": []}, "/Statement"),
        ({"Statement": "x"}, "/Statement"),
        (of("x"), "/Statement/0"),
        (of(GOOD, Extra=1), "/Extra"),
        (of(GOOD, Version="2012-10-18"), "/Version"),
        (of(GOOD, Version=2012), "/Version"),
        (of(GOOD, Id=5), "/Id"),
        (of(GOOD, {**GOOD, "Extra": 1}), "/Statement/1/Extra"),
        (of({**GOOD, "Effect": "Permit"}), "/Statement/0/Effect"),
        (of(without("Effect")), "/Statement/0/Effect"),
        (of({**GOOD, "Effect": ["Allow"]}), "/Statement/0/Effect"),
        (of({**GOOD, "Sid": 1}), "/Statement/0/Sid"),
        (of({**GOOD, "NotAction": "s3:*"}), "/Statement/0/NotAction"),
        (of({**GOOD, "NotResource": "*"}), "/Statement/0/NotResource"),
        (of({**GOOD, "Action": 5}), "/Statement/0/Action"),
        (of({**GOOD, "Action": ["s3:*", None]}), "/Statement/0/Action/1"),
        (of({**GOOD, "Resource": {"a": 1}}), "/Statement/0/Resource"),
        (of({**GOOD, "Condition": []}), "/Statement/0/Condition"),
        (of({**GOOD, "Condition": {"StringEqual": {"a:b": "x"}}}), "/Statement/0/Condition/StringEqual"),
        (of({**GOOD, "Condition": {"stringequals": {"a:b": "x"}}}), "/Statement/0/Condition/stringequals"),
        (of({**GOOD, "Condition": {"NullIfExists": {"a:b": "x"}}}), "/Statement/0/Condition/NullIfExists"),
        (of({**GOOD, "Condition": {"ForAnyValue:Null": {"a:b": "x"}}}), "/Statement/0/Condition/ForAnyValue:Null"),
        (of({**GOOD, "Condition": {"ForSomeValue:Bool": {"a:b": "x"}}}), "/Statement/0/Condition/ForSomeValue:Bool"),
        (of({**GOOD, "Condition": {"Bool": "x"}}), "/Statement/0/Condition/Bool"),
        (of({**GOOD, "Condition": {"Bool": {"a:b": {}}}}), "/Statement/0/Condition/Bool/a:b"),
        (of({**GOOD, "Condition": {"Bool": {"a:b": ["x", None]}}}), "/Statement/0/Condition/Bool/a:b/1"),
        (of({**GOOD, "Condition": {"Bool": {"a:b/c": None}}}), "/Statement/0/Condition/Bool/a:b~1c"),
        (of({**GOOD, "Condition": {"ForAnyValue::Bool": {"a": "x"}}}), "/Statement/0/Condition/ForAnyValue::Bool"),
    ],
)
def test_what_breaks_the_grammar_is_a_syntax_error_with_its_place(document: object, place: str) -> None:
    assert refusal(document) == (SYNTAX, place)


@pytest.mark.parametrize(
    ("statement", "message", "place"),
    [
        (without("Action"), "Policy statement must contain actions.", ""),
        (without("Resource"), "Policy statement must contain resources.", ""),
        ({**GOOD, "Action": []}, "Policy statement must contain actions.", ""),
        ({**GOOD, "Principal": "*"}, "Policy document should not specify a principal.", "/Principal"),
        (
            {**GOOD, "Action": ["s3:*", "GetObject"]},
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
            "/Action/1",
        ),
        ({**GOOD, "Action": "ec2:ec2:Run"}, "Actions/Condition can contain only one colon.", "/Action/0"),
        ({**GOOD, "Action": "s3*:Get"}, "Vendor s3* is not valid", "/Action/0"),
        (
            {**GOOD, "Condition": {"DateLessThan": {"aws:CurrentTime": "soon"}}},
            "The policy failed legacy parsing",
            "/Condition/DateLessThan/aws:CurrentTime",
        ),
        ({**GOOD, "Effect": "allow"}, "The policy failed legacy parsing", "/Effect"),
        (
            {**GOOD, "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "10.0.0.0/33"]}}},
            "The policy failed legacy parsing",
            "/Condition/IpAddress/aws:SourceIp",
        ),
        ({**GOOD, "Resource": "arn:aws:s3::logs"}, "The policy failed legacy parsing", "/Resource/0"),
        ({**GOOD, "Resource": "arn:aws::logs"}, "The policy failed legacy parsing", "/Resource/0"),
        (
            {**GOOD, "Resource": "aws:s3:::logs"},
            'Partition "s3" is not valid for resource "arn:s3:::logs:*".',
            "/Resource/0",
        ),
        (
            {**GOOD, "Resource": "arn:aws:s3:us-east-1::logs"},
            "Resource arn:aws:s3:us-east-1::logs can not contain region information.",
            "/Resource/0",
        ),
        ({**GOOD, "Resource": "logs"}, 'Resource logs must be in ARN format or "*".', "/Resource/0"),
        ({**GOOD, "Resource": ["*", ""]}, 'Resource  must be in ARN format or "*".', "/Resource/1"),
        (
            {**GOOD, "Resource": "arn:moon:s3:::logs"},
            'Partition "moon" is not valid for resource "arn:moon:s3:::logs".',
            "/Resource/0",
        ),
        (
            {**GOOD, "Resource": "arn:aws"},
            "Resource vendor must be fully qualified and cannot contain regexes.",
            "/Resource/0",
        ),
        (
            {**GOOD, "Resource": "arn:aws:iam:us-east-1:1:user/a"},
            "IAM resource arn:aws:iam:us-east-1:1:user/a cannot contain region information.",
            "/Resource/0",
        ),
        (
            {**GOOD, "Resource": "arn:aws:iam::1:users/a"},
            'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, '
            "instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, "
            "access-report/.",
            "/Resource/0",
        ),
        (
            {**GOOD, "Sid": "not this"},
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
            "[0-9A-Za-z]*",
            "/Sid",
        ),
    ],
)
def test_an_identity_policy_is_refused_in_iams_words(statement: object, message: str, place: str) -> None:
    assert refusal(of(statement)) == (message, f"/Statement/0{place}")


def test_faults_are_told_in_iams_order() -> None:
    faults = [
        (of({**GOOD, "Effect": "no"}), SYNTAX),
        ({"Statement": {**GOOD, "Effect": "allow"}}, "Policy document must be version 2012-10-17 or greater."),
        (of({**without("Action"), "Effect": "allow"}), "The policy failed legacy parsing"),
        (of({**without("Action"), "Resource": "arn:aws:s3::logs"}), "The policy failed legacy parsing"),
        (
            of({**GOOD, "Sid": "a"}, {"Sid": "a", "Effect": "Deny"}),
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (of({**without("Action"), "Resource": "logs"}), "Policy statement must contain actions."),
        (of({**GOOD, "Action": "List", "Resource": "logs"}), 'Resource logs must be in ARN format or "*".'),
        (of({**without("Resource"), "Action": "a:b:c"}), "Actions/Condition can contain only one colon."),
    ]
    for document, message in faults:
        with pytest.raises(MalformedPolicy) as refused:
            parse_document(json.dumps(document), require_current_version=True)
        assert refused.value.message == message


@pytest.mark.parametrize(
    "changes",
    [
        {"Action": "iam: with spaces "},
        {"Action": "service-prefix.x:action-name"},
        {"Resource": "arn:aws:anything"},
        {"Resource": "arn:aws:iam:::user/alice"},
        {"Resource": "arn:aws:iam::*:*"},
        {"Resource": "arn:aws:s3:*:*:accesspoint/*"},
        {"Resource": "arn:aws-cn:s3:::logs"},
        {"Resource": "arn:${aws:Partition}:s3:::logs"},
        {"Condition": {}},
        {"Condition": {"unknown": {}}},
        {"Condition": {"StringEquals": {"no-prefix": "x"}}},
        {"Condition": {"StringEquals": {"a:b": []}}},
        {"Condition": {"DateLessThan": {"a:b": ["01T", "-292275054", "2016-12-13t2:00:00.593194+23"]}}},
    ],
)
def test_what_iam_takes_is_taken(changes: dict[str, object]) -> None:
    parse_document(json.dumps(of({**GOOD, **changes})), require_current_version=True)


def test_sids_are_unique_within_a_policy() -> None:
    message = "Statement IDs (SID) in a single policy must be unique."
    assert refusal(of({**GOOD, "Sid": "a"}, {**GOOD, "Sid": "a"})) == (message, "/Statement/1/Sid")
    parse_document(json.dumps(of({**GOOD, "Sid": ""}, {**GOOD, "Sid": ""})))


@pytest.mark.parametrize(
    ("statement", "message", "place"),
    [
        ({**TRUST, "Resource": "*"}, "Has prohibited field Resource", "/Resource"),
        ({**TRUST, "Action": "s3:*"}, "AssumeRole policy may only specify STS AssumeRole actions.", "/Action/0"),
        ({"Effect": "Allow", "Action": "sts:AssumeRole"}, "Missing required field Principal", ""),
        ({**TRUST, "Principal": {}}, SYNTAX, "/Principal"),
        ({**TRUST, "Principal": {"Human": "x"}}, SYNTAX, "/Principal/Human"),
        ({**TRUST, "Principal": "alice"}, SYNTAX, "/Principal"),
        ({**TRUST, "Principal": {"AWS": []}}, "Missing required field Principal cannot be empty!", "/Principal"),
        ({**TRUST, "Principal": {"AWS": "alice"}}, 'Invalid principal in policy: "AWS":"alice"', "/Principal/AWS"),
        (
            {**TRUST, "Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}},
            'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/*"',
            "/Principal/AWS",
        ),
        (
            {**TRUST, "Principal": {"Service": "*.amazonaws.com"}},
            'Invalid principal in policy: "Service":"*.amazonaws.com"',
            "/Principal/Service",
        ),
        ({**TRUST, "Principal": "*", "NotPrincipal": "*"}, SYNTAX, "/NotPrincipal"),
    ],
)
def test_a_trust_policy_is_refused_in_iams_words(statement: object, message: str, place: str) -> None:
    assert refusal(of(statement), PolicyKind.TRUST) == (message, f"/Statement/0{place}")


@pytest.mark.parametrize(
    "statement",
    [
        {**GOOD, "Principal": "*"},
        {**GOOD, "Effect": "Deny", "Principal": {"AWS": "*"}},
        {"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*"},
        {**GOOD, "Effect": "Deny", "NotPrincipal": "*"},
    ],
)
def test_a_resource_control_policy_denies_everyone_or_allows_everything(statement: object) -> None:
    assert refusal(of(statement), PolicyKind.RCP)[0] == SYNTAX


def test_the_full_access_resource_control_policy_is_taken() -> None:
    parse_document(
        json.dumps(of({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})), PolicyKind.RCP
    )


def test_a_managed_policy_must_be_of_the_current_version() -> None:
    text = json.dumps({"Statement": GOOD})
    assert parse_document(text).version == "2008-10-17"
    with pytest.raises(MalformedPolicy, match="Policy document must be version 2012-10-17 or greater"):
        parse_document(text, require_current_version=True)


def test_a_document_comes_back_whole() -> None:
    statement = {
        "Sid": "All",
        "Effect": "Deny",
        "NotPrincipal": {
            "AWS": ["111122223333", "arn:aws:iam::111122223333:user/path/alice"],
            "Service": "ec2.amazonaws.com",
            "Federated": "accounts.google.com",
            "CanonicalUser": "79a5",
        },
        "NotAction": ["s3:Get*", "iam:*"],
        "NotResource": "arn:aws:s3:::logs/*",
        "Condition": {"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a*", True, 5, 1.50]}},
    }
    document = parse_document(
        json.dumps({"Version": "2012-10-17", "Id": "one", "Statement": statement}).encode(), PolicyKind.RESOURCE
    )
    assert (document.version, document.id, document.kind) == ("2012-10-17", "one", PolicyKind.RESOURCE)
    assert document.statements == (
        Statement(
            index=0,
            effect=Effect.DENY,
            sid="All",
            actions=("s3:Get*", "iam:*"),
            not_action=True,
            resources=("arn:aws:s3:::logs/*",),
            not_resource=True,
            principal=PrincipalElement(
                aws=frozenset({"111122223333", "arn:aws:iam::111122223333:user/path/alice"}),
                services=frozenset({"ec2.amazonaws.com"}),
                federated=frozenset({"accounts.google.com"}),
                canonical_users=frozenset({"79a5"}),
                negated=True,
            ),
            conditions=(
                Condition("StringLike", "aws:TagKeys", ("a*", "true", "5", "1.5"), Quantifier.ANY, if_exists=True),
            ),
        ),
    )
    assert document.statements[0].conditions[0].written_operator == "ForAnyValue:StringLikeIfExists"
