"""Each kind of finding on a policy that has it, its place in the text, and hostile texts."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.policy import PolicyKind
from garrison.policy.analysis.validation import FindingType, issue_codes, validate_policy

GOOD: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def codes(policy: Any, kind: PolicyKind = PolicyKind.IDENTITY) -> list[str]:
    return [finding.issue_code for finding in validate_policy(json.dumps(policy), kind)]


def statement(kind: PolicyKind = PolicyKind.IDENTITY, **changes: Any) -> list[str]:
    """The issue codes of a good statement with these changes; None leaves an element out."""
    written = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return codes({"Version": "2012-10-17", "Statement": [written]}, kind)


def test_a_good_policy_has_no_findings() -> None:
    assert statement() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Effect": "allow"}, "INVALID_EFFECT"),
        ({"Effect": None}, "MISSING_EFFECT"),
        ({"Effect": 1}, "DATA_TYPE_MISMATCH"),
        ({"Action": None}, "MISSING_ACTION"),
        ({"Action": []}, "EMPTY_ARRAY_ACTION"),
        ({"Action": "s3:GetObjekt"}, "INVALID_ACTION"),
        ({"Action": "s3:Gget*"}, "INVALID_ACTION"),
        ({"Action": "nosuch:Get"}, "INVALID_SERVICE_IN_ACTION"),
        ({"Action": "s*:GetObject"}, "WILDCARD_IN_SERVICE_NAME"),
        ({"Action": ["s3:GetObject", "s3:Get*"]}, "REDUNDANT_ACTION"),
        ({"Action": "s3:${aws:username}"}, "VARIABLE_UNSUPPORTED_IN_ELEMENT"),
        ({"NotAction": "s3:GetObject"}, "UNSUPPORTED_ELEMENT_COMBINATION"),
        ({"Resource": None}, "MISSING_RESOURCE"),
        ({"Resource": []}, "EMPTY_ARRAY_RESOURCE"),
        ({"Resource": "bucket"}, "INVALID_ARN_PREFIX"),
        ({"Resource": "arn:aws:s3"}, "MISSING_ARN_FIELD"),
        ({"Resource": "arn:amazon:s3:::b"}, "INVALID_PARTITION"),
        ({"Resource": "arn:aws:S3:::b"}, "INVALID_ARN_SERVICE_CASE"),
        ({"Resource": "arn:aws:iam::12:user/a"}, "INVALID_ARN_ACCOUNT"),
        ({"Resource": "arn:aws:iam:us-east-1:111122223333:user/a"}, "ARN_REGION_NOT_ALLOWED"),
        ({"Resource": "arn:aws:sqs::111122223333:q"}, "MISSING_ARN_REGION"),
        ({"Resource": "arn:aws:sqs:everywhere:111122223333:q"}, "INVALID_ARN_REGION"),
        ({"Resource": "arn:aws:iam::111122223333:usr/a"}, "INVALID_ARN_RESOURCE"),
        ({"Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::b/c"]}, "REDUNDANT_RESOURCE"),
        ({"Resource": "arn:aws:s3:::b/${aws:username"}, "MISSING_BRACE_IN_VARIABLE"),
        ({"Resource": "arn:aws:s3:::b/${}"}, "EMPTY_VARIABLE"),
        ({"Resource": "arn:aws:s3:::b/${aws: username}"}, "UNSUPPORTED_SPACE_IN_VARIABLE"),
        ({"Resource": "arn:aws:s3:::b/${aws:username, none}"}, "MISSING_QUOTE_IN_VARIABLE"),
        ({"Principal": "*"}, "UNSUPPORTED_PRINCIPAL"),
        ({"Sid": ""}, "EMPTY_SID_VALUE"),
        ({"Sid": "with spaces"}, "UNSUPPORTED_SID"),
        ({"Extra": 1}, "INVALID_POLICY_ELEMENT"),
        ({"Action": "iam:PassRole", "Resource": "*"}, "PASS_ROLE_WITH_STAR_IN_RESOURCE"),
        ({"Action": "iam:*", "Resource": "*"}, "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"),
        ({"Action": None, "NotAction": "s3:*", "Resource": "*"}, "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"),
        (
            {"Action": "iam:PassRole", "Resource": None, "NotResource": "arn:aws:iam::111122223333:role/a"},
            "PASS_ROLE_WITH_NOT_RESOURCE",
        ),
        ({"Action": "iam:CreateServiceLinkedRole", "Resource": "*"}, "CREATE_SLR_WITH_STAR_IN_RESOURCE"),
    ],
)
def test_elements_are_examined(changes: dict[str, Any], code: str) -> None:
    assert code in statement(**changes)


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ({}, "EMPTY_OBJECT_CONDITION"),
        ({"StringIs": {"aws:username": "a"}}, "INVALID_CONDITION_OPERATOR"),
        ({"NullIfExists": {"aws:username": "true"}}, "NULL_WITH_IF_EXISTS"),
        ({"ForAnyValue:Null": {"aws:TagKeys": "true"}}, "NULL_WITH_QUALIFIER"),
        ({"StringEquals": {"username": "a"}}, "INVALID_CONDITION_KEY_FORMAT"),
        ({"StringEquals": {"aws:NoSuchKey": "a"}}, "INVALID_GLOBAL_CONDITION_KEY"),
        ({"StringEquals": {"s3:NoSuchKey": "a"}}, "INVALID_SERVICE_CONDITION_KEY"),
        ({"StringEquals": {"nosuch:Key": "a"}}, "INVALID_SERVICE"),
        ({"StringEquals": {"aws:ResourceTag": "a"}}, "MISSING_TAG_KEY_IN_CONDITION"),
        ({"StringEquals": {"aws:username": "a", "aws:UserName": "a"}}, "DUPLICATE_KEYS_WITH_DIFFERENT_CASE"),
        ({"StringEquals": {"aws:TagKeys": "a"}}, "MISSING_QUALIFIER"),
        ({"ForAllValues:StringEquals": {"aws:username": "a"}}, "FORALLVALUES_WITH_SINGLE_VALUED_KEY"),
        ({"Bool": {"aws:username": "true"}}, "TYPE_MISMATCH"),
        ({"Bool": {"aws:SecureTransport": "yes"}}, "TYPE_MISMATCH_BOOLEAN"),
        ({"Bool": {"aws:SecureTransport": ["true", "false"]}}, "INVALID_CONDITION_MULTIPLE_BOOLEAN"),
        ({"NumericEquals": {"aws:MultiFactorAuthAge": "old"}}, "TYPE_MISMATCH_NUMBER"),
        ({"DateEquals": {"aws:CurrentTime": "soon"}}, "TYPE_MISMATCH_DATE"),
        ({"DateEquals": {"aws:CurrentTime": "1700000000"}}, "INVALID_DATE_VALUE"),
        ({"IpAddress": {"aws:SourceIp": "everywhere"}}, "TYPE_MISMATCH_IP_RANGE"),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "PRIVATE_IP_ADDRESS"),
        ({"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "8.8.8.8"]}}, "PRIVATE_NOT_IP_ADDRESS_SUBSET"),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, "MISSING_PAIRED_CONDITION_KEYS"),
        ({"StringEquals": {"aws:username": "a*"}}, "WILDCARD_WITHOUT_LIKE_OPERATOR"),
        ({"StringEquals": {"aws:username": []}}, "EMPTY_ARRAY_CONDITION"),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": []}}, "EMPTY_ARRAY_CONDITION_FORANYVALUE"),
        ({"StringEqualsIfExists": {"aws:username": []}}, "EMPTY_ARRAY_CONDITION_IFEXISTS"),
        ({"StringEquals": {"aws:username": ["a", True]}}, "INVALID_CONDITION_DATA_TYPE"),
        ({"NumericEquals": {"aws:MultiFactorAuthAge": "${aws:username}"}}, "INVALID_VARIABLE_FOR_OPERATOR"),
        ({"StringEquals": {"aws:ARN": "a"}}, "DEPRECATED_GLOBAL_CONDITION_KEY"),
    ],
)
def test_conditions_are_examined(condition: Any, code: str) -> None:
    assert code in statement(Condition=condition)


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        (PolicyKind.RESOURCE, {}, "MISSING_PRINCIPAL"),
        (PolicyKind.RESOURCE, {"Principal": "alice"}, "INVALID_PRINCIPAL_FORMAT"),
        (PolicyKind.RESOURCE, {"Principal": {"IAM": "a"}}, "INVALID_PRINCIPAL_KEY"),
        (PolicyKind.RESOURCE, {"Principal": {}}, "EMPTY_OBJECT_PRINCIPAL"),
        (PolicyKind.RESOURCE, {"Principal": {"AWS": []}}, "EMPTY_ARRAY_PRINCIPAL"),
        (
            PolicyKind.RESOURCE,
            {"Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}},
            "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
        ),
        (PolicyKind.RESOURCE, {"Principal": {"AWS": "AROAEXAMPLEEXAMPLE123"}}, "INVALID_ROLE_REFERENCE"),
        (PolicyKind.RESOURCE, {"Principal": {"AWS": "AIDAEXAMPLEEXAMPLE123"}}, "INVALID_USER_REFERENCE"),
        (PolicyKind.RESOURCE, {"NotPrincipal": {"AWS": "111122223333"}}, "ALLOW_WITH_NOT_PRINCIPAL"),
        (PolicyKind.SCP, {"Principal": "*"}, "SCP_SYNTAX_ERROR_PRINCIPAL"),
        (PolicyKind.RCP, {"Principal": "*"}, "RCP_SYNTAX_ERROR_ALLOW"),
        (
            PolicyKind.RCP,
            {"Effect": "Deny", "Principal": "*", "Action": None, "NotAction": "s3:*"},
            "RCP_SYNTAX_ERROR_NOTACTION",
        ),
        (PolicyKind.RCP, {"Effect": "Deny", "Principal": {"AWS": "*"}}, "RCP_SYNTAX_ERROR_PRINCIPAL"),
    ],
)
def test_each_type_of_policy_has_rules_of_its_own(kind: PolicyKind, changes: dict[str, Any], code: str) -> None:
    assert code in statement(kind, **changes)


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ({"Statement": [GOOD]}, "MISSING_VERSION"),
        ({"Version": "2020-01-01", "Statement": [GOOD]}, "INVALID_VERSION"),
        ({"Version": "2012-10-17"}, "MISSING_STATEMENT"),
        ({"Version": "2012-10-17", "Statement": ["x"]}, "DATA_TYPE_MISMATCH"),
        ([], "DATA_TYPE_MISMATCH"),
        ({"Version": "2012-10-17", "Statement": [GOOD, GOOD]}, "REDUNDANT_STATEMENT"),
        ({"Version": "2012-10-17", "Statement": [{**GOOD, "Sid": "a"}] * 2}, "UNIQUE_SIDS_REQUIRED"),
        (
            {"Version": "2008-10-17", "Statement": {**GOOD, "Resource": "arn:aws:s3:::${aws:username}"}},
            "VARIABLE_UNSUPPORTED_IN_VERSION",
        ),
        ({"Version": "2012-10-17", "Statement": [GOOD], "Id": "x" * 7000}, "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"),
    ],
)
def test_the_policy_as_a_whole_is_examined(policy: Any, code: str) -> None:
    assert code in codes(policy)


def test_a_role_passed_to_one_service_is_no_risk() -> None:
    condition = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    assert statement(Action="iam:PassRole", Resource="*", Condition=condition) == []
    assert statement(Action="iam:PassRole", Resource="arn:aws:iam::*:role/app-*") == []


def test_a_finding_says_where_it_is_and_where_to_read_more() -> None:
    text = (
        '{\n "Version": "2012-10-17",\n "Statement": [{"Effect": "Allow",\n  "Action": ["s3:X"], "Resource": "*"}]\n}'
    )
    (finding,) = validate_policy(text)
    assert (finding.issue_code, finding.finding_type) == ("INVALID_ACTION", FindingType.ERROR)
    assert finding.learn_more_link.endswith("#access-analyzer-reference-policy-checks-error-invalid-action")
    (location,) = finding.locations
    assert location.path == (("value", "Statement"), ("index", 0), ("value", "Action"), ("index", 0))
    assert (location.start.line, location.start.column) == (4, 13)
    assert text[location.start.offset : location.end.offset] == '"s3:X"'


def test_a_syntax_error_is_found_where_it_is() -> None:
    (finding,) = validate_policy('{"Version": "2012-10-17",\n "Statement": [}')
    assert (finding.issue_code, finding.locations[0].start.line) == ("JSON_SYNTAX_ERROR", 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        '{"a":' * 50_000,
        '"' + "x" * 200_000,
        json.dumps({"Version": "2012-10-17", "Statement": [{**GOOD, "Action": ["s3:*a*"] * 20_000}]}),
        json.dumps(
            {"Version": "2012-10-17", "Statement": [{**GOOD, "Resource": [f"arn:aws:s3:::{n}*" for n in range(9000)]}]}
        ),
        json.dumps({"Statement": [{}] * 40_000}),
    ],
    ids=["empty", "brackets", "braces", "open", "actions", "resources", "statements"],
)
def test_hostile_texts_get_an_answer(text: str) -> None:
    assert validate_policy(text)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "Version",
                        "Statement",
                        "Effect",
                        "Action",
                        "Resource",
                        "Principal",
                        "Condition",
                        "StringEquals",
                        "aws:username",
                    ]
                ),
                inner,
            )
        ),
    )
)
def test_any_json_gets_findings_with_places_inside_it(value: Any) -> None:
    text = json.dumps(value)
    for finding in validate_policy(text):
        for location in finding.locations:
            assert 0 <= location.start.offset <= location.end.offset <= len(text)


@settings(deadline=None)
@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert validate_policy(text)


def test_every_issue_code_is_spelled_as_awss_are() -> None:
    assert len(issue_codes()) > 80
    assert all(re.fullmatch("[A-Z_]+", code) for code in issue_codes())
