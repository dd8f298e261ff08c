"""The examples in AWS's own models: each request is parsed and each answer read back by botocore without a loss."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSRequest, HeadersDict, prepare_request_dict
from botocore.exceptions import ParamValidationError
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from garrison.wire import HttpRequest, HttpResponse, Service, load_service, route
from garrison.wire.model import read_model

_PLACEHOLDER = "the example's value does not fit its own model"
_EMPTY_LABEL = "the example leaves a label of the path empty"
_SUPERSEDED = "a deprecated operation that shares its path with the one that took its place"

EXCLUDED_INPUTS = {
    "ec2.ModifySpotFleetRequest": _PLACEHOLDER,
    "kms.CreateCustomKeyStore": _PLACEHOLDER,
    "kms.UpdateCustomKeyStore": _PLACEHOLDER,
    "polly.GetLexicon": _EMPTY_LABEL,
    "s3.PutBucketCors": _EMPTY_LABEL,
    "s3.GetBucketLifecycle": _SUPERSEDED,
    "s3.GetBucketNotification": _SUPERSEDED,
}
"""Operations whose example requests are not run, each with its reason."""

EXCLUDED_OUTPUTS = {
    "kms.CreateKey": _PLACEHOLDER,
    "organizations.AcceptHandshake": _PLACEHOLDER,
    "organizations.CancelHandshake": _PLACEHOLDER,
    "s3.GetBucketLocation": "botocore reads its bare element in a handler outside the parser",
    "s3.GetBucketNotification": _SUPERSEDED,
    "s3.GetObjectTorrent": "botocore's parser reads an empty body as an empty value, not as none",
}
"""Operations whose example answers are not run, each with its reason."""


def data_folder() -> Path:
    spec = find_spec("botocore")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data"


def examples() -> Iterator[tuple[Service, OperationModel, dict[str, Any]]]:
    for folder in sorted(data_folder().iterdir()):
        files = sorted(folder.glob("*/examples-1.json"))
        cases = json.loads(files[-1].read_text()).get("examples", {}) if files else {}
        if cases:
            service, model = load_service(folder.name), ServiceModel(read_model(folder.name), folder.name)
            for name in cases:
                if service.has_operation(name):
                    for case in cases[name]:
                        yield service, model.operation_model(name), case


def sent(service: Service, operation: OperationModel, parameters: dict[str, Any]) -> HttpRequest:
    serializer = create_serializer(service.protocol, include_validation=False)
    parts = serializer.serialize_to_request(parameters, operation)
    prepare_request_dict(parts, "http://localhost:4600")
    request = AWSRequest(parts["method"], parts["url"], parts["headers"], parts["body"]).prepare()
    url, body = urlsplit(request.url), request.body or b""
    headers = sorted((name.lower(), str(value)) for name, value in request.headers.items() if name != "Content-Length")
    return HttpRequest(
        request.method, url.path, url.query, headers, body.encode() if isinstance(body, str) else bytes(body)
    )


def meaning(message: HttpRequest | HttpResponse) -> tuple[Any, ...]:
    """What two messages must share; the order of a body's members does not count."""
    body: Any = json.loads(message.body) if message.body[:1] in (b"{", b"[") else sorted(message.body)
    if isinstance(message, HttpRequest):
        return message.method, message.path, message.query, message.headers, body
    return message.status, message.headers, body


def check_request(service: Service, operation: OperationModel, parameters: dict[str, Any]) -> bool:
    request = sent(service, operation, parameters)
    found, name = route(request, service.signing_name, frozenset([service.name]))
    parsed = found.operation(name).parse(request)
    return name == operation.name and meaning(sent(service, operation, parsed)) == meaning(request)


def check_answer(service: Service, operation: OperationModel, answer: dict[str, Any]) -> bool:
    response = service.operation(operation.name).serialize(answer, "r")
    received = {"status_code": response.status, "headers": HeadersDict(dict(response.headers)), "body": response.body}
    parsed = create_parser(service.protocol).parse({**received, "context": {}}, operation.output_shape)
    parsed.pop("ResponseMetadata", None)
    return meaning(service.operation(operation.name).serialize(parsed, "r")) == meaning(response)


@pytest.mark.filterwarnings("ignore")
def test_the_examples_of_the_models_pass_both_ways_without_a_loss() -> None:
    failures: list[str] = []
    passed = {"wire_example_input": 0, "wire_example_output": 0}
    for service, operation, case in examples():
        name = f"{service.name}.{operation.name}"
        checks = (
            ("wire_example_input", check_request, case.get("input") or {}, EXCLUDED_INPUTS),
            ("wire_example_output", check_answer, case.get("output"), EXCLUDED_OUTPUTS),
        )
        for kind, check, values, excluded in checks:
            if values is None or name in excluded:
                continue
            try:
                if kind == "wire_example_input":
                    create_serializer(service.protocol).serialize_to_request(values, operation)
                good = check(service, operation, values)
            except ParamValidationError:
                continue  # botocore itself refuses to send it
            except Exception as fault:
                failures.append(f"{kind} {name}: {type(fault).__name__}: {fault}")
                continue
            passed[kind] += good
            if not good:
                failures.append(f"{kind} {name}: lost something")
    print(passed, f"{len(failures)} failed")
    assert not failures, "\n".join(failures)
    floors = tomllib.loads((Path(__file__).parents[1] / "floors.toml").read_text())
    assert all(count >= floors[kind] for kind, count in passed.items())
