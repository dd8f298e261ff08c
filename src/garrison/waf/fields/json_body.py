"""The field of the body as JSON: keys, values or both, of all or of what stands under some pointers."""

from __future__ import annotations

from garrison.waf.document.fields import JsonBody
from garrison.waf.fields.body import inspected_body
from garrison.waf.fields.headers import by_oversize, oversized
from garrison.waf.fields.json_elements import elements_of
from garrison.waf.fields.json_values import Element, Elements
from garrison.waf.fields.parts import NOTHING, Limits, Part, Parts
from garrison.waf.fields.registry import Read, field
from garrison.waf.request import Request


def inspected_elements(request: Request, limits: Limits) -> Elements:
    """What the inspected beginning of the body holds."""
    key = ("json elements", limits.body_bytes)
    known: Elements | None = request.parsed.get(key)
    if known is None:
        known = request.parsed[key] = elements_of(inspected_body(request, limits)[0])
    return known


def _is_under(element: Element, paths: tuple[str, ...]) -> bool:
    """Whether it stands under one of the pointers. The keys that lead there do not."""
    pointer = element.pointer
    return any(pointer.startswith(f"{path}/") or (pointer == path and not element.is_key) for path in paths)


@field("json_body", "JSON_BODY")
def json_body(specification: JsonBody, pre: tuple[str, ...], limits: Limits) -> Read:
    """Keys, values or both of the body's JSON, strings decoded. What is not JSON is decided by InvalidFallbackBehavior; without it, what
    stands before the first error is inspected."""
    scope, fallback = specification.match_scope, specification.invalid_fallback_behavior
    paths = specification.match_pattern.included_paths
    decided = by_oversize(specification.oversize_handling)
    whole_is_included = specification.match_pattern.all is not None or not paths or "/" in paths

    def read(request: Request) -> Parts:
        body, oversize = inspected_body(request, limits)
        if oversize and decided is not None:
            return oversized(decided)
        if not body:
            return NOTHING
        elements = inspected_elements(request, limits)
        if not elements.complete and fallback is not None:
            if fallback == "EVALUATE_AS_STRING":
                return Parts((Part("", body),), oversize)
            return Parts((), oversize, fallback == "MATCH")
        return Parts(
            tuple(
                [
                    Part(element.pointer, element.value)
                    for element in elements.values
                    if (scope == "ALL" or element.is_key == (scope == "KEY"))
                    and (whole_is_included or _is_under(element, paths))
                ]
            ),
            oversize,
        )

    return read
