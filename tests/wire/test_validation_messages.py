"""Requests that the model refuses get AWS's sentence, code and form of the service they are sent to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from garrison.errors import ApiError
from garrison.wire import HttpRequest, Service, load_service


def refused(
    service: str, operation: str, body: bytes, *, path: str = "/", query: str = "", method: str = "POST"
) -> ApiError:
    with pytest.raises(ApiError) as caught:
        load_service(service).operation(operation).parse(HttpRequest(method, path, query, [], body))
    return caught.value


def form(**members: str) -> bytes:
    return urlencode(members).encode()


def test_a_missing_required_member_is_a_null_value_for_query_services() -> None:
    error = refused("iam", "CreateUser", form(Action="CreateUser"))
    assert error.code == "ValidationError"
    assert error.message == (
        "1 validation error detected: Value null at 'userName' failed to satisfy constraint: Member must not be null"
    )


def test_several_failures_are_counted_and_joined() -> None:
    error = refused("iam", "CreateUser", form(UserName="", Path="x"))
    assert error.message.startswith("3 validation errors detected: ")
    assert error.message.count("; Value ") == 2
    assert (
        "Value '' at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1"
        in error.message
    )


def test_the_path_of_a_nested_member_names_list_places() -> None:
    error = refused("iam", "TagUser", b"UserName=u&Tags.member.1.Key=a&Tags.member.1.Value=&Tags.member.2.Key=b")
    assert error.message == (
        "1 validation error detected: Value null at 'tags.2.member.value' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_json_services_say_validation_exception() -> None:
    error = refused("cloudtrail", "LookupEvents", b'{"MaxResults": 51}')
    assert (error.code, error.status) == ("ValidationException", 400)
    assert error.message == (
        "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 50"
    )


def test_an_unknown_enum_value_is_answered_with_the_set() -> None:
    error = refused("wafv2", "ListWebACLs", b'{"Scope": "GLOBAL"}')
    assert error.message == (
        "1 validation error detected: Value 'GLOBAL' at 'scope' failed to satisfy constraint: "
        "Member must satisfy enum value set: [CLOUDFRONT, REGIONAL]"
    )


def test_simple_list_members_are_refused_at_the_list() -> None:
    error = refused("kms", "CreateGrant", b'{"KeyId":"k","GranteePrincipal":"p","Operations":["Encrypt","Fly"]}')
    assert "Value '[Encrypt, Fly]' at 'operations' failed to satisfy constraint: " in error.message
    assert "Member must satisfy constraint: [Member must satisfy enum value set: [" in error.message


def test_logs_uses_its_own_code() -> None:
    assert refused("logs", "CreateLogGroup", b'{"logGroupName":""}').code == "InvalidParameterException"


def test_ec2_names_the_missing_parameter() -> None:
    error = refused("ec2", "TerminateInstances", b"Action=TerminateInstances")
    assert (error.code, error.message) == ("MissingParameter", "The request must contain the parameter InstanceIds")


def test_a_sensitive_value_is_not_repeated() -> None:
    error = refused("iam", "CreateLoginProfile", form(UserName="u", Password="s" * 200 + "\x00"))
    assert "sss" not in error.message
    assert "Value at 'password' failed to satisfy constraint" in error.message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"Name": 5}', "NUMBER_VALUE cannot be converted to String"),
        (b'{"Name": true}', "TRUE_VALUE cannot be converted to String"),
        (b'{"Name": {}}', "Start of structure or map found where not expected."),
        (b'{"Name": []}', "Start of list found where not expected."),
        (b"[]", "Start of list found where not expected."),
        (b'{"Name"', "The request body is not well-formed JSON"),
        (b'{"Name": "\xff"}', "The request body is not well-formed JSON"),
    ],
)
def test_a_wrong_json_type_is_a_serialization_exception(body: bytes, message: str) -> None:
    error = refused("cloudtrail", "StartLogging", body)
    assert (error.code, error.message) == ("SerializationException", message)


@pytest.mark.parametrize("value", ["2147483648", "1.5", '"5"', "1e400", "true"])
def test_a_number_that_is_no_integer_of_its_size_is_refused(value: str) -> None:
    assert (
        refused("cloudtrail", "LookupEvents", b'{"MaxResults": %s}' % value.encode()).code == "SerializationException"
    )


@pytest.mark.parametrize("text", ["abc", "1.5", "99999999999", "0x10", "１"])
def test_a_query_integer_must_be_one(text: str) -> None:
    assert refused("iam", "ListUsers", form(MaxItems=text)).code == "MalformedInput"


def test_nulls_count_as_absent() -> None:
    parsed = (
        load_service("cloudtrail")
        .operation("LookupEvents")
        .parse(HttpRequest("POST", "/", body=b'{"MaxResults": null, "NextToken": "x"}'))
    )
    assert parsed == {"NextToken": "x"}


def test_members_that_the_model_does_not_know_are_ignored() -> None:
    parsed = (
        load_service("cloudtrail")
        .operation("StartLogging")
        .parse(HttpRequest("POST", "/", body=b'{"Name": "t", "Other": {"a": [1]}}'))
    )
    assert parsed == {"Name": "t"}


def model_with(shape: dict[str, Any]) -> Service:
    return Service.from_model(
        {
            "metadata": {"protocol": "json", "endpointPrefix": "x", "apiVersion": "2026-01-01"},
            "operations": {"Put": {"name": "Put", "http": {}, "input": {"shape": "In"}}},
            "shapes": {"In": {"type": "structure", "members": {"Value": {"shape": "Value"}}}, "Value": shape},
        }
    )


def accepts(pattern: str, value: str) -> bool:
    operation = model_with({"type": "string", "pattern": pattern}).operation("Put")
    request = HttpRequest("POST", "/", body=msgspec.json.encode({"Value": value}))
    try:
        operation.parse(request)
    except ApiError:
        return False
    return True


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"[\w+=,.@-]+", "bob@x", "b b"),
        (r"[\w]+", "abc", "ünï"),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "Ünï 5 字", "a;b"),
        (r"^\p{Lu}\P{L}$", "A1", "Ab"),
        (r"[\p{Alnum}_]+", "a1_", "a-"),
        ("[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\r\\n\\t]*", "a😀\n", "\x00"),
        (
            r"arn:aws:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
            "arn:aws:iam::123456789012:role/x",
            "arn:aws:iam::1:role/x",
        ),
        (r"^[a-z]+$", "abc", "abc\n"),
        (r"(?!aws:)[a-z:]+", "own:x", "aws:x"),
        (r"[a-z&&[^b]]+", "ac", "abc"),
    ],
)
def test_java_patterns_are_matched_over_the_whole_value(pattern: str, good: str, bad: str) -> None:
    assert accepts(pattern, good)
    assert not accepts(pattern, bad)


@pytest.mark.parametrize(
    "pattern", [r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(a+)+b", r"(.*a){12}b", r"(a|a)*c", r"([/-]*x*)*y"]
)
def test_a_hostile_value_cannot_make_a_pattern_slow(pattern: str) -> None:
    assert not accepts(pattern, "a" * 20_000)


def test_a_list_of_bad_members_gets_an_answer_of_bounded_size() -> None:
    body = b"UserName=u&" + b"&".join(b"Tags.member.%d.Key=" % place for place in range(1, 9000))
    error = refused("iam", "TagUser", body)
    assert len(error.message) < 200_000


def test_a_union_has_exactly_one_member() -> None:
    service = Service.from_model(
        {
            "metadata": {"protocol": "json", "endpointPrefix": "x", "apiVersion": "2026-01-01"},
            "operations": {"Put": {"name": "Put", "http": {}, "input": {"shape": "In"}}},
            "shapes": {
                "In": {"type": "structure", "members": {"Choice": {"shape": "Choice"}}},
                "Choice": {"type": "structure", "union": True, "members": {"A": {"shape": "S"}, "B": {"shape": "S"}}},
                "S": {"type": "string"},
            },
        }
    )
    operation = service.operation("Put")
    assert operation.parse(HttpRequest("POST", "/", body=b'{"Choice":{"A":"x"}}')) == {"Choice": {"A": "x"}}
    for body in (b'{"Choice":{}}', b'{"Choice":{"A":"x","B":"y"}}'):
        with pytest.raises(ApiError, match="exactly one"):
            operation.parse(HttpRequest("POST", "/", body=body))


def test_sensitive_members_are_named_by_their_paths() -> None:
    assert "Password" in load_service("iam").operation("CreateLoginProfile").sensitive_members
    assert "AccessKey.SecretAccessKey" in load_service("iam").operation("CreateAccessKey").sensitive_output_members
    assert load_service("iam").operation("ListUsers").sensitive_members == frozenset()


def test_s3_tells_a_bad_argument_from_a_bad_document() -> None:
    assert (
        refused("s3", "ListObjectsV2", b"", path="/photos", query="max-keys=many", method="GET").code
        == "InvalidArgument"
    )
    assert refused("s3", "DeleteObjects", b"<Delete>", path="/photos", query="delete").code == "MalformedXML"
