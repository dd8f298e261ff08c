"""Which events a trail wants: its basic or advanced event selectors, compiled once into plain functions.

Source: CloudTrail API reference, EventSelector, DataResource, AdvancedEventSelector, AdvancedFieldSelector; User Guide,
"Filtering data events by using advanced event selectors".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from garrison.trails.events import TrailEvent, TrailResource

Selection: TypeAlias = "Callable[[TrailEvent], bool]"

_EVERYTHING = {
    "AWS::S3::Object": ("arn:aws:s3", "arn:aws:s3:::"),
    "AWS::Lambda::Function": ("arn:aws:lambda",),
    "AWS::DynamoDB::Table": ("arn:aws:dynamodb",),
}
"""The values of basic selectors that mean every resource of a type."""
_POSITIVE: dict[str, Callable[[str, str], bool]] = {
    "Equals": str.__eq__,
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
}
_NEGATIVE = {f"Not{name}": test for name, test in _POSITIVE.items()}


def compile_selection(
    selectors: Sequence[Mapping[str, Any]], advanced_selectors: Sequence[Mapping[str, Any]]
) -> Selection:
    """What says whether a trail with these selectors wants an event; without any it wants the management events."""
    if advanced_selectors:
        tests = [_advanced(selector["FieldSelectors"]) for selector in advanced_selectors]
    else:
        tests = [_basic(selector) for selector in selectors or ({},)]
    return lambda event: any(test(event) for test in tests)


def _basic(selector: Mapping[str, Any]) -> Selection:
    kinds = {"ReadOnly": (True,), "WriteOnly": (False, None)}.get(selector.get("ReadWriteType") or "All")
    wants_management = selector.get("IncludeManagementEvents") is not False
    excluded = frozenset(selector.get("ExcludeManagementEventSources") or ())
    resources = [
        (data["Type"], tuple(data.get("Values") or ()), _EVERYTHING.get(data["Type"], ()))
        for data in selector.get("DataResources") or ()
    ]

    def wants(event: TrailEvent) -> bool:
        if kinds is not None and event.read_only not in kinds:
            return False
        if event.event_category == "Management":
            return wants_management and event.event_source not in excluded
        return event.event_category == "Data" and any(
            _names(event, kind, values, everything) for kind, values, everything in resources
        )

    return wants


def _names(event: TrailEvent, kind: str, values: tuple[str, ...], everything: tuple[str, ...]) -> bool:
    """Whether a data event is about a resource that one of the values of a basic selector means."""
    for resource in event.resources or ():
        arn = resource.arn or ""
        if resource.type != kind:
            continue
        for value in values:
            if value in everything or arn == value or (kind == "AWS::S3::Object" and arn.startswith(value)):
                return True
    return False


def _advanced(fields: Sequence[Mapping[str, Any]]) -> Selection:
    of_event = [(_read(field["Field"]), _field(field)) for field in fields if field["Field"] not in _OF_RESOURCES]
    of_resource = [
        (_OF_RESOURCES[field["Field"]], _field(field)) for field in fields if field["Field"] in _OF_RESOURCES
    ]

    def wants(event: TrailEvent) -> bool:
        if not all(test(read(event)) for read, test in of_event):
            return False
        return not of_resource or any(
            all(test(read(resource)) for read, test in of_resource) for resource in event.resources or ()
        )

    return wants


def _field(field: Mapping[str, Any]) -> Callable[[str | None], bool]:
    """One field's test: any of what it may be like, and none of what it must not be like."""
    wanted = [(test, value) for name, test in _POSITIVE.items() for value in field.get(name) or ()]
    unwanted = [(test, value) for name, test in _NEGATIVE.items() for value in field.get(name) or ()]

    def holds(found: str | None) -> bool:
        if found is None:
            return not wanted
        if wanted and not any(test(found, value) for test, value in wanted):
            return False
        return not any(test(found, value) for test, value in unwanted)

    return holds


def _boolean(value: bool | None) -> str | None:
    return None if value is None else "true" if value else "false"


def _read(field: str) -> Callable[[TrailEvent], str | None]:
    return _OF_EVENTS[field]


_OF_EVENTS: dict[str, Callable[[TrailEvent], str | None]] = {
    "eventCategory": lambda event: event.event_category,
    "eventSource": lambda event: event.event_source,
    "eventName": lambda event: event.event_name,
    "eventType": lambda event: event.event_type,
    "readOnly": lambda event: _boolean(event.read_only),
    "errorCode": lambda event: event.error_code,
    "vpcEndpointId": lambda event: event.vpc_endpoint_id,
    "sessionCredentialFromConsole": lambda event: event.session_credential_from_console or "false",
    "userIdentity.arn": lambda event: event.user_arn,
}
_OF_RESOURCES: dict[str, Callable[[TrailResource], str | None]] = {
    "resources.type": lambda resource: resource.type,
    "resources.ARN": lambda resource: resource.arn,
}
"""Type and ARN must be those of one and the same resource."""
