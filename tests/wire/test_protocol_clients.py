"""Real botocore clients against the wire layer: what they send is parsed, what is answered they read back."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from garrison.errors import ApiError
from garrison.wire import HttpRequest, HttpResponse, load_service, route, serialize_error
from garrison.wire.model import read_model

SERVICES = frozenset(
    ["iam", "sts", "cloudtrail", "ec2", "s3", "logs", "cloudwatch", "kms", "wafv2", "config", "lambda", "route53"]
)
NOON = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)
Answer = Callable[[str, dict[str, Any]], Mapping[str, Any]]


class Raw(io.BytesIO):
    """A response body as urllib3 hands it over."""

    def stream(self, **_: Any) -> Any:
        while chunk := self.read(1024):
            yield chunk


class Server:
    """Takes a client's prepared requests and answers them through the wire layer."""

    def __init__(self, answer: Answer, signing_name: str | None) -> None:
        self.answer = answer
        self.signing_name = signing_name
        self.requests: list[HttpRequest] = []
        self.parsed: list[tuple[str, str, dict[str, Any]]] = []

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        parts = urlsplit(request.url)
        headers = [
            (name.lower(), value.decode("latin-1") if isinstance(value, bytes) else value)
            for name, value in request.headers.items()
        ]
        body = request.body or b""
        if hasattr(body, "read"):
            body = body.read()
        body = body.encode() if isinstance(body, str) else bytes(body)
        headers.append(("host", parts.netloc))
        received = HttpRequest(request.method, parts.path, parts.query, headers, body)
        self.requests.append(received)
        response = self.respond(received)
        return AWSResponse(request.url, response.status, dict(response.headers), Raw(response.body))

    def respond(self, request: HttpRequest) -> HttpResponse:
        try:
            service, name = route(request, self.signing_name, SERVICES)
        except ApiError as error:
            return serialize_error(error, "request-1", request=request)
        operation = service.operation(name)
        try:
            parameters = operation.parse(request)
            self.parsed.append((service.protocol, name, parameters))
            return operation.serialize(self.answer(name, parameters), "request-1")
        except ApiError as error:
            return operation.serialize_error(error, "request-1")


def connect(name: str, answer: Answer, data_path: Path | None = None, **settings: Any) -> tuple[Any, Server]:
    session = botocore.session.Session()
    if data_path is not None:
        session.set_config_variable("data_path", str(data_path))
    config = Config(retries={"max_attempts": 0}, parameter_validation=False, **settings)
    client = session.create_client(
        name,
        region_name="eu-west-1",
        endpoint_url="http://localhost:4600",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=config,
    )
    server = Server(answer, client.meta.service_model.signing_name)
    client.meta.events.register("before-send", server)
    return client, server


