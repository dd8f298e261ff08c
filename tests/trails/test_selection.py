"""Selectors: which events a trail wants."""

from __future__ import annotations

import json
from typing import Any

import pytest

from garrison.trails import Scope, compile_selection, read_event, without_own_part

ACCOUNT = "123456789012"
S3_OBJECT = {
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "eventCategory": "Data",
    "readOnly": True,
    "resources": [
        {"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::photos/summer/1.jpg"},
        {"type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::photos", "accountId": ACCOUNT},
    ],
}
NETWORK = {
    "eventSource": "kms.amazonaws.com",
    "eventName": "Decrypt",
    "eventCategory": "NetworkActivity",
    "errorCode": "VpceAccessDenied",
    "vpcEndpointId": "vpce-1",
}


def event(**members: Any) -> Any:
    record = {
        "eventID": "1",
        "eventTime": "2026-01-02T03:04:05Z",
        "eventName": "CreateUser",
        "eventSource": "iam.amazonaws.com",
        "eventCategory": "Management",
        "eventType": "AwsApiCall",
        "awsRegion": "us-east-1",
        "recipientAccountId": ACCOUNT,
        "readOnly": False,
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/alice"},
    } | members
    return read_event(json.dumps(record).encode())


def fields(**tests: Any) -> list[dict[str, Any]]:
    named = {name.replace("__", "."): test for name, test in tests.items()}
    return [{"FieldSelectors": [{"Field": name, **test} for name, test in named.items()]}]


@pytest.mark.parametrize(
    ("selector", "members", "wanted"),
    [
        ({}, {}, True),
        ({}, S3_OBJECT, False),
        ({}, NETWORK, False),
        ({"ReadWriteType": "ReadOnly"}, {}, False),
        ({"ReadWriteType": "ReadOnly"}, {"readOnly": True}, True),
        ({"ReadWriteType": "WriteOnly"}, {}, True),
        ({"ReadWriteType": "WriteOnly"}, {"readOnly": True}, False),
        ({"IncludeManagementEvents": False}, {}, False),
        ({"ExcludeManagementEventSources": ["kms.amazonaws.com"]}, {"eventSource": "kms.amazonaws.com"}, False),
        ({"ExcludeManagementEventSources": ["kms.amazonaws.com"]}, {}, True),
        ({"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}, S3_OBJECT, True),
        ({"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::photos/"]}]}, S3_OBJECT, True),
        ({"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::photos/winter"]}]}, S3_OBJECT, False),
        ({"DataResources": [{"Type": "AWS::S3::Object", "Values": []}]}, S3_OBJECT, False),
        ({"DataResources": [{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}]}, S3_OBJECT, False),
        (
            {
                "ReadWriteType": "WriteOnly",
                "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
            },
            S3_OBJECT,
            False,
        ),
    ],
)
def test_basic_selectors(selector: dict[str, Any], members: dict[str, Any], wanted: bool) -> None:
    assert compile_selection([selector], [])(event(**members)) is wanted


DATA = {"eventCategory": {"Equals": ["Data"]}, "resources__type": {"Equals": ["AWS::S3::Object"]}}
MANAGEMENT = {"eventCategory": {"Equals": ["Management"]}}


