"""Check event selectors: which events a trail is to deliver.

Source: CloudTrail API reference, EventSelector, DataResource, AdvancedFieldSelector; User Guide, "Quotas in AWS CloudTrail".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from garrison.errors import ApiError

MOST_SELECTORS = 5
MOST_DATA_RESOURCES = 250
MOST_ADVANCED_VALUES = 500

_DATA_PREFIXES = {
    "AWS::S3::Object": "arn:aws:s3",
    "AWS::Lambda::Function": "arn:aws:lambda",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb",
}
"""Resource types of basic selectors, and what their values begin with."""
_EXCLUDABLE_SOURCES = frozenset({"kms.amazonaws.com", "rdsdata.amazonaws.com"})
_OPERATORS = ("Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
_FIELDS = {
    "Management": {
        "eventSource",
        "readOnly",
        "eventName",
        "eventType",
        "sessionCredentialFromConsole",
        "userIdentity.arn",
    },
    "Data": {
        "eventSource",
        "readOnly",
        "eventName",
        "eventType",
        "sessionCredentialFromConsole",
        "userIdentity.arn",
        "resources.type",
        "resources.ARN",
    },
    "NetworkActivity": {"eventSource", "eventName", "errorCode", "vpcEndpointId", "eventType", "userIdentity.arn"},
}
"""The fields that each event category can be selected by, besides `eventCategory`."""
_REQUIRED = {"Management": set(), "Data": {"resources.type"}, "NetworkActivity": {"eventSource"}}
_EQUALS_ONLY = {"eventCategory", "readOnly", "resources.type"}
_BOOLEANS = {"readOnly", "sessionCredentialFromConsole"}


def checked_selectors(selectors: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Basic selectors with their defaults filled in; InvalidEventSelectorsException where they break a rule."""
    if not 1 <= len(selectors) <= MOST_SELECTORS:
        raise _invalid(f"A trail must have 1 to {MOST_SELECTORS} event selectors.")
    checked = tuple(_checked_selector(selector) for selector in selectors)
    if sum(len(data["Values"]) for selector in checked for data in selector["DataResources"]) > MOST_DATA_RESOURCES:
        raise _invalid(f"A trail can have no more than {MOST_DATA_RESOURCES} data resources.")
    return checked


def checked_advanced_selectors(selectors: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Advanced selectors as given; InvalidEventSelectorsException where they break a rule."""
    if not selectors:
        raise _invalid("A trail must have at least one advanced event selector.")
    values = 0
    for selector in selectors:
        fields = selector["FieldSelectors"]
        values += sum(len(field.get(operator) or ()) for field in fields for operator in _OPERATORS)
        _check_fields(fields)
    if values > MOST_ADVANCED_VALUES:
        raise _invalid(f"A trail can have no more than {MOST_ADVANCED_VALUES} values in its advanced event selectors.")
    return tuple(dict(selector) for selector in selectors)


def default_selector() -> dict[str, Any]:
    """The selector of a trail that nobody gave one: every management event, no data event."""
    return {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }


def _checked_selector(selector: Mapping[str, Any]) -> dict[str, Any]:
    checked = default_selector() | {member: value for member, value in selector.items() if value is not None}
    excluded = checked["ExcludeManagementEventSources"]
    if not set(excluded) <= _EXCLUDABLE_SOURCES or (excluded and not checked["IncludeManagementEvents"]):
        raise _invalid("Event selector ExcludeManagementEventSources is not valid")
    if not checked["IncludeManagementEvents"] and not checked["DataResources"]:
        raise _invalid("An event selector must include management events or data resources.")
    checked["DataResources"] = [_checked_data_resource(data) for data in checked["DataResources"]]
    return checked


def _checked_data_resource(data: Mapping[str, Any]) -> dict[str, Any]:
    prefix = _DATA_PREFIXES.get(data.get("Type") or "")
    if prefix is None:
        raise _invalid(f"Value {data.get('Type')} for DataResources.Type is invalid.")
    values = data.get("Values") or []
    for value in values:
        if (value != prefix and not value.startswith(f"{prefix}:")) or "*" in value:
            raise _invalid(f"Value {value} for DataResources.Values is invalid.")
    return {"Type": data["Type"], "Values": list(values)}


def _check_fields(fields: Sequence[Mapping[str, Any]]) -> None:
    named = {field["Field"]: field for field in fields}
    if len(named) != len(fields):
        raise _invalid("Each field can be used only once in an advanced event selector.")
    category = _category(named)
    unknown = sorted(named.keys() - _FIELDS[category] - {"eventCategory"})
    if unknown:
        raise _invalid(f"The field {unknown[0]} is not valid for the event category {category}.")
    missing = sorted(_REQUIRED[category] - named.keys())
    if missing:
        raise _invalid(f"The field {missing[0]} is required for the event category {category}.")
    for name, field in named.items():
        _check_field(name, {operator: field[operator] for operator in _OPERATORS if field.get(operator)})


def _category(named: Mapping[str, Mapping[str, Any]]) -> str:
    values = (named.get("eventCategory") or {}).get("Equals") or []
    if len(values) != 1 or values[0] not in _FIELDS:
        raise _invalid("The field eventCategory must equal one of Management, Data, NetworkActivity.")
    return str(values[0])


def _check_field(name: str, operators: Mapping[str, Sequence[str]]) -> None:
    if not operators:
        raise _invalid(f"The field {name} has no operator.")
    if name in _EQUALS_ONLY and (set(operators) != {"Equals"} or len(operators["Equals"]) != 1):
        raise _invalid(f"The field {name} takes the operator Equals with one value only.")
    values = [value for given in operators.values() for value in given]
    if name in _BOOLEANS and any(value not in ("true", "false") for value in values):
        raise _invalid(f"The field {name} takes the values true and false only.")
    if any("*" in value for value in values):
        raise _invalid(f"The field {name} does not take wildcards.")


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidEventSelectorsException", message)
