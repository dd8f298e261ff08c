"""What judges and when, as PutConfigRule gives it: checked, and made into what is kept.

Source: AWS Config API reference, "Source", "SourceDetail", "CustomPolicyDetails", "Scope".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from garrison import codec
from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.rules import InvalidParameters, managed_rules
from garrison.rules.custom.events import OVERSIZED, SNAPSHOT
from garrison.rules.registry import Trigger
from garrison.services.config.faults import invalid_parameter
from garrison.services.config.rules.resources import AWS, POLICY, PROGRAM, Detail, Scope
from garrison.setting_tables import CustomRule

DEFAULT_FREQUENCY = "TwentyFour_Hours"
_ON_CHANGE = frozenset({Trigger.CHANGE.value, OVERSIZED})
_FUNCTION = "function:"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A request's Source."""

    owner: str
    identifier: str | None = None
    details: tuple[Detail, ...] = ()
    policy_runtime: str | None = None
    policy_text: str | None = None
    logs_debug: bool = False


def source_of(source: Mapping[str, Any], account: str, programs: Mapping[str, CustomRule]) -> Source:
    """A request's Source; raises InvalidParameterValueException or InsufficientPermissionsException."""
    owner, identifier = source["Owner"], source.get("SourceIdentifier")
    if owner != POLICY and source.get("CustomPolicyDetails"):
        raise invalid_parameter("CustomPolicyDetails can be provided only if the owner is CUSTOM_POLICY.")
    if owner == AWS:
        return _managed(source, identifier)
    if owner == PROGRAM:
        details = details_of(source.get("SourceDetails") or ())
        return Source(owner=owner, identifier=_program(identifier, account, programs), details=details)
    return policy_of(source)


def _managed(source: Mapping[str, Any], identifier: str | None) -> Source:
    if source.get("SourceDetails"):
        raise invalid_parameter(
            "SourceDetails should be null/empty if the owner is AWS. SourceDetails should be provided if the owner is "
            "CUSTOM_LAMBDA"
        )
    if identifier is None or identifier not in managed_rules():
        raise invalid_parameter(
            f"The sourceIdentifier {identifier} is invalid. Please refer to the documentation for a list of valid "
            "sourceIdentifiers that can be used when AWS is the Owner"
        )
    return Source(owner=AWS, identifier=identifier)


def _detail(detail: Mapping[str, Any]) -> Detail:
    message, frequency = detail.get("MessageType"), detail.get("MaximumExecutionFrequency")
    if message is None:
        raise invalid_parameter("Missing required parameter in ConfigRule.SourceDetails: 'MessageType'")
    if frequency is not None and message != Trigger.PERIODIC.value:
        raise invalid_parameter(
            "A maximum execution frequency is not allowed if MessageType is ConfigurationItemChangeNotification or "
            "OversizedConfigurationItemChangeNotification"
        )
    if message == Trigger.PERIODIC.value:
        frequency = frequency or DEFAULT_FREQUENCY
    return Detail(message_type=message, frequency=frequency)


def details_of(given: Iterable[Mapping[str, Any]]) -> tuple[Detail, ...]:
    """A program's SourceDetails: there must be some, each message type once."""
    details = tuple(_detail(each) for each in given)
    if not details:
        raise invalid_parameter(
            "SourceDetails should be null/empty if the owner is AWS. SourceDetails should be provided if the owner is "
            "CUSTOM_LAMBDA"
        )
    if len({detail.message_type for detail in details}) != len(details):
        raise invalid_parameter("A MessageType can be given only once in SourceDetails.")
    return details


def _program(identifier: str | None, account: str, programs: Mapping[str, CustomRule]) -> str:
    if identifier is None or program_of(identifier, account, programs) is None:
        raise ApiError(
            "InsufficientPermissionsException",
            f"The AWS Lambda function {identifier} cannot be invoked. Check the specified function ARN, and check the "
            "function's permissions",
        )
    return identifier


