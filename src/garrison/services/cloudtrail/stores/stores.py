"""Make, change and list event data stores."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.services.cloudtrail.selectors import checked_advanced_selectors
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.stores.finding import (
    context_of_store,
    find_active_store,
    find_store,
    shown,
    store_in,
    stores_here,
)
from garrison.services.cloudtrail.stores.resources import EventDataStore, Span
from garrison.services.cloudtrail.tags import checked_tags, context_of_tags
from garrison.services.organizations.resources import Organization
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import (
        CreateEventDataStoreRequestTypeDef,
        GetEventDataStoreRequestTypeDef,
        ListEventDataStoresRequestTypeDef,
        UpdateEventDataStoreRequestTypeDef,
    )

    from garrison.services.call import Call

MOST_STORES = 10
"""In one region (CloudTrail User Guide, "Quotas in AWS CloudTrail")."""
FIXED = "FIXED_RETENTION_PRICING"
MOST_FIXED_DAYS = 2557
_DEFAULT_DAYS = {FIXED: MOST_FIXED_DAYS, "EXTENDABLE_RETENTION_PRICING": 366}
_DEFAULT_SELECTORS = (
    {
        "Name": "Default management events",
        "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
    },
)


def _any_store(call: Call, request: Any) -> str:
    return f"arn:aws:cloudtrail:{call.region}:{call.account}:eventdatastore/*"


def _any_store_if_tagged(call: Call, request: Any) -> tuple[str, ...]:
    return (_any_store(call, request),) if request.get("TagsList") else ()


@service.operation(
    "CreateEventDataStore",
    needs={"cloudtrail:CreateEventDataStore": _any_store, "cloudtrail:AddTags": _any_store_if_tagged},
    context=context_of_tags,
)
def create_event_data_store(call: Call, request: CreateEventDataStoreRequestTypeDef) -> dict[str, Any]:
    """A new store; it shows the events from now on, unless it is not to ingest yet, and of log files taken in."""
    present = stores_here(call)
    _check_name(request["Name"], present)
    if len(present) >= MOST_STORES:
        raise ApiError(
            "EventDataStoreMaxLimitExceededException",
            f"Your account has used the maximum number of event data stores, {MOST_STORES}, in {call.region}.",
        )
    mode = request.get("BillingMode") or "EXTENDABLE_RETENTION_PRICING"
    store = EventDataStore(
        account=call.account,
        store_id=str(uuid.uuid4()),
        home_region=call.region,
        name=request["Name"],
        created_at=call.at,
        updated_at=call.at,
        selectors=_selectors(request.get("AdvancedEventSelectors")) or _DEFAULT_SELECTORS,
        is_multi_region=request.get("MultiRegionEnabled", True),
        is_organizations=request.get("OrganizationEnabled", False),
        retention_days=request.get("RetentionPeriod") or _DEFAULT_DAYS[mode],
        is_protected=request.get("TerminationProtectionEnabled", True),
        kms_key_id=request.get("KmsKeyId"),
        billing_mode=mode,
        ingested=(Span(call.at),) if request.get("StartIngestion", True) else (),
        tags=checked_tags(request.get("TagsList") or ()),
    )
    _check(call, store)
    call.unit.add(store)
    _touched(call, store)
    tags = [{"Key": key, "Value": value} for key, value in store.tags.items()]
    return shown(store) | ({"TagsList": tags} if tags else {})


@service.operation(
    "GetEventDataStore",
    needs={"cloudtrail:GetEventDataStore": store_in("EventDataStore")},
    context=context_of_store("EventDataStore"),
)
def get_event_data_store(call: Call, request: GetEventDataStoreRequestTypeDef) -> dict[str, Any]:
    """A store with its settings."""
    return shown(find_store(call, request["EventDataStore"]))


@service.operation(
    "UpdateEventDataStore",
    needs={"cloudtrail:UpdateEventDataStore": store_in("EventDataStore")},
    context=context_of_store("EventDataStore"),
)
def update_event_data_store(call: Call, request: UpdateEventDataStoreRequestTypeDef) -> dict[str, Any]:
    """The store with the settings that the request names."""
    store = find_active_store(call, request["EventDataStore"])
    if "Name" in request:
        _check_name(request["Name"], [other for other in stores_here(call) if other.store_id != store.store_id])
    changed = msgspec.structs.replace(
        store,
        name=request.get("Name", store.name),
        selectors=_selectors(request.get("AdvancedEventSelectors")) or store.selectors,
        is_multi_region=request.get("MultiRegionEnabled", store.is_multi_region),
        is_organizations=request.get("OrganizationEnabled", store.is_organizations),
        retention_days=request.get("RetentionPeriod", store.retention_days),
        is_protected=request.get("TerminationProtectionEnabled", store.is_protected),
        kms_key_id=request.get("KmsKeyId", store.kms_key_id),
        billing_mode=request.get("BillingMode", store.billing_mode),
        updated_at=call.at,
    )
    if store.billing_mode != changed.billing_mode == FIXED:
        raise ApiError("InvalidParameterException", f"The billing mode cannot be changed to {FIXED}.")
    if store.kms_key_id and changed.kms_key_id != store.kms_key_id:
        raise ApiError("InvalidParameterException", "The KMS key of an event data store cannot be changed.")
    _check(call, changed)
    call.unit.save(changed)
    _touched(call, changed)
    return shown(changed)


@service.operation("ListEventDataStores", needs={"cloudtrail:ListEventDataStores": "*"})
def list_event_data_stores(call: Call, request: ListEventDataStoresRequestTypeDef) -> dict[str, Any]:
    """The region's stores by name."""
    stores = stores_here(call)
    token = request.get("NextToken")
    if token is not None:
        key = key_of(call, token)
        if key is None:
            raise ApiError("InvalidNextTokenException", "The token is not valid.")
        stores = [store for store in stores if f"{store.name}/{store.store_id}" > key]
    page = stores[: request.get("MaxResults") or 1000]
    # The other members are deprecated, and AWS answers with these two alone.
    answer: dict[str, Any] = {
        "EventDataStores": [{"EventDataStoreArn": store.arn, "Name": store.name} for store in page]
    }
    if len(page) < len(stores):
        answer["NextToken"] = page_token(call, f"{page[-1].name}/{page[-1].store_id}")
    return answer


