"""Start, cancel and list queries over event data stores."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, NoReturn, cast

import msgspec

from garrison.errors import ApiError
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.stores.finding import find_active_store, find_store, store_in
from garrison.services.cloudtrail.stores.resources import (
    CANCELLED,
    QUEUED,
    RUNNING,
    EventDataStore,
    LakeQuery,
    store_arn,
)
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from datetime import datetime

    from types_boto3_cloudtrail.type_defs import (
        CancelQueryRequestTypeDef,
        GenerateQueryRequestTypeDef,
        ListQueriesRequestTypeDef,
        StartQueryRequestTypeDef,
    )

    from garrison.services.call import Call

MOST_AT_ONCE = 10
"""Queries waiting or running in an account and region (CloudTrail User Guide, "Quotas in AWS CloudTrail")."""


def _asked_stores(call: Call, request: StartQueryRequestTypeDef) -> list[str]:
    from garrison.lake.statements import store_ids

    ids = store_ids(request.get("QueryStatement") or "")
    return [store_arn(call.region, call.account, store_id) for store_id in ids] or ["*"]


def query_stores(call: Call, request: Any) -> list[str]:
    """The ARNs of the stores that the named query reads: what operations on queries are authorised on."""
    query = call.unit.get(LakeQuery, call.region, request.get("QueryId") or "")
    if query is None:
        return [store_in("EventDataStore")(call, request)]
    return [store_arn(call.region, call.account, store_id) for store_id in query.store_ids]


def find_query(call: Call, query_id: str | None, store: str | None = None) -> LakeQuery:
    """The query of an id; QueryIdNotFoundException, also for one over other stores than the named."""
    if not query_id:
        raise ApiError("InvalidParameterException", "QueryId is required: queries have no alias in this account.")
    query = call.unit.get(LakeQuery, call.region, query_id)
    if query is None or (store and find_store(call, store).store_id not in query.store_ids):
        raise ApiError("QueryIdNotFoundException", f"The query {query_id} is not found.")
    return query


def _prepare(call: Call, request: StartQueryRequestTypeDef) -> None:
    """Read the statement before any transaction: it takes longer than one should."""
    from garrison.lake.engine import bind
    from garrison.lake.failures import QueryRefused
    from garrison.lake.statements import check, store_ids, translate

    statement = request.get("QueryStatement")
    if not statement:
        raise ApiError(
            "InvalidParameterException", "QueryStatement is required: there are no dashboards in this account."
        )
    if request.get("DeliveryS3Uri"):
        raise ApiError("UnsupportedOperationException", "Results are not delivered to S3: get them by GetQueryResults.")
    owner = request.get("EventDataStoreOwnerAccountId")
    if owner not in (None, call.account):
        raise ApiError("EventDataStoreNotFoundException", f"The account {owner} shares no event data store.")
    try:
        checked = check(translate(statement), store_ids(statement))
        bind(checked)
    except QueryRefused as refusal:
        raise ApiError("InvalidQueryStatementException", str(refusal)) from None
    if not checked.tables:
        raise ApiError("InvalidQueryStatementException", "The statement reads no event data store.")
    call.evidence = sorted(checked.tables)


@service.operation("StartQuery", needs={"cloudtrail:StartQuery": _asked_stores}, prepare=_prepare)
def start_query(call: Call, request: StartQueryRequestTypeDef) -> dict[str, Any]:
    """A query that begins at once, or when another has ended."""
    stores = [find_active_store(call, store_id) for store_id in call.evidence]
    waiting = [
        query
        for status in (QUEUED, RUNNING)
        for query in call.unit.page(LakeQuery, where={"status": status})
        if query.home_region == call.region
    ]
    if len(waiting) >= MOST_AT_ONCE:
        raise ApiError("MaxConcurrentQueriesException", f"There are {MOST_AT_ONCE} queries already.")
    query = LakeQuery(
        account=call.account,
        query_id=str(uuid.uuid4()),
        home_region=call.region,
        statement=request["QueryStatement"],
        store_ids=tuple(store.store_id for store in stores),
        created_at=call.at,
    )
    call.unit.add(query)
    for store in stores:
        call.resources.append({"ARN": store.arn, "accountId": store.account, "type": EventDataStore.resource_type})
    return {"QueryId": query.query_id}


@service.operation("CancelQuery", needs={"cloudtrail:CancelQuery": query_stores})
def cancel_query(call: Call, request: CancelQueryRequestTypeDef) -> dict[str, Any]:
    """The query is not answered; one that has ended is refused."""
    query = find_query(call, request["QueryId"], request.get("EventDataStore"))
    if query.status not in (QUEUED, RUNNING):
        raise ApiError("InactiveQueryException", f"The query {query.query_id} is in the status {query.status}.")
    call.unit.save(msgspec.structs.replace(query, status=CANCELLED))
    return {"QueryId": query.query_id, "QueryStatus": CANCELLED}


@service.operation("ListQueries", needs={"cloudtrail:ListQueries": store_in("EventDataStore")})
def list_queries(call: Call, request: ListQueriesRequestTypeDef) -> dict[str, Any]:
    """The queries over a store in the last seven days, newest first."""
    store = find_active_store(call, request["EventDataStore"])
    start, end = cast("datetime | None", request.get("StartTime")), cast("datetime | None", request.get("EndTime"))
    if start is not None and end is not None and start > end:
        raise ApiError("InvalidDateRangeException", "The start time must not be after the end time.")
    status = request.get("QueryStatus")
    found = [
        query
        for query in call.unit.page(LakeQuery)
        if store.store_id in query.store_ids
        and (status is None or query.status == status)
        and (start is None or query.created_at >= start)
        and (end is None or query.created_at <= end)
    ]
    found.sort(key=_key, reverse=True)
    if token := request.get("NextToken"):
        key = key_of(call, token)
        if key is None:
            raise ApiError("InvalidNextTokenException", "The token is not valid.")
        found = [query for query in found if _key(query) < key]
    page = found[: request.get("MaxResults") or 1000]
    answer: dict[str, Any] = {
        "Queries": [
            {"QueryId": query.query_id, "QueryStatus": query.status, "CreationTime": query.created_at} for query in page
        ]
    }
    return answer | ({"NextToken": page_token(call, _key(page[-1]))} if len(page) < len(found) else {})


@service.operation("GenerateQuery", needs={"cloudtrail:GenerateQuery": "*"}, read_only=True)
def generate_query(call: Call, request: GenerateQueryRequestTypeDef) -> NoReturn:
    """Refused: no model writes statements here."""
    raise ApiError("UnsupportedOperationException", "Statements are not generated from prompts in this account.")


def _key(query: LakeQuery) -> str:
    return f"{query.created_at.timestamp():020.6f}/{query.query_id}"
