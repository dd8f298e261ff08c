"""Whatever bytes come, a decoder answers with parameters or with the modelled error."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garrison.errors import ApiError
from garrison.wire import (
    HttpRequest,
    Limits,
    cbor,
    decode_content,
    load_service,
    route,
    serialize_error,
    timestamps,
    xml,
)
from garrison.wire.faults import WireFault
from garrison.wire.headers import header_reader
from garrison.wire.limits import MAX_DEPTH
from garrison.wire.query import pairs_of, tree_of
from garrison.wire.scalars import read_base64, read_float

OPERATIONS = [
    ("iam", None, "CreateUser"),
    ("ec2", None, "RunInstances"),
    ("wafv2", None, "CreateWebACL"),
    ("cloudwatch", "smithy-rpc-v2-cbor", "PutMetricData"),
    ("cloudwatch", "json", "PutMetricData"),
    ("cloudwatch", "query", "PutMetricData"),
    ("lambda", None, "CreateFunction"),
    ("s3", None, "DeleteObjects"),
    ("s3", None, "PutObject"),
    ("route53", None, "ChangeResourceRecordSets"),
]
SERVICES = frozenset(name for name, _, _ in OPERATIONS)
PATHS = {"lambda": "/2015-03-31/functions", "s3": "/photos/a", "route53": "/2013-04-01/hostedzone/Z1/rrset/"}
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["Name", "Scope", "Rules", "Statement", "MetricData", "Code", "x"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)
form_bodies = st.lists(
    st.tuples(
        st.sampled_from(
            ["UserName", "Tags.member.1.Key", "Tags", "Tags.member", "MinCount", "Filter.1.Value.", "..", "a.1.b"]
        ),
        st.text(max_size=10),
    ),
    max_size=8,
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs).encode("utf-8", "surrogatepass"))
xml_bodies = st.lists(
    st.sampled_from(
        ["<Delete>", "</Delete>", "<Object>", "</Object>", "<Key>", "</Key>", "a", "&lt;", "&x;", "<Quiet/>", "<!--"]
    ),
    max_size=12,
).map(lambda parts: "".join(parts).encode())
bodies = st.one_of(
    st.binary(max_size=200),
    form_bodies,
    xml_bodies,
    json_values.map(lambda value: json.dumps(value).encode()),
    json_values.map(lambda value: encoded(value)),  # noqa: PLW0108 defined below
)


def encoded(value: Any) -> bytes:
    out = bytearray()
    try:
        cbor.write_document(value, out)
    except OverflowError:
        return b"\xff"
    return bytes(out)


def operation_of(name: str, protocol: str | None, operation: str) -> Any:
    service = load_service(name)
    return (service.speaking(protocol) if protocol else service).operation(operation)


@pytest.mark.parametrize(("name", "protocol", "operation"), OPERATIONS)
@SETTINGS
@given(body=bodies, query=st.text(max_size=30), header=st.text(st.characters(max_codepoint=255), max_size=20))
def test_any_body_is_parsed_or_refused(
    name: str, protocol: str | None, operation: str, body: bytes, query: str, header: str
) -> None:
    headers = [("x-amz-meta-a", header), ("content-length", header), ("expires", header), ("content-encoding", header)]
    request = HttpRequest("POST", PATHS.get(name, "/"), query, headers, body)
    target = operation_of(name, protocol, operation)
    try:
        assert isinstance(target.parse(request), dict)
    except ApiError as error:
        response = target.serialize_error(error, "r")
        assert 400 <= response.status < 500
        assert isinstance(response.body, bytes)


@SETTINGS
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "PATCH", "X"]),
    path=st.text(max_size=30).map(lambda text: "/" + text),
    query=st.text(max_size=30),
    body=bodies,
    headers=st.lists(
        st.tuples(
            st.sampled_from(["host", "x-amz-target", "content-type", "smithy-protocol", "content-encoding", "accept"]),
            st.sampled_from(
                [
                    "",
                    "a.b",
                    "x.s3.localhost",
                    "[::1]:1",
                    "application/x-www-form-urlencoded",
                    "application/cbor",
                    "gzip",
                ]
            )
            | st.text(st.characters(max_codepoint=255), max_size=10),
        ),
        max_size=4,
    ),
    signing_name=st.none() | st.sampled_from(["s3", "iam", "lambda", "monitoring", "x"]),
)
def test_any_request_is_routed_or_refused(
    method: str, path: str, query: str, body: bytes, headers: list[tuple[str, str]], signing_name: str | None
) -> None:
    request = HttpRequest(method, path, query, headers, body)
    try:
        service, name = route(request, signing_name, SERVICES)
        assert service.has_operation(name)
    except ApiError as error:
        response = serialize_error(error, "r", request=request)
        assert 400 <= response.status < 500


@SETTINGS
@given(st.text(max_size=60))
def test_the_readers_of_text_raise_nothing_but_faults(text: str) -> None:
    shapes = load_service("s3").operation("PutObject").input_shape.members  # type: ignore[union-attr]
    readers: list[Any] = [
        timestamps.from_text,
        timestamps.from_iso8601,
        timestamps.from_rfc822,
        read_float,
        read_base64,
        lambda value: tree_of(pairs_of(value)),
        lambda value: xml.parse(value.encode("utf-8", "replace")),
        *(header_reader(member) for member in shapes.values() if member.location == "header"),
    ]
    for read in readers:
        with suppress(WireFault):
            read(text)


@SETTINGS
@given(st.binary(max_size=100))
def test_any_bytes_are_cbor_or_a_fault(body: bytes) -> None:
    with suppress(WireFault):
        cbor.parse(body)


@SETTINGS
@given(json_values)
def test_what_is_written_as_cbor_is_read_back(value: Any) -> None:
    body = encoded(value)
    if body != b"\xff" and "\ud800" not in repr(value):
        assert repr(cbor.parse(body)) == repr(value)


def refused(target: Any, body: bytes, path: str = "/") -> ApiError:
    started = time.monotonic()
    with pytest.raises(ApiError) as caught:
        target.parse(HttpRequest("POST", path, "", [], body))
    assert time.monotonic() - started < 5
    return caught.value


def test_deep_json_is_refused() -> None:
    target = operation_of("wafv2", None, "CreateWebACL")
    for depth in (MAX_DEPTH + 1, 100_000):
        body = b'{"Rules":' + b"[" * depth + b"]" * depth + b"}"
        assert refused(target, body).code == "SerializationException"


def test_deep_documents_are_refused_where_the_model_takes_any() -> None:
    body = b'{"StateMachineName":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}"
    assert refused(operation_of("cloudwatch", "json", "PutMetricData"), body).code == "SerializationException"


@pytest.mark.parametrize(
    "body",
    [
        b"\x81" * 10_000,
        b"\x9f" * 10_000,
        b"\xbf\x61a" * 5_000,
        b"\xc1" * 10_000,
        b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\xba\xff\xff\xff\xff",
        b"\x5f\x5f\xff",
        b"\x7f\x41a\xff",
        b"\x7f\x61a",
        b"\xa1\x01\x02",
        b"\xa1\x61a\xff",
        b"\xc1\x61a",
        b"\xc1\xfb\x7f\xf0\x00\x00\x00\x00\x00\x00",
        b"\xa0\x00",
        b"\xf8\x20",
        b"\x1c",
        b"\x61\xff",
    ],
)
def test_hostile_cbor_is_refused(body: bytes) -> None:
    target = operation_of("cloudwatch", "smithy-rpc-v2-cbor", "PutMetricData")
    assert refused(target, body).code == "SerializationException"


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><Delete>&x;</Delete>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><Delete/>',
        b"<a>" * 1000,
        b"<a>" * 1000 + b"</a>" * 1000,
        b"<Delete>",
        b"<Delete></Other>",
        b'<?xml version="1.0" encoding="nonsense"?><Delete/>',
        b"\x00<Delete/>",
        b"<Delete>&undefined;</Delete>",
        b"<Delete><Quiet>true</Quiet><Quiet>false</Quiet></Delete>",
    ],
)
def test_hostile_xml_is_refused(body: bytes) -> None:
    assert refused(operation_of("s3", None, "DeleteObjects"), body, "/photos").code == "MalformedXML"


def test_a_far_list_index_costs_nothing() -> None:
    parsed = operation_of("iam", None, "TagUser").parse(
        HttpRequest("POST", "/", "", [], b"UserName=u&Tags.member.999999999.Key=b&Tags.member.999999999.Value=c")
    )
    assert parsed["Tags"] == [{"Key": "b", "Value": "c"}]


@pytest.mark.parametrize(
    "body",
    [
        b"Tags.member.9999999999.Key=b",
        b"Tags.member.-1.Key=b",
        b"Tags.member.x.Key=b",
        "Tags.member.١.Key=b".encode(),
        b"Tags.member.1.Key=a&Tags.member.01.Key=b",
        b"UserName=a&UserName=b",
        b"Tags=a&Tags.member.1.Key=b",
        b"UserName=%ff",
        b"UserName=\xff",
        b"a." * 500 + b"b=c",
        b"&".join(b"k%d=v" % place for place in range(20_000)),
    ],
)
def test_hostile_forms_are_refused(body: bytes) -> None:
    assert refused(operation_of("iam", None, "TagUser"), body).code == "MalformedInput"


def gzipped(content: bytes) -> HttpRequest:
    return HttpRequest("POST", "/", "", [("content-encoding", "gzip")], gzip.compress(content))


def test_a_compressed_body_is_read() -> None:
    target = operation_of("cloudwatch", "query", "ListMetrics")
    assert target.parse(gzipped(b"Action=ListMetrics&Namespace=AWS/EC2")) == {"Namespace": "AWS/EC2"}
    decoded = decode_content(gzipped(b"abc"), Limits())
    assert (decoded.body, decoded.header("content-encoding")) == (b"abc", None)


def test_an_object_stays_compressed() -> None:
    request = HttpRequest("PUT", "/photos/a", "", [("content-encoding", "gzip")], gzip.compress(b"abc"))
    assert operation_of("s3", None, "PutObject").parse(request)["Body"] == request.body


def test_a_zip_bomb_is_refused_before_it_unfolds() -> None:
    with pytest.raises(ApiError) as caught:
        decode_content(gzipped(b"\0" * 50_000_000), Limits())
    assert (caught.value.code, caught.value.status) == ("RequestEntityTooLarge", 413)
    with pytest.raises(ApiError):
        decode_content(gzipped(b"a" * 2000), Limits(decompressed_bytes=1000))


@pytest.mark.parametrize(
    "body",
    [
        b"\x1f\x8b",
        gzip.compress(b"abc", mtime=0)[:-3],
        gzip.compress(b"a", mtime=0) + b"x",
        b"abc",
        zlib.compress(b"a"),
    ],
)
def test_a_broken_gzip_body_is_refused(body: bytes) -> None:
    with pytest.raises(ApiError) as caught:
        decode_content(HttpRequest("POST", "/", "", [("content-encoding", "gzip")], body), Limits())
    assert caught.value.status == 400


def test_a_header_value_cannot_end_its_line() -> None:
    operation = operation_of("s3", None, "GetObject")
    response = operation.serialize({"Metadata": {"a\r\nb": "x\r\ny: z"}, "ContentType": "a\nb"}, "r")
    assert all("\n" not in name + value and "\r" not in name + value for name, value in response.headers)


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    response = operation_of("iam", None, "CreateUser").serialize_error(ApiError("X", "a\x00b\ud800<"), "r")
    assert xml.parse(response.body).children[0].children[2].text == "a\ufffdb\ufffd<"
