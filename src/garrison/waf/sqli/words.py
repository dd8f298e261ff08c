"""The words of SQL and the letter that each stands for in a fingerprint, read once from words.toml."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Final

LETTERS: Final = {
    "number": "n",
    "string": "s",
    "open": "S",  # a string that the value does not close
    "variable": "v",
    "constant": "b",
    "word": "w",
    "function": "f",
    "maths": "g",  # a function that a calculator has too
    "telling": "F",  # a function that acts, tells or waits
    "named": "G",  # the name of one that is not called
    "catalogue": "C",
    "logic": "&",
    "comparison": "=",
    "rank": "<",  # a comparison by size
    "same": "i",  # an operand that is written like the one before `=` or `&`
    "arithmetic": "+",
    "concat": "|",
    "negation": "!",
    "union": "U",
    "select": "Q",
    "from": "m",
    "where": "h",
    "verb": "X",
    "execute": "E",
    "noun": "T",
    "into": "I",
    "values": "V",
    "order": "B",
    "having": "H",
    "limit": "L",
    "outfile": "O",
    "wait": "D",
    "case": "y",
    "then": "t",
    "as": "a",
    "cast": "p",
    "charset": "r",
    "scientific": "e",
    "comment": "c",  # to the end, where nothing follows
    "note": "k",  # to the end, where a short word follows
    "remark": "d",  # to the end, where more follows
    "brace": "{",
    "other": "?",
}
"""What each letter of a fingerprint means; `( ) , ;` stand for themselves, `q` and `x` are made by folding (folding.py)."""

_TABLES = tomllib.loads((files(__package__) / "words.toml").read_text())
_FUNCTIONS = _TABLES["functions"]

KEYWORDS: Final[dict[bytes, str]] = {
    word.encode(): LETTERS[kind] for kind, words in _TABLES["keywords"].items() for word in words
}
PAIRS: Final[dict[tuple[bytes, bytes], str]] = {
    (first.encode(), second.encode()): LETTERS[kind]
    for pair, kind in _TABLES["pairs"].items()
    for first, second in [pair.split()]
}
"""Two words that are one token."""
FUNCTIONS: Final[dict[bytes, str]] = {word.encode(): LETTERS["function"] for word in _FUNCTIONS["plain"]} | {
    word.encode(): LETTERS[kind] for kind in ("maths", "telling") for word in _FUNCTIONS[kind]
}
ENGLISH: Final = frozenset(word.encode() for word in _FUNCTIONS["english"])
"""Functions whose names are words of prose."""
TELLING_PREFIXES: Final = tuple(prefix.encode() for prefix in _FUNCTIONS["telling_prefixes"])
_NEVER_PROSE: Final = (b"xp_", b"dbms_", b"utl_")
CATALOGUES: Final = frozenset(name.encode() for name in _TABLES["catalogues"]["names"])
TYPES: Final = frozenset(name.encode() for name in _TABLES["types"]["names"])


def letter(text: bytes, *, called: bool) -> str:
    """The letter of a word or dotted path in lower case; `called` says that a parenthesis follows."""
    function = FUNCTIONS.get(text)
    if called and function:
        return function
    if keyword := KEYWORDS.get(text):
        return keyword
    first, _, rest = text.partition(b".")
    if text in CATALOGUES or first in CATALOGUES:
        return LETTERS["catalogue"]
    if function == LETTERS["telling"]:
        return LETTERS["named"]
    if text.startswith(TELLING_PREFIXES):
        return LETTERS["telling"] if called or text.startswith(_NEVER_PROSE) else LETTERS["word"]
    return LETTERS["telling"] if rest.rpartition(b".")[2].startswith((b"xp_", b"sp_")) else LETTERS["word"]
