"""What a value has in which `detect` finds something, as expressions for one scan over all values of a request.

Made from the very expressions that detect looks with, so that none is forgotten. A value without any of these signs is let go; one
that has them is looked at closely.
"""

from __future__ import annotations

from typing import Final

from garrison.waf.patterns import loosened
from garrison.waf.xss.looks import HANDLER, INSIDE
from garrison.waf.xss.script import ALL

_BLANKS: Final = rb"[\x00-\x20\x7f\xa0\xad]*"
_SCHEME: Final = rb"^" + _BLANKS + rb"[defjlmv]" + _BLANKS + rb"(?:[a-z-]" + _BLANKS + rb"){2,10}:"
"""What can be read as a scheme of urls.py from the start of a value, by its first letter and its length, with blanks that browsers leave out."""
_ATTRIBUTE_BEHIND_QUOTE: Final = (
    rb"[\"'`][\x00-\x20/]*(?:on|style|href|src|xlink|action|formaction|data|background)[a-z:]*[\x00-\x20/]*="
)


SIGNS: Final = tuple(
    b"(?i)" + expression
    for expression in (
        # a tag, also one in pieces, or another thing of markup
        rb"<[\x00/:\s]*[a-z]",
        rb"<[!?%]",
        rb"!entity",
        # angle brackets of full width
        rb"\xef\xbc[\x9c\x9e]",
        # an attribute that a value begins or leaves a quote for
        loosened(HANDLER.pattern),
        _ATTRIBUTE_BEHIND_QUOTE,
        # URLs that run script; where a reference may hide the scheme, the reference
        loosened(INSIDE.pattern),
        rb"&(?:#|[a-z]{2,8};)",
        _SCHEME,
        *(loosened(shape.pattern.pattern) for shape in ALL),
    )
)
