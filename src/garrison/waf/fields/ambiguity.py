"""How servers may read a request in more than one way: what a WAF and the application behind it could disagree about.

Each report is a sentence in plain words. None of them is an attack by itself; together with a rule that matched they say why to look closer,
and a request with one of framing should not be trusted to end where it seems to.
"""

from __future__ import annotations

from garrison.waf.fields import content_ambiguity, framing_ambiguity, target_ambiguity
from garrison.waf.fields.parts import Limits
from garrison.waf.request import Request

__all__ = ["MOST_REPORTED", "ambiguities"]

MOST_REPORTED = 32
"""Of one request."""

_STANDARD = Limits()


def ambiguities(request: Request, limits: Limits = _STANDARD) -> tuple[str, ...]:
    """What may be read in more than one way: framing first, then the target, cookies and the body. Empty for nearly every honest request."""
    known: tuple[str, ...] | None = request.parsed.get("ambiguities")
    if known is None:
        found = [
            *framing_ambiguity.reports(request),
            *target_ambiguity.reports(request),
            *content_ambiguity.reports(request, limits),
        ]
        known = request.parsed["ambiguities"] = tuple(dict.fromkeys(found))[:MOST_REPORTED]
    return known
