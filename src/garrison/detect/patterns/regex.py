"""The regular expressions of filter patterns: AWS's small syntax, matched by RE2 in time linear in the text.

Source: CloudWatch Logs User Guide, "Supported regular expressions (regex) syntax": letters, digits, a few symbols and
operators, no groups.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from garrison.detect.patterns.failures import InvalidPattern

MOST_BYTES = 4 * 1024 * 1024
"""Memory of one compiled expression: it bounds what counted repeats may become."""

_SYMBOL = r"[A-Za-z0-9:_#=@/;,\-]"
_ESCAPE = r"\\(?:x[0-9A-Fa-f]{2}|[dDsSwW]|[!-/:-@\[-`{-~])"
_SET = rf"\[\^?\]?(?:{_SYMBOL}|{_ESCAPE}|[\^$?\[{{}}|*+.])*\]"
_ATOM = re.compile(rf"{_SYMBOL}|{_ESCAPE}|{_SET}|[\^$.|]|[?*+]|\{{[0-9]+(?:,[0-9]*)?\}}")


@lru_cache(maxsize=256)
def compile_regex(text: str) -> Callable[[str], bool]:
    """Compile the expression between two percent signs: tells whether it matches somewhere; raises `InvalidPattern`."""
    import re2

    position = 0
    while position < len(text):
        atom = _ATOM.match(text, position)
        if atom is None:
            raise InvalidPattern(f"{text[position]!r} cannot stand in a regular expression at {position + 1}")
        position = atom.end()
    if not text:
        raise InvalidPattern("a regular expression is empty")
    options = re2.Options()
    options.max_mem = MOST_BYTES
    options.log_errors = False
    try:
        search = re2.compile(text, options).search
    except re2.error as error:
        raise InvalidPattern(f"the regular expression {text} is wrong: {_said(error)}") from None
    return lambda value: search(value) is not None


def _said(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
