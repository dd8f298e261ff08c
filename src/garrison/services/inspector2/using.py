"""How much was scanned, and until when AWS would not charge for it.

Source: Inspector API reference, "ListUsageTotals", "BatchGetFreeTrialInfo".
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from garrison.scan_findings import progress
from garrison.services.inspector2.enabling import enablement_of
from garrison.services.inspector2.paging import page_of_all
from garrison.services.inspector2.service import findings_of, service

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call

WINDOW = timedelta(days=30)
TRIAL = timedelta(days=15)
DEFAULT_TOTALS = 50


@service.operation("ListUsageTotals", needs={"inspector2:ListUsageTotals": "*"})
def list_usage_totals(call: Call, request: shapes.ListUsageTotalsRequestTypeDef) -> dict[str, Any]:
    """Hours of scanned instances in the last 30 days. They cost nothing here."""
    asked, kept, usage = request.get("accountIds"), findings_of(call.parts), list[dict[str, Any]]()
    if kept.exists:
        with kept.reading() as db:
            usage = [
                {
                    "type": kind,
                    "total": float(total),
                    "estimatedMonthlyCost": 0.0,
                    "currency": "USD",
                    "cloudProvider": "AWS",
                }
                for kind, total in progress.hours_since(db, call.account, call.region, call.at - WINDOW)
            ]
    is_meant = not asked or call.account in asked
    totals = [{"accountId": call.account, "usage": usage}] if is_meant else []
    return page_of_all(call, request, totals, DEFAULT_TOTALS, "totals")


@service.operation("BatchGetFreeTrialInfo", needs={"inspector2:BatchGetFreeTrialInfo": "*"})
def batch_get_free_trial_info(call: Call, request: shapes.BatchGetFreeTrialInfoRequestTypeDef) -> dict[str, Any]:
    """The 15 days from when each type was turned on for the first time."""
    kept = enablement_of(call.unit)
    trials = [
        {
            "type": name,
            "start": at,
            "end": at + TRIAL,
            "status": "ACTIVE" if call.at < at + TRIAL else "INACTIVE",
            "cloudProvider": "AWS",
        }
        for name, at in sorted(kept.first_at.items())
    ]
    accounts = list(dict.fromkeys(request["accountIds"]))
    return {
        "accounts": [{"accountId": one, "freeTrialInfo": trials} for one in accounts if one == call.account],
        "failedAccounts": [
            {"accountId": one, "code": "ACCESS_DENIED", "message": "It is another account."}
            for one in accounts
            if one != call.account
        ],
    }
