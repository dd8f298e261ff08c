"""JavaScript that stands where a page puts a value into a script: calls, reads and tricks that a value of a form does not have."""

from __future__ import annotations

import re
from typing import Final

_S = rb"(?:\s|/\*[^*]*+\*/)*+"
_GLOBALS = rb"(?:document|window|self|top|parent|frames|globalthis|navigator|location)"

_MEMBERS = (
    rb"cookie|domain|write(?:ln)?|location|body|head|documentelement|getelement\w*+|createelement|queryselector\w*+|referrer|defaultview|execcommand|forms|"
    rb"parentnode|innerhtml|scripts|implementation|open|eval|alert|prompt|confirm|name|sendbeacon|assign|replace|href"
)

SCRIPT: Final = re.compile(
    # document.cookie, window["alert"], (document)["cookie"], with comments and blanks between
    rb"(?<![\w/.-])(?:document"
    + _S
    + rb"\)?"
    + _S
    + rb"(?:\."
    + _S
    + rb"|\["
    + _S
    + rb"['\"`])"
    + _S
    + rb"(?:"
    + _MEMBERS
    + rb")\b"
    rb"|window" + _S + rb"\." + _S + rb"(?:location|name|open|eval|alert|onerror|document|parent|top)\b"
    rb"|" + _GLOBALS + _S + rb"\)?" + _S + rb"\[" + _S + rb"['\"`])"
    # calls
    rb"|(?<![\w.-])(?:alert|confirm|prompt|eval|atob|btoa|settimeout|setinterval|setimmediate|execscript|msgbox|expression|fromcharcode)\("
    rb"|(?<![\w-])(?:alert|confirm|prompt|eval|settimeout|setinterval)(?:\?\.\(|`|" + rb"/\*[^*]*+\*/\(" + rb")"
    rb"|\bnew\s++function\s*+\(|\bstring\.fromcharcode\b|(?<![\w.])function\s*+\(\)\s*+\{|(?<![\w.])import\s*+(?:\(['\"`]|\{[^}]{0,200}\}\s*+from\b)"
    # calls without parentheses
    rb"|(?:\[[^\]]{0,32}\]|\breflect)" + _S + rb"\." + _S + rb"\w++" + _S + rb"\." + _S + rb"call" + _S + rb"`"
    rb"|`\s*+\$\{\s*+(?:alert|eval|prompt|confirm)"
    # nothing but brackets
    rb"|!\s*+!\s*+\[\s*+\]|\(\s*+!\s*+\[\s*+\]\s*+\+?+\s*+\[\s*+\]\s*+\)|\(!\[\]|\[\]\[\(|\+\s*+\[\s*+\]\s*+\)?\s*+\["
    # jQuery and constructors
    rb"|(?<![\w.])\$\.(?:getscript|globaleval|parsehtml)\b|\.constructor\s*+[(\[`]|\[['\"]constructor['\"]\]",
    re.IGNORECASE,
)

GATES: Final = (b"(", b"`", b"[", b"document", b"window")
"""Lower case; without any of these no shape of SCRIPT is there."""

ODD_ENCODINGS: Final = re.compile(
    rb"\+adw-[^+]{0,64}?\+ad4-?"  # UTF-7
    rb"|(?<![\xc2-\xf4])\xbc/?[a-z]++[^\xbe]{0,200}?\xbe"  # US-ASCII with the eighth bit set
    rb"|\\xbc/?[a-z]{2,16}+[^\n]{0,200}?\\xbe",
    re.IGNORECASE,
)
"""Angle brackets written so that some readers see them and filters did not."""
