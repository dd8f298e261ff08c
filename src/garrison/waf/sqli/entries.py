"""Where in a value an injection could begin: at its start, after each quote, and at words that only make sense inside a statement.

`^` is the start (the value stands in a statement as a number or a name does), a quote is itself (the value stood inside such a
string, which it now leaves), `~` is anywhere else (after prose or padding, where more must be seen before anything is believed).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from garrison.waf.sqli.words import CATALOGUES, FUNCTIONS, TELLING_PREFIXES

MOST_ENTRIES: Final = 128
"""How many points of entry of one value are tried: with folding's limits this bounds the work."""

_GAP = rb"(?:[\x00-\x20\xa0+!~(-]|/\*[^*]*+\*/|/\*!\d*+)*+"
_TELLING = sorted(word for word, letter in FUNCTIONS.items() if letter == "F")
_NAMES = rb"|".join(re.escape(word) for word in (*_TELLING, *sorted(CATALOGUES)))
_PREFIXES = rb"|".join(re.escape(prefix) for prefix in TELLING_PREFIXES)

ENTRY: Final = re.compile(
    rb"['\"`;]"
    rb"|(?<![\w.$@-])(?:"
    rb"(?:or|and|xor)(?="
    + _GAP
    + rb"(?:[\d'\"@.{]|\w++[ \t]*+[=<>(!]|(?:not|true|false|null|exists|case|select)\b|\w++"
    + _GAP
    + rb"(?:like|rlike|regexp|in|is|between)\b))"
    rb"|(?:union|intersect|minus|select|waitfor|declare|exec|execute|procedure|into|order|group|having|case|insert|drop|alter|create|truncate)(?![\w.$-])"
    rb"|(?:" + _NAMES + rb")(?!\w)|(?:" + _PREFIXES + rb")\w"
    rb")"
    rb"|\|\||&&",
    re.IGNORECASE,
)


def entries(value: bytes) -> Iterator[tuple[str, int, int]]:
    """The points of entry: letter, where the evidence begins, and where the tokens to read begin."""
    yield "^", 0, 0
    quotes = {b"'": 0, b'"': 0, b"`": 0}
    for count, found in enumerate(ENTRY.finditer(value)):
        if count == MOST_ENTRIES:
            return
        text = found.group()
        if text in quotes:
            quotes[text] += 1
            # Only an odd quote can end a string that was open when the value began.
            yield (text.decode() if quotes[text] % 2 else "~"), found.start(), found.end()
        else:
            yield "~", found.start(), found.start()
