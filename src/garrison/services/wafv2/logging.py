"""Logging configurations: where a web ACL's log goes, what is kept of it and what is redacted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.wafv2.changing import changed
from garrison.services.wafv2.faults import invalid, nonexistent, not_built
from garrison.services.wafv2.listing import page_of
from garrison.services.wafv2.log_destinations import destination_of, open_destination
from garrison.services.wafv2.naming import Request, at_arn, by_arn, check_arn, scope_of
from garrison.services.wafv2.resources import LoggingConfiguration, WebACL
from garrison.services.wafv2.service import service
from garrison.services.wafv2.tags import of_entity
from garrison.waf.validation.logging import filter_problems, redaction_problems

if TYPE_CHECKING:
    from types_boto3_wafv2 import type_defs as shapes

    from garrison.services.call import Call

CUSTOMER = "CUSTOMER"
MEMBERS = ("ResourceArn", "LogDestinationConfigs", "RedactedFields", "LoggingFilter", "LogType", "LogScope")

_of_web_acl = of_entity(WebACL, "ResourceArn")


def _put_arn(_call: Call, request: Request) -> str:
    return str(request["LoggingConfiguration"]["ResourceArn"])


def _arn(_call: Call, request: Request) -> str:
    return str(request["ResourceArn"])


def _put_context(call: Call, request: Request) -> dict[str, Any]:
    configuration = request["LoggingConfiguration"]
    return _of_web_acl(call, configuration) | {
        "wafv2:LogDestinationResource": list(configuration["LogDestinationConfigs"]),
        "wafv2:LogScope": configuration.get("LogScope") or CUSTOMER,
    }


def _context(call: Call, request: Request) -> dict[str, Any]:
    return _of_web_acl(call, request) | _scope_context(call, request)


def _scope_context(_call: Call, request: Request) -> dict[str, Any]:
    return {"wafv2:LogScope": request.get("LogScope") or CUSTOMER}


def _prepare(call: Call, request: Request) -> None:
    """Check the configuration, and have the destination let the log in."""
    configuration = request["LoggingConfiguration"]
    check_arn(configuration["ResourceArn"], WebACL)
    with call.parts.store.reading(call.account, call.region) as unit:
        if at_arn(unit, WebACL, configuration["ResourceArn"]) is None:
            raise nonexistent()
    _check(configuration)
    open_destination(call, configuration["ResourceArn"], configuration["LogDestinationConfigs"][0])


@service.operation(
    "PutLoggingConfiguration",
    needs={"wafv2:PutLoggingConfiguration": _put_arn},
    context=_put_context,
    prepare=_prepare,
)
def put_logging_configuration(call: Call, request: shapes.PutLoggingConfigurationRequestTypeDef) -> dict[str, Any]:
    """Log a web ACL's decisions to a log group or a bucket, in the place of where they went."""
    configuration = request["LoggingConfiguration"]
    web_acl = by_arn(call, WebACL, configuration["ResourceArn"])
    document = {member: configuration[member] for member in MEMBERS if configuration.get(member)}  # type: ignore[literal-required]
    document |= {"LogType": "WAF_LOGS", "LogScope": CUSTOMER}
    present = call.unit.get(LoggingConfiguration, web_acl.arn)
    if present is not None:
        kept = call.unit.save(replace(present, document=document))
    else:
        made = LoggingConfiguration(account=call.account, web_acl=web_acl.arn, scope=web_acl.scope, document=document)
        kept = call.unit.add(made)
    changed(call)
    return {"LoggingConfiguration": _shown(kept)}


@service.operation("GetLoggingConfiguration", needs={"wafv2:GetLoggingConfiguration": _arn}, context=_context)
def get_logging_configuration(call: Call, request: shapes.GetLoggingConfigurationRequestTypeDef) -> dict[str, Any]:
    """Where a web ACL's log goes."""
    return {"LoggingConfiguration": _shown(_found(call, request))}


@service.operation("ListLoggingConfigurations", needs={"wafv2:ListLoggingConfigurations": "*"}, context=_scope_context)
def list_logging_configurations(call: Call, request: shapes.ListLoggingConfigurationsRequestTypeDef) -> dict[str, Any]:
    """The logging configurations of a scope."""
    scope = scope_of(call, request)
    is_ours = (request.get("LogScope") or CUSTOMER) == CUSTOMER
    found = call.unit.page(LoggingConfiguration, where={"scope": scope}) if is_ours else []
    return page_of(call, request, "LoggingConfigurations", found, key=lambda one: one.web_acl, render=_shown)


@service.operation("DeleteLoggingConfiguration", needs={"wafv2:DeleteLoggingConfiguration": _arn}, context=_context)
def delete_logging_configuration(call: Call, request: shapes.DeleteLoggingConfigurationRequestTypeDef) -> None:
    """Log a web ACL's decisions no longer."""
    call.unit.remove(_found(call, request))
    changed(call)


def _found(call: Call, request: Request) -> LoggingConfiguration:
    web_acl = by_arn(call, WebACL, request["ResourceArn"])
    is_ours = (request.get("LogScope") or CUSTOMER) == CUSTOMER
    found = call.unit.get(LoggingConfiguration, web_acl.arn) if is_ours else None
    if found is None:
        raise nonexistent()
    return found


def _shown(configuration: LoggingConfiguration) -> dict[str, Any]:
    return configuration.document | {"ManagedByFirewallManager": False}


def _check(configuration: Request) -> None:
    if (configuration.get("LogScope") or CUSTOMER) != CUSTOMER:
        raise not_built(f"Logging of the scope {configuration['LogScope']}")
    destinations = configuration["LogDestinationConfigs"]
    if len(destinations) != 1:
        raise invalid("LOG_DESTINATION", "LogDestinationConfigs", "A web ACL logs to exactly one destination.")
    destination_of(destinations[0])
    for problem in (
        *redaction_problems(configuration.get("RedactedFields") or ()),
        *filter_problems(configuration.get("LoggingFilter")),
    ):
        raise invalid(problem.field, problem.parameter, problem.reason)
