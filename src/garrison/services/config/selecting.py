"""Answer SelectResourceConfig over what is recorded of the caller's account in the region, and of what belongs to none.

Source: AWS Config API reference, "SelectResourceConfig"; the page sizes where no limit is given are those of
"SelectAggregateResourceConfig".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.errors import ApiError
from garrison.inventory.select import InvalidExpression, Query, parse, select
from garrison.items import GLOBAL
from garrison.services.config.faults import invalid_token
from garrison.services.config.paging import position_of
from garrison.services.config.rules.recorded import history_of
from garrison.services.config.service import service
from garrison.services.page_tokens import page_token

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

DEFAULT_LIMIT = 25
DEFAULT_GROUPS = 500
"""Where aggregate functions are selected."""


@service.operation("SelectResourceConfig", needs={"config:SelectResourceConfig": "*"}, long=True, read_only=True)
def select_resource_config(call: Call, request: shapes.SelectResourceConfigRequestTypeDef) -> dict[str, Any]:
    """A page of what the query selects, each result a text of JSON."""
    try:
        query = parse(request["Expression"])
        found = select(
            history_of(call.parts).file,
            query,
            call.account,
            (call.region, GLOBAL),
            limit=request.get("Limit") or (DEFAULT_GROUPS if query.aggregates else DEFAULT_LIMIT),
            after=_position(call, request, query),
        )
    except InvalidExpression as error:
        raise ApiError("InvalidExpressionException", str(error)) from None
    answer: dict[str, Any] = {
        "Results": [codec.encode(row).decode() for row in found.rows],
        "QueryInfo": {"SelectFields": [{"Name": field.name} for field in query.fields]},
    }
    if found.position is not None:
        answer["NextToken"] = page_token(call, codec.encode(found.position).decode())
    return answer


def _position(call: Call, request: shapes.SelectResourceConfigRequestTypeDef, query: Query) -> list[Any] | None:
    """Where the page begins; a token of another query is none."""
    position = position_of(call, request, list[Any])
    if position is not None and len(position) != len(query.orders) + 1:
        raise invalid_token()
    return position
