"""GetTrailReport: who did what, from where, what was refused and what was changed, over a time of an account's events."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from garrison.errors import ApiError
from garrison.lake.failures import QueryFailed
from garrison.lake.report.apart import Asked, report_apart
from garrison.services.background import node_of
from garrison.services.call import Call
from garrison.services.garrison.faults import invalid
from garrison.services.garrison.service import service

MOST_ROWS = 100
_SECONDS = 50.0
"""Less than boto3 waits for an answer: 60 seconds."""
_MEMORY_BYTES = 512 * 1024**2
_WAITS_SECONDS = 10.0
_one_at_a_time = threading.Lock()


@service.operation("GetTrailReport", needs={"garrison:GetTrailReport": "*"}, read_only=True, long=True)
def get_trail_report(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The report of a time; of another account's log files only for callers of the server's own account."""
    start, end = request.get("StartTime"), request.get("EndTime") or call.at
    if start is not None and start > end:
        raise invalid("StartTime is after EndTime.")
    settings = call.parts.settings
    account = request.get("AccountId") or call.account
    if call.account not in {account, settings.account_id}:
        raise ApiError("AccessDeniedException", "Only the account that the server was made for may ask about others.")
    if not _one_at_a_time.acquire(timeout=_WAITS_SECONDS):
        raise ApiError("ThrottlingException", "Another report is being made.")
    try:
        return report_apart(
            Asked(
                home=str(settings.home_path),
                node=node_of(settings.home_path),
                account=account,
                start=start,
                end=end,
                most_rows=request.get("MaxResults") or MOST_ROWS,
                seconds=_SECONDS,
                memory_bytes=_MEMORY_BYTES,
            )
        )
    except QueryFailed as problem:
        raise invalid(f"{problem} Ask for a shorter time.") from None
    finally:
        _one_at_a_time.release()
