"""Find the event data store that a request means, and show it as answers do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.cloudtrail.stores.resources import PENDING_DELETION, RESTORABLE, EventDataStore, store_arn

if TYPE_CHECKING:
    from garrison.services.call import Call

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def store_id_of(call: Call, text: str) -> str:
    """The id in an ARN of this account and region, or the id itself; EventDataStoreARNInvalidException."""
    if text.startswith("arn:"):
        arn = parse_arn(text)
        found = arn.resource.removeprefix("eventdatastore/") if arn and arn.service == "cloudtrail" else ""
        if arn is None or not _ID.fullmatch(found):
            raise ApiError("EventDataStoreARNInvalidException", f"{text} is not a valid event data store ARN.")
        if (arn.region, arn.account) != (call.region, call.account):
            raise _not_found(text)
        return found
    if not _ID.fullmatch(text):
        raise ApiError("EventDataStoreARNInvalidException", f"{text} is not a valid event data store ARN or ID.")
    return text


def store_in(member: str) -> Callable[[Call, Any], str]:
    """Gives the ARN of the store that a request names in this member: what an operation is authorised on."""

    def arn(call: Call, request: Mapping[str, Any]) -> str:
        return store_arn(call.region, call.account, store_id_of(call, request[member])) if request.get(member) else "*"

    return arn


def context_of_store(member: str) -> Callable[[Call, Mapping[str, Any]], dict[str, Any]]:
    """Gives the tags of the store that a request names in this member."""

    def values(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
        store = call.unit.get(EventDataStore, call.region, store_id_of(call, request[member]))
        return {f"aws:ResourceTag/{key}": value for key, value in (store.tags if store else {}).items()}

    return values


def find_store(call: Call, text: str) -> EventDataStore:
    """The store of an id or ARN, also one that is deleted and can be restored; EventDataStoreNotFoundException."""
    store = call.unit.get(EventDataStore, call.region, store_id_of(call, text))
    if store is None or is_gone(store, call.at):
        raise _not_found(text)
    return store


def find_active_store(call: Call, text: str) -> EventDataStore:
    """The store of an id or ARN; InactiveEventDataStoreException where it is deleted."""
    store = find_store(call, text)
    if store.status == PENDING_DELETION:
        raise ApiError("InactiveEventDataStoreException", f"The event data store {store.arn} is pending deletion.")
    return store


def stores_here(call: Call) -> list[EventDataStore]:
    """The stores of the called region that are not gone, by name."""
    found = [
        store
        for store in call.unit.page(EventDataStore)
        if store.home_region == call.region and not is_gone(store, call.at)
    ]
    return sorted(found, key=lambda store: (store.name, store.store_id))


def is_gone(store: EventDataStore, at: datetime) -> bool:
    """Whether its time to be restored is over."""
    return store.deleted_at is not None and at - store.deleted_at >= RESTORABLE


def shown(store: EventDataStore) -> dict[str, Any]:
    """A store as Get, Update and Restore answer it."""
    found = {
        "EventDataStoreArn": store.arn,
        "Name": store.name,
        "Status": store.status,
        "AdvancedEventSelectors": list(store.selectors),
        "MultiRegionEnabled": store.is_multi_region,
        "OrganizationEnabled": store.is_organizations,
        "RetentionPeriod": store.retention_days,
        "TerminationProtectionEnabled": store.is_protected,
        "CreatedTimestamp": store.created_at,
        "UpdatedTimestamp": store.updated_at,
        "BillingMode": store.billing_mode,
    }
    return found | ({"KmsKeyId": store.kms_key_id} if store.kms_key_id else {})


def _not_found(text: str) -> ApiError:
    return ApiError("EventDataStoreNotFoundException", f"The event data store {text} is not found.")
