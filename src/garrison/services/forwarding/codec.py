"""Write an upstream's requests and read its answers, by botocore's own serializers and parsers; loaded when first needed.

No handlers of botocore take part: what they would do to a request (encode its user data, add presigned URLs) the caller's SDK has done.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import botocore.parsers
import botocore.serialize
from botocore.auth import SigV4Auth
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.loaders import Loader
from botocore.model import ServiceModel

from garrison.errors import ApiError

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from garrison.outgoing import Answer


class Prepared(NamedTuple):
    """A signed request."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def signed_request(
    service: str, operation: str, parameters: Mapping[str, Any], endpoint: str, region: str, credentials: Credentials
) -> Prepared:
    """A call as the upstream takes it."""
    model = _model(service)
    serializer = botocore.serialize.create_serializer(model.metadata["protocol"], include_validation=False)
    described = serializer.serialize_to_request(dict(parameters), model.operation_model(operation))
    prepare_request_dict(described, endpoint_url=endpoint, user_agent="garrison")
    request = create_request_object(described)
    SigV4Auth(credentials, model.signing_name, region).add_auth(request)
    prepared = request.prepare()
    headers = {name: _text(value) for name, value in prepared.headers.items()}
    body = prepared.body or b""
    return Prepared(prepared.method, prepared.url, headers, body.encode() if isinstance(body, str) else bytes(body))


def read_answer(service: str, operation: str, answer: Answer) -> tuple[dict[str, Any], str]:
    """An upstream's answer as parameters, and its request id; raises `ApiError` with its refusal."""
    model = _model(service)
    parser = botocore.parsers.create_parser(model.metadata["protocol"])
    received = {"status_code": answer.status, "headers": dict(answer.headers), "body": answer.body}
    try:
        parsed = parser.parse(received, model.operation_model(operation).output_shape)  # type: ignore[arg-type]
    except botocore.parsers.ResponseParserError:
        raise ApiError(
            "UpstreamUnavailable", "The upstream's answer cannot be read. It may have been carried out.", status=424
        ) from None
    request_id = parsed.pop("ResponseMetadata", {}).get("RequestId", "")
    if answer.status >= 300:
        error = parsed.get("Error", {})
        raise ApiError(error.get("Code") or "UpstreamError", error.get("Message") or "", status=_status(answer.status))
    return parsed, request_id


def _status(status: int) -> int:
    """The status to answer with: a server's fault that an SDK would try again is passed on as one that it does not."""
    return status if 400 <= status < 500 else 424


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