USER = {"Path": "/", "UserName": "ünï<&>", "UserId": "AIDA1", "Arn": "arn:aws:iam::1:user/u", "CreateDate": NOON}
EXCHANGES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("iam", "create_user", {"UserName": "bob", "Tags": [{"Key": "a b", "Value": "c+d=é"}]}, {"User": USER}),
    ("iam", "list_users", {}, {"Users": [USER, USER], "IsTruncated": False}),
    ("iam", "list_users", {"MaxItems": 5}, {"Users": [], "IsTruncated": True, "Marker": "next"}),
    ("iam", "delete_user", {"UserName": "bob"}, {}),
    ("sts", "get_caller_identity", {}, {"Account": "123456789012", "Arn": "arn:aws:iam::1:root", "UserId": "1"}),
    (
        "sts",
        "assume_role",
        {
            "RoleArn": "arn:aws:iam::123456789012:role/reader",
            "RoleSessionName": "s1",
            "DurationSeconds": 900,
            "TransitiveTagKeys": ["a"],
            "Tags": [{"Key": "a", "Value": ""}],
        },
        {
            "Credentials": {
                "AccessKeyId": "ASIAEXAMPLEEXAMPLE",
                "SecretAccessKey": "x",
                "SessionToken": "t",
                "Expiration": NOON,
            }
        },
    ),
    (
        "cloudtrail",
        "lookup_events",
        {
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "RunInstances"}],
            "StartTime": NOON,
            "MaxResults": 10,
        },
        {"Events": [{"EventId": "1", "EventTime": NOON, "Resources": [{"ResourceName": "x"}]}]},
    ),
    ("cloudtrail", "start_logging", {"Name": "trail"}, {}),
    (
        "ec2",
        "describe_instances",
        {"InstanceIds": ["i-1", "i-2"], "Filters": [{"Name": "tag:a", "Values": ["x", "y"]}], "DryRun": False},
        {"Reservations": [{"Instances": [{"InstanceId": "i-1", "LaunchTime": NOON, "Tags": [{"Key": "k"}]}]}]},
    ),
    (
        "ec2",
        "run_instances",
        {
            "ImageId": "ami-1",
            "MinCount": 1,
            "MaxCount": 2,
            "ClientToken": "token-1",
            "SecurityGroupIds": ["sg-1"],
            "BlockDeviceMappings": [{"DeviceName": "/dev/sda", "Ebs": {"VolumeSize": 8, "Encrypted": True}}],
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}],
        },
        {"ReservationId": "r-1", "Instances": []},
    ),
    (
        "logs",
        "put_log_events",
        {"logGroupName": "g", "logStreamName": "s", "logEvents": [{"timestamp": 1700000000123, "message": "hé"}]},
        {"nextSequenceToken": "1"},
    ),
    (
        "kms",
        "encrypt",
        {"KeyId": "alias/a", "Plaintext": b"\x00\xff", "EncryptionContext": {"a": "b"}},
        {"CiphertextBlob": b"\x01\xfe", "KeyId": "k"},
    ),
    (
        "wafv2",
        "create_web_acl",
        {
            "Name": "acl",
            "Scope": "REGIONAL",
            "DefaultAction": {"Allow": {}},
            "VisibilityConfig": {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": False, "MetricName": "m"},
            "Rules": [
                {
                    "Name": "r",
                    "Priority": 0,
                    "Action": {"Block": {}},
                    "VisibilityConfig": {
                        "SampledRequestsEnabled": True,
                        "CloudWatchMetricsEnabled": False,
                        "MetricName": "r",
                    },
                    "Statement": {
                        "NotStatement": {
                            "Statement": {
                                "ByteMatchStatement": {
                                    "SearchString": b"x",
                                    "FieldToMatch": {"UriPath": {}},
                                    "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
                                    "PositionalConstraint": "CONTAINS",
                                }
                            }
                        }
                    },
                }
            ],
        },
        {"Summary": {"Name": "acl", "Id": "1"}},
    ),
    (
        "config",
        "put_config_rule",
        {"ConfigRule": {"ConfigRuleName": "r", "Source": {"Owner": "AWS", "SourceIdentifier": "X"}}},
        {},
    ),
    ("lambda", "list_functions", {"MaxItems": 3}, {"Functions": [{"FunctionName": "f", "CodeSize": 1}]}),
    ("lambda", "get_function", {"FunctionName": "arn:aws:lambda:eu-west-1:123456789012:function:f:1"}, {}),
    (
        "lambda",
        "create_function",
        {
            "FunctionName": "f",
            "Role": "arn:aws:iam::123456789012:role/r",
            "Code": {"ZipFile": b"PK\x03\x04"},
            "Environment": {"Variables": {"STAGE": "b"}},
        },
        {"FunctionName": "f", "LastModified": "2026"},
    ),
    (
        "route53",
        "list_hosted_zones",
        {},
        {"HostedZones": [{"Id": "1", "Name": "a", "CallerReference": "r"}], "IsTruncated": False, "MaxItems": "1"},
    ),
    (
        "s3",
        "list_objects_v2",
        {"Bucket": "photos", "Prefix": "a b/+", "MaxKeys": 2},
        {
            "Contents": [{"Key": "a b/+", "Size": 3, "LastModified": NOON, "ETag": '"e"'}],
            "KeyCount": 1,
            "Name": "photos",
        },
    ),
    (
        "s3",
        "delete_objects",
        {"Bucket": "photos", "Delete": {"Objects": [{"Key": "a"}, {"Key": "<b>"}], "Quiet": False}},
        {"Deleted": [{"Key": "a"}], "Errors": [{"Key": "<b>", "Code": "AccessDenied"}]},
    ),
    ("s3", "get_bucket_location", {"Bucket": "photos"}, {"LocationConstraint": "eu-west-1"}),
    ("s3", "list_buckets", {}, {"Buckets": [{"Name": "photos", "CreationDate": NOON}], "Owner": {"ID": "1"}}),
    (
        "s3",
        "put_bucket_tagging",
        {"Bucket": "photos", "Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}},
        {},
    ),
    (
        "s3",
        "copy_object",
        {"Bucket": "photos", "Key": "a/b c", "CopySource": "x/y"},
        {"CopyObjectResult": {"ETag": "e"}},
    ),
]


@pytest.mark.parametrize(("service", "method", "parameters", "answer"), EXCHANGES)
def test_a_client_and_the_wire_layer_understand_each_other(
    service: str, method: str, parameters: dict[str, Any], answer: dict[str, Any]
) -> None:
    client, server = connect(service, lambda name, given: answer)
    result = getattr(client, method)(**parameters)
    assert result.pop("ResponseMetadata")["RequestId"] == "request-1"
    assert server.parsed, server.requests
    parsed = server.parsed[0][2]
    for added in ("ChecksumAlgorithm", "EncodingType", "ContentMD5"):
        parsed.pop(added, None)
    assert parsed == parameters
    assert result == {**answer} or result == {"EncodingType": "url", **answer}


def test_an_object_keeps_its_bytes_metadata_and_encoding() -> None:
    content = gzip.compress(b"inner")
    answers = {
        "PutObject": {"ETag": '"e"'},
        "GetObject": {
            "Body": content,
            "Metadata": {"owner": "bob"},
            "ContentType": "text/x",
            "ContentLength": len(content),
        },
    }
    client, server = connect("s3", lambda name, given: answers[name], request_checksum_calculation="when_required")
    client.put_object(Bucket="photos", Key="a//b", Body=content, ContentEncoding="gzip", Metadata={"Owner": "bob"})
    _, name, parsed = server.parsed[0]
    assert (name, parsed["Key"], parsed["Body"]) == ("PutObject", "a//b", content)
    assert parsed["ContentEncoding"] == "gzip"
    assert parsed["Metadata"] == {"owner": "bob"}
    result = client.get_object(Bucket="photos", Key="a//b")
    assert result["Body"].read() == content
    assert result["Metadata"] == {"owner": "bob"}
    assert result["ContentType"] == "text/x"


def test_a_function_is_invoked_with_its_payload_and_status() -> None:
    client, server = connect(
        "lambda", lambda name, given: {"StatusCode": 202, "Payload": b'{"a":1}', "LogResult": "eA=="}
    )
    result = client.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"x":2}')
    assert server.parsed[0][2] == {"FunctionName": "f", "InvocationType": "Event", "Payload": b'{"x":2}'}
    assert (result["StatusCode"], result["Payload"].read(), result["LogResult"]) == (202, b'{"a":1}', "eA==")


