"""A request finds its service and operation, or gets the error that AWS gives for it."""

from __future__ import annotations

import gzip

import pytest

from garrison.errors import ApiError
from garrison.wire import HttpRequest, route, serialize_error

SERVICES = frozenset(
    ["iam", "sts", "cloudtrail", "ec2", "s3", "logs", "cloudwatch", "kms", "wafv2", "config", "lambda", "elb", "elbv2"]
)
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


def request(
    method: str, path: str, query: str = "", body: bytes = b"", headers: dict[str, str] | None = None
) -> HttpRequest:
    return HttpRequest(method, path, query, list((headers or {}).items()), body)


def found(signing_name: str | None, *parts: object, **options: object) -> tuple[str, str, str]:
    service, name = route(request(*parts, **options), signing_name, SERVICES)  # type: ignore[arg-type]
    return service.name, service.protocol, name


def refusal(signing_name: str | None, *parts: object, **options: object) -> ApiError:
    with pytest.raises(ApiError) as caught:
        found(signing_name, *parts, **options)
    return caught.value


def test_a_form_names_its_action_and_version() -> None:
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    assert found("sts", "POST", "/", "", body, FORM) == ("sts", "query", "GetCallerIdentity")


def test_an_action_may_be_in_the_query_string() -> None:
    query = "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Expires=60"
    assert found("sts", "GET", "/", query) == ("sts", "query", "GetCallerIdentity")


def test_an_anonymous_call_is_found_by_version_and_action() -> None:
    body = b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
    assert found(None, "POST", "/", "", body, FORM) == ("sts", "query", "AssumeRoleWithWebIdentity")


def test_services_of_one_signing_name_are_told_apart_by_version() -> None:
    for version, name in (("2012-06-01", "elb"), ("2015-12-01", "elbv2")):
        body = f"Action=DescribeLoadBalancers&Version={version}".encode()
        assert found("elasticloadbalancing", "POST", "/", "", body, FORM)[0] == name


def test_a_compressed_form_is_read() -> None:
    body = gzip.compress(b"Action=PutMetricData&Version=2010-08-01")
    headers = {**FORM, "content-encoding": "gzip"}
    assert found("monitoring", "POST", "/", "", body, headers) == ("cloudwatch", "query", "PutMetricData")


@pytest.mark.parametrize("namespace", ["com.amazonaws.cloudtrail.v20131101.", ""])
def test_a_target_header_names_service_and_operation(namespace: str) -> None:
    headers = {"x-amz-target": f"{namespace}CloudTrail_20131101.LookupEvents"}
    assert found("cloudtrail", "POST", "/", headers=headers) == ("cloudtrail", "json", "LookupEvents")


def test_cloudwatch_is_found_in_the_protocol_that_the_request_speaks() -> None:
    target = {"x-amz-target": "GraniteServiceVersion20100801.ListMetrics"}
    assert found("monitoring", "POST", "/", headers=target)[1] == "json"
    path = "/service/GraniteServiceVersion20100801/operation/ListMetrics"
    assert found("monitoring", "POST", path, headers={"smithy-protocol": "rpc-v2-cbor"})[1] == "smithy-rpc-v2-cbor"


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "name"),
    [
        ("GET", "/", "", {}, "ListBuckets"),
        ("GET", "/photos", "", {}, "ListObjects"),
        ("GET", "/photos/", "list-type=2&prefix=a", {}, "ListObjectsV2"),
        ("GET", "/photos", "acl", {}, "GetBucketAcl"),
        ("GET", "/photos", "lifecycle=", {}, "GetBucketLifecycleConfiguration"),
        ("GET", "/photos", "versions", {}, "ListObjectVersions"),
        ("GET", "/photos/a/b%2Fc", "", {}, "GetObject"),
        ("GET", "/photos/a", "uploadId=1", {}, "ListParts"),
        ("GET", "/photos/a", "tagging", {}, "GetObjectTagging"),
        ("PUT", "/photos/a", "", {}, "PutObject"),
        ("PUT", "/photos/a", "", {"x-amz-copy-source": "b/c"}, "CopyObject"),
        ("PUT", "/photos/a", "partNumber=1&uploadId=2", {}, "UploadPart"),
        ("PUT", "/photos/a", "partNumber=1&uploadId=2", {"x-amz-copy-source": "b/c"}, "UploadPartCopy"),
        ("POST", "/photos/a", "uploads", {}, "CreateMultipartUpload"),
        ("POST", "/photos/a", "uploadId=2", {}, "CompleteMultipartUpload"),
        ("DELETE", "/photos/a", "uploadId=2", {}, "AbortMultipartUpload"),
        ("DELETE", "/photos/a", "", {}, "DeleteObject"),
        ("POST", "/photos", "delete", {}, "DeleteObjects"),
        ("HEAD", "/photos", "", {}, "HeadBucket"),
        ("HEAD", "/photos/a", "", {}, "HeadObject"),
        ("GET", "/", "", {"host": "photos.s3.localhost:4600"}, "ListObjects"),
        ("GET", "/a", "", {"host": "my.photos.s3.eu-west-1.amazonaws.com"}, "GetObject"),
    ],
)
def test_s3_operations_are_told_apart(method: str, path: str, query: str, headers: dict[str, str], name: str) -> None:
    assert found("s3", method, path, query, b"", headers) == ("s3", "rest-xml", name)


