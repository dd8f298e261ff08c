"""Words of a configuration line: quotes keep spaces, a hash sign begins a comment."""

from __future__ import annotations

import re

_WORD = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"|\'([^\']*)\'|([^\s"\'#]+)|(#.*)|(\S)')
MOST_WORDS = 4_096


def words(text: str) -> list[str]:
    """The words, unquoted. A quote that is never closed is a word like any other."""
    found: list[str] = []
    for match in _WORD.finditer(text):
        if match[4] is not None or len(found) >= MOST_WORDS:
            break
        found.append(next(group for group in match.groups() if group is not None))
    return found
