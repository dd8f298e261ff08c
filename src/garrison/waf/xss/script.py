"""JavaScript that stands where a page puts a value into a script: calls, reads and tricks that a value of a form does not have.

Each shape has literals, one of which it cannot do without: the shape is read only where one of them stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_S = rb"(?:\s|/\*[^*]*+\*/)*+"
_CALLS = "alert confirm prompt eval atob btoa settimeout setinterval setimmediate execscript msgbox"
_DIALOGUES = "alert confirm prompt eval"
_MEMBERS = (
    rb"(?:cookie|domain|write(?:ln)?|location|body|head|documentelement|getelement\w*+|createelement|queryselector\w*+|referrer|defaultview|"
    rb"execcommand|forms|parentnode|innerhtml|scripts|implementation|open|eval|alert|prompt|confirm|name|sendbeacon|assign|replace|href)\b"
)


@dataclass(frozen=True, slots=True)
class Shape:
    literals: tuple[bytes, ...]
    """In lower case."""
    pattern: re.Pattern[bytes]
    """Matches where a literal begins; over lower case."""
    signs: bytes
    """The shape has one of these."""


def _shape(signs: bytes, literals: str, pattern: bytes) -> Shape:
    return Shape(tuple(literals.encode().split()), re.compile(pattern), signs)


def _any(names: str) -> bytes:
    return b"|".join(names.encode().split())


ALL: Final = (
    # document.cookie, (document)["cookie"], with comments and blanks between
    _shape(
        b".[",
        "document",
        rb"(?<![\w/.-])document" + _S + rb"\)?+" + _S + rb"(?:\." + _S + rb"|\[" + _S + rb"['\"`])" + _S + _MEMBERS,
    ),
    _shape(
        b".",
        "window",
        rb"(?<![\w/.-])window" + _S + rb"\." + _S + rb"(?:location|name|open|eval|alert|onerror|document|parent|top)\b",
    ),
    # window["alert"]
    _shape(
        b"[",
        "document window self top parent frames globalthis navigator location",
        rb"(?<![\w/.-])\w++" + _S + rb"\)?+" + _S + rb"\[" + _S + rb"['\"`/]",
    ),
    # calls
    _shape(b"(", _CALLS, rb"(?<!\w)(?<!\w[.-])(?:" + _any(_CALLS) + rb")(?:\?\.|/\*[^*]*+\*/)?+\("),
    _shape(b".", "string.fromcharcode", rb"(?<!\w)string\.fromcharcode\b"),
    _shape(b"`", _DIALOGUES, rb"(?<![\w.-])(?:" + _any(_DIALOGUES) + rb")`"),
    _shape(b"(", "function", rb"(?<=new )function\s*+\(|(?<![\w.])function\s*+\(\)\s*+\{"),
    _shape(b"({", "import", rb"(?<![\w.])import\s*+(?:\(['\"`]|\{[^}]{0,200}+\}\s*+from\b)"),
    # calls without parentheses
    _shape(b"`", "call", rb"(?:(?<=\.)|(?<= \. )|(?<=\*/))call" + _S + rb"`"),
    _shape(b"{", "${", rb"\$\{\s*+(?:alert|eval|prompt|confirm)"),
    # nothing but brackets
    _shape(b"[", "!", rb"!\s*+!\s*+\[\s*+\]|!\s*+\[\s*+\]\s*+\)?+\s*+\+?+\s*+\["),
    _shape(b"[", "[][(", rb"\[\]\[\("),
    _shape(b".", "$.", rb"(?<![\w.])\$\.(?:getscript|globaleval|parsehtml)\b"),
    _shape(b".[", "constructor", rb"(?<=\.)constructor\s*+[(\[`]|(?<=\[['\"])constructor['\"]\]"),
    # angle brackets that some readers see and filters did not: UTF-7, US-ASCII with the eighth bit set
    _shape(b"+", "+adw-", rb"\+adw-[^+]{0,64}+\+ad4-?"),
    Shape(
        (b"\xbc",),
        re.compile(
            rb"(?<![\xc2-\xf4])\xbc/?+(?:script|img|svg|iframe|object|embed|style|body|input|form|a)\b[^\xbe\xbc]{0,200}+\xbe"
        ),
        b"\xbc",
    ),
    Shape((b"\\xbc",), re.compile(rb"\\xbc/?+[a-z]{2,16}+(?:[^\n\\]|\\(?!xb[ce]))*+\\xbe"), b"\\"),
)

SHAPES: Final = {
    sign: tuple((literal, shape) for shape in ALL if sign in shape.signs for literal in shape.literals)
    for sign in sorted({s for shape in ALL for s in shape.signs})
}
"""Literals with what begins with them, by the byte that they need."""
NEEDED: Final = bytes(SHAPES)