def test_a_virtual_host_gives_the_bucket() -> None:
    asked = request("GET", "/a%20b", headers={"host": "photos.s3.localhost:4600"})
    service, name = route(asked, None, SERVICES)
    assert service.operation(name).parse(asked) == {"Bucket": "photos", "Key": "a b"}


def test_the_longest_literal_path_wins() -> None:
    prefix = "/2015-03-31/functions"
    assert found("lambda", "GET", f"{prefix}/")[2] == "ListFunctions"
    assert found("lambda", "GET", f"{prefix}/f")[2] == "GetFunction"
    assert found("lambda", "GET", f"{prefix}/f/configuration")[2] == "GetFunctionConfiguration"
    assert found("lambda", "POST", f"{prefix}/arn%3Aaws%3Alambda/invocations")[2] == "Invoke"


def test_an_unknown_action_says_so_with_its_version() -> None:
    error = refusal("sts", "POST", "/", "", b"Action=Fly&Version=2011-06-15", FORM)
    assert (error.code, error.message) == ("InvalidAction", "Could not find operation Fly for version 2011-06-15")


def test_a_wrong_version_is_an_unknown_action() -> None:
    error = refusal("iam", "POST", "/", "", b"Action=ListUsers&Version=1999-01-01", FORM)
    assert error.message == "Could not find operation ListUsers for version 1999-01-01"


def test_ec2_words_it_in_its_own_way() -> None:
    error = refusal("ec2", "POST", "/", "", b"Action=Fly&Version=2016-11-15", FORM)
    assert error.message == "The action Fly is not valid for this web service."


def test_a_missing_action_says_so() -> None:
    assert refusal("iam", "POST", "/", "", b"", FORM).code == "MissingAction"


def test_an_unknown_target_is_an_unknown_operation() -> None:
    assert refusal("kms", "POST", "/", headers={"x-amz-target": "TrentService.Fly"}).code == "UnknownOperationException"
    assert refusal("kms", "POST", "/", headers={"x-amz-target": "x"}).code == "UnknownOperationException"


def test_a_service_that_is_not_there_is_an_unknown_operation() -> None:
    error = refusal("dynamodb", "POST", "/", headers={"x-amz-target": "DynamoDB_20120810.ListTables"})
    assert (error.code, error.status) == ("UnknownOperationException", 404)


def test_s3_refuses_a_method_that_its_resource_does_not_have() -> None:
    assert refusal("s3", "PATCH", "/photos").status == 405


@pytest.mark.parametrize("body", [b"Action=ListUsers&Action=DeleteUser", b"Action=ListUsers&Version=1&Version=2"])
def test_an_action_that_comes_twice_is_refused(body: bytes) -> None:
    assert refusal("iam", "POST", "/", "", body, FORM).code == "MalformedQueryString"


@pytest.mark.parametrize(
    ("headers", "query", "content_type"),
    [
        ({"x-amz-target": "a.b"}, "", "application/x-amz-json-1.1"),
        ({"smithy-protocol": "rpc-v2-cbor"}, "", "application/cbor"),
        (FORM, "", "text/xml"),
        ({}, "Action=x", "text/xml"),
        ({"content-type": "application/json"}, "", "application/json"),
        ({}, "", "application/xml"),
    ],
)
def test_an_early_error_has_the_form_that_the_request_speaks(
    headers: dict[str, str], query: str, content_type: str
) -> None:
    asked = request("POST", "/", query, b"", headers)
    response = serialize_error(ApiError("IncompleteSignature", "no", status=400), "r", request=asked)
    assert response.status == 400
    assert ("content-type", content_type) in response.headers
    assert b"IncompleteSignature" in response.body or ("x-amzn-errortype", "IncompleteSignature") in response.headers


def test_an_unknown_path_is_answered_in_the_form_of_the_service_it_was_signed_for() -> None:
    error = refusal("lambda", "GET", "/nowhere")
    response = serialize_error(error, "r", request=request("GET", "/nowhere"))
    assert response.status == 404
    assert ("x-amzn-errortype", "UnknownOperationException") in response.headers


def test_an_operation_with_an_event_stream_is_refused_by_name() -> None:
    service, name = route(request("POST", "/photos/a", "select&select-type=2"), "s3", SERVICES)
    with pytest.raises(ApiError, match="SelectObjectContent uses an event stream"):
        service.operation(name).parse(request("POST", "/photos/a", "select&select-type=2"))
