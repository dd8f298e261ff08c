"""CIS scans as CloudFormation makes them (CloudFormation Template Reference, "Amazon Inspector")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import Work, kind

cis_scan = kind(
    "AWS::InspectorV2::CisScanConfiguration",
    "ScanName Schedule SecurityLevel Tags Targets",
    required="ScanName Schedule SecurityLevel Targets",
    attributes="Arn",
    gone="ResourceNotFound ResourceNotFoundException",
)
_SETTINGS = ("ScanName", "SecurityLevel", "Targets")
_TIMEZONE = {"TimeZone": "timezone", "timezone": "TimeZone"}
"""The one member that templates write otherwise than the API."""


def _schedule(work: Work) -> Any:
    """The schedule as the API has it."""
    given = work.properties["Schedule"]
    if not isinstance(given, Mapping):
        return given
    return {kind: _timed(one) for kind, one in given.items()}


def _timed(one: Any) -> Any:
    start = one.get("StartTime") if isinstance(one, Mapping) else None
    if not isinstance(start, Mapping):
        return one
    return {**one, "StartTime": {_TIMEZONE.get(name, name): value for name, value in start.items()}}


@cis_scan.create
def create_cis_scan(work: Work) -> None:
    """Hosts are scanned at the times of the schedule from now on."""
    answer = work.call(
        "inspector2",
        "CreateCisScanConfiguration",
        Schedule=_schedule(work),
        Tags=work.properties.get("Tags") or None,
        **work.given(*_SETTINGS),
    )
    work.made(answer["scanConfigurationArn"], Arn=answer["scanConfigurationArn"])


@cis_scan.update
def update_cis_scan(work: Work) -> None:
    """Other hosts, another level, other times or other tags; a schedule that stays goes on as it was."""
    arn = work.physical_id
    if work.has_changed("Schedule", *_SETTINGS):
        schedule = _schedule(work) if work.has_changed("Schedule") else None
        work.call(
            "inspector2",
            "UpdateCisScanConfiguration",
            ScanConfigurationArn=arn,
            Schedule=schedule,
            **work.given(*_SETTINGS),
        )
    old, new = work.before.get("Tags") or {}, work.properties.get("Tags") or {}
    if removed := sorted(old.keys() - new.keys()):
        work.call("inspector2", "UntagResource", ResourceArn=arn, TagKeys=removed)
    if changed := {key: value for key, value in new.items() if old.get(key) != value}:
        work.call("inspector2", "TagResource", ResourceArn=arn, Tags=changed)


@cis_scan.delete
def delete_cis_scan(work: Work) -> None:
    """No more of these scans; those that were made stay."""
    work.call("inspector2", "DeleteCisScanConfiguration", ScanConfigurationArn=work.physical_id)


@cis_scan.read
def read_cis_scan(work: Work) -> Mapping[str, Any] | None:
    """Its settings; the account by the word that the template has for it."""
    criteria = {"scanConfigurationArnFilters": [{"comparison": "EQUALS", "value": work.physical_id}]}
    found = work.call("inspector2", "ListCisScanConfigurations", filterCriteria=criteria)["scanConfigurations"]
    if not found:
        return None
    shown, wanted = found[0], work.properties.get("Targets") or {}
    accounts = wanted.get("AccountIds") if set(wanted.get("AccountIds") or ()) <= _OWN | {work.place.account} else None
    return {
        "ScanName": shown["scanName"],
        "SecurityLevel": shown["securityLevel"],
        "Schedule": _written(shown["schedule"]),
        "Targets": {
            "AccountIds": accounts or shown["targets"]["accountIds"],
            "TargetResourceTags": shown["targets"]["targetResourceTags"],
        },
        "Tags": shown.get("tags") or {},
    }


_OWN = {"SELF", "ALL_ACCOUNTS"}


def _written(schedule: Mapping[str, Any]) -> dict[str, Any]:
    """A schedule as templates write it."""
    return {
        name[:1].upper() + name[1:]: {
            "StartTime" if member == "startTime" else member[:1].upper() + member[1:]: _written_time(value)
            for member, value in one.items()
        }
        for name, one in schedule.items()
    }


def _written_time(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {"TimeOfDay": value["timeOfDay"], "TimeZone": value["timezone"]}
