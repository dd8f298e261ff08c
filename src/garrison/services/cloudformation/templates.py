"""Templates that belong to no stack yet, and a stack's own as it is shown: validated, summarized."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.services.cloudformation.deploying import values_of
from garrison.services.cloudformation.faults import invalid, stack_missing
from garrison.services.cloudformation.finding import find_stack, on_stack
from garrison.services.cloudformation.reading import Texts, fetch_texts, kept_text, read
from garrison.services.cloudformation.requests import request_context
from garrison.services.cloudformation.resources import Deployment, Stack
from garrison.services.cloudformation.scoping import pseudo_of
from garrison.services.cloudformation.service import service
from garrison.templates import Parameter, Scope, Template, TemplateInvalid, expand, summarize

if TYPE_CHECKING:
    from garrison.services.call import Call


@service.operation(
    "ValidateTemplate",
    needs={"cloudformation:ValidateTemplate": "*"},
    prepare=fetch_texts,
)
def validate_template(call: Call, _request: Mapping[str, Any]) -> dict[str, Any]:
    """Whether a template can be used, and what it asks for."""
    texts: Texts = call.evidence
    if texts.template is None:
        raise invalid("Either Template URL or Template Body must be specified.")
    found = summarize(read(texts.template))
    answer: dict[str, Any] = {"Parameters": [_parameter_shown(one) for one in found.parameters]}
    if found.description:
        answer["Description"] = found.description
    if found.capabilities:
        answer |= {"Capabilities": list(found.capabilities), "CapabilitiesReason": found.reason}
    if found.transforms:
        answer["DeclaredTransforms"] = list(found.transforms)
    return answer


def _parameter_shown(one: Parameter) -> dict[str, Any]:
    shown = {
        "ParameterKey": one.name,
        "DefaultValue": one.default,
        "NoEcho": one.no_echo,
        "Description": one.description,
    }
    return {name: value for name, value in shown.items() if value is not None}


@service.operation(
    "GetTemplateSummary",
    needs={"cloudformation:GetTemplateSummary": on_stack()},
    context=request_context,
    prepare=fetch_texts,
)
def get_template_summary(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """What a template, or a stack's, asks for."""
    texts: Texts = call.evidence
    if (texts.template is None) == (not request.get("StackName")):
        raise invalid("Exactly one of a template and StackName must be specified.")
    if texts.template is not None:
        template = read(texts.template)
    else:
        stack = find_stack(call, request["StackName"], stack_missing)
        template = read(kept_text(call.unit, stack, stack.deployed.template))
    return _summary_shown(template)


def _summary_shown(template: Template) -> dict[str, Any]:
    found = summarize(template)
    answer: dict[str, Any] = {
        "Parameters": [_declaration_shown(one) for one in found.parameters],
        "Description": found.description,
        "Capabilities": list(found.capabilities) or None,
        "CapabilitiesReason": found.reason,
        "ResourceTypes": list(found.resource_types),
        "Version": template.body.get("AWSTemplateFormatVersion"),
        "Metadata": codec.encode(found.metadata).decode() if found.metadata else None,
        "DeclaredTransforms": list(found.transforms) or None,
        "ResourceIdentifierSummaries": [
            {"ResourceType": kind, "LogicalResourceIds": list(names)} for kind, names in found.identifiers.items()
        ],
    }
    return {name: value for name, value in answer.items() if value is not None}


def _declaration_shown(one: Parameter) -> dict[str, Any]:
    shown = _parameter_shown(one) | {"ParameterType": one.type}
    if one.allowed_values:
        return shown | {"ParameterConstraints": {"AllowedValues": list(one.allowed_values)}}
    return shown | {"ParameterConstraints": {}}


def template_body(call: Call, stack: Stack, deployed: Deployment, text: str, stage: str) -> dict[str, Any]:
    """A template as GetTemplate shows it."""
    template = read(text)
    stages = ["Original", "Processed"]
    if stage == "Processed" and template.transforms:
        try:
            template = expand(Scope(template, values_of(call.unit, deployed), pseudo_of(stack)))
        except TemplateInvalid as error:
            raise invalid(error.message) from None
        return {"TemplateBody": codec.encode(template.body).decode(), "StagesAvailable": stages}
    return {"TemplateBody": text, "StagesAvailable": stages}
