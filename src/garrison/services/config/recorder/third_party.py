"""Resources that others tell of: put and deleted by calls, recorded with history like any other.

AWS takes only types that are registered with CloudFormation and checks configurations against their schema. Here any type is taken
that is not AWS's own, and its configuration must be a JSON object. Source: AWS Config API reference, "PutResourceConfig".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.errors import ApiError
from garrison.inventory import Cause, Resource
from garrison.items import Item
from garrison.services.config.recorder.finding import running_recorder
from garrison.services.config.recorder.known_types import is_third_party
from garrison.services.config.rules.recorded import history_of
from garrison.services.config.service import PRINCIPAL, service

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

MOST_BYTES = 512 * 1024


def _check_type(resource_type: str) -> None:
    if not is_third_party(resource_type):
        raise ApiError("ValidationException", f"The resource type {resource_type} is not a third-party type.")


def _configuration(text: str) -> dict[str, Any]:
    if len(text.encode()) > MOST_BYTES:
        raise ApiError("ValidationException", f"The configuration is larger than {MOST_BYTES // 1024} KiB.")
    try:
        found = codec.decode(text)
    except (msgspec.DecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ApiError("ValidationException", "The configuration is not a JSON object.")
    return found


@service.operation("PutResourceConfig", needs={"config:PutResourceConfig": "*"}, stored_apart=True)
def put_resource_config(call: Call, request: shapes.PutResourceConfigRequestTypeDef) -> None:
    """Record a state of a resource; the same state again is no change."""
    running_recorder(call.unit)
    _check_type(request["ResourceType"])
    item = Item(
        account=call.account,
        region=call.region,
        resource_type=request["ResourceType"],
        resource_id=request["ResourceId"],
        resource_name=request.get("ResourceName"),
        arn="",
        configuration=_configuration(request["Configuration"]),
        tags=dict(request.get("Tags") or {}),
        captured_at=call.at,
    )
    history, causes = history_of(call.parts), {Resource.of(item): [_cause(call)]}
    history.record([item], at=call.at, causes=causes)


@service.operation("DeleteResourceConfig", needs={"config:DeleteResourceConfig": "*"}, stored_apart=True)
def delete_resource_config(call: Call, request: shapes.DeleteResourceConfigRequestTypeDef) -> None:
    """Record that a resource is gone."""
    running_recorder(call.unit)
    _check_type(request["ResourceType"])
    resource = Resource(call.account, call.region, request["ResourceType"], request["ResourceId"])
    history_of(call.parts).remove(resource, at=call.at, causes={resource: [_cause(call)]})


def _cause(call: Call) -> Cause:
    return Cause(
        event_id=call.event_id,
        event_name=call.operation,
        event_source=PRINCIPAL,
        at=call.at,
        principal=call.principal.arn,
        source_address=call.source_address,
    )
