"""Turn scanning on and off, by type of resource.

Source: Inspector API reference, "Enable", "Disable", "BatchGetAccountStatus".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.scan_findings import progress
from garrison.services.inspector2.faults import invalid
from garrison.services.inspector2.resources import TYPES, Enablement
from garrison.services.inspector2.service import findings_of, service

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call
    from garrison.store import Unit

_MEMBERS = {
    "EC2": "ec2",
    "ECR": "ecr",
    "LAMBDA": "lambda",
    "LAMBDA_CODE": "lambdaCode",
    "CODE_REPOSITORY": "codeRepository",
}
_DENIED = "Inspector is not managed for this account from here."


def enablement_of(unit: Unit, *, account: str | None = None, region: str | None = None) -> Enablement:
    """What is scanned, and how; the defaults where nobody has said."""
    found = unit.get(Enablement, "scanning", account=account, region=region)
    return found or Enablement(account=account or unit.account, region=region or unit.region)


def keep(unit: Unit, changed: Enablement) -> None:
    """Keep what is scanned, and how."""
    if changed.revision:
        unit.save(changed)
    else:
        unit.add(changed)


@service.operation("Enable", needs={"inspector2:Enable": "*"})
def enable(call: Call, request: shapes.EnableRequestTypeDef) -> dict[str, Any]:
    """Scan these types too. What is on already stays on."""
    kept = enablement_of(call.unit)
    wanted = set(request["resourceTypes"])
    if "LAMBDA_CODE" in wanted and "LAMBDA" not in wanted | kept.since.keys():
        raise invalid("LAMBDA_CODE scanning needs LAMBDA scanning.", "resourceTypes")
    own, others = _accounts(call, request.get("accountIds"))
    if own:
        on = {name: kept.since.get(name, call.at) for name in TYPES if name in wanted | kept.since.keys()}
        kept = replace(kept, since=on, first_at=_first(kept, wanted, call.at))
        with findings_of(call.parts).writing() as db:
            progress.put_place(db, call.account, call.region)
        keep(call.unit, kept)
    return _answer(kept, own, others)


def _first(kept: Enablement, wanted: Iterable[str], at: datetime) -> dict[str, datetime]:
    return dict.fromkeys(sorted(wanted), at) | kept.first_at


@service.operation("Disable", needs={"inspector2:Disable": "*"})
def disable(call: Call, request: shapes.DisableRequestTypeDef) -> dict[str, Any]:
    """Scan these types no longer, or none where none is named; their findings close."""
    kept = enablement_of(call.unit)
    unwanted = set(request.get("resourceTypes") or TYPES)
    if "LAMBDA" in unwanted and "LAMBDA_CODE" not in unwanted and "LAMBDA_CODE" in kept.since:
        raise invalid("LAMBDA_CODE scanning must be turned off before LAMBDA scanning.", "resourceTypes")
    own, others = _accounts(call, request.get("accountIds"))
    if own and kept.is_on:
        kept = replace(kept, since={name: at for name, at in kept.since.items() if name not in unwanted})
        keep(call.unit, kept)
    return _answer(kept, own, others)


@service.operation("BatchGetAccountStatus", needs={"inspector2:BatchGetAccountStatus": "*"})
def batch_get_account_status(call: Call, request: shapes.BatchGetAccountStatusRequestTypeDef) -> dict[str, Any]:
    """What is scanned in each account."""
    own, others = _accounts(call, request.get("accountIds"))
    kept = enablement_of(call.unit)
    state = {
        "accountId": call.account,
        "state": {"status": _status(kept.is_on)},
        "resourceState": {_MEMBERS[name]: {"status": _status(name in kept.since)} for name in TYPES},
    }
    return {"accounts": [state] if own else [], "failedAccounts": [_failed(account) for account in others]}


def _accounts(call: Call, asked: Iterable[str] | None) -> tuple[bool, list[str]]:
    """Whether the caller's own account is meant, and which others are."""
    accounts = list(dict.fromkeys(asked or (call.account,)))
    return call.account in accounts, [account for account in accounts if account != call.account]


def _answer(kept: Enablement, own: bool, others: list[str]) -> dict[str, Any]:
    account = {
        "accountId": kept.account,
        "status": _status(kept.is_on),
        "resourceStatus": {_MEMBERS[name]: _status(name in kept.since) for name in TYPES},
    }
    return {"accounts": [account] if own else [], "failedAccounts": [_failed(other) for other in others]}


def _failed(account: str) -> Mapping[str, Any]:
    return {"accountId": account, "errorCode": "ACCESS_DENIED", "errorMessage": _DENIED}


def _status(is_on: bool) -> str:
    return "ENABLED" if is_on else "DISABLED"
