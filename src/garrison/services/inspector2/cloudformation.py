"""Filters and CIS scan configurations as CloudFormation makes them (CloudFormation Template Reference, "Amazon Inspector")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from garrison.services.handlers import TagStyle, Work, kind

_GONE = "ResourceNotFound ResourceNotFoundException"
_OWN_ACCOUNT = ("SELF", "ALL_ACCOUNTS")

findings_filter = kind(
    "AWS::InspectorV2::Filter",
    "Description FilterAction FilterCriteria Name",
    required="FilterAction FilterCriteria Name",
    attributes="Arn",
    name_property="Name",
    tags=TagStyle.MAPPED,
    gone=_GONE,
)


def _filter_settings(work: Work) -> dict[str, Any]:
    settings = {"action": "FilterAction", "filterCriteria": "FilterCriteria", "name": "Name"}
    return {member: work.properties[name] for member, name in settings.items()}


@findings_filter.create
def create_filter(work: Work) -> None:
    """Criteria under a name."""
    tags, text = work.properties.get("Tags") or None, work.text("Description")
    arn = work.call("inspector2", "CreateFilter", description=text, tags=tags, **_filter_settings(work))["arn"]
    work.made(arn, Arn=arn)


@findings_filter.update
def update_filter(work: Work) -> None:
    """Other criteria, another name, other tags."""
    if work.has_changed("Description", "FilterAction", "FilterCriteria", "Name"):
        settings = _filter_settings(work)
        work.call(
            "inspector2", "UpdateFilter", filterArn=work.physical_id, description=work.text("Description"), **settings
        )
    _change_tags(work)


def _change_tags(work: Work) -> None:
    old, new = (properties.get("Tags") or {} for properties in (work.before, work.properties))
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    keys = [key for key in old if key not in new]
    if keys:
        work.call("inspector2", "UntagResource", resourceArn=work.physical_id, tagKeys=keys)
    if changed:
        work.call("inspector2", "TagResource", resourceArn=work.physical_id, tags=changed)


@findings_filter.delete
def delete_filter(work: Work) -> None:
    """The filter; what it suppressed is shown again."""
    work.call("inspector2", "DeleteFilter", arn=work.physical_id)


@findings_filter.read
def read_filter(work: Work) -> Mapping[str, Any] | None:
    """Its criteria."""
    found = next(iter(work.call("inspector2", "ListFilters", arns=[work.physical_id])["filters"]), None)
    if found is None:
        return None
    return {
        "Name": found["name"],
        "Description": found.get("description"),
        "FilterAction": found["action"],
        "FilterCriteria": _capitalised(found["criteria"]),
        "Tags": found.get("tags") or {},
    }


def _capitalised(value: Any) -> Any:
    """Members of an answer as templates name them, times in seconds."""
    if isinstance(value, Mapping):
        return {f"{name[:1].upper()}{name[1:]}": _capitalised(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_capitalised(each) for each in value]
    return value.timestamp() if isinstance(value, datetime) else value


scans = kind(
    "AWS::InspectorV2::CisScanConfiguration",
    "ScanName Schedule SecurityLevel Targets",
    required="ScanName Schedule SecurityLevel Targets",
    attributes="Arn",
    tags=TagStyle.MAPPED,
    gone=_GONE,
)


def _schedule(given: Any) -> Any:
    """A schedule as the API has it: templates write `TimeZone`, and may write what happens once as a text."""
    if not isinstance(given, Mapping):
        return given
    return {cadence: _cadence(inner) for cadence, inner in given.items()}


def _cadence(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return {}
    start = given.get("StartTime")
    if not isinstance(start, Mapping):
        return given
    return {**given, "StartTime": {"timezone" if name == "TimeZone" else name: each for name, each in start.items()}}


def _scan_settings(work: Work) -> dict[str, Any]:
    given = {name[:1].lower() + name[1:]: work.properties[name] for name in ("ScanName", "SecurityLevel", "Targets")}
    return given | {"schedule": _schedule(work.properties["Schedule"])}


@scans.create
def create_scans(work: Work) -> None:
    """Scans of the hosts with certain tags at the times of a schedule."""
    tags = work.properties.get("Tags") or None
    answer = work.call("inspector2", "CreateCisScanConfiguration", tags=tags, **_scan_settings(work))
    work.made(answer["scanConfigurationArn"], Arn=answer["scanConfigurationArn"])


@scans.update
def update_scans(work: Work) -> None:
    """Another level, other hosts; a schedule that is another counts from now on."""
    settings = _scan_settings(work)
    if not work.has_changed("Schedule"):
        del settings["schedule"]
    if work.has_changed("ScanName", "Schedule", "SecurityLevel", "Targets"):
        work.call("inspector2", "UpdateCisScanConfiguration", scanConfigurationArn=work.physical_id, **settings)
    _change_tags(work)


@scans.delete
def delete_scans(work: Work) -> None:
    """No more of these scans; the results of those that were made stay."""
    work.call("inspector2", "DeleteCisScanConfiguration", scanConfigurationArn=work.physical_id)


@scans.read
def read_scans(work: Work) -> Mapping[str, Any] | None:
    """Its settings."""
    by_arn = {"scanConfigurationArnFilters": [{"comparison": "EQUALS", "value": work.physical_id}]}
    answer = work.call("inspector2", "ListCisScanConfigurations", filterCriteria=by_arn)
    found = next(iter(answer["scanConfigurations"]), None)
    if found is None:
        return None
    return {
        "ScanName": found["scanName"],
        "SecurityLevel": found["securityLevel"],
        "Schedule": _shown_schedule(found["schedule"]),
        "Targets": _shown_targets(work, found["targets"]),
        "Tags": found.get("tags") or {},
    }


def _shown_schedule(schedule: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = _capitalised(schedule)
    for inner in shown.values():
        if "StartTime" in inner:
            inner["StartTime"]["TimeZone"] = inner["StartTime"].pop("Timezone")
    return shown


def _shown_targets(work: Work, targets: Mapping[str, Any]) -> dict[str, Any]:
    """The API names the account where a template may say that it is its own."""
    wanted = (work.properties.get("Targets") or {}).get("AccountIds") or []
    is_own = targets["accountIds"] == [work.place.account] and all(
        one in (*_OWN_ACCOUNT, work.place.account) for one in wanted
    )
    return {
        "AccountIds": wanted if is_own else targets["accountIds"],
        "TargetResourceTags": targets["targetResourceTags"],
    }