def _selectors(given: Any) -> tuple[dict[str, Any], ...]:
    if given is None:
        return ()
    checked = checked_advanced_selectors(given)
    for selector in checked:
        fields = {field["Field"]: field for field in selector["FieldSelectors"]}
        if fields["eventCategory"].get("Equals") not in (["Management"], ["Data"]):
            raise ApiError(
                "InvalidEventSelectorsException", "Event data stores hold management and data events in this account."
            )
    return checked


def _check_name(name: str, others: list[EventDataStore]) -> None:
    if any(other.name == name for other in others):
        raise ApiError(
            "EventDataStoreAlreadyExistsException", f"An event data store with the name {name} already exists."
        )


def _check(call: Call, store: EventDataStore) -> None:
    if store.billing_mode == FIXED and store.retention_days > MOST_FIXED_DAYS:
        raise ApiError(
            "InvalidParameterException", f"With {FIXED} the retention period is at most {MOST_FIXED_DAYS} days."
        )
    if not store.is_organizations:
        return
    if call.account != call.parts.settings.account_id:
        raise ApiError(
            "NotOrganizationMasterAccountException",
            "Only the management account can use organization event data stores.",
        )
    if call.unit.get(Organization, call.account) is None:
        raise ApiError("OrganizationsNotInUseException", "Your account is not a member of an organization.")


def _touched(call: Call, store: EventDataStore) -> None:
    call.resources.append({"ARN": store.arn, "accountId": store.account, "type": EventDataStore.resource_type})
