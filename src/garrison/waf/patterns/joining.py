"""Scanning several values at once: joined by line ends, held against expressions for which each line is a text of its own.

Whatever an expression matches in a value alone, its joined form matches in the lines, as a line's end is to every assertion what the
end of a text is. The reverse does not hold: a match may reach over several values. So nothing found in the lines means nothing in the
values, as nearly always; otherwise the values are scanned one by one.
"""

from __future__ import annotations

import re

SEPARATOR = b"\n"

_TOKEN = re.compile(rb"\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|.", re.DOTALL)
_ANCHORS = {b"\\A": b"^", b"\\G": b"^", b"\\z": b"$", b"\\Z": b"$"}
_MODES = re.compile(rb"\\[QE]|\(\?[a-zA-Z]*(?:x|-)")
"""Quotations, and modes that change what an anchor or a character is."""


def joined(expression: bytes) -> bytes | None:
    """The form for lines, to be compiled with MULTILINE; None where an expression is not understood well enough."""
    if _MODES.search(expression):
        return None
    return b"".join([_ANCHORS.get(token, token) for token in _TOKEN.findall(expression)])
