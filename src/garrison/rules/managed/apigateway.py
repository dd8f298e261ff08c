"""Rules about API Gateway's APIs and stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.items import Item
from garrison.rules.reading import Garbled, flag, listed, text, texts, value
from garrison.rules.registry import Parameters, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant

API, STAGE, STAGE_V2 = "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"


class EndpointTypes(Parameters, frozen=True, rename="camel"):
    """The types that an endpoint may have: REGIONAL, PRIVATE, EDGE."""

    endpoint_configuration_types: str


class Levels(Parameters, frozen=True, rename="camel"):
    """The levels that logging may have."""

    logging_level: str = "ERROR,INFO"


class WebAcls(Parameters, frozen=True, rename="pascal"):
    """The web ACLs, by ARN, that may protect; any where none is given."""

    web_acl_arns: str = ""


class ClientCertificates(Parameters, frozen=True):
    """The client certificates, by id, that may be shown; any where none is given."""

    CertificateIDs: str = ""  # AWS's spelling


@rule(
    "API_GW_CACHE_ENABLED_AND_ENCRYPTED", on=STAGE, severity=Severity.MEDIUM,
    fix="Turn the stage's cache and its encryption on for every method (UpdateStage).",
)  # fmt: skip
def cache_enabled_and_encrypted(stage: Item) -> Verdict:
    """Every method of a stage is cached, and what is cached is encrypted.

    Source: AWS Config Developer Guide, "api-gw-cache-enabled-and-encrypted".
    """
    if not flag(stage, "cacheClusterEnabled"):
        return expect(False, "cacheClusterEnabled", flag(stage, "cacheClusterEnabled"))
    methods = _methods(stage)
    for name, settings in methods.items():
        for place in ("cachingEnabled", "cacheDataEncrypted"):
            if not flag(settings, place):
                return non_compliant(f"{place} of {name} is {flag(settings, place)}")
    return COMPLIANT if methods else non_compliant("methodSettings is empty")


@rule(
    "API_GW_EXECUTION_LOGGING_ENABLED", on=(STAGE, STAGE_V2), severity=Severity.MEDIUM,
    fix="Turn execution logging on for every method (UpdateStage).",
)  # fmt: skip
def execution_logging_enabled(stage: Item, parameters: Levels) -> Verdict:
    """Every method of a stage is logged at one of the given levels.

    Source: AWS Config Developer Guide, "api-gw-execution-logging-enabled".
    """
    levels = listed(parameters.logging_level)
    if stage.resource_type == STAGE_V2:
        found = text(stage, "defaultRouteSettings", "loggingLevel")
        return expect(found in levels, "defaultRouteSettings.loggingLevel", found)
    methods = _methods(stage)
    for name, settings in methods.items():
        if text(settings, "loggingLevel") not in levels:
            return non_compliant(f"loggingLevel of {name} is {text(settings, 'loggingLevel')}")
    return COMPLIANT if methods else non_compliant("methodSettings is empty")


@rule(
    "API_GW_XRAY_ENABLED", on=STAGE, severity=Severity.LOW,
    fix="Turn X-Ray tracing on (UpdateStage).",
)  # fmt: skip
def xray_enabled(stage: Item) -> Verdict:
    """A stage is traced by X-Ray.

    Source: AWS Config Developer Guide, "api-gw-xray-enabled".
    """
    found = flag(stage, "tracingEnabled")
    return expect(found is True, "tracingEnabled", found)


@rule(
    "API_GW_SSL_ENABLED", on=STAGE, severity=Severity.MEDIUM,
    fix="Give the stage a client certificate by which backends know it (UpdateStage).",
)  # fmt: skip
def ssl_enabled(stage: Item, parameters: ClientCertificates) -> Verdict:
    """A stage shows backends a client certificate, one of the given where any is.

    Source: AWS Config Developer Guide, "api-gw-ssl-enabled".
    """
    found, wanted = text(stage, "clientCertificateId"), listed(parameters.CertificateIDs)
    return expect(bool(found) and (not wanted or found in wanted), "clientCertificateId", found)


@rule(
    "API_GW_ASSOCIATED_WITH_WAF", on=STAGE, severity=Severity.MEDIUM,
    fix="Associate a web ACL with the stage (AssociateWebACL).",
)  # fmt: skip
def associated_with_waf(stage: Item, parameters: WebAcls) -> Verdict:
    """A stage has a web ACL, one of the given where any is.

    Source: AWS Config Developer Guide, "api-gw-associated-with-waf".
    """
    found, wanted = text(stage, "webAclArn"), listed(parameters.web_acl_arns)
    return expect(bool(found) and (not wanted or found in wanted), "webAclArn", found)


@rule(
    "API_GW_ENDPOINT_TYPE_CHECK", on=API, severity=Severity.LOW,
    fix="Change the API's endpoint type (UpdateRestApi).",
)  # fmt: skip
def endpoint_type(api: Item, parameters: EndpointTypes) -> Verdict:
    """An API's endpoints are of the given types.

    Source: AWS Config Developer Guide, "api-gw-endpoint-type-check".
    """
    found, wanted = texts(api, "endpointConfiguration", "types"), listed(parameters.endpoint_configuration_types)
    return expect(bool(found) and set(found) <= set(wanted), "endpointConfiguration.types", found)


@rule(
    "API_GWV2_ACCESS_LOGS_ENABLED", on=STAGE_V2, severity=Severity.MEDIUM,
    fix="Give the stage a log group for its access log (UpdateStage with AccessLogSettings).",
)  # fmt: skip
def v2_access_logs_enabled(stage: Item) -> Verdict:
    """A stage of an HTTP or WebSocket API writes an access log.

    Source: AWS Config Developer Guide, "api-gwv2-access-logs-enabled".
    """
    found = text(stage, "accessLogSettings", "destinationArn")
    return expect(bool(found), "accessLogSettings.destinationArn", found)


def _methods(stage: Item) -> Mapping[str, Any]:
    """The settings by `{path}/{method}`, `*/*` for all."""
    found = value(stage, "methodSettings")
    if found is not None and not isinstance(found, Mapping):
        raise Garbled("methodSettings is not an object")
    return found or {}
