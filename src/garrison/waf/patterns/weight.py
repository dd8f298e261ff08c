"""How large an expression becomes when its counted repetitions are written out, which is what compiling it costs.

`(?:.{0,200}[a-z]){40}` is short to write and stands for eight thousand states.
"""

from __future__ import annotations

import re

MOST_WEIGHT = 5_000
"""Compiling takes hyperscan about a second at most below it."""
MOST_WEIGHT_OF_RE2 = 1_000
"""Matching takes re2 time in proportion to it where many states are alive at once."""

_TOKEN = re.compile(
    r"\\Q.*?(?:\\E|\Z)|\\[xpP]\{[^}]*\}|\\x[0-9a-fA-F]{0,2}|\\c?.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|"
    r"(?P<open>\((?:\?[a-zA-Z-]*(?:\)|:)|\?[^)a-zA-Z]?[<']?\w*[>']?)?)|(?P<close>\))|(?P<times>\{(\d+)(?:,(\d*))?\}[?+]?)|[*+?]|\||.",
    re.DOTALL,
)


def weight(text: str) -> int:
    """The number of single-character places after writing out `{m,n}`: a rough count, never less than half of the true one."""
    groups = [0]
    last = 0
    for token in _TOKEN.finditer(text):
        if token["open"]:
            if not token["open"].endswith(")"):  # flags alone open no group
                groups[-1] += last
                groups.append(0)
            last = 0
        elif token["close"]:
            inside = groups.pop() + last
            if not groups:  # there is one too many
                groups.append(0)
            last = inside
        elif token["times"]:
            last *= max(1, int(token[4]), int(token[5] or 0))
        elif token[0] not in "*+?|":
            groups[-1] += last
            last = 1
    return sum(groups) + last