METRIC = {
    "Namespace": "N",
    "MetricData": [
        {"MetricName": "m", "Timestamp": NOON, "Values": [1.5, 2.0], "Dimensions": [{"Name": "a", "Value": "b"}]}
    ],
}


@pytest.mark.parametrize("protocol", ["smithy-rpc-v2-cbor", "json", "query"])
def test_cloudwatch_is_understood_in_each_of_its_protocols(protocol: str, tmp_path: Path) -> None:
    model = read_model("cloudwatch")
    model["metadata"] |= {"protocol": protocol, "protocols": [protocol]}
    folder = tmp_path / "cloudwatch" / "2010-08-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))
    answers: dict[str, Any] = {
        "PutMetricData": {},
        "GetMetricStatistics": {"Label": "m", "Datapoints": [{"Timestamp": NOON, "Sum": 2.5, "Unit": "Count"}]},
    }

    def answer(name: str, given: dict[str, Any]) -> Mapping[str, Any]:
        if name == "GetDashboard":
            raise ApiError("ResourceNotFound", "Dashboard x does not exist")
        return dict(answers[name])

    client, server = connect("cloudwatch", answer, tmp_path, request_min_compression_size_bytes=1)
    client.put_metric_data(**METRIC)
    assert server.requests[0].header("content-encoding") == "gzip"
    assert server.parsed[0] == (protocol, "PutMetricData", METRIC)
    asked = {
        "Namespace": "N",
        "MetricName": "m",
        "StartTime": NOON,
        "EndTime": NOON,
        "Period": 60,
        "Statistics": ["Sum"],
    }
    result = client.get_metric_statistics(**asked)
    assert server.parsed[1][2] == asked
    result.pop("ResponseMetadata")
    assert result == answers["GetMetricStatistics"]
    with pytest.raises(ClientError) as caught:
        client.get_dashboard(DashboardName="x")
    assert caught.value.response["Error"]["Code"] == "ResourceNotFound"
    assert caught.value.response["Error"]["Message"] == "Dashboard x does not exist"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert isinstance(caught.value, client.exceptions.ResourceNotFound)


