"""The credential report: every user's password, keys and MFA in one table, made at most every four hours.

Columns: IAM User Guide, "Get credential reports for your AWS account". A new report is made once the call that asks for it is
committed, from one reading unit, so that it holds up no change.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.iam.credentials import ROOT, keys_of_user, root_arn
from garrison.services.iam.login_profiles import account_rules, password_last_used, profile_of
from garrison.services.iam.mfa_devices import devices_of
from garrison.services.iam.policy_usage import every
from garrison.services.iam.resources import Account, User
from garrison.services.iam.service import service
from garrison.services.iam.signing_certificates import signing_certificates_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from garrison.services.call import Call
    from garrison.store import Unit

Answer = dict[str, Any]

HOLDS_FOR = timedelta(hours=4)
"""For how long a report is given out, and no other one is made."""
_GIVEN_UP_AFTER = timedelta(minutes=10)
"""When a report that is not there yet is no longer waited for: its worker has gone."""
_KEPT_FOR = timedelta(days=7)
"""For how long an old report is remembered as expired."""
_NAMESPACE = "credential-report"
_REPORT, _STARTED = "report", "started"

_KEY_COLUMNS = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
COLUMNS = (
    *("user", "arn", "user_creation_time"),
    *("password_enabled", "password_last_used", "password_last_changed", "password_next_rotation"),
    "mfa_active",
    *(f"access_key_{number}_{name}" for number in (1, 2) for name in _KEY_COLUMNS),
    *("cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"),
)
ABSENT, UNKNOWN, UNSUPPORTED = "N/A", "no_information", "not_supported"
_NO_KEY = ("false", ABSENT, ABSENT, ABSENT, ABSENT)
_NO_CERTIFICATE = ("false", ABSENT)

log = get_logger("garrison.iam")


class Report(msgspec.Struct, frozen=True):
    """A finished report."""

    made_at: datetime
    content: str


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Report).decode


@service.operation("GenerateCredentialReport", needs={"iam:GenerateCredentialReport": "*"})
def generate_credential_report(call: Call, request: Mapping[str, Any]) -> Answer:
    """Have a report made, unless there is a recent one or one is being made."""
    report = _kept(call.unit)
    if report is not None and call.at - report.made_at < HOLDS_FOR:
        return {"State": "COMPLETE"}
    if _is_under_way(call):
        return {"State": "INPROGRESS"}
    started = call.at.isoformat().encode()
    call.unit.state_put(_NAMESPACE, _STARTED, started, expires_at=call.at + _GIVEN_UP_AFTER)
    call.after_commit.append(lambda: _make(call))
    return {"State": "STARTED", "Description": "No report exists. Starting a new report generation task"}


@service.operation("GetCredentialReport", needs={"iam:GetCredentialReport": "*"})
def get_credential_report(call: Call, request: Mapping[str, Any]) -> Answer:
    """Give the report, while it is recent."""
    report = _kept(call.unit)
    if _is_under_way(call) and (report is None or call.at - report.made_at >= HOLDS_FOR):
        raise ApiError("ReportInProgress", "Unknown")
    if report is None:
        raise ApiError("ReportNotPresent", "Unknown")
    if call.at - report.made_at >= HOLDS_FOR:
        raise ApiError("ReportExpired", "Unknown")
    return {
        "Content": report.content.encode(),
        "ReportFormat": "text/csv",
        "GeneratedTime": report.made_at.replace(microsecond=0),
    }


def report_rows(unit: Unit, recent: Any) -> Iterator[dict[str, str]]:
    """The report's rows by column: root's first, then the users' by name. `recent` tells of keys' last uses."""
    yield _row(unit, recent, None)
    for user in every(unit, User):
        yield _row(unit, recent, user)


def _is_under_way(call: Call) -> bool:
    return call.unit.state_get(_NAMESPACE, _STARTED) is not None


def _kept(unit: Unit) -> Report | None:
    entry = unit.state_get(_NAMESPACE, _REPORT)
    return _decode(entry.value) if entry is not None else None


def _make(call: Call) -> None:
    """Make the report and keep it. A failure leaves none: it is asked for again."""
    store = call.parts.store
    content = ""
    try:
        with store.reading(call.account, "global") as unit:
            content = _table(report_rows(unit, call.parts.recent))
    except Exception:
        log.exception("credential_report_failed", request_id=call.request_id)
    with store.writing(call.account, "global", event_id=None, at=call.at) as unit:
        unit.state_remove(_NAMESPACE, _STARTED)
        if content:
            report = _encode(Report(call.at, content))
            unit.state_put(_NAMESPACE, _REPORT, report, expires_at=call.at + _KEPT_FOR)


def _table(rows: Iterator[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().removesuffix("\n")


def _row(unit: Unit, recent: Any, user: User | None) -> dict[str, str]:
    holder = user.unique_id if user is not None else unit.account
    keys = sorted(
        keys_of_user(unit, user.folded if user is not None else ROOT),
        key=lambda key: (key.created_at, key.access_key_id),
    )
    shown_keys: list[str] = []
    for key in keys[:2]:
        used = recent.last_used(key.access_key_id)
        shown_keys += ["true" if key.is_active else "false", _date(key.created_at)]
        shown_keys += [_date(used.at), used.region, used.service] if used else [ABSENT] * 3
    for _ in range(2 - len(keys)):
        shown_keys += _NO_KEY
    values = (
        *_who(unit, user),
        *_password(unit, holder),
        "true" if devices_of(unit, holder) else "false",
        *shown_keys,
        *_certificates(unit, holder),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _certificates(unit: Unit, holder: str) -> list[str]:
    held = sorted(signing_certificates_of(unit, holder), key=lambda one: (one.uploaded_at, one.certificate_id))
    shown: list[str] = []
    for certificate in held[:2]:
        shown += ["true" if certificate.is_active else "false", _date(certificate.uploaded_at)]
    for _ in range(2 - len(held)):
        shown += _NO_CERTIFICATE
    return shown


def _who(unit: Unit, user: User | None) -> tuple[str, str, str]:
    if user is not None:
        return user.name, user.arn, _date(user.created_at)
    account = unit.get(Account, unit.account)
    return "<root_account>", root_arn(unit.account), _date(account.created_at) if account is not None else ABSENT


def _password(unit: Unit, holder: str) -> tuple[str, str, str, str]:
    is_root = holder == unit.account
    profile = profile_of(unit, holder)
    if profile is None:
        return "false", ABSENT, ABSENT, UNSUPPORTED if is_root else ABSENT
    used_at = password_last_used(unit, holder)
    expires_at = profile.expires_at(account_rules(unit, holder))
    rotation = _date(expires_at) if expires_at is not None else ABSENT
    return (
        "true",
        _date(used_at) if used_at is not None else UNKNOWN,
        _date(profile.changed_at),
        UNSUPPORTED if is_root else rotation,
    )


def _date(at: datetime) -> str:
    return f"{at.isoformat()[:19]}Z"