@pytest.mark.parametrize(
    ("selector", "members", "wanted"),
    [
        (fields(**MANAGEMENT), {}, True),
        (fields(**MANAGEMENT), S3_OBJECT, False),
        (fields(**MANAGEMENT, readOnly={"Equals": ["true"]}), {}, False),
        (fields(**MANAGEMENT, eventName={"StartsWith": ["Create", "Put"]}), {}, True),
        (fields(**MANAGEMENT, eventName={"StartsWith": ["Get"], "EndsWith": ["User"]}), {}, True),
        (fields(**MANAGEMENT, eventName={"StartsWith": ["Create"], "NotEndsWith": ["User"]}), {}, False),
        (fields(**MANAGEMENT, eventSource={"NotEquals": ["kms.amazonaws.com", "iam.amazonaws.com"]}), {}, False),
        (fields(**MANAGEMENT, eventName={"NotStartsWith": ["Get"]}), {}, True),
        (fields(**MANAGEMENT, userIdentity__arn={"EndsWith": ["user/alice"]}), {}, True),
        (fields(**MANAGEMENT, userIdentity__arn={"NotEndsWith": ["user/alice"]}), {"userIdentity": {}}, True),
        (fields(**MANAGEMENT, userIdentity__arn={"EndsWith": ["user/alice"]}), {"userIdentity": {}}, False),
        (fields(**MANAGEMENT, sessionCredentialFromConsole={"NotEquals": ["true"]}), {}, True),
        (
            fields(**MANAGEMENT, sessionCredentialFromConsole={"Equals": ["true"]}),
            {"sessionCredentialFromConsole": "true"},
            True,
        ),
        (fields(**DATA), S3_OBJECT, True),
        (fields(**DATA), {}, False),
        (fields(**DATA, resources__ARN={"StartsWith": ["arn:aws:s3:::photos/"]}), S3_OBJECT, True),
        (fields(**DATA, resources__ARN={"Equals": ["arn:aws:s3:::photos"]}), S3_OBJECT, False),
        (fields(**DATA, resources__ARN={"NotStartsWith": ["arn:aws:s3:::photos/"]}), S3_OBJECT, False),
        (
            fields(eventCategory={"Equals": ["NetworkActivity"]}, eventSource={"Equals": ["kms.amazonaws.com"]}),
            NETWORK,
            True,
        ),
        (
            fields(eventCategory={"Equals": ["NetworkActivity"]}, errorCode={"NotEquals": ["VpceAccessDenied"]}),
            NETWORK,
            False,
        ),
        (
            fields(eventCategory={"Equals": ["NetworkActivity"]}, vpcEndpointId={"Equals": ["vpce-1"]}),
            NETWORK,
            True,
        ),
    ],
)
def test_advanced_selectors(selector: list[dict[str, Any]], members: dict[str, Any], wanted: bool) -> None:
    assert compile_selection([], selector)(event(**members)) is wanted


DELIVERY = {
    "eventSource": "s3.amazonaws.com",
    "eventName": "PutObject",
    "userIdentity": {"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"},
}


@pytest.mark.parametrize(
    ("scope", "members", "is_global", "covered"),
    [
        ({}, {}, True, True),
        ({"account": "210987654321"}, {}, True, False),
        ({"includes_global_events": False}, {}, True, False),
        ({"home_region": "eu-west-1"}, {}, True, False),
        ({"home_region": "eu-west-1", "takes_global_events_at_home": True}, {}, True, True),
        ({"home_region": "eu-west-1", "is_multi_region": True}, {}, True, True),
        ({"home_region": "eu-west-1"}, {"awsRegion": "eu-west-1"}, False, True),
        ({}, {"awsRegion": "eu-west-1"}, False, False),
        ({"is_multi_region": True}, {"awsRegion": "eu-west-1"}, False, True),
        ({}, DELIVERY, False, False),
        ({"records_deliveries": True}, DELIVERY, False, True),
        ({}, DELIVERY | {"userIdentity": {"type": "IAMUser"}}, False, True),
    ],
)
def test_what_a_trail_is_about(scope: dict[str, Any], members: dict[str, Any], is_global: bool, covered: bool) -> None:
    plain = {
        "account": ACCOUNT,
        "home_region": "us-east-1",
        "is_multi_region": False,
        "includes_global_events": True,
        "records_deliveries": False,
    }
    assert Scope(**(plain | scope)).covers(event(**members), is_global=is_global) is covered


def test_a_record_leaves_as_it_was_stored_but_for_the_part_that_is_garrisons_own() -> None:
    stored = b'{"eventName":"CreateUser","cost":1.50,"text":"\\u00e9","_garrison":{"decision":"Allow"}}'
    assert without_own_part(stored) == b'{"eventName":"CreateUser","cost":1.50,"text":"\\u00e9"}'
    assert without_own_part(b'{"a": 1}') == b'{"a": 1}'
