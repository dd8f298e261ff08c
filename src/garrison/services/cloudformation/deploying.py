"""What a request asks a stack to be made from: template, values, tags and capabilities, checked before anything is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.arn import parse_arn
from garrison.services.cloudformation.faults import invalid, lacks_capabilities
from garrison.services.cloudformation.reading import Texts, keep_text, kept_text, read
from garrison.services.cloudformation.resources import Deployment, Stack
from garrison.templates import (
    MAX_INLINE_BYTES,
    Scope,
    Template,
    TemplateInvalid,
    check_rules,
    expand,
    graph,
    masked,
    needed_capabilities,
    parameters,
    present,
    pseudo_parameters,
)

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

_MOST_TAGS = 50
_MOST_TOPICS = 5
_NAMED = "CAPABILITY_NAMED_IAM"


@dataclass(frozen=True, slots=True)
class Plan:
    """A template with everything that goes with it."""

    text: str
    template: Template
    """With its loops unrolled."""
    values: dict[str, str]
    """Of its parameters; also those that are not to be echoed."""
    tags: dict[str, str]
    capabilities: tuple[str, ...]
    notification_arns: tuple[str, ...]

    def keep(self, unit: Unit, stack_uuid: str) -> Deployment:
        """Keep it for a stack, what is secret sealed."""
        secret = {name: value for name, value in self.values.items() if self._is_secret(name)}
        return Deployment(
            template=keep_text(unit, stack_uuid, self.text),
            parameters=masked(self.template, self.values),
            secrets=unit.seal(codec.encode(secret)) if secret else None,
            tags=self.tags,
            capabilities=self.capabilities,
            notification_arns=self.notification_arns,
        )

    def _is_secret(self, name: str) -> bool:
        return self.template.parameters[name].no_echo


def values_of(unit: Unit, deployed: Deployment) -> dict[str, str]:
    """The values of parameters, those that are not to be echoed too."""
    if deployed.secrets is None:
        return dict(deployed.parameters)
    secret: dict[str, str] = codec.decode(unit.unseal(deployed.secrets))
    return deployed.parameters | secret


def planned(call: Call, request: Mapping[str, Any], stack: Stack | None, name: str) -> Plan:
    """What a request asks for, `stack` being what is there already; raises `ApiError`."""
    texts: Texts = call.evidence
    text = _template_text(call, request, stack, texts)
    given, again = _given(request)
    before = values_of(call.unit, stack.deployed) if stack is not None else {}
    if missing := [one for one in again if one not in before]:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    template = read(text)
    tags = _tags(request, stack)
    arns = request.get("NotificationARNs")
    if arns is None:
        arns = list(stack.deployed.notification_arns) if stack is not None else []
    _check_topics(arns)
    try:
        values = parameters(template, given, {one: before[one] for one in again})
        pseudo = pseudo_parameters(
            call.account, call.region, stack_id=stack.arn if stack is not None else "", stack_name=name
        )
        whole = Scope(template, values, pseudo)
        check_rules(whole)
        template = expand(whole)
        graph(template, present(Scope(template, values, pseudo)))
    except TemplateInvalid as error:
        raise invalid(error.message) from None
    capabilities = tuple(request.get("Capabilities") or ())
    check_capabilities(template, capabilities)
    _check_types(template, request.get("ResourceTypes"))
    return Plan(text, template, values, tags, capabilities, tuple(arns))


def _template_text(call: Call, request: Mapping[str, Any], stack: Stack | None, texts: Texts) -> str:
    uses_previous = bool(request.get("UsePreviousTemplate"))
    if uses_previous and stack is not None:
        if texts.template is not None:
            raise invalid("You cannot specify both usePreviousTemplate and Template Body/URL.")
        return kept_text(call.unit, stack, stack.deployed.template)
    if texts.template is None:
        raise invalid("Either Template URL or Template Body must be specified.")
    if request.get("TemplateBody") is not None and len(texts.template.encode("utf-8", "replace")) > MAX_INLINE_BYTES:
        raise invalid(
            f"1 validation error detected: Value at 'templateBody' failed to satisfy constraint:"
            f" Member must have length less than or equal to {MAX_INLINE_BYTES}"
        )
    return texts.template


def _given(request: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """The values that a request gives, and the parameters whose values are to stay."""
    given: dict[str, str] = {}
    again: list[str] = []
    for each in request.get("Parameters") or ():
        name = each.get("ParameterKey")
        if not name or name in given or name in again:
            raise invalid(f"Parameters: [{name or ''}] are given more than once or without a key")
        if each.get("UsePreviousValue"):
            if each.get("ParameterValue") is not None:
                raise invalid(
                    f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true and non empty value for a parameter"
                )
            again.append(name)
        else:
            given[name] = each.get("ParameterValue") or ""
    return given, again


def _tags(request: Mapping[str, Any], stack: Stack | None) -> dict[str, str]:
    if request.get("Tags") is None:
        return dict(stack.deployed.tags) if stack is not None else {}
    tags: dict[str, str] = {}
    for tag in request["Tags"]:
        key = tag["Key"]
        if key.lower().startswith("aws:"):
            raise invalid(f"Tags with the prefix aws: are reserved: {key}")
        if key in tags:
            raise invalid(f"Duplicate tag keys found: {key}")
        tags[key] = tag["Value"]
    if len(tags) > _MOST_TAGS:
        raise invalid(f"A stack has at most {_MOST_TAGS} tags.")
    return tags


def _check_topics(arns: Iterable[str]) -> None:
    listed = list(arns)
    if len(listed) > _MOST_TOPICS:
        raise invalid(f"A stack has at most {_MOST_TOPICS} notification ARNs.")
    for text in listed:
        arn = parse_arn(text)
        if arn is None or arn.service != "sns":
            raise invalid(f"Invalid notification ARN: {text[:200]}")


def check_capabilities(template: Template, given: Iterable[str]) -> None:
    """Refuse a template whose capabilities were not acknowledged."""
    needed, _ = needed_capabilities(template)
    held = set(given)
    missing = [one for one in needed if one not in held and not (one == "CAPABILITY_IAM" and _NAMED in held)]
    if missing:
        raise lacks_capabilities(missing)


def _check_types(template: Template, allowed: list[str] | None) -> None:
    if not allowed:
        return
    prefixes = tuple(one.removesuffix("*") for one in allowed if one.endswith("*"))
    for name, one in template.resources.items():
        if one.type not in allowed and not (prefixes and one.type.startswith(prefixes)):
            raise invalid(f"Resource type {one.type} of {name} is not allowed by parameter ResourceTypes {allowed}")