def program_of(identifier: str, account: str, programs: Mapping[str, CustomRule]) -> CustomRule | None:
    """The program of the settings that a Lambda function's ARN of this account, or a plain name, stands for; or None."""
    arn = parse_arn(identifier)
    if arn is None:
        return programs.get(identifier)
    if arn.service != "lambda" or arn.account != account or not arn.resource.startswith(_FUNCTION):
        return None
    return programs.get(arn.resource.removeprefix(_FUNCTION).partition(":")[0])


def policy_of(source: Mapping[str, Any]) -> Source:
    """The Source of a policy; what it says is not looked at."""
    details = tuple(_detail(each) for each in source.get("SourceDetails") or ())
    given = source.get("CustomPolicyDetails")
    if not given:
        raise invalid_parameter("CustomPolicyDetails should be provided if the owner is CUSTOM_POLICY.")
    if any(detail.message_type not in _ON_CHANGE for detail in details):
        raise invalid_parameter(
            "The only acceptable values for MessageType are ConfigurationItemChangeNotification and "
            "OversizedConfigurationItemChangeNotification if the owner is CUSTOM_POLICY."
        )
    return Source(
        owner=POLICY,
        details=details or (Detail(message_type=Trigger.CHANGE.value),),
        policy_runtime=given["PolicyRuntime"],
        policy_text=given["PolicyText"],
        logs_debug=bool(given.get("EnableDebugLogDelivery")),
    )


def scope_of(scope: Mapping[str, Any] | None) -> Scope | None:
    """A request's Scope; raises InvalidParameterValueException."""
    if not scope:
        return None
    types, resource_id = tuple(scope.get("ComplianceResourceTypes") or ()), scope.get("ComplianceResourceId")
    key, value = scope.get("TagKey"), scope.get("TagValue")
    if scope.get("ServicePrincipals"):
        raise invalid_parameter("ServicePrincipals are populated only if a service creates the rule.")
    if value is not None and key is None:
        raise invalid_parameter("Tag key should not be empty when tag value is provided in scope")
    if key is not None and (types or resource_id):
        raise invalid_parameter("Scope cannot be applied to both resource and tag")
    if resource_id and len(types) != 1:
        raise invalid_parameter("A single resourceType should be provided when resourceId is provided in scope")
    found = Scope(resource_types=types, resource_id=resource_id, tag_key=key, tag_value=value)
    return None if found.is_empty else found


def check_frequency(source: Source, frequency: str | None) -> None:
    """Refuse a MaximumExecutionFrequency where the rule does not judge from time to time."""
    if frequency is None:
        return
    if source.owner == AWS:
        is_periodic = managed_rules()[source.identifier or ""].trigger is Trigger.PERIODIC
    else:
        is_periodic = any(detail.message_type in (Trigger.PERIODIC.value, SNAPSHOT) for detail in source.details)
    if not is_periodic:
        raise invalid_parameter(
            "A maximum execution frequency is not allowed for rules triggered by configuration changes"
        )


def check_parameters(source: Source, text: str | None) -> None:
    """Refuse InputParameters that are no JSON object, or that a managed rule does not take."""
    given = _parameters(text)
    if source.owner != AWS:
        return
    rule = managed_rules()[source.identifier or ""]
    fields = {field.encode_name: field.required for field in msgspec.structs.fields(rule.parameters)}
    if not given.keys() <= fields.keys():
        raise invalid_parameter(f"Unknown parameters provided in the inputParameters: {text}")
    missing = sorted(name for name, required in fields.items() if required and name not in given)
    if missing:
        raise invalid_parameter(f"The required parameter [{', '.join(missing)}] is not present in the inputParameters")
    try:
        rule.read_parameters(given)
    except InvalidParameters as error:
        raise invalid_parameter(f"The value of an input parameter is not valid: {error}") from None


def _parameters(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        found = codec.decode(text)
    except (msgspec.DecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise invalid_parameter(f"Invalid json {text} passed in the InputParameters field")
    return found
