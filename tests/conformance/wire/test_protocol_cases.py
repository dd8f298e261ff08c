"""botocore's protocol cases turned round: its input cases are parsed back to their params, its results serialised for its parsers."""

from __future__ import annotations

import base64
import json
import math
import tarfile
import tomllib
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import HeadersDict
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import PROTOCOL_PARSERS
from botocore.utils import parse_timestamp

from garrison.errors import ApiError
from garrison.wire import HttpRequest, HttpResponse, Operation, Service
from garrison.wire.shapes import Shape

_NO_BODY = "the case leaves the compressed body out; tests/wire compresses bodies of its own"
_EMPTY = "an empty list or map is not on the wire, so it cannot come back"
_EMPTY_PAYLOAD = "clients send {} both for an empty payload structure and for none"

EXCLUDED_INPUTS: dict[str, str] = {
    **{
        f"{file}/{case}": _NO_BODY
        for file, cases in {
            "ec2": ("SDKAppliedContentEncoding_ec2Query", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_ec2Query"),
            "json": ("SDKAppliedContentEncoding_awsJson1_1", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1"),
            "json_1_0": (
                "SDKAppliedContentEncoding_awsJson1_0",
                "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0",
            ),
            "query": ("SDKAppliedContentEncoding_awsQuery", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery"),
            "rest-json": ("SDKAppliedContentEncoding_restJson1", "SDKAppendedGzipAfterProvidedEncoding_restJson1"),
            "rest-xml": ("SDKAppliedContentEncoding_restXml", "SDKAppendedGzipAfterProvidedEncoding_restXml"),
        }.items()
        for case in cases
    },
    "ec2/Ec2EmptyQueryLists": _EMPTY,
    "query/QueryEmptyQueryMaps": _EMPTY,
    "rest-json/RestJsonHttpPrefixHeadersAreNotPresent": _EMPTY,
    "rest-json/RestJsonOmitsEmptyListQueryValues": _EMPTY,
    "rest-xml/HttpPrefixHeadersAreNotPresent": _EMPTY,
    "legacy-rest-json/26:1": _EMPTY,
    "legacy-rest-xml/26:1": _EMPTY,
    "rest-json/RestJsonHttpWithEmptyStructurePayload": _EMPTY_PAYLOAD,
    "rest-json/RestJsonHttpWithHeadersButNoPayload": _EMPTY_PAYLOAD,
    "legacy-rest-json/13:1": _EMPTY_PAYLOAD,
    "legacy-rest-json/25:2": _EMPTY_PAYLOAD,
    "legacy-rest-json/25:4": _EMPTY_PAYLOAD,
    "rest-json/MediaTypeHeaderInputBase64": "its param is JSON text already; botocore itself encodes it once more",
    "legacy-rest-json/25:7": "the Content-Type that clients add by themselves is a member of this operation",
}
"""Input cases that are not run, each with its reason."""

_EVENTS = "event streams are refused"
_UNKNOWN = "a union member that the model does not know is a client's affair"
_LISTS = "botocore's parser splits header lists at every comma, also inside dates and quotes"
_UNSET = "botocore's parser reads an empty body as an empty value, not as none"

EXCLUDED_OUTPUTS: dict[str, str] = {
    "legacy-json/6:0": _EVENTS,
    "legacy-rest-xml/14:0": _EVENTS,
    "legacy-rest-xml/14:1": _EVENTS,
    "legacy-rest-xml/14:2": _EVENTS,
    "legacy-rest-json/17:2": _UNKNOWN,
    "legacy-rest-xml/16:2": _UNKNOWN,
    "rest-json/RestJsonInputAndOutputWithQuotedStringHeaders": _LISTS,
    "rest-json/RestJsonInputAndOutputWithTimestampHeaders": _LISTS,
    "rest-xml/InputAndOutputWithTimestampHeaders": _LISTS,
    "rest-json/RestJsonHttpPayloadTraitsWithNoBlobBody": _UNSET,
    "rest-json/RestJsonHttpPayloadWithUnsetUnion": _UNSET,
    "rest-xml/HttpPayloadTraitsWithNoBlobBody": _UNSET,
    "rest-xml/RestXmlHttpPayloadWithUnsetUnion": _UNSET,
    "ec2/Ec2XmlLists": "two flat lists share one element name for botocore's parser",
    "rest-xml/XmlLists": "two flat lists share one element name for botocore's parser",
    "query/QueryXmlLists": "two flat lists share one element name for botocore's parser",
}
"""Output cases that are not run, each with its reason."""


@dataclass(frozen=True)
class Case:
    """One case of one file."""

    name: str
    """`rest-json/RestJsonAllQueryStringTypes`, or file, suite and place where a case has no id."""
    operation: Operation
    model: dict[str, Any]
    """The model that the operation is from, for botocore's own parser."""
    data: dict[str, Any]


def read_cases(suites: Path, folder: Path, kind: str) -> Iterator[Case]:
    """Every case of a kind (`input`, `output`), the archive extracted into the folder."""
    with tarfile.open(suites / "wire" / "botocore-protocols.tar.gz") as archive:
        wanted = [member for member in archive if PurePosixPath(member.name).parent.name == kind and member.isfile()]
        for member in wanted:  # `extractall(filter=…)` is not in Debian 12's Python 3.11.2
            content = archive.extractfile(member)
            assert content is not None
            target = folder / member.name
            assert target.resolve().is_relative_to(folder.resolve())
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
    for path in sorted(folder.rglob(f"{kind}/*.json")):
        legacy = "legacy-" if path.parent.parent.name == "legacy" else ""
        for number, suite in enumerate(json.loads(path.read_text())):
            for place, case in enumerate(suite["cases"]):
                yield _case(f"{legacy}{path.stem}", number, place, suite, case)


def _case(stem: str, number: int, place: int, suite: dict[str, Any], case: dict[str, Any]) -> Case:
    name = case["given"].get("name", "OperationName")
    model = {
        "metadata": {"endpointPrefix": "conformance", "serviceId": "Conformance", **suite["metadata"]},
        "operations": {name: case["given"]},
        "shapes": suite["shapes"],
    }
    service = Service.from_model(model)
    return Case(f"{stem}/{case.get('id') or f'{number}:{place}'}", service.operation(name), model, case)


def floor(name: str) -> int:
    """What the suite must at least pass."""
    floors = tomllib.loads((Path(__file__).parents[1] / "floors.toml").read_text())
    return int(floors[name])


def plain(value: Any, shape: Shape | None) -> Any:
    """Decoded parameters in the cases' own terms: seconds for timestamps, text for blobs and special numbers; no nulls."""
    if shape is None or value is None or shape.is_document:
        return value
    if shape.type == "structure":
        return {
            name: plain(item, shape.members[name])
            for name, item in value.items()
            if item is not None and name in shape.members
        }
    if shape.type == "list":
        return [plain(item, shape.element) for item in value]
    if shape.type == "map":
        return {plain(key, shape.key): plain(item, shape.element) for key, item in value.items()}
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value


def body_bytes(text: str, protocol: str) -> bytes:
    """A case's body as bytes: cases of the CBOR protocol write it in base64."""
    return base64.b64decode(text) if "cbor" in protocol else text.encode()


def request_of(case: Case) -> HttpRequest:
    expected = case.data["serialized"]
    parts = urlsplit(expected.get("uri") or "/")
    headers = [(name.lower(), value) for name, value in expected.get("headers", {}).items()]
    body = body_bytes(expected.get("body", ""), case.operation.service.protocol)
    return HttpRequest(expected.get("method", "POST"), parts.path, parts.query, headers, body)


def expected_of(case: Case, parsed: dict[str, Any]) -> dict[str, Any]:
    """The params as a server sees them: clients fill in idempotency tokens, and leave nulls out."""
    shape = case.operation.input_shape
    params = dict(case.data.get("params", {}))
    for name, member in shape.members.items() if shape is not None else ():
        if member.traits.get("idempotencyToken") and name not in params and name in parsed:
            params[name] = parsed[name]
    expected = plain(params, shape)
    assert isinstance(expected, dict)
    return expected


def unrepeated(value: dict[str, Any], operation: Operation) -> dict[str, Any]:
    """A map of the query string without the parameters that other members hold: servers repeat them, cases differ in it."""
    members = operation.input_shape.members if operation.input_shape is not None else {}
    bound = {member.wire_name for member in members.values() if member.location == "querystring"}
    for name, member in members.items():
        if member.location == "querystring" and member.type == "map" and name in value:
            value[name] = {key: item for key, item in value[name].items() if key not in bound}
            if not value[name]:
                del value[name]
    return value


def test_every_input_case_is_parsed_back_to_its_params(suites: Path, tmp_path: Path) -> None:
    failures, total, unused = [], 0, set(EXCLUDED_INPUTS)
    for case in read_cases(suites, tmp_path, "input"):
        if case.name in EXCLUDED_INPUTS:
            unused.discard(case.name)
            continue
        total += 1
        try:
            parsed = case.operation.parse(request_of(case))
            actual = unrepeated(plain(parsed, case.operation.input_shape), case.operation)
            expected = unrepeated(expected_of(case, parsed), case.operation)
            if actual != expected:
                failures.append(f"{case.name}: {actual} is not {expected}")
        except Exception as fault:
            failures.append(f"{case.name}: {type(fault).__name__}: {fault}")
    passed = total - len(failures)
    print(f"wire_input {passed}/{total}, {len(EXCLUDED_INPUTS)} excluded")
    assert not failures, "\n".join(failures)
    assert not unused, f"no such cases: {unused}"
    assert passed >= floor("wire_input")


def epoch(value: Any) -> float:
    moment = parse_timestamp(value).astimezone(UTC)
    return timegm(moment.timetuple()) + round(moment.microsecond / 1e6, 3)


def parsed_by_botocore(case: Case, response: HttpResponse, *, is_error: bool) -> dict[str, Any]:
    model = ServiceModel(case.model)
    operation = OperationModel(case.data["given"], model)
    parser = PROTOCOL_PARSERS[case.operation.service.protocol](timestamp_parser=epoch)
    received = {
        "status_code": response.status,
        "headers": HeadersDict(dict(response.headers)),
        "body": response.body,
        "context": {"operation_name": case.operation.name},
    }
    parsed = parser.parse(received, operation.output_shape)
    if is_error:
        code = parsed["Error"].get("QueryErrorCode", parsed["Error"]["Code"])
        shape = case.operation.exception(code) or case.operation.service.shapes.named(code)
        if shape is not None:
            parsed.update(parser.parse(received, model.shape_for(shape.name)))
    parsed.pop("ResponseMetadata", None)
    return dict(parsed)


def answered(value: Any, shape: Shape | None) -> Any:
    """A result as an operation answers it: the special numbers are floats there."""
    if shape is None or value is None or shape.is_document:
        return value
    if shape.type == "structure":
        return {name: answered(item, shape.members[name]) for name, item in value.items()}
    if shape.type == "list":
        return [answered(item, shape.element) for item in value]
    if shape.type == "map":
        return {key: answered(item, shape.element) for key, item in value.items()}
    return float(value) if shape.type in ("float", "double") else value


def folded(value: dict[str, Any], operation: Operation) -> dict[str, Any]:
    """Header maps with lower-case keys, as HTTP has them, and without the request id that every answer carries."""
    shape = operation.output_shape
    for name, member in shape.members.items() if shape is not None else ():
        if member.location == "headers" and name in value:
            pairs = ((key.lower(), text) for key, text in value[name].items())
            value[name] = {key: text for key, text in pairs if not key.endswith("amzn-requestid")}
    return value


def check_result(case: Case) -> str | None:
    operation = case.operation
    result = case.data["result"]
    answer = answered(result, operation.output_shape)
    response = operation.serialize(answer, "request-1")
    actual = folded(plain(parsed_by_botocore(case, response, is_error=False), operation.output_shape), operation)
    expected = folded(plain(result, operation.output_shape), operation)
    return None if actual == expected else f"{actual} is not {expected}\n    {response.body[:500]!r}"


def check_error(case: Case) -> str | None:
    operation, data = case.operation, case.data
    code, words, members = data["errorCode"], data.get("errorMessage") or "", data["error"]
    shape = operation.exception(code) or operation.service.shapes.named(code)
    error = ApiError(code, words, members=members)
    response = operation.serialize_error(error, "request-1")
    parsed = parsed_by_botocore(case, response, is_error=True)
    found = (parsed["Error"].get("Code"), parsed["Error"].get("Message") or "")
    if found != (code, words):
        return f"{found} is not {code}, {words!r}\n    {response.body!r}"
    actual = plain({name: value for name, value in parsed.items() if name != "Error"}, shape)
    expected = plain(members, shape)
    return None if actual == expected else f"{actual} is not {expected}\n    {response.body!r}"


def test_every_output_case_is_serialised_so_that_botocore_reads_it_back(suites: Path, tmp_path: Path) -> None:
    failures, total, unused = [], 0, set(EXCLUDED_OUTPUTS)
    for case in read_cases(suites, tmp_path, "output"):
        if case.name in EXCLUDED_OUTPUTS:
            unused.discard(case.name)
            continue
        total += 1
        try:
            problem = check_error(case) if "error" in case.data else check_result(case)
        except Exception as fault:
            problem = f"{type(fault).__name__}: {fault}"
        if problem is not None:
            failures.append(f"{case.name}: {problem}")
    passed = total - len(failures)
    print(f"wire_output {passed}/{total}, {len(EXCLUDED_OUTPUTS)} excluded")
    assert not failures, "\n".join(failures)
    assert not unused, f"no such cases: {unused}"
    assert passed >= floor("wire_output")
