"""Delete and restore event data stores, and start and stop what they take in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.stores.finding import (
    context_of_store,
    find_active_store,
    find_store,
    shown,
    store_in,
    stores_here,
)
from garrison.services.cloudtrail.stores.resources import ENABLED, PENDING_DELETION, STOPPED, EventDataStore, Span
from garrison.services.cloudtrail.stores.stores import MOST_STORES

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import (
        DeleteEventDataStoreRequestTypeDef,
        RestoreEventDataStoreRequestTypeDef,
        StartEventDataStoreIngestionRequestTypeDef,
        StopEventDataStoreIngestionRequestTypeDef,
    )

    from garrison.services.call import Call


@service.operation(
    "DeleteEventDataStore",
    needs={"cloudtrail:DeleteEventDataStore": store_in("EventDataStore")},
    context=context_of_store("EventDataStore"),
)
def delete_event_data_store(call: Call, request: DeleteEventDataStoreRequestTypeDef) -> dict[str, Any]:
    """The store takes nothing in any more, and is gone after seven days; the events stay in the lake."""
    store = find_active_store(call, request["EventDataStore"])
    if store.is_protected:
        raise ApiError(
            "EventDataStoreTerminationProtectedException",
            f"The event data store {store.arn} cannot be deleted: termination protection is enabled for it.",
        )
    _keep(call, msgspec.structs.replace(store, deleted_at=call.at, ingested=_ended(call, store)))
    return {}


@service.operation(
    "RestoreEventDataStore",
    needs={"cloudtrail:RestoreEventDataStore": store_in("EventDataStore")},
    context=context_of_store("EventDataStore"),
)
def restore_event_data_store(call: Call, request: RestoreEventDataStoreRequestTypeDef) -> dict[str, Any]:
    """The store as before its deletion; it takes events in again."""
    store = find_store(call, request["EventDataStore"])
    if store.status != PENDING_DELETION:
        raise _wrong_status(store)
    if sum(1 for other in stores_here(call) if other.status != PENDING_DELETION) >= MOST_STORES:
        raise ApiError(
            "EventDataStoreMaxLimitExceededException", "Your account has the maximum number of event data stores."
        )
    restored = msgspec.structs.replace(store, deleted_at=None, ingested=(*store.ingested, Span(call.at)))
    return shown(_keep(call, restored))


@service.operation(
    "StartEventDataStoreIngestion",
    needs={"cloudtrail:StartEventDataStoreIngestion": store_in("EventDataStore")},
    context=context_of_store("EventDataStore"),
)
def start_ingestion(call: Call, request: StartEventDataStoreIngestionRequestTypeDef) -> dict[str, Any]:
    """The store shows live events again, from now on."""
    store = find_store(call, request["EventDataStore"])
    if store.status != STOPPED:
        raise _wrong_status(store)
    _keep(call, msgspec.structs.replace(store, ingested=(*store.ingested, Span(call.at))))
    return {}


@service.operation(
    "StopEventDataStoreIngestion",
    needs={"cloudtrail:StopEventDataStoreIngestion": store_in("EventDataStore")},
    context=context_of_store("EventDataStore"),
)
def stop_ingestion(call: Call, request: StopEventDataStoreIngestionRequestTypeDef) -> dict[str, Any]:
    """The store does not show what happens from now on."""
    store = find_store(call, request["EventDataStore"])
    if store.status != ENABLED:
        raise _wrong_status(store)
    _keep(call, msgspec.structs.replace(store, ingested=_ended(call, store)))
    return {}


def _ended(call: Call, store: EventDataStore) -> tuple[Span, ...]:
    return tuple(span if span.end_at else Span(span.start_at, call.at) for span in store.ingested)


def _keep(call: Call, store: EventDataStore) -> EventDataStore:
    call.resources.append({"ARN": store.arn, "accountId": store.account, "type": EventDataStore.resource_type})
    return call.unit.save(msgspec.structs.replace(store, updated_at=call.at))


def _wrong_status(store: EventDataStore) -> ApiError:
    return ApiError(
        "InvalidEventDataStoreStatusException", f"The event data store {store.arn} is in the status {store.status}."
    )
