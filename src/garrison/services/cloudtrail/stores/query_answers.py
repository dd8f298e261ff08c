"""Tell how a query stands, and give its rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.errors import ApiError
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.stores.queries import find_query, query_stores
from garrison.services.cloudtrail.stores.resources import ANSWERS_KEPT, FINISHED, LakeQuery
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import DescribeQueryRequestTypeDef, GetQueryResultsRequestTypeDef

    from garrison.services.call import Call

MOST_ROWS = 1000


def answer_file(home: Path, query_id: str) -> Path:
    """Where the rows of a query are: JSON lines, of which the first has the columns."""
    return home / "lake" / "answers" / f"{query_id}.jsonl"


@service.operation("DescribeQuery", needs={"cloudtrail:DescribeQuery": query_stores})
def describe_query(call: Call, request: DescribeQueryRequestTypeDef) -> dict[str, Any]:
    """A query's statement, status and what it took."""
    query = find_query(call, request.get("QueryId"), request.get("EventDataStore"))
    answer: dict[str, Any] = {
        "QueryId": query.query_id,
        "QueryString": query.statement,
        "QueryStatus": query.status,
        "QueryStatistics": {
            "EventsMatched": query.matched,
            "EventsScanned": query.scanned,
            "BytesScanned": query.bytes_scanned,
            "ExecutionTimeInMillis": query.milliseconds,
            "CreationTime": query.created_at,
        },
    }
    return answer | ({"ErrorMessage": query.problem} if query.problem else {})


@service.operation("GetQueryResults", needs={"cloudtrail:GetQueryResults": query_stores})
def get_query_results(call: Call, request: GetQueryResultsRequestTypeDef) -> dict[str, Any]:
    """A query's rows, a page at a time, each value as a text; none while it runs."""
    query = find_query(call, request["QueryId"], request.get("EventDataStore"))
    if call.at - query.created_at > ANSWERS_KEPT:
        raise ApiError("QueryIdNotFoundException", f"The query {query.query_id} is not found.")
    most = request.get("MaxQueryResults") or MOST_ROWS
    start = _start(call, query, request.get("NextToken"))
    rows, after = _rows(call, query, start, most) if query.status == FINISHED else ([], None)
    answer: dict[str, Any] = {
        "QueryStatus": query.status,
        "QueryStatistics": {
            "ResultsCount": len(rows),
            "TotalResultsCount": query.matched,
            "BytesScanned": query.bytes_scanned,
        },
        "QueryResultRows": rows,
    }
    if after is not None:
        answer["NextToken"] = page_token(call, f"{query.query_id}/{after}")
    return answer | ({"ErrorMessage": query.problem} if query.problem else {})


def _start(call: Call, query: LakeQuery, token: str | None) -> int:
    if token is None:
        return 0
    query_id, _, offset = (key_of(call, token) or "").partition("/")
    if query_id != query.query_id:
        raise ApiError("InvalidNextTokenException", "The token is not valid.")
    return int(offset)


def _rows(call: Call, query: LakeQuery, start: int, most: int) -> tuple[list[list[dict[str, str]]], int | None]:
    """Rows from an offset on, and the offset after them; the first line names the columns."""
    path = answer_file(call.parts.settings.home_path, query.query_id)
    try:
        with path.open("rb") as file:
            columns = codec.decode(file.readline())
            file.seek(start or file.tell())
            rows: list[list[dict[str, str]]] = []
            while len(rows) < most and (line := file.readline()):
                values = codec.decode(line)
                rows.append([{name: value} for name, value in zip(columns, values, strict=True)])
            after = file.tell()
            return rows, after if file.readline() else None
    except FileNotFoundError:
        raise ApiError("QueryIdNotFoundException", f"The query {query.query_id} is not found.") from None