ERRORS = [
    ("iam", "get_user", {"UserName": "x"}, "NoSuchEntity", 404, "NoSuchEntityException"),
    ("iam", "get_user", {"UserName": "x"}, "NoSuchEntityException", 404, "NoSuchEntityException"),
    ("kms", "describe_key", {"KeyId": "x"}, "NotFoundException", 400, "NotFoundException"),
    ("lambda", "get_function", {"FunctionName": "x"}, "ResourceNotFoundException", 404, "ResourceNotFoundException"),
    ("s3", "get_object", {"Bucket": "photos", "Key": "x"}, "NoSuchKey", 404, "NoSuchKey"),
    ("ec2", "describe_instances", {}, "InvalidInstanceID.NotFound", 400, None),
    ("cloudtrail", "start_logging", {"Name": "x"}, "AccessDeniedException", 400, None),
    ("route53", "get_hosted_zone", {"Id": "x"}, "NoSuchHostedZone", 404, "NoSuchHostedZone"),
]


@pytest.mark.parametrize(("service", "method", "parameters", "code", "status", "kind"), ERRORS)
def test_an_error_reaches_the_client_with_its_code_message_and_status(
    service: str, method: str, parameters: dict[str, Any], code: str, status: int, kind: str | None
) -> None:
    def refuse(name: str, given: dict[str, Any]) -> Mapping[str, Any]:
        given_status = status if service == "s3" else None
        raise ApiError(code, "no <such> thing", status=given_status)

    client, _ = connect(service, refuse)
    with pytest.raises(ClientError) as caught:
        getattr(client, method)(**parameters)
    response = caught.value.response
    assert response["Error"]["Message"] == "no <such> thing"
    assert response["Error"]["Code"] in (code, (kind or code).removesuffix("Exception"), kind)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert response["ResponseMetadata"]["RequestId"] == "request-1"
    if kind is not None:
        assert isinstance(caught.value, getattr(client.exceptions, kind))


def test_an_answer_to_head_has_no_body_even_as_an_error() -> None:
    operation = load_service("s3").operation("HeadObject")
    response = operation.serialize_error(ApiError("NoSuchKey", "none", status=404), "r")
    assert (response.status, response.body) == (404, b"")
