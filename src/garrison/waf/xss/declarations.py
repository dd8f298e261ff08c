"""What may follow `<` besides a tag: comments, declarations, processing instructions and server pages that do harm."""

from __future__ import annotations

import re
from typing import Final

DECLARATION: Final = re.compile(
    rb"<!--[\s\x00]*+(?:#\s*+(?:set|echo|exec|include|config|printenv|flastmod)\b|\[if\b|[^>]{0,64}?`)"
    rb"|<?!\s*+entity\b[^>]{0,200}?\b(?:system|public)\b"
    rb"|<!doctype\b[^>]{0,200}?(?:\[|\bsystem\b)"
    rb"|<!\[cdata\[[^\]]{0,200}?<"
    rb"|<\?\s*+(?:import\b|xml-stylesheet\b|xml:namespace)"
    rb"|<%[=@!]?\s*+(?:eval|response|request|import|page|server|runtime)\b",
    re.IGNORECASE,
)
"""`<` is left out where an entity's declaration begins, as in what an XML reader has already opened."""

SPACED: Final = re.compile(rb"<[\s\x00]*+((?:[a-z][\s\x00]++){2,12}[a-z])(?![a-z])", re.IGNORECASE)
"""A name whose letters stand apart: some readers of old put it together again."""
SPACED_NAMES: Final = frozenset(
    {
        b"script",
        b"form",
        b"iframe",
        b"dialog",
        b"object",
        b"embed",
        b"applet",
        b"style",
        b"svg",
        b"link",
        b"meta",
        b"base",
        b"input",
        b"marquee",
        b"video",
        b"audio",
        b"isindex",
    }
)
