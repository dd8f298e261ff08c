"""The field of the body as JSON: keys, values or both, of all or of what stands under some pointers."""

from __future__ import annotations

from garrison.waf.document.fields import JsonBody
from garrison.waf.fields.body import inspected_body
from garrison.waf.fields.headers import by_oversize, oversized
from garrison.waf.fields.json_elements import elements_of
from garrison.waf.fields.json_values import Elements
from garrison.waf.fields.parts import NOTHING, Limits, Part, Parts
from garrison.waf.fields.registry import Read, field
from garrison.waf.request import Request


def json_elements(request: Request, body: bytes) -> Elements:
    """What the inspected beginning of the body holds; taken apart once for all fields."""
    key = ("json elements", body)
    known: Elements | None = request.parsed.get(key)
    if known is None:
        known = request.parsed[key] = elements_of(body)
    return known


def _under(elements: Elements, paths: tuple[str, ...]) -> Elements:
    """What stands under one of the pointers. The keys that lead there do not."""
    below = tuple(f"{path}/" for path in paths)
    return Elements(
        tuple([key for key in elements.keys if key.place.startswith(below)]),
        tuple([value for value in elements.values if value.place in paths or value.place.startswith(below)]),
        elements.complete,
    )


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
        elements = json_elements(request, body)
        if not elements.complete and fallback is not None:
            if fallback == "EVALUATE_AS_STRING":
                return Parts((Part("", body),), oversize)
            return Parts((), oversize, fallback == "MATCH")
        if not whole_is_included:
            elements = _under(elements, paths)
        keys = elements.keys if scope != "VALUE" else ()
        return Parts(keys + elements.values if scope != "KEY" else keys, oversize)

    return read
