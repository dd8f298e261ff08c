"""What may follow `<` besides a tag: comments, declarations, processing instructions and server pages that do harm."""

from __future__ import annotations

import re
from typing import Final

DECLARATIONS: Final = {
    b"<!--": re.compile(
        rb"<!--[\s\x00]*+(?:#\s*+(?:set|echo|exec|include|config|printenv|flastmod)\b|\[if\b|[^>`]{0,64}+`)"
    ),
    b"!entity": re.compile(rb"!entity\b(?:[^>sp]|[sp](?!ystem\b|ublic\b)){0,200}+(?:system|public)\b"),
    b"<!doctype": re.compile(rb"<!doctype\b(?:[^>\[s]|s(?!ystem\b)){0,200}+(?:\[|system\b)"),
    b"<![cdata[": re.compile(rb"<!\[cdata\[[^\]<]{0,200}+<"),
    b"<?": re.compile(rb"<\?\s*+(?:import\b|xml-stylesheet\b|xml:namespace)"),
    b"<%": re.compile(rb"<%[=@!]?\s*+(?:eval|response|request|import|page|server|runtime)\b"),
}
"""What does harm, by how it begins; over lower case."""

SPACED: Final = re.compile(rb"<[\s\x00]*+((?:[a-z][\s\x00]++){2,12}+[a-z])(?![a-z])")
"""A name whose letters stand apart: some readers of old put it together again."""
SPACED_NAMES: Final = frozenset(
    b"script form iframe dialog object embed applet style svg link meta base input marquee video audio isindex".split()
)
