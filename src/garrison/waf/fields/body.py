"""The field of the body as plain text, to the limit of what is inspected."""

from __future__ import annotations

from garrison.waf.document.fields import Body
from garrison.waf.fields.headers import by_oversize, oversized
from garrison.waf.fields.parts import NOTHING, Limits, Part, Parts
from garrison.waf.fields.registry import Read, field
from garrison.waf.request import Request


def inspected_body(request: Request, limits: Limits) -> tuple[bytes, bool]:
    """The beginning of the body that is inspected, and whether there is more."""
    body = request.body
    if len(body) > limits.body_bytes:
        return body[: limits.body_bytes], True
    return body, request.body_bytes is not None and request.body_bytes > len(body)


@field("body", "BODY")
def body(specification: Body, pre: tuple[str, ...], limits: Limits) -> Read:
    """The body as it came, up to the limit of the web ACL; a request without a body lacks the component."""
    decided = by_oversize(specification.oversize_handling)

    def read(request: Request) -> Parts:
        beginning, oversize = inspected_body(request, limits)
        if oversize and decided is not None:
            return oversized(decided)
        return Parts((Part("", beginning),), oversize) if beginning else NOTHING

    return read
