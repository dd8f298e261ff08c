"""Get a pack's template and read it, before any transaction: from the request, or from the caller's bucket with the caller's rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.errors import ApiError
from garrison.rules import managed_rules
from garrison.rules.packs import MAX_TEMPLATE_BYTES, Pack, PackRule, UnusablePack, read_pack
from garrison.services.config.faults import invalid_parameter
from garrison.services.config.periods import PERIODS
from garrison.services.config.rules.guarding import check_policy
from garrison.services.config.rules.resources import AWS, POLICY, PROGRAM
from garrison.services.config.rules.sources import Source, details_of, policy_of, scope_of
from garrison.services.config.service import PRINCIPAL
from garrison.services.inside import call_for_caller

if TYPE_CHECKING:
    from garrison.services.call import Call

_SOURCES = ("TemplateBody", "TemplateS3Uri", "TemplateSSMDocumentDetails")


@dataclass(frozen=True, slots=True)
class Read:
    """A template and what it says."""

    template: bytes
    pack: Pack
    sources: tuple[Source, ...]
    """Who judges, for each of the pack's rules."""
    not_implemented: tuple[str, ...]


def read_template(call: Call, request: Mapping[str, Any]) -> None:
    """Have the template of a request in the call's evidence; for `prepare`."""
    if sum(name in request for name in _SOURCES) != 1:
        raise invalid_parameter(
            "You must specify only one of the following parameters: TemplateS3Uri, TemplateBody or TemplateSSMDocumentDetails."
        )
    if "TemplateSSMDocumentDetails" in request:
        raise invalid_parameter("TemplateSSMDocumentDetails is not supported: there are no Systems Manager documents.")
    body = request.get("TemplateBody")
    template = body.encode() if body is not None else _from_bucket(call, request["TemplateS3Uri"])
    given = {
        each["ParameterName"]: each["ParameterValue"] for each in request.get("ConformancePackInputParameters") or ()
    }
    try:
        call.evidence = _read(template, given)
    except UnusablePack as error:
        raise invalid_template(str(error)) from None
    _deliver(call, request, template)


def invalid_template(reason: str) -> ApiError:
    """A template that cannot be used."""
    return ApiError("ConformancePackTemplateValidationException", f"The template is not valid: {reason}.")


def _from_bucket(call: Call, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not bucket or not key:
        raise invalid_parameter(f"{uri} names no object in Amazon S3.")
    try:
        answer = call_for_caller(call, PRINCIPAL, "s3", "GetObject", {"Bucket": bucket, "Key": key})
    except ApiError as error:
        raise ApiError(
            "InsufficientPermissionsException", f"The template {uri} cannot be read: {error.code}: {error.message}"
        ) from None
    if answer["ContentLength"] > MAX_TEMPLATE_BYTES:
        raise invalid_template(f"it has more than {MAX_TEMPLATE_BYTES} bytes")
    body = answer["Body"]
    return body if isinstance(body, bytes) else b"".join(body)


def _deliver(call: Call, request: Mapping[str, Any], template: bytes) -> None:
    """Keep the template in the delivery bucket, where there is one, with the caller's rights."""
    bucket = request.get("DeliveryS3Bucket")
    if not bucket:
        return
    prefix = f"{request['DeliveryS3KeyPrefix']}/" if request.get("DeliveryS3KeyPrefix") else ""
    key = f"{prefix}AWSLogs/{call.account}/Config/{call.region}/conformance-packs/{request['ConformancePackName']}.yaml"
    try:
        call_for_caller(call, PRINCIPAL, "s3", "PutObject", {"Bucket": bucket, "Key": key, "Body": template})
    except ApiError as error:
        raise ApiError(
            "InsufficientPermissionsException",
            f"The template cannot be written to the bucket {bucket}: {error.code}: {error.message}",
        ) from None


def _read(template: bytes, given: Mapping[str, str]) -> Read:
    pack = read_pack(template, given)
    sources = tuple(_source(rule) for rule in pack.rules)
    missing = {one.identifier for one in pack.rules if one.identifier and one.identifier not in managed_rules()}
    if unknown := sorted(missing - known_identifiers()):
        raise UnusablePack(f"there is no managed rule {unknown[0]}")
    return Read(template, pack, sources, tuple(sorted(missing)))


@lru_cache(maxsize=1)
def known_identifiers() -> frozenset[str]:
    """The identifiers of AWS's managed rules, built or not."""
    return frozenset(resources.files("garrison.rules").joinpath("identifiers.txt").read_text().split())


def _source(rule: PackRule) -> Source:
    """Who judges; a program that the settings do not name, and a managed rule that is not built, may be asked for."""
    if rule.frequency is not None and rule.frequency not in PERIODS:
        raise UnusablePack(f"{rule.name}: there is no MaximumExecutionFrequency {rule.frequency}")
    owner = rule.source.get("Owner")
    try:
        scope_of(rule.scope)
        if owner == AWS and rule.identifier is not None:
            return Source(owner=AWS, identifier=rule.identifier)
        if owner == PROGRAM:
            details = details_of(rule.source.get("SourceDetails") or ())
            return Source(owner=PROGRAM, identifier=str(rule.source.get("SourceIdentifier")), details=details)
        if owner == POLICY:
            source = policy_of(rule.source)
            check_policy(source.policy_text or "")
            return source
    except ApiError as error:
        raise UnusablePack(f"{rule.name}: {error.message}") from None
    except (TypeError, AttributeError, KeyError):
        raise UnusablePack(f"{rule.name}: its Source or Scope is not as AWS::Config::ConfigRule has it") from None
    raise UnusablePack(f"{rule.name}: there is no Owner {owner}")


def parameters_text(rule: PackRule) -> str | None:
    """A rule's input parameters as JSON."""
    return codec.encode(dict(rule.parameters)).decode() if rule.parameters else None
